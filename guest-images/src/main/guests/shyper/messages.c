#include "messages.h"
#include "bell.h"
#include "device.h"

enum { SLOTS = 8, SLOT_SIZE = 512, LOOKS = 32 };

/* How long we look for the next message before we sleep: about what a guest takes from an answer to its next request. */
static const u64 PATIENCE = 100000;

/* The words that we and the hypervisor share (docs/hypercalls.md, SHARE_COUNTERS). */
enum { WRITTEN = COUNTERS, READ = COUNTERS + 8, WAITING = COUNTERS + 16, AWAKE = COUNTERS + 24 };

static u64 read;

i64 messages_open(void)
{
    device_put_word(WRITTEN, 0);
    i64 result = device_call(IVC_UPDATE_MQ, 0, device_address(RING), device_address(COUNTERS), 0, 0, 0, 0);
    result = result < 0 ? result : device_call(IVC_SHARE_COUNTERS, 0, 0, 0, 0, 0, 0, 0);
    if (result >= 0) {
        device_put_word(AWAKE, 1);
    }
    return result;
}

int messages_next(u64 *message)
{
    if (read == device_word(WRITTEN)) {
        return 0;
    }
    __sync_synchronize();
    device_get(message, RING + read % SLOTS * SLOT_SIZE, MESSAGE_WORDS * sizeof(u64));
    read++;
    __sync_synchronize();
    device_put_word(READ, read);
    if (device_word(WAITING)) {
        device_call(IVC_ACK, read, 0, 0, 0, 0, 0, 0);
    }
    return 1;
}

static int comes_soon(void)
{
    u64 end = sys_nanoseconds() + PATIENCE;
    do {
        for (int i = 0; i < LOOKS; i++) {
            if (read != device_word(WRITTEN)) {
                return 1;
            }
        }
        sys_yield();
    } while (sys_nanoseconds() < end);
    return 0;
}

int messages_wait(void)
{
    if (comes_soon()) {
        return 1;
    }
    device_put_word(AWAKE, 0);
    __sync_synchronize();
    /* What came before we said that we sleep did not ring. */
    int goes_on = read != device_word(WRITTEN) || bell_wait();
    device_put_word(AWAKE, 1);
    return goes_on;
}
