/* The real-time guest's interrupts at the GIC: the virtual timer (DDI 0487, D12) and the real-time clock PL031 (DDI 0224). */
#include "../common/rtvm.h"

#define RTC_BASE 0x09010000UL
#define RTC_INTID 34
#define RTCMR (RTC_BASE + 0x04)
#define RTCLR (RTC_BASE + 0x08)
#define RTCIMSC (RTC_BASE + 0x10)
#define RTCICR (RTC_BASE + 0x1c)
#define MATCH 1
#define ENABLE 1

const char rtc_compatible[] = "arm,pl031";
const char device_moment[] = "when the guest loads the clock with its match value";

void realtime_begin(void)
{
    gic_init_distributor();
    gic_init_core();
    gic_enable(VIRTUAL_TIMER_INTID);
    if (has_device) {
        write32(RTCMR, MATCH);
        write32(RTCICR, 1);
        write32(RTCIMSC, 1);
        gic_enable(RTC_INTID);
    }
}

uint64_t clock_now(void)
{
    return time_now();
}

uint64_t clock_frequency(void)
{
    return time_frequency();
}

uint64_t timer_at(uint64_t moment)
{
    WRITE_SYSREG(cntv_cval_el0, moment);
    WRITE_SYSREG(cntv_ctl_el0, ENABLE);
    ISB();
    return moment;
}

/* Its alarm knows whole seconds only. The store makes count and match equal, which raises the line (3.3.3). */
uint64_t device_in(uint64_t nanoseconds)
{
    (void)nanoseconds;
    uint64_t now = time_now();
    write32(RTCLR, MATCH);
    return now;
}

void handle_exception(struct frame *frame)
{
    uint64_t now = clock_now();
    if (step_over_hypercall(frame)) {
        return;
    }
    if (frame->vector != VECTOR_IRQ) {
        unexpected(frame);
    }
    uint32_t acknowledged = read32(GICC_IAR);
    if ((acknowledged & 1023) == SPURIOUS) {
        return;
    }
    arrived(now);
    if ((acknowledged & 1023) == VIRTUAL_TIMER_INTID) {
        WRITE_SYSREG(cntv_ctl_el0, 0);
    } else {
        write32(RTCICR, 1);
    }
    DSB(); /* the line is down before the interrupt ends */
    write32(GICC_EOIR, acknowledged);
}
