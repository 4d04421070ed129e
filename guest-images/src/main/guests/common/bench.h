/* What the bench guest has in common (bench.c) and what each architecture adds (loops.c, loops-asm.S). */
#ifndef BENCH_H
#define BENCH_H

#include "runtime.h"

/* The mailbox's selector; BenchLoop.java says what a round of each is. */
enum loop {
    HYPERCALL = 1, FIRMWARE_CALL, ID_REGISTER, ACTLR, CONTROLLER_READ, CONTROLLER_WRITE, UART_READ, OWN_TRAP, COMPUTE, MEMORY,
    TLB_FILL, USER_ACCESS, LOOPS
};

/* loops.c: runs the loop so many times (at least 1); false when this architecture has none of the kind. page is 4 KiB of memory. */
bool run_loop(enum loop loop, uint64_t iterations, void *page);
/* Makes the vectors of loops-asm.S those of this core. */
void use_bench_vectors(void);

/* loops-asm.S: tell the monitor, if there is one that listens. */
void announce_begin(uint64_t selector, uint64_t iterations);
void announce_end(uint64_t selector, uint64_t iterations, uint64_t ticks);

/* loops-asm.S: each runs its body so many times. */
void loop_read(uint64_t iterations, uint64_t address);
void loop_write(uint64_t iterations, uint64_t address);
uint64_t loop_compute(uint64_t iterations);
void loop_memory(uint64_t iterations, void *page);
void loop_tlb_fill(uint64_t iterations, uint64_t window);

#endif
