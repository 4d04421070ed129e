/*
 * Many cores: PSCI, locks, TLB and instruction cache maintenance across cores, one time for all.
 * Core 0 leads from round to round; the others follow. Secondaries never print.
 */
#include "runtime.h"

const char guest_name[] = "smp";

#define INCREMENTS 10000
#define ROUNDS 100
#define TOKENS 100
#define PHYSICAL_PAGE __attribute__((aligned(4096)))

static volatile bool second_start;
static volatile uint32_t arrived;       /* grows by one per core and meeting */
static volatile uint32_t rounds_open;   /* round that the followers may do */
static volatile uint64_t shared_count;
static volatile unsigned wrong_values[MAX_CORES];
static volatile uint64_t token, last_time, backwards;
static struct lock counter_lock;
static uint64_t page_a[512] PHYSICAL_PAGE;
static uint64_t page_b[512] PHYSICAL_PAGE;
static uint32_t code_page[1024] PHYSICAL_PAGE;
static const char *first_wrong;

static void verdict(const char *what, bool right)
{
    say("%-46s %s\n", what, right ? "ok" : "WRONG");
    if (!right && !first_wrong) {
        first_wrong = what;
    }
}

static void atomic_increment(volatile uint32_t *word)
{
    uint32_t value;
    uint32_t lost;
    __asm__ volatile("1: ldaxr %w0, [%2]\n\tadd %w0, %w0, #1\n\tstlxr %w1, %w0, [%2]\n\tcbnz %w1, 1b"
                     : "=&r"(value), "=&r"(lost) : "r"(word) : "memory");
}

static uint32_t acquire(volatile uint32_t *word)
{
    uint32_t value;
    __asm__ volatile("ldar %w0, [%1]" : "=r"(value) : "r"(word) : "memory");
    return value;
}

/* Core 0 waits until every other core has arrived this often in all. */
static void wait_for_others(uint32_t meetings)
{
    while (acquire(&arrived) < meetings * (machine.cores - 1)) {
        YIELD();
    }
}

static void wait_for_round(uint32_t round)
{
    while (acquire(&rounds_open) < round) {
        YIELD();
    }
    ISB(); /* so that code which another core rewrote is fetched anew */
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
    uint64_t value = *(volatile uint64_t *)WINDOW;
    wrong_values[core_number()] += value != page_value(round);
}

static void call_code(uint32_t round)
{
    uint64_t value = ((uint64_t(*)(void))code_page)();
    wrong_values[core_number()] += value != round;
}

static void pass_tokens(void)
{
    unsigned self = core_number();
    for (unsigned i = 0; i < TOKENS; i++) {
        uint64_t turn = (uint64_t)i * machine.cores + self;
        while (__atomic_load_n(&token, __ATOMIC_ACQUIRE) != turn) {
            YIELD();
        }
        uint64_t now = virtual_count();
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
        atomic_increment(&arrived);
        stop_core();
    }
    atomic_increment(&arrived);
    wait_for_round(1);
    increment_under_lock();
    atomic_increment(&arrived);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        wait_for_round(2 + round);
        look_through_window(round);
        atomic_increment(&arrived);
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        wait_for_round(2 + ROUNDS + round);
        call_code(round);
        atomic_increment(&arrived);
    }
    wait_for_round(2 + 2 * ROUNDS);
    pass_tokens();
    atomic_increment(&arrived);
    stop_core();
}

static void open_round(uint32_t round)
{
    __atomic_store_n(&rounds_open, round, __ATOMIC_RELEASE);
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
        window_set(0, (uint64_t)(round & 1 ? page_b : page_a), PAGE_DATA);
        open_round(2 + round);
        look_through_window(round);
        wait_for_others(3 + round);
    }
    verdict("TLBI VAE1IS: all cores see the new page", take_wrong_values() == 0);
}

static void check_code(void)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        code_page[0] = 0xd2800000 | round << 5; /* mov x0, #round */
        code_page[1] = 0xd65f03c0; /* ret */
        make_code_visible(code_page, 8);
        open_round(2 + ROUNDS + round);
        call_code(round);
        wait_for_others(3 + ROUNDS + round);
    }
    verdict("IC IVAU: all cores run the new code", take_wrong_values() == 0);
}

static bool goes_off(unsigned core)
{
    uint64_t end = virtual_count() + READ_SYSREG(cntfrq_el0);
    while (psci(PSCI_AFFINITY_INFO, machine.affinity[core], 0, 0) != 1) {
        YIELD();
        if (virtual_count() > end) {
            return false;
        }
    }
    return true;
}

static void check_psci_errors(void)
{
    uint64_t nowhere = 0xffff00;
    verdict("CPU_ON of oneself: ALREADY_ON", start_core(0) == PSCI_ALREADY_ON);
    verdict("CPU_ON of nobody: INVALID_PARAMETERS",
        psci(PSCI_CPU_ON, nowhere, (uint64_t)secondary_entry, 0) == PSCI_INVALID_PARAMETERS);
    verdict("AFFINITY_INFO of nobody: INVALID_PARAMETERS",
        psci(PSCI_AFFINITY_INFO, nowhere, 0, 0) == PSCI_INVALID_PARAMETERS);
    verdict("AFFINITY_INFO of oneself: ON", psci(PSCI_AFFINITY_INFO, machine.affinity[0], 0, 0) == 0);
}

static void start_all(void)
{
    bool off = true;
    bool on = true;
    bool already = true;
    for (unsigned core = 1; core < machine.cores; core++) {
        off = off && psci(PSCI_AFFINITY_INFO, machine.affinity[core], 0, 0) == 1;
        on = on && start_core(core) == 0;
    }
    wait_for_others(1);
    for (unsigned core = 1; core < machine.cores; core++) {
        already = already && start_core(core) == PSCI_ALREADY_ON;
    }
    verdict("the others were OFF", off);
    verdict("CPU_ON starts every core", on);
    verdict("CPU_ON again: ALREADY_ON", already);
}

static void stop_all(void)
{
    bool off = true;
    bool again = true;
    for (unsigned core = 1; core < machine.cores; core++) {
        off = off && goes_off(core);
    }
    verdict("CPU_OFF: AFFINITY_INFO says OFF", off);
    second_start = true;
    arrived = 0;
    DSB();
    for (unsigned core = 1; core < machine.cores; core++) {
        again = again && start_core(core) == 0;
    }
    wait_for_others(1);
    for (unsigned core = 1; core < machine.cores; core++) {
        again = again && goes_off(core);
    }
    verdict("a core that went off starts again", again);
}

void guest_main(void)
{
    say("smp: %d cores\n", (uint64_t)machine.cores);
    mmu_build();
    mmu_on();
    check_psci_errors();
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
    wait_for_others(3 + 2 * ROUNDS);
    say("%d tokens passed, %d times the counter went back\n", token, backwards);
    verdict("CNTVCT is one time for all cores", backwards == 0);

    stop_all();
    if (first_wrong) {
        fail(first_wrong);
    }
    pass();
}
