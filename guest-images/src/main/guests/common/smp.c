/*
 * Many cores: their states by firmware, locks, TLB and instruction cache maintenance across cores, one time for all.
 * Core 0 leads from round to round; the others follow and never print.
 */
#include "runtime.h"

const char guest_name[] = "smp";

#define INCREMENTS 10000
#define ROUNDS 100
#define TOKENS 100

static volatile bool second_start;
static uint32_t arrived;       /* grows by one per follower and meeting */
static uint32_t rounds_open;   /* round that the followers may do */
static volatile uint64_t shared_count;
static volatile unsigned wrong_values[MAX_CORES];
static volatile uint64_t last_time, backwards;
static uint64_t token;
static struct lock counter_lock;
static uint64_t page_a[512] PHYSICAL_PAGE;
static uint64_t page_b[512] PHYSICAL_PAGE;
static uint32_t code_page[1024] PHYSICAL_PAGE;

static void arrive(void)
{
    __atomic_fetch_add(&arrived, 1, __ATOMIC_ACQ_REL);
}

/* The leader waits until every follower has arrived this often. */
static void wait_for_others(uint32_t meetings)
{
    while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < meetings * (machine.cores - 1)) {
        YIELD();
    }
}

static void open_round(uint32_t round)
{
    __atomic_store_n(&rounds_open, round, __ATOMIC_RELEASE);
}

static void wait_for_round(uint32_t round)
{
    while (__atomic_load_n(&rounds_open, __ATOMIC_ACQUIRE) < round) {
        YIELD();
    }
    SYNCHRONIZE();
}

static void increment_under_lock(void)
{
    for (unsigned i = 0; i < INCREMENTS; i++) {
        lock_take(&counter_lock);
        uint64_t seen = shared_count;
        YIELD(); /* lets another core try to break in */
        shared_count = seen + 1;
        lock_release(&counter_lock);
    }
}

static uint64_t page_value(uint32_t round)
{
    return round & 1 ? 0xb : 0xa;
}

static void look_through_window(uint32_t round)
{
    wrong_values[core_number()] += *(volatile uint64_t *)WINDOW != page_value(round);
}

static void call_code(uint32_t round)
{
    wrong_values[core_number()] += ((uint64_t(*)(void))code_page)() != round;
}

static void pass_tokens(void)
{
    unsigned self = core_number();
    for (unsigned i = 0; i < TOKENS; i++) {
        uint64_t turn = (uint64_t)i * machine.cores + self;
        while (__atomic_load_n(&token, __ATOMIC_ACQUIRE) != turn) {
            YIELD();
        }
        uint64_t now = time_now();
        backwards += now < last_time;
        last_time = now;
        __atomic_store_n(&token, turn + 1, __ATOMIC_RELEASE);
    }
}

/* A follower's whole life; the order is that of guest_main. */
void secondary_main(unsigned number)
{
    (void)number;
    mmu_on();
    if (second_start) {
        arrive();
        stop_core();
    }
    arrive();
    wait_for_round(1);
    increment_under_lock();
    arrive();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        wait_for_round(2 + round);
        look_through_window(round);
        arrive();
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        wait_for_round(2 + ROUNDS + round);
        call_code(round);
        arrive();
    }
    wait_for_round(2 + 2 * ROUNDS);
    pass_tokens();
    stop_core();
}

static unsigned take_wrong_values(void)
{
    unsigned sum = 0;
    for (unsigned core = 0; core < MAX_CORES; core++) {
        sum += wrong_values[core];
        wrong_values[core] = 0;
    }
    return sum;
}

static void check_tlb(void)
{
    page_a[0] = page_value(0);
    page_b[0] = page_value(1);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        window_show(0, round & 1 ? page_b : page_a);
        open_round(2 + round);
        look_through_window(round);
        wait_for_others(3 + round);
    }
    verdict("TLBs: all cores see the new page", take_wrong_values() == 0);
}

static void check_code(void)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        write_returning_code(code_page, round);
        make_code_visible(code_page, 2 * sizeof(uint32_t));
        open_round(2 + ROUNDS + round);
        call_code(round);
        wait_for_others(3 + ROUNDS + round);
    }
    verdict("instruction caches: all cores run the new code", take_wrong_values() == 0);
}

static int64_t state(unsigned core)
{
    return core_state(machine.id[core]);
}

static int64_t start(unsigned core)
{
    return start_id(machine.id[core], core);
}

static bool goes_off(unsigned core)
{
    uint64_t end = time_now() + time_frequency();
    while (state(core) != CORE_OFF) {
        YIELD();
        if (time_now() > end) {
            return false;
        }
    }
    return true;
}

static void check_errors(void)
{
    uint64_t nobody = 0xffff00;
    verdict("start of oneself: already on", start(0) == CORE_ALREADY_ON);
    verdict("start of nobody: invalid", start_id(nobody, 0) == CORE_INVALID);
    verdict("state of nobody: invalid", core_state(nobody) == CORE_INVALID);
    verdict("state of oneself: on", state(0) == CORE_ON);
}

static void start_all(void)
{
    bool off = true;
    bool on = true;
    bool already = true;
    for (unsigned core = 1; core < machine.cores; core++) {
        off = off && state(core) == CORE_OFF;
        on = on && start(core) == 0;
    }
    wait_for_others(1);
    for (unsigned core = 1; core < machine.cores; core++) {
        already = already && start(core) == CORE_ALREADY_ON;
    }
    verdict("the others were off", off);
    verdict("every core starts", on);
    verdict("start again: already on", already);
}

static void stop_all(void)
{
    bool off = true;
    bool again = true;
    for (unsigned core = 1; core < machine.cores; core++) {
        off = off && goes_off(core);
    }
    verdict("cores that stopped are off", off);
    second_start = true;
    arrived = 0;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for (unsigned core = 1; core < machine.cores; core++) {
        again = again && start(core) == 0;
    }
    wait_for_others(1);
    for (unsigned core = 1; core < machine.cores; core++) {
        again = again && goes_off(core);
    }
    verdict("a core that stopped starts again", again);
}

void guest_main(void)
{
    say("smp: %d cores\n", (uint64_t)machine.cores);
    mmu_build();
    mmu_on();
    check_errors();
    start_all();

    open_round(1);
    increment_under_lock();
    wait_for_others(2);
    say("%d increments under a spin lock\n", shared_count);
    verdict("no increment was lost", shared_count == (uint64_t)INCREMENTS * machine.cores);

    check_tlb();
    check_code();

    open_round(2 + 2 * ROUNDS);
    pass_tokens();
    while (__atomic_load_n(&token, __ATOMIC_ACQUIRE) != (uint64_t)TOKENS * machine.cores) {
        YIELD();
    }
    say("%d tokens passed, %d times the time went back\n", token, backwards);
    verdict("time is one for all cores", backwards == 0);

    stop_all();
    finish();
}
