/*
 * One end of a network between VMs, over a virtio network device (Virtio 1.2, 4.2 and 5.1) that it polls. The mailbox selects:
 * selector 1 sends numbered frames as fast as its ring takes them, for as many milliseconds as iterations says, then one that is the
 * last; 2 receives until that one and lets argument nanoseconds pass after each frame; 0 does nothing. device is the address of the
 * device's registers. The sender's Ethernet address ends in 1, the receiver's is the same but ends in 2.
 */
#include "runtime.h"

enum { NOTHING, SEND, RECEIVE };

/* Registers of virtio over MMIO (4.2.2). */
enum { MAGIC_VALUE = 0x000, VERSION = 0x004, DEVICE_ID = 0x008, DRIVER_FEATURES = 0x020, DRIVER_FEATURES_SEL = 0x024, QUEUE_SEL = 0x030 };
enum { QUEUE_NUM = 0x038, QUEUE_READY = 0x044, QUEUE_NOTIFY = 0x050, STATUS = 0x070, QUEUE_DESC = 0x080, QUEUE_DRIVER = 0x090 };
enum { QUEUE_DEVICE = 0x0a0, CONFIG = 0x100 };
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8, NETWORK = 1, VERSION_1 = 1 /* bit 32 */ };

enum { RX, TX, RINGS, SLOTS = 32, HEADER = 12, ADDRESS = 6, FRAME = 1514, BUFFER = 1536, WRITABLE = 2, NO_INTERRUPT = 1, NO_NOTIFY = 1 };
#define ETHERTYPE 0xb588 /* 88b5, for local experiments, as it lies in memory */
#define HELLO_EVERY 100000 /* ns */
#define LAST (~0UL)

struct descriptor { uint64_t address; uint32_t length; uint16_t flags, next; };
struct available { uint16_t flags, index, slots[SLOTS], event; };
struct used { uint16_t flags, index; struct { uint32_t slot, length; } slots[SLOTS]; uint16_t event; };

static struct ring {
    struct descriptor descriptors[SLOTS] __attribute__((aligned(16)));
    volatile struct available available;
    volatile struct used used __attribute__((aligned(4)));
    uint16_t seen; /* of used */
} rings[RINGS] PHYSICAL_PAGE;

/* The part of a frame behind its addresses and type. From the start of a buffer on it is aligned to 2 bytes only. */
enum { WORDS = (FRAME - 2 * ADDRESS - 2) / 8 };
static uint8_t buffers[RINGS][SLOTS][BUFFER] PHYSICAL_PAGE;
static uint64_t copy[WORDS];
typedef uint16_t __attribute__((may_alias)) half;

const char guest_name[] = "packets";

static void barrier(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void set(unsigned reg, uint32_t value)
{
    write32(mailbox.device + reg, value);
}

static void set_address(unsigned reg, volatile const void *address)
{
    set(reg, (uint32_t)(uint64_t)address);
    set(reg + 4, (uint32_t)((uint64_t)address >> 32));
}

static uint8_t config(unsigned byte)
{
    return (uint8_t)(read32(mailbox.device + CONFIG + byte / 4 * 4) >> byte % 4 * 8);
}

static void start_device(void)
{
    if (read32(mailbox.device + MAGIC_VALUE) != 0x74726976 || read32(mailbox.device + VERSION) != 2
        || read32(mailbox.device + DEVICE_ID) != NETWORK) {
        fail("the mailbox names no network device");
    }
    set(STATUS, 0);
    set(STATUS, ACKNOWLEDGE | DRIVER);
    set(DRIVER_FEATURES_SEL, 1);
    set(DRIVER_FEATURES, VERSION_1);
    set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
    for (unsigned i = 0; i < RINGS; i++) {
        set(QUEUE_SEL, i);
        set(QUEUE_NUM, SLOTS);
        set_address(QUEUE_DESC, rings[i].descriptors);
        set_address(QUEUE_DRIVER, &rings[i].available);
        set_address(QUEUE_DEVICE, &rings[i].used);
        set(QUEUE_READY, 1);
        rings[i].available.flags = NO_INTERRUPT;
        for (unsigned slot = 0; slot < SLOTS; slot++) {
            rings[i].descriptors[slot].address = (uint64_t)buffers[i][slot];
            rings[i].descriptors[slot].length = i == RX ? BUFFER : HEADER + FRAME;
            rings[i].descriptors[slot].flags = i == RX ? WRITABLE : 0;
        }
    }
    set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
}

/* Gives the device a slot. */
static void give(unsigned which, unsigned slot)
{
    struct ring *ring = &rings[which];
    ring->available.slots[ring->available.index % SLOTS] = (uint16_t)slot;
    barrier();
    ring->available.index++;
    barrier();
    if (!(ring->used.flags & NO_NOTIFY)) {
        set(QUEUE_NOTIFY, which);
    }
}

/* A slot that the device is done with, or -1. */
static int taken(unsigned which)
{
    struct ring *ring = &rings[which];
    if (ring->seen == ring->used.index) {
        return -1;
    }
    barrier();
    return (int)ring->used.slots[ring->seen++ % SLOTS].slot;
}

static uint64_t nanoseconds(uint64_t ticks)
{
    return ticks * (1000000000UL / 100000) / (time_frequency() / 100000);
}

static void put_header(unsigned slot)
{
    uint8_t *frame = buffers[TX][slot] + HEADER;
    for (unsigned i = 0; i < ADDRESS; i++) {
        frame[i] = config(i);
        frame[ADDRESS + i] = config(i);
    }
    frame[ADDRESS - 1] ^= 3;
    *(half *)(frame + 2 * ADDRESS) = ETHERTYPE;
}

/* Frame number's words, and their sum. */
static uint64_t fill(unsigned slot, uint64_t number)
{
    uint64_t value = number, sum = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        copy[i] = value;
        sum += value;
        value = value * 0x9e3779b97f4a7c15UL + i;
    }
    const half *from = (const half *)copy;
    half *to = (half *)(buffers[TX][slot] + HEADER + 2 * ADDRESS + 2);
    for (unsigned i = 0; i < WORDS * 4; i++) {
        to[i] = from[i];
    }
    return sum;
}

/* The words of a received frame. */
static void fetch(unsigned slot)
{
    const half *from = (const half *)(buffers[RX][slot] + HEADER + 2 * ADDRESS + 2);
    half *to = (half *)copy;
    for (unsigned i = 0; i < WORDS * 4; i++) {
        to[i] = from[i];
    }
}

static int free_slot(void)
{
    int slot;
    while ((slot = taken(TX)) < 0) {
        YIELD();
    }
    return slot;
}

static void send(void)
{
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        give(RX, slot);
        put_header(slot);
    }
    while (taken(RX) < 0) { /* the receiver says that it is there */
        YIELD();
    }
    uint64_t sent = 0, sum = 0, start = time_now(), end = start + mailbox.iterations * (time_frequency() / 1000);
    for (; time_now() < end; sent++) {
        int slot = sent < SLOTS ? (int)sent : free_slot();
        sum += fill((unsigned)slot, sent);
        give(TX, (unsigned)slot);
    }
    for (uint64_t i = sent < SLOTS ? SLOTS - sent : 0; i < SLOTS; i++) { /* the device has taken all of them */
        free_slot();
    }
    uint64_t took = nanoseconds(time_now() - start);
    mailbox.result = sent;
    fill(0, LAST);
    give(TX, 0);
    free_slot();
    say("packets: sent %d frames of %d bytes in %d ns\npackets: sum %x\n", sent, (uint64_t)FRAME, took, sum);
}

/* Says that it is there until the first frame comes; its slot. */
static int first_frame(void)
{
    put_header(0);
    fill(0, 0);
    for (;;) {
        give(TX, 0);
        uint64_t again = time_now() + HELLO_EVERY / (1000000000UL / time_frequency());
        do {
            int slot = taken(RX);
            if (slot >= 0) {
                return slot;
            }
            YIELD();
        } while (time_now() < again);
        free_slot();
    }
}

static void receive(void)
{
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        give(RX, slot);
    }
    uint64_t received = 0, sum = 0, wrong = 0, pause = mailbox.argument * (time_frequency() / 1000) / 1000000;
    int slot = first_frame();
    for (;;) {
        fetch((unsigned)slot);
        if (copy[0] == LAST) {
            break;
        }
        uint64_t value = received;
        for (unsigned i = 0; i < WORDS; i++) {
            wrong += copy[i] != value;
            sum += copy[i];
            value = value * 0x9e3779b97f4a7c15UL + i;
        }
        received++;
        uint64_t until = time_now() + pause;
        while (time_now() < until) {
            YIELD();
        }
        give(RX, (unsigned)slot);
        while ((slot = taken(RX)) < 0) {
            YIELD();
        }
    }
    mailbox.result = received;
    say("packets: received %d frames, %d words wrong or out of order\npackets: sum %x\n", received, wrong, sum);
}

void guest_main(void)
{
    switch (mailbox.selector) {
    case NOTHING: break;
    case SEND: start_device(); send(); break;
    case RECEIVE: start_device(); receive(); break;
    default: fail("the mailbox selects nothing that there is");
    }
    pass();
}

void secondary_main(unsigned number)
{
    (void)number;
    stop_core();
}

void handle_exception(struct frame *frame)
{
    unexpected(frame);
}
