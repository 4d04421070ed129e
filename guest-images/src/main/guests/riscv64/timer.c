/* The supervisor timer by SBI: pending and masked, then 100 interrupts of 1 ms (SBI 2.0, chapter 6). */
#include "runtime.h"

const char guest_name[] = "timer";

#define TICKS 100

static uint64_t period;
static volatile unsigned taken;
static volatile uint64_t deadline, least, most, total;

static void set_timer(uint64_t moment)
{
    sbi(SBI_TIME, 0, moment, 0, 0, 0);
}

void handle_exception(struct frame *frame)
{
    uint64_t now = time_now();
    if (frame->cause != CAUSE_TIMER) {
        unexpected(frame);
    }
    if (now < deadline) {
        fail("interrupt before its time");
    }
    uint64_t latency = now - deadline;
    least = latency < least ? latency : least;
    most = latency > most ? latency : most;
    total += latency;
    taken++;
    if (taken < TICKS) {
        deadline += period;
        set_timer(deadline);
    } else {
        set_timer(~0UL);
    }
}

static void wait_until(uint64_t moment)
{
    while (time_now() < moment) {
    }
}

/* With interrupts masked. */
static void check_pending(void)
{
    uint64_t before = time_now();
    bool rising = true;
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t now = time_now();
        rising = rising && now >= before;
        before = now;
    }
    verdict("time never goes back", rising);

    WRITE_CSR(sie, TIMER);
    set_timer(time_now() + 1000 * period);
    verdict("STIP is 0 before the moment", !(READ_CSR(sip) & TIMER));
    uint64_t moment = time_now() + period / 10;
    set_timer(moment);
    while (!(READ_CSR(sip) & TIMER)) {
    }
    verdict("STIP comes with the moment", time_now() >= moment);
    set_timer(time_now() + 1000 * period);
    verdict("a later moment clears STIP", !(READ_CSR(sip) & TIMER));
    set_timer(time_now() + period / 10);
    uint64_t start = time_now();
    WFI();
    uint64_t slept = time_now() - start;
    verdict("WFI wakes with interrupts masked", slept <= period && taken == 0);
}

static void check_enable(void)
{
    taken = TICKS - 1; /* one interrupt, then the handler switches off */
    WRITE_CSR(sie, 0);
    deadline = time_now() + period / 10;
    set_timer(deadline);
    UNMASK_INTERRUPTS();
    wait_until(deadline + period / 10);
    verdict("STIE holds the interrupt back", taken == TICKS - 1);
    SET_CSR(sie, TIMER);
    wait_until(time_now() + period / 10);
    MASK_INTERRUPTS();
    verdict("setting STIE lets it through, once", taken == TICKS);
}

static void run_periodic(void)
{
    taken = 0;
    total = 0;
    most = 0;
    least = ~0UL;
    deadline = time_now() + period;
    uint64_t start = deadline;
    set_timer(deadline);
    while (taken < TICKS) {
        WFI(); /* wakes although interrupts are masked, so that none slips in between test and WFI */
        UNMASK_INTERRUPTS();
        MASK_INTERRUPTS();
    }
    uint64_t elapsed = time_now() - start;
    say("%d interrupts of 1 ms, latency min %d mean %d max %d ticks\n", (uint64_t)TICKS, least, total / TICKS, most);
    verdict("they took their time", elapsed >= (TICKS - 1) * period);
}

void guest_main(void)
{
    say("timer: the supervisor timer by SBI, %d Hz\n", machine.frequency);
    period = machine.frequency / 1000;
    if (period == 0) {
        fail("the device tree does not tell the frequency of time");
    }
    check_pending();
    check_enable();
    run_periodic();
    finish();
}
