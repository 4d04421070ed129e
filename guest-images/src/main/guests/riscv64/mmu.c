/* Sv39 (RISC-V privileged architecture, 4.4): the first 4 GiB as they are, and one page that tests remap. */
#include "runtime.h"

#define TABLE __attribute__((aligned(4096)))
#define VALID 1UL
#define READ_WRITE_EXECUTE 0xeUL
#define READ_WRITE 0x6UL
#define ACCESSED_DIRTY 0xc0UL
#define SV39 (8UL << 60)

static uint64_t root[512] TABLE;
static uint64_t middle[512] TABLE;
static uint64_t last[512] TABLE;

static uint64_t entry(uint64_t address, uint64_t flags)
{
    return address >> 12 << 10 | flags | VALID;
}

void mmu_build(void)
{
    for (uint64_t gib = 0; gib < 4; gib++) {
        root[gib] = entry(gib << 30, READ_WRITE_EXECUTE | ACCESSED_DIRTY);
    }
    root[WINDOW >> 30 & 511] = entry((uint64_t)middle, 0);
    middle[WINDOW >> 21 & 511] = entry((uint64_t)last, 0);
}

void mmu_on(void)
{
    __asm__ volatile("sfence.vma" : : : "memory");
    WRITE_CSR(satp, SV39 | (uint64_t)root >> 12);
    __asm__ volatile("sfence.vma" : : : "memory");
}

/* The window shows this page, on every hart. */
void window_set(const void *page)
{
    last[WINDOW >> 12 & 511] = entry((uint64_t)page, READ_WRITE | ACCESSED_DIRTY);
    FENCE();
    __asm__ volatile("sfence.vma %0, zero" : : "r"(WINDOW) : "memory");
    sbi(SBI_RFENCE, REMOTE_SFENCE, 0, ALL_HARTS, WINDOW, 4096);
}
