/* RISC-V's part of what guests may use: registers, the board, SBI, exceptions. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include "../common/guest.h"

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
/* Firmware has carried out the fences that others asked it for. */
#define SYNCHRONIZE() __asm__ volatile("" : : : "memory")
#define MASK_INTERRUPTS() __asm__ volatile("csrci sstatus, 2" : : : "memory")
#define UNMASK_INTERRUPTS() __asm__ volatile("csrsi sstatus, 2" : : : "memory")

/* Bits of sie and sip, and causes of interrupts. */
#define SOFTWARE (1UL << 1)
#define TIMER (1UL << 5)
#define EXTERNAL (1UL << 9)
#define CAUSE_INTERRUPT (1UL << 63)
#define CAUSE_SOFTWARE (CAUSE_INTERRUPT | 1)
#define CAUSE_TIMER (CAUSE_INTERRUPT | 5)
#define CAUSE_EXTERNAL (CAUSE_INTERRUPT | 9)

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

/* board.c: what the device tree tells. */
struct board {
    uint64_t frequency; /* of time, in Hz */
    bool has_imsics;    /* the interrupt controller is an APLIC with IMSICs; a PLIC otherwise */
};
extern struct board board;

static inline uint64_t time_frequency(void)
{
    return board.frequency;
}

static inline uint32_t read32(uint64_t address)
{
    uint32_t value;
    __asm__ volatile("lw %0, 0(%1)" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline void write32(uint64_t address, uint32_t value)
{
    __asm__ volatile("sw %0, 0(%1)" : : "r"(value), "r"(address) : "memory");
}

static inline void write8(uint64_t address, uint8_t value)
{
    __asm__ volatile("sb %0, 0(%1)" : : "r"(value), "r"(address) : "memory");
}

/* Writes two instructions that return number, below 2048. */
static inline void write_returning_code(uint32_t *code, uint32_t number)
{
    code[0] = 0x00000513 | number << 20; /* li a0, number */
    code[1] = 0x00008067;                /* ret */
}

/* sbi.c: RISC-V SBI 2.0. */
#define SBI_BASE 0x10UL
#define SBI_TIME 0x54494d45UL
#define SBI_IPI 0x735049UL
#define SBI_RFENCE 0x52464e43UL
#define SBI_HSM 0x48534dUL
#define SBI_SRST 0x53525354UL
#define SBI_SUCCESS 0
#define SBI_NOT_SUPPORTED (-2)
#define CORE_INVALID (-3)    /* INVALID_PARAM */
#define CORE_ALREADY_ON (-6) /* ALREADY_AVAILABLE */
#define ALL_HARTS (~0UL)
enum { HSM_START = 0, HSM_STOP = 1, HSM_STATUS = 2 };
enum { REMOTE_FENCE_I = 0, REMOTE_SFENCE = 1 };
struct sbi_result {
    int64_t error;
    int64_t value;
};
struct sbi_result sbi(uint64_t extension, uint64_t function, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/* Written by exceptions.S; its layout is known there. */
struct frame {
    uint64_t x[32];
    uint64_t pc;
    uint64_t status;
    uint64_t cause;
    uint64_t value;
};

/* mmu.c: Sv39. */
#define WINDOW 0x1000000000UL

#endif
