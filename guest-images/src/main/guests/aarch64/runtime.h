/* What every guest may use: console, PSCI, device tree facts, GICv2, MMU, exceptions. No standard library. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_CORES 8

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
#define MASK_IRQ() __asm__ volatile("msr daifset, #2" : : : "memory")
#define UNMASK_IRQ() __asm__ volatile("msr daifclr, #2" : : : "memory")

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

static inline uint64_t virtual_count(void)
{
    ISB();
    return READ_SYSREG(cntvct_el0);
}

/* console.c: %s, %d (int64_t), %x (uint64_t, with 0x), %c, each argument 64 bits wide; %-Ns pads. "\n" goes out as CR LF. */
void console_init(void);
void console_char(char c);
void say(const char *format, ...);

/* machine.c: facts from the device tree. Without one: SMC conduit, one core. */
struct machine {
    bool has_device_tree;
    bool psci_by_hvc;
    unsigned cores;
    uint64_t affinity[MAX_CORES];
};
extern struct machine machine;
void read_device_tree(const void *tree);

/* psci.c: function identifiers and errors of PSCI 1.1 (DEN0022, 5.1 and 5.2.2). */
#define PSCI_VERSION 0x84000000UL
#define PSCI_CPU_OFF 0x84000002UL
#define PSCI_CPU_ON 0xc4000003UL
#define PSCI_AFFINITY_INFO 0xc4000004UL
#define PSCI_SYSTEM_OFF 0x84000008UL
#define PSCI_NOT_SUPPORTED (-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_ALREADY_ON (-4)
int64_t smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
int64_t hvc(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
int64_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
int64_t start_core(unsigned number);
__attribute__((noreturn)) void power_off(void);
__attribute__((noreturn)) void stop_core(void);

/* The last line of every guest: "NAME: PASS" or "NAME: FAIL reason", then power off. */
__attribute__((noreturn)) void pass(void);
__attribute__((noreturn)) void fail(const char *reason);

/* Written by exceptions.S; its layout is known there. */
struct frame {
    uint64_t x[31];
    uint64_t pc;
    uint64_t pstate;
    uint64_t esr;
    uint64_t far;
    uint64_t sp_el0;
    uint64_t unused[2];
};
/* Offset in the vector table / 0x80. */
enum { VECTOR_SYNC = 4, VECTOR_IRQ = 5, VECTOR_SYNC_EL0 = 8, VECTOR_IRQ_EL0 = 9 };
#define EXCEPTION_CLASS(esr) ((unsigned)((esr) >> 26 & 0x3f))

/* Each guest defines the first two; the others have defaults: the core stops; the guest fails. */
extern const char guest_name[];
__attribute__((noreturn)) void guest_main(void);
__attribute__((noreturn)) void secondary_main(unsigned number);
void handle_exception(struct frame *frame, uint64_t vector);
void secondary_entry(void);

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

/* mmu.c: identity map (GiB 0 device memory, the image's GiB normal memory) and a window of 4 KiB pages that tests remap. */
#define WINDOW 0x7000000000UL
#define WINDOW_PAGES 512
#define PAGE_DATA 0x0060000000000703UL      /* normal memory, EL1 read-write, never executable */
#define PAGE_READ_ONLY 0x0060000000000783UL /* normal memory, EL1 read-only */
#define PAGE_EL0_CODE 0x00200000000007c3UL  /* normal memory, read-only at EL0 and EL1, executable at EL0 */
void mmu_build(void);
void mmu_on(void);
void window_set(unsigned page, uint64_t physical, uint64_t attributes);
void make_code_visible(void *start, size_t length);

/* mailbox.S, in guests that are linked with it: set by the host in the image or in RAM, before the guest starts. */
#define MAILBOX_MAGIC 0x584f42504d594853UL /* "SHYPMBOX" */
struct mailbox {
    uint64_t magic;
    uint64_t selector;
    uint64_t iterations;
    uint64_t argument;
    uint64_t device;
    uint64_t device_write;
    uint64_t device_value;
    uint64_t result;
};
extern volatile struct mailbox mailbox;

/* lock.c */
struct lock { volatile uint32_t held; };
void lock_take(struct lock *lock);
void lock_release(struct lock *lock);

#endif
