/* Interrupts between harts by SBI: masks, errors, and a ping-pong of 1000 rounds (SBI 2.0, chapter 7). */
#include "runtime.h"

const char guest_name[] = "ipi";

#define ROUNDS 1000

static volatile unsigned received[MAX_CORES];
static volatile bool ready[MAX_CORES];
static volatile bool pinging;

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
    unsigned self = core_number();
    received[self]++;
    if (pinging && self == 1) {
        send(1, machine.hart[0]);
    }
}

/* Sleeps until an interrupt came and was handled. None is lost: WFI wakes for a masked one. */
static void sleep_once(void)
{
    WFI();
    UNMASK_INTERRUPTS();
    MASK_INTERRUPTS();
}

void secondary_main(unsigned number)
{
    WRITE_CSR(sie, SOFTWARE);
    ready[number] = true;
    for (;;) {
        sleep_once();
    }
}

static unsigned received_in_all(void)
{
    unsigned sum = 0;
    for (unsigned core = 0; core < machine.cores; core++) {
        sum += received[core];
    }
    return sum;
}

/* Waits for so many interrupts, at most a second, and then 2 ms for one too many. */
static void settle(unsigned wanted)
{
    uint64_t end = time_now() + machine.frequency;
    UNMASK_INTERRUPTS();
    while (received_in_all() < wanted && time_now() < end) {
        YIELD();
    }
    end = time_now() + machine.frequency / 500;
    while (time_now() < end) {
        YIELD();
    }
    MASK_INTERRUPTS();
}

/* Sends, and expects one interrupt on the harts of expected (bit = our number), none elsewhere. */
static void check_mask(const char *what, uint64_t mask, uint64_t base, unsigned expected)
{
    unsigned wanted = 0;
    for (unsigned core = 0; core < machine.cores; core++) {
        received[core] = 0;
        wanted += expected >> core & 1;
    }
    bool right = send(mask, base) == SBI_SUCCESS;
    settle(wanted);
    for (unsigned core = 0; core < machine.cores; core++) {
        right = right && received[core] == (expected >> core & 1);
    }
    verdict(what, right);
}

static void ping_pong(void)
{
    unsigned partner = machine.cores > 1 ? 1 : 0;
    received[0] = 0;
    pinging = true;
    FENCE();
    uint64_t start = time_now();
    for (unsigned i = 0; i < ROUNDS; i++) {
        send(1, machine.hart[partner]);
        while (received[0] == i) {
            sleep_once();
        }
    }
    uint64_t elapsed = time_now() - start;
    say("%d rounds between core 0 and core %d: %d ticks each\n", (uint64_t)ROUNDS, (uint64_t)partner, elapsed / ROUNDS);
    verdict("every ping had one pong", received[0] == ROUNDS);
}

void guest_main(void)
{
    uint64_t every_hart = 0;
    say("ipi: %d cores\n", (uint64_t)machine.cores);
    WRITE_CSR(sie, SOFTWARE);
    for (unsigned core = 0; core < machine.cores; core++) {
        every_hart |= 1UL << machine.hart[core];
        if (core > 0 && start_core(core) != SBI_SUCCESS) {
            fail("hart_start refused");
        }
        while (core > 0 && !ready[core]) {
            YIELD();
        }
    }
    unsigned all = (1U << machine.cores) - 1;
    check_mask("to itself only", 1, machine.hart[0], 1);
    check_mask("to all others", every_hart & ~(1UL << machine.hart[0]), 0, all & ~1U);
    check_mask("to every listed hart", every_hart, 0, all);
    check_mask("to all harts by base -1", 0, ALL_HARTS, all);
    check_mask("to nobody", 0, 0, 0);
    ping_pong();
    finish();
}
