/*
 * Tight loops for measurements. The mailbox selects: selector 0 runs every loop and prints its ticks; another runs that loop alone
 * between HVC #0x49 and HVC #0x4a and prints nothing but the verdict.
 */
#include "runtime.h"

#define DEFAULT_ITERATIONS 10000
#define PHYSICAL_PAGE __attribute__((aligned(4096)))

const char guest_name[] = "bench";

/* bench-asm.S; each runs its body so many times. */
extern const char bench_vectors[];
void loop_hvc(uint64_t iterations, uint64_t x7);
void loop_smc(uint64_t iterations);
void loop_id_register(uint64_t iterations);
void loop_actlr(uint64_t iterations);
void loop_read(uint64_t iterations, uint64_t address);
void loop_write(uint64_t iterations, uint64_t address);
void loop_svc(uint64_t iterations);
uint64_t loop_compute(uint64_t iterations);
void loop_memory(uint64_t iterations, void *page);
void announce(uint64_t selector, uint64_t iterations, uint64_t ticks);
void finish(uint64_t selector, uint64_t iterations, uint64_t ticks);

enum loop { HVC_CALL = 1, SMC_CALL, ID_REGISTER, ACTLR, GICD_READ, GICD_WRITE, UART_READ, SVC_CALL, COMPUTE, MEMORY, LOOPS };

static uint8_t page[4096] PHYSICAL_PAGE;

static const char *name_of(enum loop loop)
{
    switch (loop) {
    case HVC_CALL: return "hvc";
    case SMC_CALL: return "smc";
    case ID_REGISTER: return "id-register";
    case ACTLR: return "actlr";
    case GICD_READ: return "gicd-read";
    case GICD_WRITE: return "gicd-write";
    case UART_READ: return "uart-read";
    case SVC_CALL: return "svc";
    case COMPUTE: return "compute";
    case MEMORY: return "memory";
    default: return "unknown";
    }
}

static void run(enum loop loop, uint64_t iterations)
{
    switch (loop) {
    case HVC_CALL: loop_hvc(iterations, mailbox.argument ? mailbox.argument : 4); break;
    case SMC_CALL: loop_smc(iterations); break;
    case ID_REGISTER: loop_id_register(iterations); break;
    case ACTLR: loop_actlr(iterations); break;
    case GICD_READ: loop_read(iterations, GICD_ISENABLER); break;
    case GICD_WRITE: loop_write(iterations, GICD_IPRIORITYR); break;
    case UART_READ: loop_read(iterations, UART_BASE + 0x18); break;
    case SVC_CALL: loop_svc(iterations); break;
    case COMPUTE: loop_compute(iterations); break;
    case MEMORY: loop_memory(iterations, page); break;
    default: fail("the mailbox selects no loop");
    }
}

void guest_main(void)
{
    uint64_t iterations = mailbox.iterations ? mailbox.iterations : DEFAULT_ITERATIONS;
    uint64_t selector = mailbox.selector;
    mmu_build();
    mmu_on();
    WRITE_SYSREG(vbar_el1, (uint64_t)bench_vectors);
    ISB();
    if (selector == 0) {
        say("bench: %d rounds of each loop, in ticks of the %d Hz counter\n", iterations, READ_SYSREG(cntfrq_el0));
        for (unsigned loop = 1; loop < LOOPS; loop++) {
            uint64_t start = virtual_count();
            run(loop, iterations);
            say("  %d %-12s %d\n", (uint64_t)loop, name_of(loop), virtual_count() - start);
        }
    } else {
        announce(selector, iterations, 0);
        uint64_t start = virtual_count();
        run((enum loop)selector, iterations);
        mailbox.result = virtual_count() - start;
        finish(selector, iterations, mailbox.result);
    }
    pass();
}
