/* A spin lock with exclusives; acquire on taking, release on letting go. */
#include "runtime.h"

void lock_take(struct lock *lock)
{
    uint32_t seen;
    uint32_t lost;
    __asm__ volatile(
        "1: ldaxr %w0, [%2]\n"
        "   cbnz  %w0, 2f\n"
        "   stxr  %w1, %w3, [%2]\n"
        "   cbz   %w1, 3f\n"
        "2: yield\n"
        "   b     1b\n"
        "3:\n"
        : "=&r"(seen), "=&r"(lost)
        : "r"(&lock->held), "r"(1)
        : "memory");
}

void lock_release(struct lock *lock)
{
    __asm__ volatile("stlr wzr, [%0]" : : "r"(&lock->held) : "memory");
}
