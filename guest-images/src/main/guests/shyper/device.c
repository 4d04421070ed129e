#include "device.h"
#include "text.h"

enum { WINDOW_BASE = 0x48, WINDOW_SIZE = 0x50, MAGIC = 0x60, PORT = 0x70, CALL_BLOCK = 0x78, REGISTERS = 0x1000 };

/* A call in the window: arguments, code, result. */
enum { ARGUMENTS = 0x00, CALL = 0x38, RESULT = 0x40 };

typedef u64 __attribute__((may_alias)) word;

static const u64 MAGIC_VALUE = 0x3130524550594853; /* SHYPER01 */

static volatile u64 *registers;
static volatile u64 *window;
static u64 window_base;
static u64 window_size = 0x200000;
static u64 call_block = CALLS;
static int device_file = -1;
static int command_file = -1;

/* The window of a rehearsal, where nobody reads it. */
static u64 rehearsal_window[0x200000 / 8];

static u64 big_endian(const u8 *bytes, int count)
{
    u64 value = 0;
    for (int i = 0; i < count; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/* Looks for a node called shyper@... in a folder of the device tree; returns the address of its registers, or 0. */
static u64 find_in(const char *folder)
{
    static u8 entries[4096];
    i64 file = sys_open(folder, O_RDONLY);
    u64 found = 0;
    i64 size;
    while (file >= 0 && !found && (size = sys_directory((int)file, entries, sizeof(entries))) > 0) {
        for (i64 at = 0; at < size && !found; at += entries[at + 16] | entries[at + 17] << 8) {
            const char *name = (const char *)entries + at + 19;
            char path[300];
            char prefix[8] = {0};
            for (int i = 0; i < 7 && name[i]; i++) {
                prefix[i] = name[i];
            }
            if (!same(prefix, "shyper@")) {
                continue;
            }
            u8 reg[16];
            copy_text(path, sizeof(path), folder);
            append_text(path, sizeof(path), "/");
            append_text(path, sizeof(path), name);
            append_text(path, sizeof(path), "/reg");
            i64 property = sys_open(path, O_RDONLY);
            if (property >= 0) {
                if (sys_read((int)property, reg, sizeof(reg)) == (i64)sizeof(reg)) {
                    found = big_endian(reg, 8);
                }
                sys_close((int)property);
            }
        }
    }
    if (file >= 0) {
        sys_close((int)file);
    }
    return found;
}

static int give_up(const char *what, const char *why)
{
    print(ERRORS, "shyper: %s\n  %s\n", what, why);
    return 0;
}

int device_open(int rehearse)
{
    if (rehearse) {
        window = rehearsal_window;
        return 1;
    }
    u64 base = find_in("/proc/device-tree");
    base = base ? base : find_in("/proc/device-tree/soc");
    if (!base) {
        return give_up("this machine has no shyper device",
                       "the VM's configuration needs an emulated device of type EMU_DEVICE_T_SHYPER, and /proc must be mounted");
    }
    i64 file = sys_open("/dev/mem", O_RDWR | O_SYNC);
    if (file < 0) {
        return give_up("/dev/mem cannot be opened", "only root may; without the file: mknod /dev/mem c 1 1");
    }
    device_file = (int)file;
    command_file = (int)sys_open("/tmp/.shyper-lock", O_RDWR | O_CREAT);
    if (command_file < 0) {
        return give_up("/tmp/.shyper-lock cannot be written", "commands use it to wait for each other");
    }
    i64 mapped = sys_map(device_file, base, REGISTERS);
    if (mapped < 0 && mapped > -4096) {
        return give_up("the registers of the shyper device cannot be mapped", "a kernel driver may have claimed them: cat /proc/iomem");
    }
    registers = (volatile u64 *)mapped;
    if (registers[MAGIC / 8] != MAGIC_VALUE) {
        return give_up("the shyper device answers strangely", "its register 0x60 does not read SHYPER01: is this the hypervisor we know?");
    }
    window_base = registers[WINDOW_BASE / 8];
    window_size = registers[WINDOW_SIZE / 8];
    if (window_size < DISKS) {
        return give_up("the shared window of the shyper device is too small", "its length in the VM's configuration is 0x121000 or more");
    }
    mapped = sys_map(device_file, window_base, window_size);
    if (mapped < 0 && mapped > -4096) {
        return give_up("the shared window of the shyper device cannot be mapped", "its addresses must not be RAM in the VM's device tree");
    }
    window = (volatile u64 *)mapped;
    return 1;
}

u64 device_address(u64 offset)
{
    return window_base + offset;
}

int device_rehearses(void)
{
    return registers == NULL;
}

u64 device_window_size(void)
{
    return window_size;
}

static int is_aligned(const void *address)
{
    return ((u64)address & 7) == 0;
}

void device_put(u64 offset, const void *from, u64 size)
{
    const u8 *bytes = from;
    u64 done = 0;
    if (is_aligned(from)) {
        const word *words = from;
        volatile u64 *to = window + offset / 8;
        for (; done + 32 <= size; done += 32, words += 4, to += 4) {
            to[0] = words[0];
            to[1] = words[1];
            to[2] = words[2];
            to[3] = words[3];
        }
    }
    for (; done < size; done += 8) {
        u64 word = 0;
        for (u64 i = 0; i < 8 && done + i < size; i++) {
            word |= (u64)bytes[done + i] << 8 * i;
        }
        window[(offset + done) / 8] = word;
    }
}

void device_get(void *to, u64 offset, u64 size)
{
    u8 *bytes = to;
    u64 done = 0;
    if (is_aligned(to)) {
        word *words = to;
        volatile u64 *from = window + offset / 8;
        for (; done + 32 <= size; done += 32, words += 4, from += 4) {
            words[0] = from[0];
            words[1] = from[1];
            words[2] = from[2];
            words[3] = from[3];
        }
    }
    for (; done < size; done += 8) {
        u64 word = window[(offset + done) / 8];
        for (u64 i = 0; i < 8 && done + i < size; i++) {
            bytes[done + i] = (u8)(word >> 8 * i);
        }
    }
}

u64 device_word(u64 offset)
{
    return window[offset / 8];
}

void device_put_word(u64 offset, u64 value)
{
    window[offset / 8] = value;
}

u64 device_notification_port(void)
{
    return registers[PORT / 8];
}

void device_ring(void)
{
    registers[PORT / 8] = 0;
}

/* Not the lock of the registers: a long upload does not hold up the daemon. */
void device_lock(int locked)
{
    if (command_file >= 0) {
        sys_lock(command_file, locked);
    }
}

static i64 rehearse(enum call code, const u64 *x)
{
    print(OUTPUT, "call %x", (u64)code);
    for (int i = 0; i < 7; i++) {
        print(OUTPUT, " %x", x[i]);
    }
    print(OUTPUT, "\n");
    if (code == CONFIG_ADD || code == CONFIG_EMULATED || code == CONFIG_TREE_NODE) {
        char name[33] = {0};
        device_get(name, code == CONFIG_ADD ? SCRATCH + 0x100 : SCRATCH, 32);
        print(OUTPUT, "  name %s\n", name);
    }
    return code == CONFIG_ADD ? 1 : 0;
}

void device_serve(void)
{
    call_block = CALLS + CALL_SIZE;
}

i64 device_call(enum call code, u64 x0, u64 x1, u64 x2, u64 x3, u64 x4, u64 x5, u64 x6)
{
    u64 x[7] = {x0, x1, x2, x3, x4, x5, x6};
    if (device_rehearses()) {
        return rehearse(code, x);
    }
    int shared = call_block == CALLS;
    if (shared) {
        sys_lock(device_file, 1);
    }
    for (u64 i = 0; i < 7; i++) {
        device_put_word(call_block + ARGUMENTS + i * 8, x[i]);
    }
    device_put_word(call_block + CALL, code);
    __sync_synchronize();
    registers[CALL_BLOCK / 8] = call_block;
    __sync_synchronize();
    i64 result = (i64)device_word(call_block + RESULT);
    if (shared) {
        sys_lock(device_file, 0);
    }
    return result;
}

const char *error_text(i64 error)
{
    static const char *const TEXTS[] = {
        "the hypervisor gave no reason",
        "only the management VM may do that",
        "the hypervisor refused an argument; its console says which",
        "there is no VM with this id: see shyper vm list",
        "the VM's state does not allow it: see shyper vm list",
        "memory, cores, VM ids or queue entries are used up",
        "this hypervisor cannot do that yet",
        "this hypervisor does not know that call",
    };
    return error <= -1 && error >= -8 ? TEXTS[-1 - error] : "the hypervisor answered with an unknown error";
}
