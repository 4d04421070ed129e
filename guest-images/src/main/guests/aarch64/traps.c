/* Walks through the exceptions and traps of EL1, one line each. IRQs stay masked but where a step says otherwise. */
#include "runtime.h"

const char guest_name[] = "traps";

#define EC_UNKNOWN 0x00
#define EC_SVC 0x15
#define EC_INSTRUCTION_ABORT 0x21
#define EC_DATA_ABORT_EL0 0x24
#define EC_DATA_ABORT 0x25
#define EC_BRK 0x3c
#define FAULT_STATUS 0x3f
#define WRITE_NOT_READ (1 << 6)
#define PSTATE_EL1H_MASKED 0x3c5
#define HYPERCALL_SYS_TEST 0x0004 /* Rust-Shyper: X7 = function SYS (0) << 8 | event TEST (4) */

/* traps-asm.S */
void el0_enter(uint64_t pc, uint64_t x0);
void el0_return(void);
void fp_fill(uint64_t seed);
uint64_t fp_mismatches(uint64_t seed);
bool registers_survive(uint64_t device);
bool exclusive_add(uint64_t *word);
bool exclusive_pair_swap(uint64_t *words);
bool exclusive_after_clrex(uint64_t *word);
bool exclusive_after_svc(uint64_t *word);

static struct {
    unsigned count;
    uint64_t vector, esr, far;
} seen;
static unsigned interrupts;
static uint8_t data_page[4096] PHYSICAL_PAGE;
static uint32_t code_page[1024] PHYSICAL_PAGE;
static uint64_t word_pair[2] __attribute__((aligned(16)));

void handle_exception(struct frame *frame)
{
    uint64_t vector = frame->vector;
    if (vector == VECTOR_IRQ) {
        uint32_t acknowledged = read32(GICC_IAR);
        WRITE_SYSREG(cntv_ctl_el0, 0);
        ISB();
        write32(GICC_EOIR, acknowledged);
        interrupts += (acknowledged & 1023) == VIRTUAL_TIMER_INTID;
        return;
    }
    if ((vector != VECTOR_SYNC && vector != VECTOR_SYNC_EL0) || ++seen.count > 100) {
        unexpected(frame);
    }
    seen.vector = vector;
    seen.esr = frame->esr;
    seen.far = frame->far;
    if (vector == VECTOR_SYNC_EL0) {
        frame->pc = (uint64_t)el0_return;
        frame->pstate = PSTATE_EL1H_MASKED;
    } else if (EXCEPTION_CLASS(frame->esr) == EC_INSTRUCTION_ABORT) {
        frame->pc = frame->x[30];
    } else if (EXCEPTION_CLASS(frame->esr) != EC_SVC) {
        frame->pc += 4; /* ELR is at the instruction itself */
    }
}

/* Exactly one exception must have come since the last call, with this class, these syndrome bits and (unless 0) this FAR. */
static void verdict_trap(const char *what, unsigned class, uint64_t mask, uint64_t syndrome, uint64_t far)
{
    bool right = seen.count == 1 && EXCEPTION_CLASS(seen.esr) == class && (seen.esr & mask) == syndrome && (!far || seen.far == far);
    say("%-46s EC %x ISS %x %s\n", what, (uint64_t)EXCEPTION_CLASS(seen.esr), seen.esr & mask, right ? "ok" : "WRONG");
    if (!right) {
        say("    count %d vector %d ESR %x FAR %x\n", (uint64_t)seen.count, seen.vector, seen.esr, seen.far);
        remember_wrong(what);
    }
    seen.count = 0;
}

static uint64_t load(uint64_t address)
{
    uint64_t value = 0;
    __asm__ volatile("ldr %0, [%1]" : "+r"(value) : "r"(address) : "memory");
    return value;
}

static void store(uint64_t address)
{
    __asm__ volatile("str xzr, [%0]" : : "r"(address) : "memory");
}

static void call(uint64_t address)
{
    __asm__ volatile("blr %0" : : "r"(address)
        : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
          "x15", "x16", "x17", "x30", "memory");
}

static void software_exceptions(void)
{
    __asm__ volatile("svc #5" : : : "memory");
    verdict_trap("SVC #5 from EL1", EC_SVC, 0xffff, 5, 0);
    __asm__ volatile("udf #0" : : : "memory");
    verdict_trap("UDF", EC_UNKNOWN, 0, 0, 0);
    __asm__ volatile("brk #0x123" : : : "memory");
    verdict_trap("BRK #0x123", EC_BRK, 0xffff, 0x123, 0);
}

static void el0_exceptions(void)
{
    code_page[0] = 0xd40000e1; /* svc #7 */
    code_page[1] = 0xf9400001; /* ldr x1, [x0] */
    make_code_visible(code_page, 8);
    window_set(0, (uint64_t)code_page, PAGE_EL0_CODE);
    el0_enter(WINDOW, 0);
    verdict_trap("SVC #7 from EL0", EC_SVC, 0xffff, 7, 0);
    el0_enter(WINDOW + 4, (uint64_t)data_page);
    verdict_trap("EL0 reads EL1's memory", EC_DATA_ABORT_EL0, FAULT_STATUS, 0x0d, (uint64_t)data_page);
}

static void aborts(void)
{
    window_set(1, 0, 0);
    window_set(2, (uint64_t)data_page, PAGE_READ_ONLY);
    window_set(3, (uint64_t)data_page, PAGE_DATA);
    load(WINDOW + 0x1008);
    verdict_trap("load from an unmapped page", EC_DATA_ABORT, FAULT_STATUS | WRITE_NOT_READ, 0x07, WINDOW + 0x1008);
    store(WINDOW + 0x1010);
    verdict_trap("store to an unmapped page", EC_DATA_ABORT, FAULT_STATUS | WRITE_NOT_READ, 0x47, WINDOW + 0x1010);
    load(0x6000000000);
    verdict_trap("load with no level 1 entry", EC_DATA_ABORT, FAULT_STATUS | WRITE_NOT_READ, 0x05, 0x6000000000);
    store(WINDOW + 0x2000);
    verdict_trap("store to a read-only page", EC_DATA_ABORT, FAULT_STATUS | WRITE_NOT_READ, 0x4f, WINDOW + 0x2000);
    __asm__ volatile("ldxr x9, [%0]\n\tclrex" : : "r"(data_page + 1) : "x9", "memory");
    verdict_trap("LDXR from an unaligned address", EC_DATA_ABORT, FAULT_STATUS | WRITE_NOT_READ, 0x21, (uint64_t)data_page + 1);
    call(WINDOW + 0x1000);
    verdict_trap("call of an unmapped page", EC_INSTRUCTION_ABORT, FAULT_STATUS, 0x07, WINDOW + 0x1000);
    call(WINDOW + 0x3000);
    verdict_trap("call of a never-execute page", EC_INSTRUCTION_ABORT, FAULT_STATUS, 0x0f, WINDOW + 0x3000);
    data_page[8] = 0x5a;
    verdict("a mapped page reads through", (load(WINDOW + 0x2008) & 0xff) == 0x5a && seen.count == 0);
}

static int64_t hypercall_sys_test(void)
{
    register uint64_t x0 __asm__("x0") = 0;
    register uint64_t x7 __asm__("x7") = HYPERCALL_SYS_TEST;
    __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x7) : : "x1", "x2", "x3", "x4", "x5", "x6", "memory");
    return (int64_t)x0;
}

/* Neither answer to HVC is wrong; a conduit that the device tree names must work. */
static void firmware_calls(void)
{
    int64_t version = psci(PSCI_VERSION, 0, 0, 0);
    say("PSCI version %d.%d by %s\n", version >> 16, version & 0xffff, psci_by_hvc ? "HVC" : "SMC");
    verdict("PSCI_VERSION is 0.2 or later", version >= 2 && seen.count == 0);

    int64_t answer = smc(PSCI_VERSION, 0, 0, 0);
    say("SMC: %s\n", seen.count ? "UNDEF, no firmware below" : "answered");
    verdict("SMC agrees with the conduit", psci_by_hvc || (seen.count == 0 && (int32_t)answer == version));
    seen.count = 0;

    answer = hypercall_sys_test();
    if (seen.count) {
        say("HVC SYS TEST: not available (UNDEF)\n");
    } else if (answer == 0) {
        say("HVC SYS TEST: answered 0\n");
    } else {
        say("HVC SYS TEST: not available (%d)\n", answer);
    }
    verdict("HVC comes back", seen.count <= 1);
    seen.count = 0;
}

static void wake_up(void)
{
    uint64_t deadline = time_now() + time_frequency() / 1000;
    WRITE_SYSREG(cntv_cval_el0, deadline);
    WRITE_SYSREG(cntv_ctl_el0, 1);
    ISB();
    while (!(READ_SYSREG(cntv_ctl_el0) & 4)) {
        WFI();
    }
    uint64_t now = time_now();
    verdict("WFI wakes with IRQs masked", now >= deadline && interrupts == 0);
    UNMASK_INTERRUPTS();
    MASK_INTERRUPTS();
    verdict("the interrupt comes when unmasked", interrupts == 1);
}

static void identification(void)
{
    uint64_t features = READ_SYSREG(id_aa64pfr0_el1);
    say("ID_AA64PFR0_EL1 %x ID_AA64MMFR0_EL1 %x ACTLR_EL1 %x\n", features, READ_SYSREG(id_aa64mmfr0_el1), READ_SYSREG(actlr_el1));
    verdict("EL0 and EL1 are implemented", (features & 15) >= 1 && (features >> 4 & 15) >= 1 && seen.count == 0);
}

/* PL011's identification registers, one byte each in a word: 0x11 at 0xfe0, 0x10 at 0xfe4, 0xb1 at 0xffc. */
static void device_reads(void)
{
    uint64_t id = UART_BASE + 0xfe0;
    uint64_t a = 0;
    uint64_t b = 0;
    __asm__ volatile("ldrb %w0, [%1]" : "=r"(a) : "r"(id));
    verdict("LDRB", a == 0x11);
    __asm__ volatile("ldrh %w0, [%1]" : "=r"(a) : "r"(id));
    verdict("LDRH", a == 0x11);
    __asm__ volatile("ldr %w0, [%1]" : "=r"(a) : "r"(id));
    verdict("LDR W", a == 0x11);
    __asm__ volatile("ldrsb %0, [%1]" : "=r"(a) : "r"(UART_BASE + 0xffc));
    verdict("LDRSB X extends the sign", a == 0xffffffffffffffb1);
    __asm__ volatile("ldrsb %w0, [%1]" : "=r"(a) : "r"(UART_BASE + 0xffc));
    verdict("LDRSB W extends to 32 bits", a == 0xffffffb1);
    __asm__ volatile("ldr wzr, [%0]" : : "r"(id));
    verdict("LDR to WZR", seen.count == 0);
    __asm__ volatile("ldp %w0, %w1, [%2]" : "=&r"(a), "=&r"(b) : "r"(id));
    verdict("LDP W", a == 0x11 && b == 0x10);
    __asm__ volatile("ldr %w0, [%1], #4\n\tldr %w2, [%1]" : "=&r"(a), "+&r"(id), "=&r"(b));
    verdict("LDR post-index", a == 0x11 && b == 0x10 && id == UART_BASE + 0xfe4);
    __asm__ volatile("ldr %w0, [%1, #-4]!" : "=&r"(a), "+&r"(id));
    verdict("LDR pre-index", a == 0x11 && id == UART_BASE + 0xfe0);
    __asm__ volatile("ldr %0, [%1]" : "=r"(a) : "r"(id));
    say("LDR X of a 32-bit device: %x (the bus decides)\n", a);
}

/* Priorities of the SGIs: banked, so every guest owns them, and byte-accessible (IHI 0048B, 4.3.11). */
static void device_writes(void)
{
    uint64_t priorities = GICD_IPRIORITYR;
    uint64_t a = 0;
    uint64_t b = 0;
    write32(priorities, 0x40302010);
    verdict("STR W", read32(priorities) == 0x40302010);
    write8(priorities + 1, 0x70);
    __asm__ volatile("ldrb %w0, [%1]" : "=r"(a) : "r"(priorities + 1));
    verdict("STRB changes its byte alone", a == 0x70 && read32(priorities) == 0x40307010);
    __asm__ volatile("str wzr, [%0]" : : "r"(priorities) : "memory");
    verdict("STR WZR", read32(priorities) == 0);
    __asm__ volatile("stp %w0, %w1, [%2]" : : "r"(0x50505050), "r"(0x60606060), "r"(priorities) : "memory");
    __asm__ volatile("ldp %w0, %w1, [%2]" : "=&r"(a), "=&r"(b) : "r"(priorities) : "memory");
    verdict("STP W", a == 0x50505050 && b == 0x60606060);
    __asm__ volatile("str %w1, [%0], #4\n\tstr %w2, [%0], #4" : "+&r"(priorities) : "r"(0x10101010), "r"(0x20202020) : "memory");
    verdict("STR post-index", priorities == GICD_IPRIORITYR + 8 && read32(priorities - 8) == 0x10101010
        && read32(priorities - 4) == 0x20202020);
    __asm__ volatile("stp %w1, %w2, [%0, #-8]!" : "+&r"(priorities) : "r"(0x30303030), "r"(0x80808080) : "memory");
    verdict("STP pre-index", priorities == GICD_IPRIORITYR && read32(priorities) == 0x30303030
        && read32(priorities + 4) == 0x80808080);
    for (unsigned sgi = 0; sgi < 16; sgi++) {
        write8(GICD_IPRIORITYR + sgi, 0xa0);
    }
    verdict("no device access trapped to EL1", seen.count == 0);
}

static void survival(void)
{
    verdict("X1 to X30 survive SVC and device reads", registers_survive(GICD_IPRIORITYR) && registers_survive(UART_BASE + 0x18));
    fp_fill(0x123456789abcdef0);
    __asm__ volatile("svc #1" : : : "memory");
    load(WINDOW + 0x1000);
    psci(PSCI_VERSION, 0, 0, 0);
    hypercall_sys_test();
    read32(GICD_IPRIORITYR);
    read32(UART_BASE + 0x18);
    WRITE_SYSREG(cntv_cval_el0, time_now() + 1000);
    WRITE_SYSREG(cntv_ctl_el0, 1);
    UNMASK_INTERRUPTS();
    while (READ_SYSREG(cntv_ctl_el0) & 1) {
        WFI();
    }
    MASK_INTERRUPTS();
    verdict("V0 to V31 survive traps and an IRQ", fp_mismatches(0x123456789abcdef0) == 0 && interrupts == 2);
    seen.count = 0;
}

static void self_modifying_code(void)
{
    uint64_t (*function)(void) = (uint64_t (*)(void))code_page;
    unsigned right = 0;
    for (unsigned i = 0; i < 20; i++) {
        code_page[0] = 0xd2800000 | i << 5; /* mov x0, #i */
        code_page[1] = 0xd65f03c0; /* ret */
        make_code_visible(code_page, 8);
        right += function() == i;
    }
    verdict("rewritten code is seen after IC IVAU", right == 20);
}

static void exclusives(void)
{
    uint64_t word = 40;
    verdict("LDXR/STXR", exclusive_add(&word) && exclusive_add(&word) && word == 42);
    word_pair[0] = 1;
    word_pair[1] = 2;
    verdict("LDAXP/STLXP", exclusive_pair_swap(word_pair) && word_pair[0] == 2 && word_pair[1] == 1);
    verdict("CLREX makes STXR fail", !exclusive_after_clrex(&word) && word == 42);
    verdict("an exception makes STXR fail", !exclusive_after_svc(&word) && word == 42 && seen.count == 1);
    seen.count = 0;
}

void guest_main(void)
{
    say("traps: exceptions and traps, one by one\n");
    mmu_build();
    mmu_on();
    gic_init_distributor();
    gic_init_core();
    gic_enable(VIRTUAL_TIMER_INTID);
    software_exceptions();
    el0_exceptions();
    aborts();
    identification();
    firmware_calls();
    wake_up();
    device_reads();
    device_writes();
    survival();
    self_modifying_code();
    exclusives();
    finish();
}
