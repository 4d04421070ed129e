/* The virtual and the physical timer: register semantics, then 100 periodic interrupts of 1 ms each (DDI 0487, D12). */
#include "runtime.h"

const char guest_name[] = "timer";

#define TICKS 100
#define ENABLE 1
#define IMASK 2
#define ISTATUS 4

/* The same code checks both timers; this says which. */
static bool physical;
static uint64_t period;
static volatile unsigned taken;
static volatile uint64_t deadline, least, most, total;
static const char *first_wrong;

static uint64_t count(void)
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

void handle_exception(struct frame *frame, uint64_t vector)
{
    if (vector != VECTOR_IRQ) {
        say("vector %d ESR %x ELR %x FAR %x\n", vector, frame->esr, frame->pc, frame->far);
        fail("unexpected exception");
    }
    uint64_t now = count();
    uint32_t acknowledged = read32(GICC_IAR);
    if ((acknowledged & 1023) == SPURIOUS) {
        return;
    }
    if ((acknowledged & 1023) != own_intid()) {
        fail("interrupt of another source");
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
        set_compare(deadline);
    } else {
        set_control(0);
    }
    write32(GICC_EOIR, acknowledged);
}

static void verdict(const char *what, bool right)
{
    say("  %-44s %s\n", what, right ? "ok" : "WRONG");
    if (!right && !first_wrong) {
        first_wrong = what;
    }
}

static void wait_until(uint64_t moment)
{
    while (count() < moment) {
    }
}

/* QEMU shows ISTATUS some time after CVAL, when its own timer has run; hardware shows it at once. */
static bool wait_for_status(void)
{
    uint64_t end = count() + 1000 * period;
    while (!(control() & ISTATUS)) {
        if (count() > end) {
            return false;
        }
    }
    return true;
}

/* With IRQs masked and the interrupt disabled at the distributor. */
static void check_registers(void)
{
    uint64_t before = count();
    bool rising = true;
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t now = count();
        rising = rising && now >= before;
        before = now;
    }
    verdict("the counter never goes back", rising);

    set_control(0);
    before = count();
    set_ticks_left(100000);
    uint64_t after = count();
    uint64_t compared = compare();
    verdict("TVAL write sets CVAL = count + TVAL", compared >= before + 100000 && compared <= after + 100000);
    set_ticks_left(-5);
    verdict("a negative TVAL lies in the past", compare() < count());
    set_compare(count() + 1000000000);
    int32_t left = ticks_left();
    verdict("TVAL reads CVAL - count", left > 0 && left <= 1000000000 && ticks_left() <= left);

    set_compare(count() + 1000 * period);
    set_control(ENABLE | IMASK);
    verdict("ISTATUS is 0 before CVAL", (control() & ISTATUS) == 0);
    set_compare(count() + period / 10);
    verdict("ISTATUS comes with CVAL, masked or not", wait_for_status() && count() >= compare());
    set_control(ENABLE | IMASK);
    verdict("ISTATUS is read-only", control() == (ENABLE | IMASK | ISTATUS));
    set_compare(count() + 1000 * period);
    verdict("a later CVAL clears ISTATUS", control() == (ENABLE | IMASK));
    set_control(0);
}

/* IRQs enabled everywhere but at the timer. */
static void check_mask(void)
{
    taken = TICKS - 1; /* one interrupt, then the handler switches off */
    deadline = count() + period / 10;
    set_compare(deadline);
    set_control(ENABLE | IMASK);
    UNMASK_IRQ();
    wait_until(deadline + period / 10);
    verdict("IMASK holds the interrupt back", taken == TICKS - 1);
    set_control(0);
    wait_until(count() + period / 10);
    verdict("a timer that is off gives none", taken == TICKS - 1);
    set_compare(deadline);
    set_control(ENABLE);
    wait_until(count() + period / 10);
    MASK_IRQ();
    verdict("clearing IMASK lets it through, once", taken == TICKS);
    verdict("the handler could switch it off", (control() & ENABLE) == 0);
}

static void run_periodic(void)
{
    taken = 0;
    total = 0;
    most = 0;
    least = ~0UL;
    deadline = count() + period;
    uint64_t start = deadline;
    set_compare(deadline);
    set_control(ENABLE);
    while (taken < TICKS) {
        WFI(); /* wakes although IRQs are masked, so that none slips in between test and WFI */
        UNMASK_IRQ();
        ISB();
        MASK_IRQ();
    }
    uint64_t elapsed = count() - start;
    say("  %d interrupts of 1 ms, latency min %d mean %d max %d ticks\n", (uint64_t)TICKS, least, total / TICKS, most);
    verdict("they took their time", elapsed >= (TICKS - 1) * period);
}

static void check_timer(bool is_physical)
{
    physical = is_physical;
    say("%s timer, INTID %d, %d Hz\n", physical ? "physical" : "virtual", (uint64_t)own_intid(), READ_SYSREG(cntfrq_el0));
    check_registers();
    gic_enable(own_intid());
    check_mask();
    run_periodic();
    gic_disable(own_intid());
}

void guest_main(void)
{
    say("timer: generic timers through the GIC\n");
    period = READ_SYSREG(cntfrq_el0) / 1000;
    if (period == 0) {
        fail("CNTFRQ_EL0 is not set");
    }
    gic_init_distributor();
    gic_init_core();
    check_timer(false);
    check_timer(true);
    if (first_wrong) {
        fail(first_wrong);
    }
    pass();
}
