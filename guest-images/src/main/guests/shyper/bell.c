#include "bell.h"
#include "device.h"
#include "text.h"

enum { POLL_MILLISECONDS = 10, RING_MILLISECONDS = 1000, PATH = 300, NO_BELL = -1 };

static const char DRIVER[] = "/sys/bus/virtio/drivers/virtio_console";
static const char DEVICE[] = "virtio";

static int bell = NO_BELL;
static char terminal[PATH];

/* The number in a name like virtio3; returns 0 when it is no such name. */
static int device_number(const char *name, u64 *number)
{
    for (int i = 0; DEVICE[i]; i++) {
        if (name[i] != DEVICE[i]) {
            return 0;
        }
    }
    return parse_number(name + sizeof(DEVICE) - 1, number);
}

/* Whether a device of the driver is the one with its registers at `base`: its folder is in that of ADDRESS.NAME, a platform device. */
static int is_at(const char *name, u64 base)
{
    char path[PATH];
    char folder[PATH] = {0};
    char wanted[80];
    char digits[65];
    copy_text(path, sizeof(path), DRIVER);
    append_text(path, sizeof(path), "/");
    append_text(path, sizeof(path), name);
    copy_text(wanted, sizeof(wanted), "/");
    append_text(wanted, sizeof(wanted), number_text(digits, base, 16));
    append_text(wanted, sizeof(wanted), ".");
    return sys_link(path, folder, sizeof(folder) - 1) > 0 && contains(folder, wanted);
}

/*
 * The kernel gives virtio consoles the terminals hvc0, hvc1... in the order in which it meets them, which is that of their numbers:
 * the place of our device among them is the number of its terminal. Returns -1 when the driver does not have the device.
 */
static i64 terminal_number(u64 base)
{
    static u8 entries[4096];
    u64 numbers[64];
    u64 count = 0;
    u64 ours = 0;
    int found = 0;
    i64 folder = sys_open(DRIVER, O_RDONLY);
    i64 size;
    while (folder >= 0 && (size = sys_directory((int)folder, entries, sizeof(entries))) > 0) {
        for (i64 at = 0; at < size; at += entries[at + 16] | entries[at + 17] << 8) {
            const char *name = (const char *)entries + at + 19;
            u64 number;
            if (count == sizeof(numbers) / sizeof(numbers[0]) || !device_number(name, &number)) {
                continue;
            }
            numbers[count++] = number;
            if (is_at(name, base)) {
                ours = number;
                found = 1;
            }
        }
    }
    if (folder >= 0) {
        sys_close((int)folder);
    }
    i64 place = 0;
    for (u64 i = 0; i < count; i++) {
        place += numbers[i] < ours;
    }
    return found ? place : -1;
}

static const char *find_terminal(void)
{
    char digits[65];
    u64 base = device_notification_port();
    i64 number = base ? terminal_number(base) : -1;
    if (number < 0) {
        return NULL;
    }
    copy_text(terminal, sizeof(terminal), "/dev/hvc");
    append_text(terminal, sizeof(terminal), number_text(digits, (u64)number, 10));
    return terminal;
}

static int take_bytes(void)
{
    char bytes[64];
    return sys_read(bell, bytes, sizeof(bytes)) > 0;
}

static void without_bell(const char *what, const char *why)
{
    bell = NO_BELL;
    print(OUTPUT, "%s%s: looking for messages every %d ms\n", what, why, (i64)POLL_MILLISECONDS);
}

void bell_open(const char *port)
{
    const char *path = port ? port : find_terminal();
    if (path == NULL) {
        without_bell("no notification port", device_notification_port() ? " that the kernel's virtio_console has" : "");
        return;
    }
    bell = (int)sys_open(path, O_RDONLY);
    if (bell < 0 || sys_raw_terminal(bell) < 0) {
        without_bell(path, " is no terminal");
        return;
    }
    device_ring();
    if (sys_wait(bell, RING_MILLISECONDS) <= 0 || !take_bytes()) {
        without_bell(path, " does not ring");
        return;
    }
    print(OUTPUT, "messages ring at %s\n", path);
}

int bell_wait(void)
{
    if (bell == NO_BELL) {
        sys_sleep(POLL_MILLISECONDS);
        return 1;
    }
    return take_bytes();
}
