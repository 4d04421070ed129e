/* The supervisor timer by SBI: pending and masked, then 100 interrupts of 1 ms (SBI 2.0, chapter 6). */
#include "../common/ticks.h"

const char guest_name[] = "timer";

uint64_t timer_count(void)
{
    return time_now();
}

void timer_start(uint64_t moment)
{
    sbi(SBI_TIME, 0, moment, 0, 0, 0);
}

void timer_off(void)
{
    timer_start(~0UL);
}

void handle_exception(struct frame *frame)
{
    if (frame->cause != CAUSE_TIMER) {
        unexpected(frame);
    }
    tick();
}

/* With interrupts masked. */
static void check_pending(void)
{
    WRITE_CSR(sie, TIMER);
    timer_start(time_now() + 1000 * period);
    verdict("STIP is 0 before the moment", !(READ_CSR(sip) & TIMER));
    uint64_t moment = time_now() + period / 10;
    timer_start(moment);
    while (!(READ_CSR(sip) & TIMER)) {
    }
    verdict("STIP comes with the moment", time_now() >= moment);
    timer_start(time_now() + 1000 * period);
    verdict("a later moment clears STIP", !(READ_CSR(sip) & TIMER));
    timer_start(time_now() + period / 10);
    uint64_t start = time_now();
    WFI();
    uint64_t slept = time_now() - start;
    verdict("WFI wakes with interrupts masked", slept <= period && taken == 0);
}

static void check_enable(void)
{
    WRITE_CSR(sie, 0);
    expect_one(time_now() + period / 10);
    timer_start(deadline);
    UNMASK_INTERRUPTS();
    wait_until(deadline + period / 10);
    verdict("STIE holds the interrupt back", taken == TICKS - 1);
    SET_CSR(sie, TIMER);
    wait_until(time_now() + period / 10);
    MASK_INTERRUPTS();
    verdict("setting STIE lets it through, once", taken == TICKS);
}

void guest_main(void)
{
    say("timer: the supervisor timer by SBI, %d Hz\n", time_frequency());
    period = time_frequency() / 1000;
    if (period == 0) {
        fail("the device tree does not tell the frequency of time");
    }
    check_counter();
    check_pending();
    check_enable();
    run_periodic();
    finish();
}
