/* Hypercalls, and what becomes of them where there is no EL2. */
#include "runtime.h"

#define CLASS_UNKNOWN 0

int64_t hypercall(uint64_t code, uint64_t x0, uint64_t x1, uint64_t x2)
{
    register uint64_t r0 __asm__("x0") = x0;
    register uint64_t r1 __asm__("x1") = x1;
    register uint64_t r2 __asm__("x2") = x2;
    register uint64_t r7 __asm__("x7") = code;
    __asm__ volatile("hvc #0" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r7) : "memory");
    return (int64_t)r0;
}

bool step_over_hypercall(struct frame *frame)
{
    bool undefined = frame->vector == VECTOR_SYNC && EXCEPTION_CLASS(frame->esr) == CLASS_UNKNOWN;
    if (undefined) {
        frame->x[0] = (uint64_t)-1;
        frame->pc += 4;
    }
    return undefined;
}
