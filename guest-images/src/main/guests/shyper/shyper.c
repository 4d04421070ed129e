/* The shyper command inside the management VM: `shyper` without arguments tells how it is used. */
#include "config.h"
#include "daemon.h"
#include "device.h"
#include "text.h"

enum { WELL = 0, REFUSED = 1, MISUSED = 2, LIST_ENTRIES = 8, ENTRY = 44, FORCE = 1 << 16 };

static const char USAGE[] = "shyper: manages virtual machines from the management VM\n"
    "  shyper vm list                    all VMs, their types and states\n"
    "  shyper vm config [-n] FILE.json   makes a VM of a configuration; -n only shows the hypercalls\n"
    "  shyper vm boot ID [--display WAY] starts it; there is no way but its console\n"
    "  shyper vm pause ID | resume ID    holds it, lets it run on\n"
    "  shyper vm reboot ID [-f]          asks it to restart; -f restarts it\n"
    "  shyper vm stop ID [-f]            asks it to end; -f stops it\n"
    "  shyper vm remove ID               stops it and takes everything back\n"
    "  shyper vm delconfig ID [-f]       drops a configuration of which nothing runs; -f as remove\n"
    "  shyper vm migrate ID              sends it elsewhere (the hypervisor cannot do that yet, and says so)\n"
    "  shyper vm getvmid                 the number of the VM we are in (also: shyper getvmid)\n"
    "  shyper system daemon [FILE.json [PORT]]  serves disks and files of FILE, or of cli-config.json; PORT: the terminal that rings\n"
    "  shyper system reboot | shutdown [-f]   the whole board; -f although other VMs run\n"
    "  shyper system update IMAGE        changes the hypervisor while VMs run (not yet either)\n"
    "  shyper system test                says hello to the hypervisor\n";

static int misused(const char *why, const char *what)
{
    print(ERRORS, "shyper: %s%s\n", why, what);
    sys_write(ERRORS, USAGE, sizeof(USAGE) - 1);
    return MISUSED;
}

static int report(const char *what, i64 result)
{
    if (result >= 0) {
        return WELL;
    }
    print(ERRORS, "shyper: %s: %s (%d)\n", what, error_text(result), result);
    return REFUSED;
}

static u32 half(const u8 *at)
{
    return (u32)(at[0] | at[1] << 8 | at[2] << 16 | (u32)at[3] << 24);
}

/* Prints the VMs of a list; returns the id after the last one. */
static u64 print_list(const u8 *info)
{
    static const char *const TYPES[] = {"Linux", "Bare Metal App", "FreeRTOS"};
    static const char *const STATES[] = {"Inactive", "Pending", "Active", "Paused", "Failed"};
    u64 next = 0;
    for (u64 i = 0; i < half(info) && i < LIST_ENTRIES; i++) {
        const u8 *entry = info + 8 + i * ENTRY;
        char name[33] = {0};
        for (int n = 0; n < 32; n++) {
            name[n] = (char)entry[4 + n];
        }
        u32 type = half(entry + 36);
        u32 state = half(entry + 40);
        next = (u64)half(entry) + 1;
        print(OUTPUT, "  VM %u  %s  %s  %s\n", next - 1, state < 5 ? STATES[state] : "?", type < 3 ? TYPES[type] : "?", name);
    }
    return next;
}

/* A list has room for eight; there may be more VMs, and some may go while we ask. */
static int list(void)
{
    static u8 info[8 + LIST_ENTRIES * ENTRY];
    u64 from = 0;
    do {
        device_lock(1);
        i64 result = device_call(VMM_LIST_FROM, device_address(SCRATCH), from, 0, 0, 0, 0, 0);
        device_get(info, SCRATCH, sizeof(info));
        device_lock(0);
        if (result < 0) {
            return report("vm list", result);
        }
        if (from == 0) {
            print(OUTPUT, "%d virtual machines\n", result);
        }
        from = print_list(info);
    } while (half(info) == LIST_ENTRIES);
    return WELL;
}

static int own_id(void)
{
    device_lock(1);
    i64 result = device_call(VMM_GET_ID, device_address(SCRATCH), 0, 0, 0, 0, 0, 0);
    u64 id = device_word(SCRATCH);
    device_lock(0);
    if (result >= 0) {
        print(OUTPUT, "%u\n", id);
    }
    return report("getvmid", result);
}

static int configure(int count, char **words)
{
    int rehearse = count == 2 && same(words[0], "-n");
    if (count != 1 + rehearse) {
        return misused("vm config needs a file", "");
    }
    if (!device_open(rehearse)) {
        return REFUSED;
    }
    i64 id = config_vm(words[rehearse]);
    if (id < 0) {
        return MISUSED;
    }
    if (rehearse) {
        return WELL;
    }
    print(OUTPUT, "VM %d is configured; start it with: shyper vm boot %d\n", id, id);
    return WELL;
}

/* `forced` is the call with -f, if there may be one, and `flag` what is or'ed to the VM's number then. */
struct command {
    const char *name;
    enum call call;
    enum call forced;
    u64 flag;
};

static const struct command VM_COMMANDS[] = {
    {"boot", VMM_BOOT, 0, 0}, {"reboot", VMM_REBOOT, VMM_REBOOT, FORCE}, {"stop", VMM_SHUTDOWN, VMM_SHUTDOWN, FORCE},
    {"remove", VMM_REMOVE, 0, 0}, {"delconfig", CONFIG_DELETE, VMM_REMOVE, 0}, {"pause", VMM_PAUSE, 0, 0},
    {"resume", VMM_RESUME, 0, 0}, {"migrate", VMM_MIGRATE, 0, 0}, {NULL, 0, 0, 0},
};

/* Takes the word -f or --force out of the others, wherever it stands. */
static int take_force(int *count, char **words)
{
    int kept = 0;
    for (int i = 0; i < *count; i++) {
        if (!same(words[i], "-f") && !same(words[i], "--force")) {
            words[kept++] = words[i];
        }
    }
    int taken = *count - kept;
    *count = kept;
    return taken > 0;
}

static int manage(const struct command *command, int count, char **words)
{
    u64 id;
    int display = command->call == VMM_BOOT && count == 3 && same(words[1], "--display");
    int force = take_force(&count, words);
    if (count != 1 + 2 * display || (force && !command->forced) || !parse_number(words[0], &id) || id > 0xffff) {
        return misused("the number of a VM is missing or wrong, or too much follows it: vm ", command->name);
    }
    if (display) {
        print(ERRORS, "shyper: --display %s: VMs have no screen here, only consoles\n", words[2]);
    }
    if (!device_open(0)) {
        return REFUSED;
    }
    enum call call = force ? command->forced : command->call;
    return report(command->name, device_call(call, id | (force ? command->flag : 0), 0, 0, 0, 0, 0, 0));
}

static int vm(int count, char **words)
{
    if (count < 1) {
        return misused("vm needs a command", "");
    }
    if (same(words[0], "config")) {
        return configure(count - 1, words + 1);
    }
    int lists = same(words[0], "list");
    if (lists || same(words[0], "getvmid")) {
        return !device_open(0) ? REFUSED : lists ? list() : own_id();
    }
    for (const struct command *command = VM_COMMANDS; command->name; command++) {
        if (same(command->name, words[0])) {
            return manage(command, count - 1, words + 1);
        }
    }
    if (same(words[0], "getdefconfig")) {
        print(ERRORS, "shyper: getdefconfig: the hypervisor has no configurations of its own; docs/guide.md names those to start from\n");
        return REFUSED;
    }
    return misused("no such command: vm ", words[0]);
}

static int update(const char *image)
{
    i64 file = sys_open(image, O_RDONLY);
    i64 size = file < 0 ? file : sys_seek((int)file, 0, SEEK_END);
    if (size < 0) {
        return misused("the image cannot be read: ", image);
    }
    return device_open(0) ? report("update", device_call(SYS_UPDATE, (u64)size, 0, 0, 0, 0, 0, 0)) : REFUSED;
}

static int system(int count, char **words)
{
    int force = take_force(&count, words);
    if (count < 1) {
        return misused("system needs a command", "");
    }
    if (count == 2 && same(words[0], "update")) {
        return update(words[1]);
    }
    int daemon = same(words[0], "daemon");
    int reboot = same(words[0], "reboot");
    int test = same(words[0], "test");
    if (daemon ? count > 3 || force : (!reboot && !test && !same(words[0], "shutdown")) || count != 1) {
        return misused("no such command: system ", words[0]);
    }
    if (daemon) {
        return daemon_run(count > 1 ? words[1] : "cli-config.json", count == 3 ? words[2] : NULL);
    }
    if (!device_open(0)) {
        return REFUSED;
    }
    enum call call = test ? SYS_TEST : reboot ? SYS_REBOOT : SYS_SHUTDOWN;
    return report(words[0], device_call(call, (u64)force, 0, 0, 0, 0, 0, 0));
}

int program(i64 count, char **words);

int program(i64 count, char **words)
{
    if (count < 2 || same(words[1], "help") || same(words[1], "--help")) {
        sys_write(OUTPUT, USAGE, sizeof(USAGE) - 1);
        return count < 2 ? MISUSED : WELL;
    }
    if (same(words[1], "vm")) {
        return vm((int)count - 2, words + 2);
    }
    if (same(words[1], "system")) {
        return system((int)count - 2, words + 2);
    }
    if (same(words[1], "getvmid") && count == 2) {
        return device_open(0) ? own_id() : REFUSED;
    }
    return misused("no such command: ", words[1]);
}
