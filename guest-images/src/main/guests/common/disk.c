/*
 * A virtio block device (Virtio 1.2, 4.2 and 5.2) by polling: writes, flushes, reads back; reset with a request under way; rings that
 * break a rule, each of which must stop the device and nothing else. The mailbox has the device's address (device) and one of the parts
 * below (selector); iterations is how many blocks are written. Without a device there is nothing to do.
 */
#include "runtime.h"

const char guest_name[] = "disk";

enum part { WORK, READ_ONLY, BROKEN, RESET, FOREVER, LOOP, NO_RAM, TOO_LONG, NEXT_TOO_HIGH, HEAD_TOO_HIGH, NESTED, PARTS };

enum { STATUS = 0x70, FEATURES = 0x20, FEATURES_SELECT = 0x24, QUEUE_SIZE = 0x38, QUEUE_READY = 0x44, NOTIFY = 0x50, CAPACITY = 0x100 };
enum { DESCRIPTORS = 0x80, DRIVER_AREA = 0x90, DEVICE_AREA = 0xa0 };
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8, NEEDS_RESET = 64 };
enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };
enum { IN = 0, OUT = 1, FLUSH = 4, OK = 0, IO_ERROR = 1, UNANSWERED = 0xee };
enum { SIZE = 16, SECTOR = 512, BLOCK = 8 * SECTOR, FEW = 8, LOOKS = 10000 };

#define FEATURE_INDIRECT (1U << 28)
#define FEATURE_FLUSH (1U << 9)
#define FEATURE_VERSION_1 1U /* bit 32 */

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
};

static struct ring {
    struct descriptor descriptors[SIZE];
    struct {
        uint16_t flags, index, heads[SIZE];
    } driver __attribute__((aligned(16)));
    struct {
        uint16_t flags, index;
        struct {
            uint32_t head, written;
        } used[SIZE];
    } device __attribute__((aligned(16)));
} ring PHYSICAL_PAGE;

static struct descriptor table[SIZE] PHYSICAL_PAGE;
static uint8_t data[BLOCK] PHYSICAL_PAGE;
static struct {
    uint32_t type, unused;
    uint64_t sector;
} header;
static volatile uint8_t answer;

static void set(unsigned offset, uint32_t value)
{
    write32(mailbox.device + offset, value);
}

static uint32_t get(unsigned offset)
{
    return read32(mailbox.device + offset);
}

static void set_address(unsigned offset, const void *address)
{
    set(offset, (uint32_t)(uint64_t)address);
    set(offset + 4, (uint32_t)((uint64_t)address >> 32));
}

static void start(void)
{
    set(STATUS, 0);
    ring.driver.index = 0;
    ring.device.index = 0;
    set(STATUS, ACKNOWLEDGE | DRIVER);
    set(FEATURES_SELECT, 0);
    set(FEATURES, FEATURE_INDIRECT | FEATURE_FLUSH);
    set(FEATURES_SELECT, 1);
    set(FEATURES, FEATURE_VERSION_1);
    set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
    if (!(get(STATUS) & FEATURES_OK)) {
        fail("the device does not accept the features");
    }
    set(QUEUE_SIZE, SIZE);
    set_address(DESCRIPTORS, ring.descriptors);
    set_address(DRIVER_AREA, &ring.driver);
    set_address(DEVICE_AREA, &ring.device);
    set(QUEUE_READY, 1);
    set(STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
}

static void describe(unsigned n, const volatile void *address, uint32_t length, uint16_t flags, uint16_t next)
{
    ring.descriptors[n] = (struct descriptor){(uint64_t)address, length, flags, next};
}

static void offer(uint16_t head)
{
    ring.driver.heads[ring.driver.index % SIZE] = head;
    __sync_synchronize();
    *(volatile uint16_t *)&ring.driver.index = (uint16_t)(ring.driver.index + 1);
    __sync_synchronize();
    set(NOTIFY, 0);
}

static void submit(uint32_t type, uint64_t sector)
{
    header.type = type;
    header.sector = sector;
    answer = UNANSWERED;
    describe(0, &header, sizeof(header), NEXT, type == FLUSH ? 2 : 1);
    describe(1, data, BLOCK, NEXT | (type == IN ? WRITE : 0), 2);
    describe(2, &answer, 1, WRITE, 0);
    offer(0);
}

static uint8_t request(uint32_t type, uint64_t sector)
{
    uint16_t before = ring.device.index;
    submit(type, sector);
    for (unsigned looks = 1; *(volatile uint16_t *)&ring.device.index == before; looks++) {
        if (looks % LOOKS == 0 && get(STATUS) & NEEDS_RESET) { /* which leaves for the hypervisor */
            fail("the device wants a reset after a good request");
        }
        YIELD();
    }
    __sync_synchronize();
    return answer;
}

static uint8_t pattern(uint64_t block, unsigned i)
{
    return (uint8_t)(block * 31 + i * 7 + (i >> 8) + 1);
}

static void fill(uint64_t block)
{
    for (unsigned i = 0; i < BLOCK; i++) {
        data[i] = pattern(block, i);
    }
}

static bool holds(uint64_t block)
{
    for (unsigned i = 0; i < BLOCK; i++) {
        if (data[i] != pattern(block, i)) {
            return false;
        }
    }
    return true;
}

/* Writes, flushes and reads back. */
static void work(uint64_t blocks)
{
    bool written = true;
    bool same = true;
    for (uint64_t block = 0; block < blocks; block++) {
        fill(block);
        written &= request(OUT, block * (BLOCK / SECTOR)) == OK;
    }
    verdict("blocks are written", written);
    verdict("a flush is answered", request(FLUSH, 0) == OK);
    for (uint64_t block = 0; block < blocks; block++) {
        fill(block + 1);
        same &= request(IN, block * (BLOCK / SECTOR)) == OK && holds(block);
    }
    verdict("blocks are read back", same);
    uint64_t sectors = (uint64_t)get(CAPACITY) | (uint64_t)get(CAPACITY + 4) << 32;
    verdict("a write beyond the end is an error", request(OUT, sectors - BLOCK / SECTOR + 1) == IO_ERROR);
}

/* The device forgets what is under way: the buffer stays as it is, whenever the data comes. */
static void reset_under_way(void)
{
    fill(77);
    submit(IN, 0);
    set(STATUS, 0);
    uint64_t end = time_now() + time_frequency() / 1000;
    while (time_now() < end) {
        YIELD();
    }
    verdict("a reset device does not write", holds(77) && answer == UNANSWERED);
}

/* Offers a chain that breaks a rule; the device must ask for its reset, and answer nothing. */
static void offer_wrong(enum part part)
{
    uint16_t head = 0;
    header.type = IN;
    answer = UNANSWERED;
    describe(0, &header, sizeof(header), NEXT, 1);
    describe(1, data, SECTOR, NEXT | WRITE, 2);
    describe(2, &answer, 1, WRITE, 0);
    switch (part) {
    case LOOP:
        describe(2, data, SECTOR, NEXT | WRITE, 1);
        break;
    case NO_RAM:
        describe(1, (void *)0xfffffffff000, SECTOR, NEXT | WRITE, 2);
        break;
    case TOO_LONG: /* an indirect table may have more than the ring, a chain may not */
        for (unsigned n = 0; n < PAGE_SIZE / sizeof(struct descriptor); n++) {
            ((struct descriptor *)data)[n] = (struct descriptor){(uint64_t)&header, sizeof(header), NEXT, (uint16_t)(n + 1)};
        }
        describe(0, data, PAGE_SIZE, INDIRECT, 0);
        break;
    case NEXT_TOO_HIGH:
        describe(1, data, SECTOR, NEXT | WRITE, SIZE);
        break;
    case HEAD_TOO_HIGH:
        head = SIZE;
        break;
    case NESTED:
        table[0] = (struct descriptor){(uint64_t)table, sizeof(table), INDIRECT, 0};
        describe(0, table, sizeof(table), INDIRECT, 0);
        break;
    default:
        fail("no such part");
    }
    offer(head);
    verdict("the device wants a reset", get(STATUS) & NEEDS_RESET);
    fill(1);
    header.type = IN;
    describe(0, &header, sizeof(header), NEXT, 1);
    describe(1, data, BLOCK, NEXT | WRITE, 2);
    describe(2, &answer, 1, WRITE, 0);
    offer(0);
    verdict("and does nothing before", answer == UNANSWERED && ring.device.index == 0 && holds(1));
}

void guest_main(void)
{
    enum part part = (enum part)mailbox.selector;
    uint64_t blocks = mailbox.iterations ? mailbox.iterations : FEW;
    if (!mailbox.device) {
        say("no disk\n");
        pass();
    }
    start();
    if (part == READ_ONLY || part == BROKEN) {
        uint8_t read = request(IN, 0);
        verdict(part == BROKEN ? "a read is an error" : "a read is none", read == (part == BROKEN ? IO_ERROR : OK));
        verdict("a write is one", request(OUT, 0) == IO_ERROR);
        finish();
    }
    if (part == FOREVER) {
        say("at work\n");
        for (uint64_t block = 0;; block = (block + 1) % blocks) {
            fill(block);
            if (request(OUT, block * (BLOCK / SECTOR)) != OK) {
                fail("a write is an error");
            }
        }
    }
    if (part == RESET) {
        reset_under_way();
        start();
    } else if (part != WORK) {
        offer_wrong(part);
        start();
    }
    work(blocks);
    finish();
}
