/* What every guest may use: console, SBI, device tree facts, MMU, exceptions. No standard library. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_CORES 8

/* The board: QEMU virt. */
#define UART_BASE 0x10000000UL

#define READ_CSR(name) ({ uint64_t value_; __asm__ volatile("csrr %0, " #name : "=r"(value_) : : "memory"); value_; })
#define WRITE_CSR(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define SET_CSR(name, bits) __asm__ volatile("csrs " #name ", %0" : : "r"((uint64_t)(bits)) : "memory")
#define CLEAR_CSR(name, bits) __asm__ volatile("csrc " #name ", %0" : : "r"((uint64_t)(bits)) : "memory")
#define FENCE() __asm__ volatile("fence rw, rw" : : : "memory")
#define FENCE_I() __asm__ volatile("fence.i" : : : "memory")
#define WFI() __asm__ volatile("wfi" : : : "memory")
/* In every loop that waits for another hart (the Zihintpause hint): some machines run one hart at a time. */
#define YIELD() __asm__ volatile(".4byte 0x0100000f" : : : "memory")
#define MASK_INTERRUPTS() __asm__ volatile("csrci sstatus, 2" : : : "memory")
#define UNMASK_INTERRUPTS() __asm__ volatile("csrsi sstatus, 2" : : : "memory")

/* Bits of sie and sip, and causes of interrupts. */
#define SOFTWARE (1UL << 1)
#define TIMER (1UL << 5)
#define CAUSE_INTERRUPT (1UL << 63)
#define CAUSE_SOFTWARE (CAUSE_INTERRUPT | 1)
#define CAUSE_TIMER (CAUSE_INTERRUPT | 5)

/* The number that the guest gave this hart: 0 for the first. */
static inline unsigned core_number(void)
{
    uint64_t number;
    __asm__ volatile("mv %0, tp" : "=r"(number));
    return (unsigned)number;
}

static inline uint64_t time_now(void)
{
    return READ_CSR(time);
}

/* console.c and ../common/print.c: %s, %d (int64_t), %x (uint64_t, with 0x), %c, each argument 64 bits wide; %-Ns pads. */
void console_init(void);
void console_char(char c);
void say(const char *format, ...);

/* machine.c: facts from the device tree; hart[number] is the hart ID, the first hart's number is 0. Without a tree: one hart. */
struct machine {
    unsigned cores;
    uint64_t hart[MAX_CORES];
    uint64_t frequency; /* of time, in Hz */
};
extern struct machine machine;
void read_device_tree(const void *tree, uint64_t boot_hart);

/* sbi.c: RISC-V SBI 2.0. */
#define SBI_BASE 0x10UL
#define SBI_TIME 0x54494d45UL
#define SBI_IPI 0x735049UL
#define SBI_RFENCE 0x52464e43UL
#define SBI_HSM 0x48534dUL
#define SBI_SRST 0x53525354UL
#define SBI_SUCCESS 0
#define SBI_NOT_SUPPORTED (-2)
#define SBI_INVALID_PARAMETER (-3)
#define SBI_ALREADY_AVAILABLE (-6)
#define ALL_HARTS (~0UL)
enum { HSM_START = 0, HSM_STOP = 1, HSM_STATUS = 2 };
enum { HART_STARTED = 0, HART_STOPPED = 1 };
enum { REMOTE_FENCE_I = 0, REMOTE_SFENCE = 1 };
struct sbi_result {
    int64_t error;
    int64_t value;
};
struct sbi_result sbi(uint64_t extension, uint64_t function, uint64_t a, uint64_t b, uint64_t c, uint64_t d);
int64_t start_core(unsigned number);
__attribute__((noreturn)) void power_off(void);
__attribute__((noreturn)) void stop_core(void);

/* The last line of every guest: "NAME: PASS" or "NAME: FAIL reason", then power off. */
__attribute__((noreturn)) void pass(void);
__attribute__((noreturn)) void fail(const char *reason);
/* Prints what and ok or WRONG; finish() ends with the first wrong one. */
void verdict(const char *what, bool right);
__attribute__((noreturn)) void finish(void);

/* Written by exceptions.S; its layout is known there. */
struct frame {
    uint64_t x[32];
    uint64_t pc;
    uint64_t status;
    uint64_t cause;
    uint64_t value;
};

/* Each guest defines the first two; the others have defaults: the hart stops; the guest fails. */
extern const char guest_name[];
__attribute__((noreturn)) void guest_main(void);
__attribute__((noreturn)) void secondary_main(unsigned number);
void handle_exception(struct frame *frame);
__attribute__((noreturn)) void unexpected(const struct frame *frame);
void secondary_entry(void);

/* mmu.c: Sv39 identity map of GiB 0 to 3 and a page that tests remap. */
#define WINDOW 0x1000000000UL
void mmu_build(void);
void mmu_on(void);
void window_set(const void *page);

/* lock.c */
struct lock { volatile uint32_t held; };
void lock_take(struct lock *lock);
void lock_release(struct lock *lock);

#endif
