/* A spin lock with LR/SC; acquire on taking, release on letting go. */
#include "runtime.h"

void lock_take(struct lock *lock)
{
    uint32_t seen;
    uint32_t lost;
    __asm__ volatile(
        "1: lr.w.aq %0, (%2)\n"
        "   bnez %0, 2f\n"
        "   sc.w %1, %3, (%2)\n"
        "   beqz %1, 3f\n"
        "2: .4byte 0x0100000f\n"
        "   j 1b\n"
        "3:\n"
        : "=&r"(seen), "=&r"(lost)
        : "r"(&lock->held), "r"(1)
        : "memory");
}

void lock_release(struct lock *lock)
{
    __asm__ volatile("amoswap.w.rl zero, zero, (%0)" : : "r"(&lock->held) : "memory");
}
