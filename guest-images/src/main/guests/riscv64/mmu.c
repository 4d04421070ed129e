/* Sv39 (RISC-V privileged architecture, 4.4): the first 4 GiB as they are, and the window. */
#include "runtime.h"

#define VALID 1UL
#define READ_WRITE_EXECUTE 0xeUL
#define READ_WRITE 0x6UL
#define ACCESSED_DIRTY 0xc0UL
#define SV39 (8UL << 60)

static uint64_t root[512] PHYSICAL_PAGE;
static uint64_t middle[512] PHYSICAL_PAGE;
static uint64_t last[WINDOW_PAGES] PHYSICAL_PAGE;

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

void window_show(unsigned page, const void *physical)
{
    uint64_t address = WINDOW + page * (uint64_t)PAGE_SIZE;
    last[page] = entry((uint64_t)physical, READ_WRITE | ACCESSED_DIRTY);
    FENCE();
    __asm__ volatile("sfence.vma %0, zero" : : "r"(address) : "memory");
    sbi(SBI_RFENCE, REMOTE_SFENCE, 0, ALL_HARTS, address, PAGE_SIZE);
}

void flush_translations(void)
{
    __asm__ volatile("sfence.vma" : : : "memory");
}

void make_code_visible(void *start, size_t length)
{
    (void)start; /* FENCE.I knows no addresses */
    (void)length;
    FENCE();
    FENCE_I();
    sbi(SBI_RFENCE, REMOTE_FENCE_I, 0, ALL_HARTS, 0, 0);
}
