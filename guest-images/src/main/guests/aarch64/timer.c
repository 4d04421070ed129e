/* The virtual and the physical timer: register semantics, then 100 periodic interrupts of 1 ms each (DDI 0487, D12). */
#include "../common/ticks.h"

const char guest_name[] = "timer";

#define ENABLE 1
#define IMASK 2
#define ISTATUS 4

/* The same code checks both timers; this says which. */
static bool physical;

uint64_t timer_count(void)
{
    ISB();
    return physical ? READ_SYSREG(cntpct_el0) : READ_SYSREG(cntvct_el0);
}

static uint64_t control(void)
{
    ISB();
    return physical ? READ_SYSREG(cntp_ctl_el0) : READ_SYSREG(cntv_ctl_el0);
}

static uint64_t compare(void)
{
    ISB();
    return physical ? READ_SYSREG(cntp_cval_el0) : READ_SYSREG(cntv_cval_el0);
}

static int32_t ticks_left(void)
{
    ISB();
    return (int32_t)(physical ? READ_SYSREG(cntp_tval_el0) : READ_SYSREG(cntv_tval_el0));
}

static void set_control(uint64_t value)
{
    if (physical) {
        WRITE_SYSREG(cntp_ctl_el0, value);
    } else {
        WRITE_SYSREG(cntv_ctl_el0, value);
    }
    ISB();
}

static void set_compare(uint64_t value)
{
    if (physical) {
        WRITE_SYSREG(cntp_cval_el0, value);
    } else {
        WRITE_SYSREG(cntv_cval_el0, value);
    }
    ISB();
}

static void set_ticks_left(int32_t value)
{
    if (physical) {
        WRITE_SYSREG(cntp_tval_el0, (uint32_t)value);
    } else {
        WRITE_SYSREG(cntv_tval_el0, (uint32_t)value);
    }
    ISB();
}

static unsigned own_intid(void)
{
    return physical ? PHYSICAL_TIMER_INTID : VIRTUAL_TIMER_INTID;
}

void timer_start(uint64_t moment)
{
    set_compare(moment);
    set_control(ENABLE);
}

void timer_off(void)
{
    set_control(0);
}

void handle_exception(struct frame *frame)
{
    if (frame->vector != VECTOR_IRQ) {
        unexpected(frame);
    }
    uint32_t acknowledged = read32(GICC_IAR);
    if ((acknowledged & 1023) == SPURIOUS) {
        return;
    }
    if ((acknowledged & 1023) != own_intid()) {
        fail("interrupt of another source");
    }
    tick();
    write32(GICC_EOIR, acknowledged);
}

/* QEMU shows ISTATUS some time after CVAL, when its own timer has run; hardware shows it at once. */
static bool wait_for_status(void)
{
    uint64_t end = timer_count() + 1000 * period;
    while (!(control() & ISTATUS)) {
        if (timer_count() > end) {
            return false;
        }
    }
    return true;
}

/* With IRQs masked and the interrupt disabled at the distributor. */
static void check_registers(void)
{
    set_control(0);
    uint64_t before = timer_count();
    set_ticks_left(100000);
    uint64_t after = timer_count();
    uint64_t compared = compare();
    verdict("TVAL write sets CVAL = count + TVAL", compared >= before + 100000 && compared <= after + 100000);
    set_ticks_left(-5);
    verdict("a negative TVAL lies in the past", compare() < timer_count());
    set_compare(timer_count() + 1000000000);
    int32_t left = ticks_left();
    verdict("TVAL reads CVAL - count", left > 0 && left <= 1000000000 && ticks_left() <= left);

    set_compare(timer_count() + 1000 * period);
    set_control(ENABLE | IMASK);
    verdict("ISTATUS is 0 before CVAL", (control() & ISTATUS) == 0);
    set_compare(timer_count() + period / 10);
    verdict("ISTATUS comes with CVAL, masked or not", wait_for_status() && timer_count() >= compare());
    set_control(ENABLE | IMASK);
    verdict("ISTATUS is read-only", control() == (ENABLE | IMASK | ISTATUS));
    set_compare(timer_count() + 1000 * period);
    verdict("a later CVAL clears ISTATUS", control() == (ENABLE | IMASK));
    set_control(0);
}

/* IRQs enabled everywhere but at the timer. */
static void check_mask(void)
{
    expect_one(timer_count() + period / 10);
    set_compare(deadline);
    set_control(ENABLE | IMASK);
    UNMASK_INTERRUPTS();
    wait_until(deadline + period / 10);
    verdict("IMASK holds the interrupt back", taken == TICKS - 1);
    set_control(0);
    wait_until(timer_count() + period / 10);
    verdict("a timer that is off gives none", taken == TICKS - 1);
    set_compare(deadline);
    set_control(ENABLE);
    wait_until(timer_count() + period / 10);
    MASK_INTERRUPTS();
    verdict("clearing IMASK lets it through, once", taken == TICKS);
    verdict("the handler could switch it off", (control() & ENABLE) == 0);
}

static void check_timer(bool is_physical)
{
    physical = is_physical;
    say("%s timer, INTID %d, %d Hz\n", physical ? "physical" : "virtual", (uint64_t)own_intid(), time_frequency());
    check_counter();
    check_registers();
    gic_enable(own_intid());
    check_mask();
    run_periodic();
    gic_disable(own_intid());
}

void guest_main(void)
{
    say("timer: generic timers through the GIC\n");
    period = time_frequency() / 1000;
    if (period == 0) {
        fail("CNTFRQ_EL0 is not set");
    }
    gic_init_distributor();
    gic_init_core();
    check_timer(false);
    check_timer(true);
    finish();
}
