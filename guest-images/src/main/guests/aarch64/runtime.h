/* AArch64's part of what guests may use: registers, the board, PSCI, GICv2, exceptions. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include "../common/guest.h"

/* The board: QEMU virt with GICv2. */
#define GICD_BASE 0x08000000UL
#define GICC_BASE 0x08010000UL
#define UART_BASE 0x09000000UL
#define UART_INTID 33
#define VIRTUAL_TIMER_INTID 27
#define PHYSICAL_TIMER_INTID 30

#define READ_SYSREG(name) ({ uint64_t value_; __asm__ volatile("mrs %0, " #name : "=r"(value_) : : "memory"); value_; })
#define WRITE_SYSREG(name, value) __asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define ISB() __asm__ volatile("isb" : : : "memory")
#define DSB() __asm__ volatile("dsb sy" : : : "memory")
#define WFI() __asm__ volatile("dsb sy\n\twfi" : : : "memory")
/* In every loop that waits for another core: some machines run one core at a time. */
#define YIELD() __asm__ volatile("yield" : : : "memory")
#define SYNCHRONIZE() ISB()
#define MASK_INTERRUPTS() __asm__ volatile("msr daifset, #2" : : : "memory")
#define UNMASK_INTERRUPTS() __asm__ volatile("msr daifclr, #2\n\tisb" : : : "memory")

static inline uint32_t read32(uint64_t address)
{
    uint32_t value;
    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline void write32(uint64_t address, uint32_t value)
{
    __asm__ volatile("str %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

static inline void write8(uint64_t address, uint8_t value)
{
    __asm__ volatile("strb %w0, [%1]" : : "r"(value), "r"(address) : "memory");
}

/* The number that the guest gave this core: 0 for the first. */
static inline unsigned core_number(void)
{
    return (unsigned)READ_SYSREG(tpidr_el1);
}

static inline uint64_t time_now(void)
{
    ISB();
    return READ_SYSREG(cntvct_el0);
}

static inline uint64_t time_frequency(void)
{
    return READ_SYSREG(cntfrq_el0);
}

/* Writes two instructions that return number, below 65536. */
static inline void write_returning_code(uint32_t *code, uint32_t number)
{
    code[0] = 0xd2800000 | number << 5; /* mov x0, #number */
    code[1] = 0xd65f03c0;               /* ret */
}

/* psci.c: function identifiers and errors of PSCI 1.1 (DEN0022, 5.1 and 5.2.2). */
#define PSCI_VERSION 0x84000000UL
#define PSCI_CPU_OFF 0x84000002UL
#define PSCI_CPU_ON 0xc4000003UL
#define PSCI_AFFINITY_INFO 0xc4000004UL
#define PSCI_SYSTEM_OFF 0x84000008UL
#define PSCI_SYSTEM_RESET 0x84000009UL
#define CORE_INVALID (-2)    /* INVALID_PARAMETERS */
#define CORE_ALREADY_ON (-4) /* ALREADY_ON */
extern bool psci_by_hvc;     /* /psci/method; without a tree by SMC */
int64_t smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
int64_t hvc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
int64_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c);

/* Written by exceptions.S; its layout is known there. */
struct frame {
    uint64_t x[31];
    uint64_t pc;
    uint64_t pstate;
    uint64_t esr;
    uint64_t far;
    uint64_t sp_el0;
    uint64_t vector;
    uint64_t unused;
};
/* Offset in the vector table / 0x80. */
enum { VECTOR_SYNC = 4, VECTOR_IRQ = 5, VECTOR_SYNC_EL0 = 8, VECTOR_IRQ_EL0 = 9 };
#define EXCEPTION_CLASS(esr) ((unsigned)((esr) >> 26 & 0x3f))

/* hypercall.c: handles the exception of an HVC where there is no EL2, and returns whether it was one. */
bool step_over_hypercall(struct frame *frame);

/* gic.c: GICv2 (IHI 0048B). Core init for every core, distributor init once. */
#define GICD_CTLR (GICD_BASE + 0x000)
#define GICD_ISENABLER (GICD_BASE + 0x100)
#define GICD_ICENABLER (GICD_BASE + 0x180)
#define GICD_IPRIORITYR (GICD_BASE + 0x400)
#define GICD_ITARGETSR (GICD_BASE + 0x800)
#define GICD_SGIR (GICD_BASE + 0xf00)
#define GICC_CTLR (GICC_BASE + 0x000)
#define GICC_PMR (GICC_BASE + 0x004)
#define GICC_IAR (GICC_BASE + 0x00c)
#define GICC_EOIR (GICC_BASE + 0x010)
#define SPURIOUS 1023
enum sgi_filter { SGI_LISTED = 0, SGI_OTHERS = 1, SGI_SELF = 2 };
void gic_init_distributor(void);
void gic_init_core(void);
unsigned gic_own_mask(void);
void gic_enable(unsigned intid);
void gic_disable(unsigned intid);
void gic_send(unsigned sgi, enum sgi_filter filter, unsigned target_mask);

/* mmu.c: GiB 0 is device memory, the image's GiB normal memory. */
#define WINDOW 0x7000000000UL
#define PAGE_DATA 0x0060000000000703UL      /* normal memory, EL1 read-write, never executable */
#define PAGE_READ_ONLY 0x0060000000000783UL /* normal memory, EL1 read-only */
#define PAGE_EL0_CODE 0x00200000000007c3UL  /* normal memory, read-only at EL0 and EL1, executable at EL0 */
void window_set(unsigned page, uint64_t physical, uint64_t attributes);

#endif
