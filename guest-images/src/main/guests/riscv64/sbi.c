/* Firmware calls (RISC-V SBI 2.0, chapter 3: binary encoding). */
#include "runtime.h"

struct sbi_result sbi(uint64_t extension, uint64_t function, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    register uint64_t a0 __asm__("a0") = a;
    register uint64_t a1 __asm__("a1") = b;
    register uint64_t a2 __asm__("a2") = c;
    register uint64_t a3 __asm__("a3") = d;
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a6), "r"(a7) : "memory");
    return (struct sbi_result){(int64_t)a0, (int64_t)a1};
}

int64_t start_id(uint64_t id, unsigned number)
{
    return sbi(SBI_HSM, HSM_START, id, (uint64_t)secondary_entry, number, 0).error;
}

int64_t core_state(uint64_t id)
{
    struct sbi_result status = sbi(SBI_HSM, HSM_STATUS, id, 0, 0, 0);
    return status.error ? status.error : status.value;
}

void power_off(void)
{
    sbi(SBI_SRST, 0, 0, 0, 0, 0);
    for (;;) {
        WFI();
    }
}

void restart(void)
{
    sbi(SBI_SRST, 0, 1 /* cold reboot */, 0, 0, 0);
    for (;;) {
        WFI();
    }
}

void stop_core(void)
{
    sbi(SBI_HSM, HSM_STOP, 0, 0, 0, 0);
    for (;;) {
        WFI();
    }
}
