/* Interrupts between harts by SBI: hart masks with and without a base (SBI 2.0, chapter 7). */
#include "../common/ipi.h"

static int64_t send(uint64_t mask, uint64_t base)
{
    return sbi(SBI_IPI, 0, mask, base, 0, 0).error;
}

void handle_exception(struct frame *frame)
{
    if (frame->cause != CAUSE_SOFTWARE) {
        unexpected(frame);
    }
    CLEAR_CSR(sip, SOFTWARE);
    receive();
}

void prepare_receiver(unsigned number)
{
    (void)number;
    WRITE_CSR(sie, SOFTWARE);
}

void send_to(unsigned core)
{
    send(1, machine.id[core]);
}

static void check(const char *what, uint64_t mask, uint64_t base, unsigned expected)
{
    forget_received();
    bool accepted = send(mask, base) == SBI_SUCCESS;
    expect_received(accepted ? what : "SBI refused", expected);
}

void check_senders(void)
{
    unsigned all = (1U << machine.cores) - 1;
    uint64_t every_hart = 0;
    for (unsigned core = 0; core < machine.cores; core++) {
        every_hart |= 1UL << machine.id[core];
    }
    check("to itself only", 1, machine.id[0], 1);
    check("to all others", every_hart & ~(1UL << machine.id[0]), 0, all & ~1U);
    check("to every listed hart", every_hart, 0, all);
    check("to all harts by base -1", 0, ALL_HARTS, all);
    check("to nobody", 0, 0, 0);
}
