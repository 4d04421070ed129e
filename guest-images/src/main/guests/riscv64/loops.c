/* The loops of the bench guest that are RISC-V's own. */
#include "../common/bench.h"
#include "controllers.h"

#define LSR 5
#define HYPERCALL_SYS_TEST 0x0a000004UL /* Rust-Shyper: a7 */

extern const char bench_vectors[];
void loop_ecall(uint64_t iterations, uint64_t a7);
void loop_ebreak(uint64_t iterations);
void loop_read_byte(uint64_t iterations, uint64_t address);
void loop_user_access(uint64_t iterations, void *page);

void use_bench_vectors(void)
{
    WRITE_CSR(stvec, (uint64_t)bench_vectors);
}

bool run_loop(enum loop loop, uint64_t iterations, void *page)
{
    switch (loop) {
    case HYPERCALL: loop_ecall(iterations, mailbox.argument ? mailbox.argument : HYPERCALL_SYS_TEST); return true;
    case FIRMWARE_CALL: loop_ecall(iterations, SBI_BASE); return true;
    case CONTROLLER_READ: loop_read(iterations, board.has_imsics ? APLIC_DOMAINCFG : PLIC_ENABLE(machine.id[0])); return true;
    case CONTROLLER_WRITE: loop_write(iterations, board.has_imsics ? APLIC_SOURCECFG(UART_SOURCE) : PLIC_PRIORITY(UART_SOURCE)); return true;
    case UART_READ: loop_read_byte(iterations, UART_BASE + LSR); return true;
    case OWN_TRAP: loop_ebreak(iterations); return true;
    case USER_ACCESS: loop_user_access(iterations, page); return true;
    default: return false;
    }
}
