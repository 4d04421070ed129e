/*
 * The real-time guest's interrupts: the timer of its own mode (Sstc), and the Goldfish real-time clock at the PLIC, or at the APLIC and
 * the hart's interrupt file. That clock counts nanoseconds, so it tells the time better than the time CSR, if the guest has it.
 */
#include "../common/rtvm.h"
#include "controllers.h"

#define RTC_BASE 0x00101000UL
#define TIME_LOW (RTC_BASE + 0x00)
#define ALARM_LOW (RTC_BASE + 0x08)
#define ALARM_HIGH (RTC_BASE + 0x0c)
#define IRQ_ENABLED (RTC_BASE + 0x10)
#define CLEAR_INTERRUPT (RTC_BASE + 0x1c)
#define RTC_FREQUENCY 1000000000UL
#define TRIES 1000

const char rtc_compatible[] = "google,goldfish-rtc";
const char device_moment[] = "at its alarm";

/* The clock's count when time was 0: see find_start(). */
static uint64_t start;

uint64_t clock_frequency(void)
{
    return has_device ? RTC_FREQUENCY : time_frequency();
}

uint64_t clock_now(void)
{
    return has_device ? read32(TIME_LOW) : time_now();
}

static uint64_t clock_at(uint64_t moment)
{
    return start + moment * (clock_frequency() / time_frequency());
}

/* Many looks at both clocks: the closest to each other tell best when a tick of time begins. */
static void find_start(void)
{
    uint32_t least = ~0U;
    uint64_t base = clock_now() - clock_at(time_now()) - clock_frequency();
    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t then = clock_at(time_now());
        uint32_t apart = (uint32_t)(clock_now() - then - base);
        least = apart < least ? apart : least;
    }
    start = base + least;
}

void realtime_begin(void)
{
    WRITE_CSR(sie, TIMER);
    if (has_device) {
        write32(CLEAR_INTERRUPT, 0);
        write32(IRQ_ENABLED, 1);
        controller_enable(RTC_SOURCE);
        find_start();
    }
}

uint64_t timer_at(uint64_t moment)
{
    __asm__ volatile("csrw 0x14d, %0" : : "r"(moment) : "memory"); /* stimecmp */
    return clock_at(moment);
}

/* Reading the low half keeps the high half of that moment. Writing it starts the alarm. */
uint64_t device_in(uint64_t nanoseconds)
{
    uint64_t alarm = read32(TIME_LOW);
    alarm = ((uint64_t)read32(TIME_LOW + 4) << 32 | alarm) + nanoseconds;
    write32(ALARM_HIGH, (uint32_t)(alarm >> 32));
    write32(ALARM_LOW, (uint32_t)alarm);
    return alarm;
}

void handle_exception(struct frame *frame)
{
    uint64_t now = clock_now();
    if (frame->cause == CAUSE_TIMER) {
        timer_at(~0UL);
        arrived(now);
        return;
    }
    if (frame->cause != CAUSE_EXTERNAL) {
        unexpected(frame);
    }
    uint32_t claimed = controller_claim();
    if (claimed) {
        write32(CLEAR_INTERRUPT, 0);
        arrived(now);
        controller_complete(claimed);
    }
}
