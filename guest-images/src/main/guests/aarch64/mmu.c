/*
 * Stage 1 for EL1 and EL0: 4 KiB pages, 39-bit addresses, translation starts at level 1 (DDI 0487, D8).
 * Tables are shared by all cores.
 */
#include "runtime.h"

#define TABLES __attribute__((section(".bss.page_tables"), aligned(4096)))
#define GIB (1UL << 30)

/* Descriptors: AttrIndx 0 = normal write-back, 1 = device nGnRnE. */
#define BLOCK_NORMAL 0x0040000000000701UL /* access flag, inner shareable, EL1 read-write and executable, not at EL0 */
#define BLOCK_DEVICE 0x0060000000000405UL /* access flag, never executable */
#define TABLE 3UL

static uint64_t level1[512] TABLES;
static uint64_t window_level2[512] TABLES;
static uint64_t window_level3[WINDOW_PAGES] TABLES;

void mmu_build(void)
{
    uint64_t image_gib = (uint64_t)level1 / GIB;
    level1[0] = BLOCK_DEVICE;
    level1[image_gib] = image_gib * GIB | BLOCK_NORMAL;
    level1[WINDOW / GIB % 512] = (uint64_t)window_level2 | TABLE;
    window_level2[0] = (uint64_t)window_level3 | TABLE;
    DSB();
}

void mmu_on(void)
{
    WRITE_SYSREG(mair_el1, 0x00ff);
    /* T0SZ 25, walks write-back inner shareable, 4 KiB, EPD1 (no TTBR1), 40-bit physical addresses */
    WRITE_SYSREG(tcr_el1, 25UL | 1UL << 8 | 1UL << 10 | 3UL << 12 | 1UL << 23 | 2UL << 32);
    WRITE_SYSREG(ttbr0_el1, (uint64_t)level1);
    ISB();
    __asm__ volatile("tlbi vmalle1\n\tdsb nsh\n\tisb\n\tic iallu\n\tdsb nsh\n\tisb" : : : "memory");
    WRITE_SYSREG(sctlr_el1, READ_SYSREG(sctlr_el1) | 1 << 12 | 1 << 2 | 1); /* I, C, M */
    ISB();
}

/* Break before make (DDI 0487, D8.16.1): invalid entry, invalidate everywhere, new entry. */
void window_set(unsigned page, uint64_t physical, uint64_t attributes)
{
    volatile uint64_t *entry = &window_level3[page];
    uint64_t address = WINDOW + page * 4096UL;
    *entry = 0;
    __asm__ volatile("dsb ishst\n\ttlbi vae1is, %0\n\tdsb ish\n\tisb" : : "r"(address >> 12) : "memory");
    *entry = attributes ? physical | attributes : 0;
    __asm__ volatile("dsb ishst\n\tisb" : : : "memory");
}

void window_show(unsigned page, const void *physical)
{
    window_set(page, (uint64_t)physical, PAGE_DATA);
}

void flush_translations(void)
{
    __asm__ volatile("dsb nshst\n\ttlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
}

/* Data to the point of unification, then instruction caches of all cores (DDI 0487, B2.7.4.2). */
void make_code_visible(void *start, size_t length)
{
    uint64_t end = (uint64_t)start + length;
    for (uint64_t line = (uint64_t)start & ~63UL; line < end; line += 64) {
        __asm__ volatile("dc cvau, %0" : : "r"(line) : "memory");
    }
    __asm__ volatile("dsb ish" : : : "memory");
    for (uint64_t line = (uint64_t)start & ~63UL; line < end; line += 64) {
        __asm__ volatile("ic ivau, %0" : : "r"(line) : "memory");
    }
    __asm__ volatile("dsb ish\n\tisb" : : : "memory");
}
