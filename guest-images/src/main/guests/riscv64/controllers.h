/* The interrupt controllers of QEMU's virt board, as supervisor mode sees them: PLIC, or APLIC with IMSICs. */
#ifndef CONTROLLERS_H
#define CONTROLLERS_H

#include <stdint.h>

#define UART_SOURCE 10
#define RTC_SOURCE 11

/* RISC-V PLIC specification 1.0.0. A hart's contexts are M mode (even) and S mode (odd). */
#define PLIC_BASE 0x0c000000UL
#define PLIC_CONTEXT(hart) (2 * (hart) + 1)
#define PLIC_PRIORITY(source) (PLIC_BASE + 4UL * (source))
#define PLIC_ENABLE(hart) (PLIC_BASE + 0x2000 + 0x80 * PLIC_CONTEXT(hart))
#define PLIC_THRESHOLD(hart) (PLIC_BASE + 0x200000 + 0x1000 * PLIC_CONTEXT(hart))
#define PLIC_CLAIM(hart) (PLIC_THRESHOLD(hart) + 4)

/* The Advanced Interrupt Architecture 1.0, 4.5: the APLIC's supervisor domain. */
#define APLIC_BASE 0x0d000000UL
#define APLIC_DOMAINCFG APLIC_BASE
#define APLIC_SOURCECFG(source) (APLIC_BASE + 4UL * (source))
#define APLIC_SETIENUM (APLIC_BASE + 0x1edc)
#define APLIC_TARGET(source) (APLIC_BASE + 0x3000 + 4UL * (source))
#define DOMAINCFG_ENABLE (1 << 8)
#define DOMAINCFG_MESSAGES (1 << 2)
#define SOURCECFG_RISING 4
#define TARGET_HART(hart) ((uint32_t)(hart) << 18)

/* 3.8: a hart's supervisor interrupt file, by siselect and sireg. */
#define EIDELIVERY 0x70
#define EITHRESHOLD 0x72
#define EIE0 0xc0

/* controllers.c: a device's interrupts at whichever of the two there is, for the hart that was entered first. */
void controller_enable(unsigned number);
uint32_t controller_claim(void); /* 0: none */
void controller_complete(uint32_t claimed);

#endif
