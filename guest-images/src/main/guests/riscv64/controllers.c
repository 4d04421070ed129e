/* The interrupt controllers as one hart uses them for devices. */
#include "controllers.h"
#include "runtime.h"

static void write_file(uint64_t reg, uint64_t value)
{
    __asm__ volatile("csrw 0x150, %0\n\tcsrw 0x151, %1" : : "r"(reg), "r"(value) : "memory"); /* siselect, sireg */
}

static void enable_at_plic(unsigned number)
{
    uint64_t hart = machine.id[0];
    write32(PLIC_PRIORITY(number), 1);
    write32(PLIC_THRESHOLD(hart), 0);
    write32(PLIC_ENABLE(hart) + number / 32 * 4, 1U << number % 32);
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
}

void controller_enable(unsigned number)
{
    if (board.has_imsics) {
        enable_at_imsic(number);
    } else {
        enable_at_plic(number);
    }
    SET_CSR(sie, EXTERNAL);
}

uint32_t controller_claim(void)
{
    uint64_t top;
    if (!board.has_imsics) {
        return read32(PLIC_CLAIM(machine.id[0]));
    }
    __asm__ volatile("csrrw %0, 0x15c, zero" : "=r"(top) : : "memory"); /* stopei */
    return (uint32_t)(top >> 16);
}

void controller_complete(uint32_t claimed)
{
    if (!board.has_imsics) {
        FENCE(); /* the device has lowered its line before the interrupt is complete */
        write32(PLIC_CLAIM(machine.id[0]), claimed);
    }
}
