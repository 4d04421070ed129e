/* A spin lock with the architecture's load-reserved and store-conditional; acquire on taking, release on letting go. */
#include "runtime.h"

void lock_take(struct lock *lock)
{
    uint32_t seen = 0;
    while (!__atomic_compare_exchange_n(&lock->held, &seen, 1, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        YIELD();
        seen = 0;
    }
}

void lock_release(struct lock *lock)
{
    __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}
