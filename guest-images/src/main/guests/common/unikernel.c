/*
 * A guest without an operating system that works with files of the management VM (UNILIB, docs/hypercalls.md), then waits until it is asked
 * to restart or to end. Where nobody serves files it says so and ends.
 */
#include "runtime.h"

enum { VMM_GET_VM_ID = 0x108, IVC_UPDATE_MQ = 0x200, IVC_ACK = 0x205 };
enum { FS_INIT = 0x1200, OPEN, CLOSE, READ, WRITE, LSEEK, STAT, UNLINK };
enum { READ_ONLY = 0, WRITE_ONLY = 1, CREATE = 0x40, EMPTY = 0x200, FROM_START = 0 };
enum { RING_SLOTS = 8, RING_WORDS = 64, GROUP_VMM = 1, EVENT_SHUTDOWN = 3, EVENT_REBOOT = 4, GROUP_FILES = 0x12, EVENT_DONE = 0x11 };

const char guest_name[] = "unikernel";

static uint64_t ring[RING_SLOTS * RING_WORDS] PHYSICAL_PAGE;
static volatile uint64_t written[PAGE_SIZE / 8] PHYSICAL_PAGE; /* messages so far, by the hypervisor */
static uint64_t read;
static char buffer[256];

static uint64_t length_of(const char *text)
{
    uint64_t length = 0;
    while (text[length]) {
        length++;
    }
    return length;
}

/* Waits for a message of a group and returns its words; others are nothing to this guest. */
static const volatile uint64_t *message_of(uint64_t group)
{
    static uint64_t message[6];
    do {
        while (read == written[0]) {
            YIELD();
        }
        for (unsigned i = 0; i < 6; i++) {
            message[i] = ((volatile uint64_t *)ring)[read % RING_SLOTS * RING_WORDS + i];
        }
        hypercall(IVC_ACK, ++read, 0, 0);
    } while (message[0] != group);
    return message;
}

/* The call returns at once; its result comes as a message. */
static int64_t file_call(uint64_t code, uint64_t x0, uint64_t x1, uint64_t x2)
{
    int64_t accepted = hypercall(code, x0, x1, x2);
    return accepted ? accepted : (int64_t)message_of(GROUP_FILES)[4];
}

static int64_t path_call(uint64_t code, const char *path, uint64_t flags)
{
    return file_call(code, (uint64_t)path, length_of(path), flags);
}

static bool reads(int64_t file, const char *text)
{
    int64_t size = file_call(READ, (uint64_t)file, (uint64_t)buffer, length_of(text));
    buffer[size < 0 ? 0 : size] = 0;
    return equal(buffer, text);
}

static void read_a_file(void)
{
    static const char TEXT[] = "hello from the management VM\n";
    int64_t file = path_call(OPEN, "greeting", READ_ONLY);
    verdict("a file is opened", file >= 0);
    verdict("and read", reads(file, TEXT));
    verdict("and is at its end", file_call(READ, (uint64_t)file, (uint64_t)buffer, 16) == 0);
    verdict("a place in it is found", file_call(LSEEK, (uint64_t)file, 6, FROM_START) == 6 && reads(file, "from"));
    verdict("it is not written to", file_call(WRITE, (uint64_t)file, (uint64_t)TEXT, 5) < 0);
    verdict("it is closed, once", file_call(CLOSE, (uint64_t)file, 0, 0) == 0 && file_call(CLOSE, (uint64_t)file, 0, 0) < 0);
    verdict("its size is told", path_call(STAT, "greeting", 0) == sizeof(TEXT) - 1);
}

static void make_and_remove_files(void)
{
    static const char TEXT[] = "written by a unikernel\n";
    int64_t file = path_call(OPEN, "made", WRITE_ONLY | CREATE | EMPTY);
    verdict("a file is made", file >= 0);
    verdict("and written", file_call(WRITE, (uint64_t)file, (uint64_t)TEXT, sizeof(TEXT) - 1) == sizeof(TEXT) - 1);
    verdict("and closed", file_call(CLOSE, (uint64_t)file, 0, 0) == 0 && path_call(STAT, "made", 0) == sizeof(TEXT) - 1);
    verdict("a file is removed", path_call(UNLINK, "old", 0) == 0 && path_call(STAT, "old", 0) < 0);
}

static void reach_for_others(void)
{
    verdict("no way up", path_call(OPEN, "../secret", READ_ONLY) < 0 && path_call(UNLINK, "../secret", 0) < 0);
    verdict("no way up from below", path_call(STAT, "below/../../secret", 0) < 0);
    verdict("no path from the root", path_call(OPEN, "/root/secret", READ_ONLY) < 0);
    verdict("no link that leads out", path_call(OPEN, "link", READ_ONLY) < 0 && path_call(STAT, "link", 0) < 0);
    verdict("no file that nobody opened", file_call(READ, 7, (uint64_t)buffer, 16) < 0);
    verdict("no buffer outside of RAM", hypercall(READ, 0, 0x1000, 16) < 0);
}

void guest_main(void)
{
    uint64_t id = ~0UL;
    mmu_build();
    mmu_on();
    if (hypercall(VMM_GET_VM_ID, (uint64_t)&id, 0, 0)) {
        say("unikernel: there is no hypervisor\n");
        pass();
    }
    SYNCHRONIZE();
    if (hypercall(IVC_UPDATE_MQ, 0, (uint64_t)ring, (uint64_t)written) || hypercall(IVC_ACK, 0, 0, 0)) {
        fail("no message ring");
    }
    if (file_call(FS_INIT, 0, 0, 0)) {
        say("unikernel: nobody serves files\n");
        pass();
    }
    read_a_file();
    make_and_remove_files();
    reach_for_others();
    say("unikernel: waits\n");
    for (;;) {
        uint64_t event = message_of(GROUP_VMM)[1];
        if (event == EVENT_REBOOT) {
            say("unikernel: restarts\n");
            restart();
        }
        if (event == EVENT_SHUTDOWN) {
            finish();
        }
    }
}
