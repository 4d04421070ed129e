/* Software-generated interrupts between cores: source, target filters, and a ping-pong of 1000 rounds (IHI 0048B, 4.3.15). */
#include "runtime.h"

const char guest_name[] = "ipi";

#define ROUNDS 1000
#define SGI_PING 1
#define SGI_PONG 2
#define SGI_FILTER 3

static volatile unsigned received[MAX_CORES];   /* SGI_FILTER, by receiving core */
static volatile unsigned last_source[MAX_CORES];
static volatile unsigned pongs;
static volatile bool ready[MAX_CORES];
static volatile unsigned own_mask[MAX_CORES];   /* the core's bit at the distributor */
static volatile const char *wrong;
static const char *first_wrong;
static struct lock lock;

static unsigned source_mask(uint32_t acknowledged)
{
    return 1U << (acknowledged >> 10 & 7);
}

void handle_exception(struct frame *frame, uint64_t vector)
{
    if (vector != VECTOR_IRQ) {
        say("vector %d ESR %x ELR %x FAR %x\n", vector, frame->esr, frame->pc, frame->far);
        fail("unexpected exception");
    }
    unsigned self = core_number();
    uint32_t acknowledged = read32(GICC_IAR);
    switch (acknowledged & 1023) {
    case SGI_PING:
        if (source_mask(acknowledged) != own_mask[0]) {
            wrong = "ping's source is not core 0";
        }
        write32(GICC_EOIR, acknowledged);
        gic_send(SGI_PONG, SGI_LISTED, own_mask[0]);
        break;
    case SGI_PONG:
        if (source_mask(acknowledged) != own_mask[machine.cores > 1 ? 1 : 0]) {
            wrong = "pong's source is not the partner";
        }
        pongs++;
        write32(GICC_EOIR, acknowledged);
        break;
    case SGI_FILTER:
        last_source[self] = source_mask(acknowledged);
        received[self]++;
        write32(GICC_EOIR, acknowledged);
        break;
    case SPURIOUS:
        break;
    default:
        wrong = "interrupt that nobody sent";
        write32(GICC_EOIR, acknowledged);
        break;
    }
}

static void join(unsigned number)
{
    mmu_on();
    gic_init_core();
    own_mask[number] = gic_own_mask();
    DSB();
    ready[number] = true;
}

/* Sleeps until an interrupt came and was handled. None is lost: WFI wakes for a masked one. */
static void sleep_once(void)
{
    WFI();
    UNMASK_IRQ();
    ISB();
    MASK_IRQ();
}

void secondary_main(unsigned number)
{
    lock_take(&lock);
    join(number);
    lock_release(&lock);
    for (;;) {
        sleep_once();
    }
}

static void verdict(const char *what, bool right)
{
    say("%-40s %s\n", what, right ? "ok" : "WRONG");
    if (!right && !first_wrong) {
        first_wrong = what;
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
    uint64_t second = READ_SYSREG(cntfrq_el0);
    uint64_t end = virtual_count() + second;
    UNMASK_IRQ();
    while (received_in_all() < wanted && virtual_count() < end) {
        YIELD();
    }
    end = virtual_count() + second / 500;
    while (virtual_count() < end) {
        YIELD();
    }
    MASK_IRQ();
}

/* Sends SGI_FILTER and expects one on the cores of expected (bit = our core number), none elsewhere. */
static void check_filter(const char *what, enum sgi_filter filter, unsigned list, unsigned expected)
{
    bool right = true;
    unsigned wanted_in_all = 0;
    for (unsigned core = 0; core < machine.cores; core++) {
        received[core] = 0;
        wanted_in_all += expected >> core & 1;
    }
    gic_send(SGI_FILTER, filter, list);
    settle(wanted_in_all);
    for (unsigned core = 0; core < machine.cores; core++) {
        unsigned wanted = expected >> core & 1;
        right = right && received[core] == wanted && (!wanted || last_source[core] == own_mask[0]);
    }
    verdict(what, right);
    for (unsigned core = 0; core < machine.cores && !right; core++) {
        say("    core %d got %d from mask %x\n", (uint64_t)core, (uint64_t)received[core], (uint64_t)last_source[core]);
    }
}

static void ping_pong(void)
{
    unsigned partner = machine.cores > 1 ? 1 : 0;
    unsigned sgi = partner ? SGI_PING : SGI_PONG; /* alone: the answer at once, from ourselves */
    uint64_t start = virtual_count();
    for (unsigned i = 0; i < ROUNDS; i++) {
        gic_send(sgi, SGI_LISTED, own_mask[partner]);
        while (pongs == i) {
            sleep_once();
        }
    }
    uint64_t elapsed = virtual_count() - start;
    say("%d rounds between core 0 and core %d: %d ticks each\n", (uint64_t)ROUNDS, (uint64_t)partner, elapsed / ROUNDS);
    verdict("every ping had one pong", pongs == ROUNDS);
}

void guest_main(void)
{
    unsigned all = (1U << machine.cores) - 1;
    unsigned every_mask = 0;
    unsigned sum = 0; /* equal to the union when no bit occurs twice */
    say("ipi: %d cores\n", (uint64_t)machine.cores);
    mmu_build();
    gic_init_distributor();
    join(0);
    for (unsigned core = 1; core < machine.cores; core++) {
        if (start_core(core) != 0) {
            fail("CPU_ON refused");
        }
        while (!ready[core]) {
            YIELD();
        }
    }
    for (unsigned core = 0; core < machine.cores; core++) {
        every_mask |= own_mask[core];
        sum += own_mask[core];
    }
    verdict("every core has its own bit", every_mask == sum);
    check_filter("filter 2: to itself only", SGI_SELF, 0, 1);
    check_filter("filter 1: to all others", SGI_OTHERS, 0, all & ~1U);
    check_filter("filter 0: to every listed core", SGI_LISTED, every_mask, all);
    check_filter("filter 0: to nobody", SGI_LISTED, 0, 0);
    ping_pong();
    verdict("sources were right", !wrong);
    if (first_wrong) {
        fail(wrong ? (const char *)wrong : first_wrong);
    }
    pass();
}
