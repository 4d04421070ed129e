/* The loops of the bench guest that are AArch64's own. */
#include "../common/bench.h"

#define UARTFR 0x18
#define HYPERCALL_SYS_TEST 4 /* Rust-Shyper: X7 */

extern const char bench_vectors[];
void loop_hvc(uint64_t iterations, uint64_t x7);
void loop_smc(uint64_t iterations);
void loop_id_register(uint64_t iterations);
void loop_actlr(uint64_t iterations);
void loop_svc(uint64_t iterations);

void use_bench_vectors(void)
{
    WRITE_SYSREG(vbar_el1, (uint64_t)bench_vectors);
    ISB();
}

bool run_loop(enum loop loop, uint64_t iterations, void *page)
{
    (void)page;
    switch (loop) {
    case HYPERCALL: loop_hvc(iterations, mailbox.argument ? mailbox.argument : HYPERCALL_SYS_TEST); return true;
    case FIRMWARE_CALL: loop_smc(iterations); return true;
    case ID_REGISTER: loop_id_register(iterations); return true;
    case ACTLR: loop_actlr(iterations); return true;
    case CONTROLLER_READ: loop_read(iterations, GICD_ISENABLER); return true;
    case CONTROLLER_WRITE: loop_write(iterations, GICD_IPRIORITYR); return true;
    case UART_READ: loop_read(iterations, UART_BASE + UARTFR); return true;
    case OWN_TRAP: loop_svc(iterations); return true;
    default: return false;
    }
}
