/*
 * A real-time guest that measures how late its interrupts come: of the timer, whose compare value says when it is due, and of a device,
 * if it has one. Round after round it does the same from the same tick on, keeps a histogram, and says whether it is that of the first
 * round. Kernel command line: rounds=N (3; 0: until the management VM asks it to end, or 3 where there is none but itself),
 * interval=MILLISECONDS (10, from 1 on) from one round to the next.
 */
#include "rtvm.h"

enum { TIMER_KIND, DEVICE_KIND, KINDS };
enum { SAMPLES = 500, LONGEST = 1024 /* ns; the last place is for all that are longer */, ROW = 16 /* ns */, BARS = 50 };
enum { SHORTEST_WAIT = 3000, WAIT_SPREAD = 8192 /* ns, a power of 2 */ };
#define DEFAULT_ROUNDS 3
#define DEFAULT_INTERVAL 10

/* docs/hypercalls.md */
enum { VMM_GET_VM_ID = 0x108, VMM_TRACE_VMEXIT = 0x109, IVC_UPDATE_MQ = 0x200 };
enum { RING_SLOTS = 8, RING_WORDS = 64, GROUP_VMM = 1, EVENT_SHUTDOWN = 3 };

struct round {
    uint32_t latencies[KINDS][LONGEST]; /* how many interrupts were so many nanoseconds late */
    int64_t exits;                      /* to the hypervisor, while it measured */
};

const char guest_name[] = "rtvm";
bool has_device;
static const char *arguments; /* the kernel command line, or null */
static struct round first, current;

static uint32_t *measured; /* the histogram that the next interrupt goes into; null: none */
static uint64_t due;
static volatile bool taken;

static uint64_t ring[RING_SLOTS * RING_WORDS] PHYSICAL_PAGE;
static volatile uint64_t written[PAGE_SIZE / 8] PHYSICAL_PAGE; /* messages so far, by the hypervisor */
static uint64_t read;
static uint64_t own_id;
static bool supervised;

/* ---- from the device tree ---- */

void __real_board_property(const char *node, const char *name, const uint8_t *value, uint32_t size);
void __wrap_board_property(const char *node, const char *name, const uint8_t *value, uint32_t size);

/* The linker puts this in front of the board's (build.sh). */
void __wrap_board_property(const char *node, const char *name, const uint8_t *value, uint32_t size)
{
    __real_board_property(node, name, value, size);
    if (equal(node, "chosen") && equal(name, "bootargs")) {
        arguments = (const char *)value;
    } else if (equal(name, "compatible") && equal((const char *)value, rtc_compatible)) {
        has_device = true;
    }
}

static uint64_t argument(const char *name, uint64_t value)
{
    for (const char *at = arguments; at && *at; at++) {
        if ((at == arguments || at[-1] == ' ') && starts_with(at, name)) {
            while (*at != '=') {
                at++;
            }
            uint64_t given = 0;
            for (at++; *at >= '0' && *at <= '9'; at++) {
                given = given * 10 + (uint64_t)(*at - '0');
            }
            return given;
        }
    }
    return value;
}

/* ---- what it does all day: a filter, and now and then a critical section, with interrupts masked ---- */

static uint32_t signal[64];
static uint32_t steps;

static void filter(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        signal[i] = signal[i] * 29 + (signal[(i + 63) % 64] >> 3) + steps;
    }
}

static void work(void)
{
    steps++;
    filter(0, 16 + steps % 5);
    if (steps % 8 == 0) {
        MASK_INTERRUPTS();
        filter(48, 50 + steps / 8 % 4);
        UNMASK_INTERRUPTS();
    }
}

/* ---- measuring ---- */

void arrived(uint64_t now)
{
    if (measured) {
        uint64_t late = (uint32_t)(now - due) * 1000000000UL / clock_frequency();
        measured[late < LONGEST ? late : LONGEST - 1]++;
    }
    taken = true;
}

/* Wakes at the very tick, so that everything from here on is the same in every round. */
static void sleep_until(uint64_t moment)
{
    measured = NULL;
    taken = false;
    timer_at(moment);
    while (!taken) {
        sleep_once();
    }
}

static void measure(unsigned kind, uint32_t *latencies)
{
    uint64_t ticks_per_second = time_frequency();
    uint32_t random = 1;
    measured = latencies;
    for (unsigned i = 0; i < SAMPLES; i++) {
        random = random * 1664525 + 1013904223; /* Knuth's constants for 32 bits */
        uint64_t wait = SHORTEST_WAIT + (random >> 16 & (WAIT_SPREAD - 1));
        taken = false;
        due = kind == TIMER_KIND ? timer_at(time_now() + wait * ticks_per_second / 1000000000UL) : device_in(wait);
        UNMASK_INTERRUPTS();
        while (!taken) {
            work();
        }
        MASK_INTERRUPTS();
    }
}

static int64_t exits(void)
{
    return supervised ? hypercall(VMM_TRACE_VMEXIT, own_id, 0, 0) : 0;
}

/* Always the same instructions: one more would be one nanosecond more. */
static void measure_round(void)
{
    for (unsigned kind = 0; kind < KINDS; kind++) {
        for (unsigned i = 0; i < LONGEST; i++) {
            current.latencies[kind][i] = 0;
        }
    }
    for (unsigned i = 0; i < 64; i++) {
        signal[i] = i;
    }
    steps = 0;
    int64_t before = exits();
    measure(TIMER_KIND, current.latencies[TIMER_KIND]);
    if (has_device) {
        measure(DEVICE_KIND, current.latencies[DEVICE_KIND]);
    }
    current.exits = exits() - before - supervised; /* the second question is one itself */
}

/* ---- telling ---- */

/* The latency that so many of a thousand interrupts stay below or at. */
static unsigned quantile(const uint32_t *latencies, unsigned of_thousand)
{
    uint32_t seen = 0;
    for (unsigned i = 0; i < LONGEST; i++) {
        seen += latencies[i];
        if (seen && seen * 1000 >= SAMPLES * of_thousand) {
            return i;
        }
    }
    return LONGEST;
}

static void print_histogram(const char *kind, const uint32_t *latencies)
{
    say("%-8s min %d  p50 %d  p99 %d  max %d ns\n", kind, (uint64_t)quantile(latencies, 0), (uint64_t)quantile(latencies, 500),
        (uint64_t)quantile(latencies, 990), (uint64_t)quantile(latencies, 1000));
    for (unsigned row = 0; row < LONGEST; row += ROW) {
        uint32_t count = 0;
        for (unsigned i = row; i < row + ROW; i++) {
            count += latencies[i];
        }
        if (count) {
            say("  from %d ns: %d ", (uint64_t)row, (uint64_t)count);
            for (unsigned bar = 0; bar < (count * BARS + SAMPLES - 1) / SAMPLES; bar++) {
                console_char('#');
            }
            say("\n");
        }
    }
}

static void print_round(const struct round *round)
{
    print_histogram("timer", round->latencies[TIMER_KIND]);
    if (has_device) {
        print_histogram("device", round->latencies[DEVICE_KIND]);
    }
    if (supervised) {
        say("exits to the hypervisor meanwhile: %d\n", round->exits);
    }
}

static void copy(uint32_t *to, const uint32_t *from, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        to[i] = from[i];
    }
}

static bool is_same(const struct round *one, const struct round *other)
{
    bool same = one->exits == other->exits;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        for (unsigned i = 0; i < LONGEST; i++) {
            same = same && one->latencies[kind][i] == other->latencies[kind][i];
        }
    }
    return same;
}

/* ---- the management VM ---- */

static void meet_hypervisor(void)
{
    uint64_t id = ~0UL;
    supervised = hypercall(VMM_GET_VM_ID, (uint64_t)&id, 0, 0) == 0;
    SYNCHRONIZE();
    own_id = *(volatile uint64_t *)&id;
    if (supervised && hypercall(IVC_UPDATE_MQ, 0, (uint64_t)ring, (uint64_t)written)) {
        fail("no message ring");
    }
}

static bool is_managed(void)
{
    return supervised && own_id != 0;
}

static bool asked_to_end(void)
{
    bool asked = false;
    for (; read != written[0]; read++) {
        volatile uint64_t *message = ring + read % RING_SLOTS * RING_WORDS;
        asked = asked || (message[0] == GROUP_VMM && message[1] == EVENT_SHUTDOWN);
    }
    return asked;
}

void guest_main(void)
{
    uint64_t rounds = argument("rounds=", DEFAULT_ROUNDS);
    uint64_t interval = argument("interval=", DEFAULT_INTERVAL);
    interval = interval ? interval : 1;
    mmu_build();
    mmu_on();
    meet_hypervisor();
    rounds = rounds || is_managed() ? rounds : DEFAULT_ROUNDS;
    realtime_begin();
    say("rtvm: %d interrupts of the timer in a round, latencies in steps of %d ns\n", (uint64_t)SAMPLES,
        (1000000000UL + clock_frequency() - 1) / clock_frequency());
    if (has_device) {
        say("rtvm: %d interrupts of a device in a round, due %s\n", (uint64_t)SAMPLES, device_moment);
    }
    uint64_t begin = time_now() + time_frequency() / 1000;
    uint64_t done = 0;
    do {
        sleep_until(begin);
        measure_round();
        done++;
        if (done == 1) {
            first.exits = current.exits;
            copy(first.latencies[0], current.latencies[0], KINDS * LONGEST);
            say("rtvm: round 1\n");
            print_round(&first);
        } else if (is_same(&first, &current)) {
            say("rtvm: round %d: the same\n", done);
        } else {
            say("rtvm: round %d DIFFERS\n", done);
            print_round(&current);
            remember_wrong("not every round is the same");
        }
        do {
            begin += interval * time_frequency() / 1000;
        } while (begin <= time_now());
    } while (rounds ? done < rounds : !asked_to_end());
    say("rtvm: %d rounds\n", done);
    finish();
}
