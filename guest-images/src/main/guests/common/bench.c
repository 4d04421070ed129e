/*
 * Tight loops for measurements. The mailbox selects: selector 0 runs every loop and prints its ticks; another runs that loop alone
 * between announce_begin and announce_end and prints nothing but the verdict.
 */
#include "bench.h"

#define DEFAULT_ITERATIONS 10000

const char guest_name[] = "bench";

static uint8_t page[PAGE_SIZE] PHYSICAL_PAGE;

static const char *name_of(enum loop loop)
{
    switch (loop) {
    case HYPERCALL: return "hypercall";
    case FIRMWARE_CALL: return "firmware-call";
    case ID_REGISTER: return "id-register";
    case ACTLR: return "actlr";
    case CONTROLLER_READ: return "controller-read";
    case CONTROLLER_WRITE: return "controller-write";
    case UART_READ: return "uart-read";
    case OWN_TRAP: return "own-trap";
    case COMPUTE: return "compute";
    case MEMORY: return "memory";
    case TLB_FILL: return "tlb-fill";
    case USER_ACCESS: return "user-access";
    default: return "unknown";
    }
}

static bool run(enum loop loop, uint64_t iterations)
{
    switch (loop) {
    case COMPUTE: loop_compute(iterations); return true;
    case MEMORY: loop_memory(iterations, page); return true;
    case TLB_FILL: loop_tlb_fill(iterations, WINDOW); return true;
    default: return run_loop(loop, iterations, page);
    }
}

static void run_all(uint64_t iterations)
{
    say("bench: %d rounds of each loop, in ticks of the %d Hz counter\n", iterations, time_frequency());
    for (unsigned loop = 1; loop < LOOPS; loop++) {
        uint64_t start = time_now();
        if (run(loop, iterations)) {
            say("  %d %-16s %d\n", (uint64_t)loop, name_of(loop), time_now() - start);
        }
    }
}

static void run_alone(enum loop loop, uint64_t iterations)
{
    announce_begin(loop, iterations);
    uint64_t start = time_now();
    if (!run(loop, iterations)) {
        fail("the mailbox selects no loop of this architecture");
    }
    mailbox.result = time_now() - start;
    announce_end(loop, iterations, mailbox.result);
}

void guest_main(void)
{
    uint64_t iterations = mailbox.iterations ? mailbox.iterations : DEFAULT_ITERATIONS;
    mmu_build();
    for (unsigned i = 0; i < WINDOW_PAGES; i++) {
        window_show(i, page);
    }
    mmu_on();
    use_bench_vectors();
    if (mailbox.selector == 0) {
        run_all(iterations);
    } else {
        run_alone((enum loop)mailbox.selector, iterations);
    }
    pass();
}
