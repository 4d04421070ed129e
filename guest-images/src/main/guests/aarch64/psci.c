/* Firmware calls by the conduit that the device tree names. */
#include "runtime.h"

#define DEFINE_CALL(name)                                                                                     \
    int64_t name(uint64_t function, uint64_t a, uint64_t b, uint64_t c)                                       \
    {                                                                                                         \
        register uint64_t x0 __asm__("x0") = function;                                                        \
        register uint64_t x1 __asm__("x1") = a;                                                               \
        register uint64_t x2 __asm__("x2") = b;                                                               \
        register uint64_t x3 __asm__("x3") = c;                                                               \
        __asm__ volatile(#name " #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : :                             \
                "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory"); \
        return (int64_t)x0;                                                                                   \
    }

DEFINE_CALL(smc)
DEFINE_CALL(hvc)

int64_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
    int64_t result = psci_by_hvc ? hvc(function, a, b, c) : smc(function, a, b, c);
    return (int32_t)result; /* PSCI results are 32-bit signed */
}

int64_t start_id(uint64_t id, unsigned number)
{
    return psci(PSCI_CPU_ON, id, (uint64_t)secondary_entry, number);
}

int64_t core_state(uint64_t id)
{
    return psci(PSCI_AFFINITY_INFO, id, 0, 0);
}

void power_off(void)
{
    psci(PSCI_SYSTEM_OFF, 0, 0, 0);
    for (;;) {
        WFI();
    }
}

void restart(void)
{
    psci(PSCI_SYSTEM_RESET, 0, 0, 0);
    for (;;) {
        WFI();
    }
}

void stop_core(void)
{
    psci(PSCI_CPU_OFF, 0, 0, 0);
    for (;;) {
        WFI();
    }
}
