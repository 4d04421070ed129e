#include "files.h"
#include "device.h"
#include "text.h"

enum { BEGIN, OPEN, CLOSE, READ, WRITE, LSEEK, STAT, UNLINK };
enum { MOST_FILES = 32, LONGEST_PATH = 255, REFUSED = -1, CREATE = 0x40, NEW = 0x80, EMPTY = 0x200, AT_END = 0x400, DIRECT = 0x4000 };
/* Unishyper takes smaller numbers for its own input and outputs. */
enum { FIRST_NUMBER = 3 };

struct open_file {
    u64 vm;
    int file;
};

static int folder = -1;
static struct open_file open_files[MOST_FILES];
static u8 data[FILES_SIZE];

int files_offer(const char *path)
{
    folder = (int)sys_open(path, O_RDONLY);
    for (int i = 0; i < MOST_FILES; i++) {
        open_files[i].file = -1;
    }
    return folder >= 0 && device_call(FILES_APPEND, device_address(FILES), FILES_SIZE, 0, 0, 0, 0, 0) >= 0;
}

/* The path of a call. Nothing outside of the folder: it does not start at the root, and .. does not occur. */
static int get_path(char *path, u64 length)
{
    if (length == 0 || length > LONGEST_PATH) {
        return 0;
    }
    device_get(data, FILES, length);
    int start = 1;
    for (u64 i = 0; i < length; i++) {
        path[i] = (char)data[i];
        int dots = start && path[i] == '.' && i + 1 < length && data[i + 1] == '.' && (i + 2 == length || data[i + 2] == '/');
        if (path[i] == 0 || dots) {
            return 0;
        }
        start = path[i] == '/';
    }
    path[length] = 0;
    return path[0] != '/';
}

/* A VM reaches its own files only. */
static int file_of(u64 vm, u64 number)
{
    const struct open_file *open = number - FIRST_NUMBER < MOST_FILES ? &open_files[number - FIRST_NUMBER] : NULL;
    return open && open->file >= 0 && open->vm == vm ? open->file : -1;
}

static i64 open_path(u64 vm, u64 length, u64 flags)
{
    char path[LONGEST_PATH + 1];
    if ((flags & 3) == 3 || (flags & ~(3UL | CREATE | NEW | EMPTY | AT_END | DIRECT)) != 0 || !get_path(path, length)) {
        return REFUSED;
    }
    for (int i = 0; i < MOST_FILES; i++) {
        if (open_files[i].file < 0) {
            int kernel_flags = (int)(flags & 3) | (flags & CREATE ? O_CREAT : 0) | (flags & NEW ? O_EXCL : 0) |
                               (flags & EMPTY ? O_TRUNC : 0) | (flags & AT_END ? O_APPEND : 0);
            i64 file = sys_open_beneath(folder, path, kernel_flags);
            if (file < 0) {
                return REFUSED;
            }
            open_files[i] = (struct open_file){vm, (int)file};
            return i + FIRST_NUMBER;
        }
    }
    return REFUSED;
}

static i64 size_of(u64 length)
{
    char path[LONGEST_PATH + 1];
    i64 file = get_path(path, length) ? sys_open_beneath(folder, path, O_RDONLY) : REFUSED;
    if (file < 0) {
        return REFUSED;
    }
    i64 size = sys_seek((int)file, 0, SEEK_END);
    sys_close((int)file);
    return size < 0 ? REFUSED : size;
}

/* The folder that holds the file is opened beneath ours, so that no link leads out. */
static i64 remove_path(u64 length)
{
    char path[LONGEST_PATH + 1];
    if (!get_path(path, length)) {
        return REFUSED;
    }
    u64 cut = length;
    while (cut > 0 && path[cut - 1] != '/') {
        cut--;
    }
    const char *name = path + cut;
    i64 holder = folder;
    if (cut > 0) {
        path[cut - 1] = 0;
        holder = sys_open_beneath(folder, path, O_RDONLY);
    }
    i64 result = holder < 0 ? REFUSED : sys_unlink((int)holder, name);
    if (holder >= 0 && holder != folder) {
        sys_close((int)holder);
    }
    return result < 0 ? REFUSED : 0;
}

static i64 move_data(u64 vm, u64 number, u64 length, int writing)
{
    int file = file_of(vm, number);
    if (file < 0 || length > FILES_SIZE) {
        return REFUSED;
    }
    if (writing) {
        device_get(data, FILES, length);
    }
    i64 moved = writing ? sys_write(file, data, length) : sys_read(file, data, length);
    if (!writing && moved > 0) {
        device_put(FILES, data, (u64)moved);
    }
    return moved < 0 ? REFUSED : moved;
}

static i64 close_file(u64 vm, u64 number)
{
    int file = file_of(vm, number);
    if (file < 0) {
        return REFUSED;
    }
    open_files[number - FIRST_NUMBER].file = -1;
    return sys_close(file);
}

static i64 close_all(u64 vm)
{
    for (u64 number = FIRST_NUMBER; number < FIRST_NUMBER + MOST_FILES; number++) {
        if (file_of(vm, number) >= 0) {
            close_file(vm, number);
        }
    }
    return 0;
}

static i64 seek(u64 vm, u64 number, u64 offset, u64 whence)
{
    int file = file_of(vm, number);
    i64 at = file < 0 ? REFUSED : sys_seek(file, (i64)offset, (int)whence);
    return at < 0 ? REFUSED : at;
}

static i64 serve(const u64 *message)
{
    u64 vm = message[2];
    switch (message[1]) {
    case BEGIN:
        return close_all(vm);
    case OPEN:
        return open_path(vm, message[3], message[4]);
    case CLOSE:
        return close_file(vm, message[3]);
    case READ:
        return move_data(vm, message[3], message[4], 0);
    case WRITE:
        return move_data(vm, message[3], message[4], 1);
    case LSEEK:
        return seek(vm, message[3], message[4], message[5]);
    case STAT:
        return size_of(message[3]);
    case UNLINK:
        return remove_path(message[3]);
    default:
        return REFUSED;
    }
}

void files_serve(const u64 *message)
{
    i64 result = device_call(FILES_DONE, message[2], (u64)serve(message), 0, 0, 0, 0, 0);
    if (result < 0) {
        print(ERRORS, "shyper: file call of VM %u: %s\n", message[2], error_text(result));
    }
}
