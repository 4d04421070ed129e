/* Interrupts between cores: each way of naming the receivers, and a ping-pong of 1000 rounds. */
#include "ipi.h"

const char guest_name[] = "ipi";

#define ROUNDS 1000

static volatile unsigned received[MAX_CORES];
static volatile bool ready[MAX_CORES];
static volatile bool pinging;

void receive(void)
{
    unsigned self = core_number();
    received[self]++;
    if (pinging && self == 1) {
        send_to(0);
    }
}

void secondary_main(unsigned number)
{
    mmu_on();
    prepare_receiver(number);
    __atomic_store_n(&ready[number], true, __ATOMIC_RELEASE);
    for (;;) {
        sleep_once();
    }
}

static unsigned received_in_all(void)
{
    unsigned sum = 0;
    for (unsigned core = 0; core < machine.cores; core++) {
        sum += received[core];
    }
    return sum;
}

/* Waits for so many interrupts, at most a second, and then 2 ms for one too many. */
static void settle(unsigned wanted)
{
    uint64_t end = time_now() + time_frequency();
    UNMASK_INTERRUPTS();
    while (received_in_all() < wanted && time_now() < end) {
        YIELD();
    }
    end = time_now() + time_frequency() / 500;
    while (time_now() < end) {
        YIELD();
    }
    MASK_INTERRUPTS();
}

void forget_received(void)
{
    for (unsigned core = 0; core < machine.cores; core++) {
        received[core] = 0;
    }
}

void expect_received(const char *what, unsigned expected)
{
    bool right = true;
    unsigned wanted = 0;
    for (unsigned core = 0; core < machine.cores; core++) {
        wanted += expected >> core & 1;
    }
    settle(wanted);
    for (unsigned core = 0; core < machine.cores; core++) {
        right = right && received[core] == (expected >> core & 1);
    }
    verdict(what, right);
    for (unsigned core = 0; core < machine.cores && !right; core++) {
        say("    core %d got %d\n", (uint64_t)core, (uint64_t)received[core]);
    }
}

static void ping_pong(void)
{
    unsigned partner = machine.cores > 1 ? 1 : 0;
    received[0] = 0;
    pinging = true;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    uint64_t start = time_now();
    for (unsigned i = 0; i < ROUNDS; i++) {
        send_to(partner);
        while (received[0] == i) {
            sleep_once();
        }
    }
    uint64_t elapsed = time_now() - start;
    say("%d rounds between core 0 and core %d: %d ticks each\n", (uint64_t)ROUNDS, (uint64_t)partner, elapsed / ROUNDS);
    verdict("every ping had one pong", received[0] == ROUNDS);
}

void guest_main(void)
{
    say("ipi: %d cores\n", (uint64_t)machine.cores);
    mmu_build();
    mmu_on();
    prepare_receiver(0);
    for (unsigned core = 1; core < machine.cores; core++) {
        if (start_id(machine.id[core], core) != 0) {
            fail("a core did not start");
        }
        while (!__atomic_load_n(&ready[core], __ATOMIC_ACQUIRE)) {
            YIELD();
        }
    }
    check_senders();
    ping_pong();
    finish();
}
