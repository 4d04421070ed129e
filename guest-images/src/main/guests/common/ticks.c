#include "ticks.h"

uint64_t period;
volatile unsigned taken;
volatile uint64_t deadline;
static volatile uint64_t least, most, total;

void tick(void)
{
    uint64_t now = timer_count();
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
        timer_start(deadline);
    } else {
        timer_off();
    }
}

void expect_one(uint64_t moment)
{
    taken = TICKS - 1;
    deadline = moment;
}

void wait_until(uint64_t moment)
{
    while (timer_count() < moment) {
    }
}

void check_counter(void)
{
    uint64_t before = timer_count();
    bool rising = true;
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t now = timer_count();
        rising = rising && now >= before;
        before = now;
    }
    verdict("time never goes back", rising);
}

void run_periodic(void)
{
    taken = 0;
    total = 0;
    most = 0;
    least = ~0UL;
    deadline = timer_count() + period;
    uint64_t start = deadline;
    timer_start(deadline);
    while (taken < TICKS) {
        sleep_once();
    }
    uint64_t elapsed = timer_count() - start;
    say("%d interrupts of 1 ms, latency min %d mean %d max %d ticks\n", (uint64_t)TICKS, least, total / TICKS, most);
    verdict("they took their time", elapsed >= (TICKS - 1) * period);
}
