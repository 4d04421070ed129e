#include "config.h"
#include "device.h"
#include "json.h"
#include "text.h"

enum { NAME = SCRATCH, LIST = SCRATCH + 0x40, ADD = SCRATCH + 0x80, VM_NAME = SCRATCH + 0x100, COMMAND_LINE = SCRATCH + 0x200,
       PROBLEMS = SCRATCH + 0x1000, PROBLEMS_SIZE = 0x3000, NAME_SIZE = 32, LIST_WORDS = 64, PARAMETERS = 16 };

static struct json json;

struct choice {
    const char *name;
    u64 number;
};

static const struct choice VM_TYPES[] = {
    {"VM_T_LINUX", 0}, {"VM_T_BARE_MATEL_APP", 1}, {"VM_T_FREERTOS", 2}, {NULL, 0},
};
static const struct choice EMULATED[] = {
    {"EMU_DEVICE_T_CONSOLE", 0}, {"EMU_DEVICE_T_GICD", 1}, {"EMU_DEVICE_T_GPPT", 2}, {"EMU_DEVICE_T_VIRTIO_BLK", 3},
    {"EMU_DEVICE_T_VIRTIO_NET", 4}, {"EMU_DEVICE_T_VIRTIO_CONSOLE", 5}, {"EMU_DEVICE_T_SHYPER", 6},
    {"EMU_DEVICE_T_VIRTIO_BLK_MEDIATED", 7}, {"EMU_DEVICE_T_IOMMU", 8}, {"EMU_DEVICE_T_SRE", 9}, {"EMU_DEVICE_T_SGIR", 10},
    {"EMU_DEVICE_T_GICR", 11}, {"EMU_DEVICE_T_META", 12}, {"EMU_DEVICE_T_PLIC", 13}, {"EMU_DEVICE_T_APLIC", 14}, {NULL, 0},
};
static const struct choice TREE_NODES[] = {
    {"DTB_DEVICE_T_CONSOLE", 0}, {"DTB_DEVICE_T_GICD", 1}, {"DTB_DEVICE_T_GICC", 2}, {"DTB_DEVICE_T_GICR", 3},
    {"DTB_DEVICE_T_PLIC", 4}, {"DTB_DEVICE_T_APLIC", 5}, {NULL, 0},
};

static int want_type(int object, const struct choice *choices, u64 *number)
{
    const char *text;
    if (!json_want_text(&json, object, "type", &text)) {
        return 0;
    }
    for (const struct choice *choice = choices; choice->name; choice++) {
        if (same(choice->name, text)) {
            *number = choice->number;
            return 1;
        }
    }
    json_wrong(&json, json_member(&json, object, "type"), "no such type: ", text);
    print(ERRORS, "  there are");
    for (const struct choice *choice = choices; choice->name; choice++) {
        print(ERRORS, " %s", choice->name);
    }
    print(ERRORS, "\n");
    return 0;
}

static int want_object(int parent, const char *name, int *object)
{
    *object = json_member(&json, parent, name);
    if (*object == NO_NODE || json.nodes[*object].kind != JSON_OBJECT) {
        return json_wrong(&json, *object == NO_NODE ? parent : *object, "an object {...} is missing: ", name);
    }
    return 1;
}

/* Makes a call for the value at a node; complains there when the hypervisor refuses. */
static int accepted(int node, i64 result)
{
    if (result < 0) {
        return json_wrong(&json, node, "the hypervisor refused this: ", error_text(result));
    }
    return 1;
}

static int put_name(int object)
{
    const char *text;
    char name[NAME_SIZE] = {0};
    if (!json_want_text(&json, object, "name", &text)) {
        return 0;
    }
    if (!copy_text(name, sizeof(name), text)) {
        return json_wrong(&json, object, "a name has at most 31 bytes: ", text);
    }
    device_put(NAME, name, sizeof(name));
    return 1;
}

/* Puts the numbers of a list that may be missing at LIST. */
static int put_list(int object, const char *name, int most, u64 *count)
{
    static u64 words[LIST_WORDS];
    int list = json_member(&json, object, name);
    if (json_size(&json, list) > most) {
        return json_wrong(&json, list, "the list is too long: ", name);
    }
    *count = 0;
    for (int i = 0; i < LIST_WORDS; i++) {
        words[i] = 0;
    }
    for (int node = list == NO_NODE ? NO_NODE : json.nodes[list].first; node != NO_NODE; node = json.nodes[node].next) {
        if (!json_number(&json, node, &words[(*count)++])) {
            return 0;
        }
    }
    /* Behind the places of the other arguments: a list is the longest of them. */
    device_put(PROBLEMS, words, sizeof(words));
    return 1;
}

static int add_vm(int top, i64 *id)
{
    const char *name;
    const char *command_line;
    char copy[1024];
    int image;
    u64 type, kernel, tree = 0, ramdisk = 0;
    if (!json_want_text(&json, top, "name", &name) || !want_type(top, VM_TYPES, &type) || !want_object(top, "image", &image) ||
        !json_want_number(&json, image, "kernel_load_ipa", &kernel)) {
        return 0;
    }
    int node = json_member(&json, image, "device_tree_load_ipa");
    if (node != NO_NODE && !json_number(&json, node, &tree)) {
        return 0;
    }
    node = json_member(&json, image, "ramdisk_load_ipa");
    if (node != NO_NODE && !json_number(&json, node, &ramdisk)) {
        return 0;
    }
    command_line = json_text(&json, json_member(&json, top, "cmdline"));
    copy_text(copy, sizeof(copy), command_line ? command_line : "");
    device_put(VM_NAME, name, length_of(name) + 1);
    device_put(COMMAND_LINE, copy, length_of(copy) + 1);
    u64 words[8] = {device_address(VM_NAME), length_of(name), type, device_address(COMMAND_LINE), length_of(copy), kernel, tree,
                    ramdisk};
    device_put(ADD, words, sizeof(words));
    *id = device_call(CONFIG_ADD, device_address(ADD), 0, 0, 0, 0, 0, 0);
    return accepted(top, *id);
}

static int add_cpu(int top, u64 id)
{
    int cpu;
    u64 count, bitmap, master;
    return want_object(top, "cpu", &cpu) && json_want_number(&json, cpu, "num", &count) &&
           json_want_number(&json, cpu, "allocate_bitmap", &bitmap) && json_want_number(&json, cpu, "master", &master) &&
           accepted(cpu, device_call(CONFIG_CPU, id, count, bitmap, master, 0, 0, 0));
}

static int add_region(int region, u64 id)
{
    u64 base, length;
    return json_want_number(&json, region, "ipa_start", &base) && json_want_number(&json, region, "length", &length) &&
           accepted(region, device_call(CONFIG_MEMORY, id, base, length, 0, 0, 0, 0));
}

static int add_emulated(int device, u64 id)
{
    u64 base, length, irq = 0, type, count;
    int node = json_member(&json, device, "irq_id"); /* an interrupt controller has none */
    return put_name(device) && json_want_number(&json, device, "base_ipa", &base) &&
           json_want_number(&json, device, "length", &length) && (node == NO_NODE || json_number(&json, node, &irq)) &&
           want_type(device, EMULATED, &type) && put_list(device, "cfg_list", PARAMETERS, &count) &&
           accepted(device, device_call(CONFIG_EMULATED, id, device_address(NAME), base, length, irq, device_address(PROBLEMS), type));
}

static int add_passthrough(int device, u64 id)
{
    u64 base, physical, length, count;
    return json_want_number(&json, device, "base_ipa", &base) && json_want_number(&json, device, "base_pa", &physical) &&
           json_want_number(&json, device, "length", &length) && put_list(device, "irq_list", LIST_WORDS, &count) &&
           accepted(device, device_call(CONFIG_PASSTHROUGH, id, base, physical, length, 0, 0, 0)) &&
           (count == 0 || accepted(device, device_call(CONFIG_IRQS, id, device_address(PROBLEMS), count, 0, 0, 0, 0)));
}

static int add_tree_node(int device, u64 id)
{
    u64 base, length, type, count;
    return put_name(device) && json_want_number(&json, device, "addr_region_ipa", &base) &&
           json_want_number(&json, device, "addr_region_length", &length) && want_type(device, TREE_NODES, &type) &&
           put_list(device, "irq_list", LIST_WORDS, &count) &&
           accepted(device, device_call(CONFIG_TREE_NODE, id, device_address(NAME), type, device_address(PROBLEMS), count, base, length));
}

/* Sends each thing of a list that sits in an object of its own; the object may be missing unless it is `wanted`. */
static int add_all(int top, const char *object, const char *list, int wanted, u64 id, int (*add)(int, u64))
{
    int outer = json_member(&json, top, object);
    int inner;
    if (outer == NO_NODE && !wanted) {
        return 1;
    }
    if (!want_object(top, object, &outer) || !json_want_list(&json, outer, list, &inner)) {
        return 0;
    }
    for (int node = json.nodes[inner].first; node != NO_NODE; node = json.nodes[node].next) {
        if (!add(node, id)) {
            return 0;
        }
    }
    return 1;
}

/* A file beside the configuration, unless its path starts at the root. */
static int image_path(const char *name, char *path)
{
    path[0] = 0;
    if (name[0] != '/') {
        copy_text(path, PATH_SIZE, json.file);
        u64 end = length_of(path);
        while (end > 0 && path[end - 1] != '/') {
            end--;
        }
        path[end] = 0;
    }
    return append_text(path, PATH_SIZE, name);
}

static int upload(int image, const char *member, enum call code, u64 id)
{
    static u8 part[0x10000];
    char path[PATH_SIZE];
    int node = json_member(&json, image, member);
    const char *name = json_text(&json, node);
    if (name == NULL || name[0] == 0 || same(name, "-")) {
        return code == CONFIG_KERNEL ? json_wrong(&json, image, "a string is missing: ", member) : 1;
    }
    if (!image_path(name, path)) {
        return json_wrong(&json, node, "the path is too long: ", name);
    }
    i64 file = sys_open(path, O_RDONLY);
    i64 size = file < 0 ? file : sys_seek((int)file, 0, SEEK_END);
    if (size <= 0) {
        return json_wrong(&json, node, size == 0 ? "the file is empty: " : "the file cannot be opened: ", path);
    }
    for (u64 done = 0; done < (u64)size;) {
        u64 filled = 0;
        while (filled < UPLOAD_SIZE && done + filled < (u64)size) {
            i64 got = sys_pread((int)file, part, sizeof(part), done + filled);
            if (got <= 0) {
                sys_close((int)file);
                return json_wrong(&json, node, "the file cannot be read: ", path);
            }
            u64 room = UPLOAD_SIZE - filled;
            u64 taken = (u64)got < room ? (u64)got : room;
            device_put(UPLOAD + filled, part, taken);
            filled += taken;
        }
        if (!accepted(node, device_call(code, id, (u64)size, device_address(UPLOAD), done, filled, 0, 0))) {
            sys_close((int)file);
            return 0;
        }
        done += filled;
    }
    sys_close((int)file);
    return 1;
}

/* Rust-Shyper's examples name a RAM disk that is not there, and say by the address 0 that there is none. */
static int has_ramdisk(int image)
{
    u64 address;
    int node = json_member(&json, image, "ramdisk_load_ipa");
    return node == NO_NODE || !json_number(&json, node, &address) || address != 0;
}

static int upload_all(int top, u64 id)
{
    int image;
    return want_object(top, "image", &image) && upload(image, "device_tree_filename", CONFIG_DEVICE_TREE, id) &&
           (!has_ramdisk(image) || upload(image, "ramdisk_filename", CONFIG_RAMDISK, id)) &&
           upload(image, "kernel_filename", CONFIG_KERNEL, id);
}

/* Prints what the hypervisor finds wrong with the whole configuration. */
static int checked(u64 id)
{
    static char text[PROBLEMS_SIZE + 1];
    i64 length = device_call(CONFIG_CHECK, id, device_address(PROBLEMS), PROBLEMS_SIZE, 0, 0, 0, 0);
    if (length == 0) {
        return 1;
    }
    if (length < 0) {
        print(ERRORS, "shyper: the configuration could not be checked: %s\n", error_text(length));
        return 0;
    }
    device_get(text, PROBLEMS, (u64)length);
    text[length] = 0;
    sys_write(ERRORS, text, (u64)length);
    print(ERRORS, "\nshyper: %s was not accepted\n", json.file);
    return 0;
}

static void memory_path(u64 id, char *path)
{
    char number[65];
    copy_text(path, PATH_SIZE, "/tmp/.shyper-vm");
    append_text(path, PATH_SIZE, number_text(number, id, 10));
}

static void remember(u64 id)
{
    char path[PATH_SIZE];
    char file[PATH_SIZE] = {0};
    if (json.file[0] != '/' && sys_working_directory(file, sizeof(file)) > 0) {
        append_text(file, sizeof(file), "/");
    }
    append_text(file, sizeof(file), json.file);
    memory_path(id, path);
    i64 memory = sys_open(path, O_WRONLY | O_CREAT | O_TRUNC);
    if (memory < 0 || sys_write((int)memory, file, length_of(file)) != (i64)length_of(file)) {
        print(ERRORS, "shyper: %s cannot be written: the VM cannot restart by itself\n", path);
    }
    if (memory >= 0) {
        sys_close((int)memory);
    }
}

int config_recall(u64 id, char *path)
{
    char memory[PATH_SIZE];
    memory_path(id, memory);
    i64 file = sys_open(memory, O_RDONLY);
    if (file < 0) {
        return 0;
    }
    i64 size = sys_read((int)file, path, PATH_SIZE - 1);
    sys_close((int)file);
    path[size > 0 ? size : 0] = 0;
    return size > 0;
}

i64 config_vm(const char *file)
{
    i64 id = -1;
    int top = json_read(&json, file);
    if (top == NO_NODE) {
        return -1;
    }
    device_lock(1);
    int well = add_vm(top, &id) && add_cpu(top, (u64)id) && add_all(top, "memory", "region", 1, (u64)id, add_region) &&
               add_all(top, "emulated_device", "emulated_device_list", 0, (u64)id, add_emulated) &&
               add_all(top, "passthrough_device", "passthrough_device_list", 0, (u64)id, add_passthrough) &&
               add_all(top, "dtb_device", "dtb_device_list", 0, (u64)id, add_tree_node) && checked((u64)id) &&
               upload_all(top, (u64)id);
    if (!well && id >= 0) {
        device_call(CONFIG_DELETE, (u64)id, 0, 0, 0, 0, 0, 0);
        id = -1;
    }
    device_lock(0);
    if (well && !device_rehearses()) {
        remember((u64)id);
    }
    return id;
}

int config_upload(const char *file, u64 id)
{
    int top = json_read(&json, file);
    device_lock(1);
    int well = top != NO_NODE && upload_all(top, id);
    device_lock(0);
    return well;
}
