/* The latency guest's interrupt at the PLIC, or at the APLIC and the hart's interrupt file, and the NS16550 as its device. */
#include "../common/latency.h"
#include "controllers.h"

#define RBR 0
#define IER 1
#define FCR 2
#define RECEIVE_INTERRUPT 1

extern const char latency_vector_plic[], latency_vector_imsic[];
extern uint64_t claim_register;

static void enable_at_plic(unsigned number)
{
    uint64_t hart = machine.id[0];
    claim_register = PLIC_CLAIM(hart);
    write32(PLIC_PRIORITY(number), 1);
    write32(PLIC_THRESHOLD(hart), 0);
    write32(PLIC_ENABLE(hart) + number / 32 * 4, 1U << number % 32);
    WRITE_CSR(stvec, (uint64_t)latency_vector_plic);
}

static void write_file(uint64_t reg, uint64_t value)
{
    __asm__ volatile("csrw 0x150, %0\n\tcsrw 0x151, %1" : : "r"(reg), "r"(value) : "memory"); /* siselect, sireg */
}

/* The source's interrupt identity is its number. */
static void enable_at_imsic(unsigned number)
{
    write_file(EIDELIVERY, 1);
    write_file(EITHRESHOLD, 0);
    write_file(EIE0 + number / 64 * 2, 1UL << number % 64);
    write32(APLIC_DOMAINCFG, DOMAINCFG_ENABLE | DOMAINCFG_MESSAGES); /* first: targets change their meaning with the mode (4.5.16) */
    write32(APLIC_SOURCECFG(number), SOURCECFG_RISING); /* so that nothing is to be done at the APLIC when it was taken */
    write32(APLIC_TARGET(number), TARGET_HART(machine.id[0]) | number);
    write32(APLIC_SETIENUM, number);
    WRITE_CSR(stvec, (uint64_t)latency_vector_imsic);
}

void enable_interrupt(unsigned number)
{
    if (board.has_imsics) {
        enable_at_imsic(number);
    } else {
        enable_at_plic(number);
    }
    WRITE_CSR(sie, EXTERNAL);
}

void describe_console(void)
{
    mailbox.argument = UART_SOURCE;
    mailbox.device = UART_BASE + RBR;
    mailbox.device_access = DEVICE_READ_BYTE;
}

void start_console(void)
{
    write8(UART_BASE + FCR, 0); /* FIFOs off: one interrupt per character */
    write8(UART_BASE + IER, RECEIVE_INTERRUPT);
}
