#include "daemon.h"
#include "bell.h"
#include "config.h"
#include "device.h"
#include "files.h"
#include "json.h"
#include "messages.h"
#include "text.h"

enum { MOST_DISKS = 16, SECTOR = 512, PAGE = 4096, LARGEST_BUFFER = 1 << 20, READ = 0, WRITE = 1, FLUSH = 2, WELL = 0, BROKEN = 1 };

struct disk {
    int file;
    u64 sectors;
    u64 buffer;
    int failing; /* said already, and nothing has worked since */
};

static const char *const KEYS[] = {"mediated", "unilib", NULL};
static const char LOCK[] = "/tmp/.shyper-daemon";

/* How often we ask whether the other daemon is gone: one that was killed a moment ago takes some time. */
enum { TRIES = 20, BETWEEN_MILLISECONDS = 10 };

static struct json json;
static struct disk disks[MOST_DISKS];
static u64 disk_count;
static u64 buffer_size;

/* Disks share the rest of the window; more than the largest buffer for each is of no use. */
static u64 size_of_buffers(int list)
{
    u64 count = 0;
    for (int node = json.nodes[list].first; node != NO_NODE; node = json.nodes[node].next) {
        count++;
    }
    u64 size = count ? (device_window_size() - DISKS) / count / PAGE * PAGE : 0;
    return size > LARGEST_BUFFER ? LARGEST_BUFFER : size;
}

/* A path that begins with ~/ is in the folder of root, who alone can run us. */
static i64 open_disk(const char *path)
{
    char full[PATH_SIZE] = "/root";
    return path[0] != '~' || path[1] != '/' ? sys_open(path, O_RDWR)
           : append_text(full, sizeof(full), path + 1) ? sys_open(full, O_RDWR)
                                                       : -1;
}

/* Disks are numbered by the hypervisor in the order in which they are offered. */
static int offer_disk(int node)
{
    const char *path = json_text(&json, node);
    if (path == NULL) {
        return json_wrong(&json, node, "a path of an image or a partition is missing here", "");
    }
    u64 buffer = DISKS + disk_count * buffer_size;
    if (disk_count == MOST_DISKS || buffer_size == 0) {
        return json_wrong(&json, node, "the shared window has no room for a buffer of another disk: ", path);
    }
    i64 file = open_disk(path);
    i64 size = file < 0 ? file : sys_seek((int)file, 0, SEEK_END);
    if (size < SECTOR) {
        return json_wrong(&json, node, size < 0 ? "the disk cannot be opened: " : "the disk is smaller than a sector: ", path);
    }
    struct disk *disk = &disks[disk_count];
    *disk = (struct disk){(int)file, (u64)size / SECTOR, buffer, 0};
    i64 number = device_call(MEDIATED_APPEND, 0, device_address(buffer), buffer_size, disk->sectors, 0, 0, 0);
    if (number != (i64)disk_count) {
        return json_wrong(&json, node, "the hypervisor does not take the disk: ",
                          number < 0 ? error_text(number) : "another daemon runs already");
    }
    print(OUTPUT, "disk %d: %s, %u sectors\n", number, path, disk->sectors);
    disk_count++;
    return 1;
}

/* The VM gets an I/O error; whoever looks after the files hears of the first of a row. */
static int broken(struct disk *disk, const char *what, i64 error)
{
    if (!disk->failing) {
        disk->failing = 1;
        print(ERRORS, "shyper: disk %u: its file %s (error %d); its VM is told of an I/O error\n", (u64)(disk - disks), what, -error);
    }
    return BROKEN;
}

static int transfer(struct disk *disk, u64 type, u64 sector, u64 count)
{
    static u8 data[LARGEST_BUFFER] __attribute__((aligned(8)));
    u64 size = count * SECTOR;
    if (type == FLUSH) {
        i64 error = sys_sync(disk->file);
        return error < 0 ? broken(disk, "cannot be made durable", error) : WELL;
    }
    if (type > FLUSH || count > buffer_size / SECTOR || sector > disk->sectors || count > disk->sectors - sector) {
        return BROKEN;
    }
    if (type == WRITE) {
        device_get(data, disk->buffer, size);
    }
    for (u64 done = 0; done < size;) {
        i64 moved = type == WRITE ? sys_pwrite(disk->file, data + done, size - done, sector * SECTOR + done)
                                  : sys_pread(disk->file, data + done, size - done, sector * SECTOR + done);
        if (moved <= 0) {
            return broken(disk, type == WRITE ? "cannot be written" : moved ? "cannot be read" : "ends too soon", moved);
        }
        done += (u64)moved;
    }
    disk->failing = 0;
    if (type == READ) {
        device_put(disk->buffer, data, size);
    }
    return WELL;
}

static void serve_disk(const u64 *message)
{
    u64 number = message[2];
    int status = number < disk_count ? transfer(&disks[number], message[3], message[4], message[5]) : BROKEN;
    i64 result = device_call(MEDIATED_DONE, number, (u64)status, 0, 0, 0, 0, 0);
    if (result < 0) {
        print(ERRORS, "shyper: request of disk %u: %s\n", number, error_text(result));
    }
}

static void restart(u64 id)
{
    char file[PATH_SIZE];
    if (!config_recall(id, file)) {
        print(ERRORS, "shyper: VM %u restarts, but not from a file of ours: configure it again\n", id);
        return;
    }
    i64 result = config_upload(file, id) ? device_call(VMM_BOOT, id, 0, 0, 0, 0, 0, 0) : -1;
    if (result < 0) {
        print(ERRORS, "shyper: VM %u does not restart: %s\n", id, error_text(result));
    } else {
        print(OUTPUT, "VM %u restarts with %s\n", id, file);
    }
}

static void serve(const u64 *message)
{
    u64 code = message[0] << 8 | message[1];
    if (code == 0x0332) {
        serve_disk(message);
    } else if (code == CONFIG_KERNEL) {
        restart(message[2]);
    } else if (message[0] == 0x12) {
        files_serve(message);
    } else if (code == VMM_REBOOT || code == VMM_SHUTDOWN) {
        print(OUTPUT, "VM %u is asked to %s\n", message[2], code == VMM_REBOOT ? "restart" : "end");
    } else {
        print(OUTPUT, "message %x from VM %u\n", code, message[2]);
    }
}

/* Two would take each other's messages. The file stays open, and locked, until this process ends, however it ends. */
static int alone(void)
{
    i64 file = sys_open(LOCK, O_RDWR | O_CREAT);
    if (file < 0) {
        print(ERRORS, "shyper: %s cannot be written: it shows whether a daemon serves\n", LOCK);
        return 0;
    }
    for (int i = 0; i < TRIES; i++) {
        if (sys_try_lock((int)file) >= 0) {
            return 1;
        }
        sys_sleep(BETWEEN_MILLISECONDS);
    }
    print(ERRORS, "shyper: a daemon serves already; end it first: killall shyper\n");
    return 0;
}

static int start(int top, int list)
{
    device_serve();
    i64 result = messages_open();
    if (result < 0) {
        print(ERRORS, "shyper: the message ring cannot be registered: %s\n", error_text(result));
        return 0;
    }
    buffer_size = size_of_buffers(list);
    for (int node = json.nodes[list].first; node != NO_NODE; node = json.nodes[node].next) {
        if (!offer_disk(node)) {
            return 0;
        }
    }
    int directory = json_member(&json, top, "unilib");
    const char *path = json_text(&json, directory);
    return path == NULL || files_offer(path) || json_wrong(&json, directory, "the folder of files cannot be served: ", path);
}

int daemon_run(const char *file, const char *port)
{
    int top = json_read(&json, file);
    int list;
    if (top == NO_NODE || !json_want_list(&json, top, "mediated", &list) || !json_only(&json, top, KEYS)) {
        return 2;
    }
    if (!device_open(0) || !alone()) {
        return 1;
    }
    if (!start(top, list)) {
        return 2;
    }
    bell_open(port);
    print(OUTPUT, "shyper: the daemon serves\n");
    do {
        u64 message[MESSAGE_WORDS];
        while (messages_next(message)) {
            serve(message);
        }
    } while (messages_wait());
    print(ERRORS, "shyper: the notification port broke off\n");
    return 1;
}
