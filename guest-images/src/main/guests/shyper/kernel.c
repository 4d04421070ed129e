/* System calls by their numbers: AArch64 and RISC-V share the kernel's generic table. */
#include "kernel.h"

#if defined(__x86_64__)
enum {
    GETCWD = 79, IOCTL = 16, FLOCK = 73, UNLINKAT = 263, OPENAT = 257, CLOSE = 3, GETDENTS = 217, LSEEK = 8, READ = 0,
    WRITE = 1, PREAD = 17, PWRITE = 18, FSYNC = 74, NANOSLEEP = 35, MMAP = 9, READLINKAT = 267, PPOLL = 271,
    CLOCK_GETTIME = 228, SCHED_YIELD = 24, OPENAT2 = 437
};
#else
enum {
    GETCWD = 17, IOCTL = 29, FLOCK = 32, UNLINKAT = 35, OPENAT = 56, CLOSE = 57, GETDENTS = 61, LSEEK = 62, READ = 63,
    WRITE = 64, PREAD = 67, PWRITE = 68, FSYNC = 82, NANOSLEEP = 101, MMAP = 222, READLINKAT = 78, PPOLL = 73,
    CLOCK_GETTIME = 113, SCHED_YIELD = 124, OPENAT2 = 437
};
#endif

enum { AT_FDCWD = -100, CLOCK_MONOTONIC = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8, PROT_RW = 3, MAP_SHARED = 1, O_CLOEXEC = 02000000 };
enum { TCGETS = 0x5401, TCSETS = 0x5402, POLLIN = 1, RESOLVE_NO_MAGICLINKS = 0x02, RESOLVE_BENEATH = 0x08 };

static i64 call(i64 number, i64 a, i64 b, i64 c, i64 d, i64 e, i64 f)
{
#if defined(__aarch64__)
    register i64 x0 __asm__("x0") = a;
    register i64 x1 __asm__("x1") = b;
    register i64 x2 __asm__("x2") = c;
    register i64 x3 __asm__("x3") = d;
    register i64 x4 __asm__("x4") = e;
    register i64 x5 __asm__("x5") = f;
    register i64 x8 __asm__("x8") = number;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(x8) : "memory");
    return x0;
#elif defined(__riscv)
    register i64 a0 __asm__("a0") = a;
    register i64 a1 __asm__("a1") = b;
    register i64 a2 __asm__("a2") = c;
    register i64 a3 __asm__("a3") = d;
    register i64 a4 __asm__("a4") = e;
    register i64 a5 __asm__("a5") = f;
    register i64 a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7) : "memory");
    return a0;
#else
    register i64 r10 __asm__("r10") = d;
    register i64 r8 __asm__("r8") = e;
    register i64 r9 __asm__("r9") = f;
    i64 result = number;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#endif
}

i64 sys_open(const char *path, int flags)
{
    return call(OPENAT, AT_FDCWD, (i64)path, flags | O_CLOEXEC, 0644, 0, 0);
}

/* The kernel itself refuses paths that lead out of the directory, by .. or by links. */
i64 sys_open_beneath(int directory, const char *path, int flags)
{
    u64 how[3] = {(u64)(flags | O_CLOEXEC), (flags & O_CREAT) ? 0644 : 0, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    return call(OPENAT2, directory, (i64)path, (i64)how, sizeof(how), 0, 0);
}

i64 sys_close(int file)
{
    return call(CLOSE, file, 0, 0, 0, 0, 0);
}

i64 sys_read(int file, void *to, u64 size)
{
    return call(READ, file, (i64)to, (i64)size, 0, 0, 0);
}

i64 sys_write(int file, const void *from, u64 size)
{
    return call(WRITE, file, (i64)from, (i64)size, 0, 0, 0);
}

i64 sys_pread(int file, void *to, u64 size, u64 offset)
{
    return call(PREAD, file, (i64)to, (i64)size, (i64)offset, 0, 0);
}

i64 sys_pwrite(int file, const void *from, u64 size, u64 offset)
{
    return call(PWRITE, file, (i64)from, (i64)size, (i64)offset, 0, 0);
}

i64 sys_seek(int file, i64 offset, int whence)
{
    return call(LSEEK, file, offset, whence, 0, 0, 0);
}

i64 sys_sync(int file)
{
    return call(FSYNC, file, 0, 0, 0, 0, 0);
}

i64 sys_unlink(int directory, const char *name)
{
    return call(UNLINKAT, directory, (i64)name, 0, 0, 0, 0);
}

i64 sys_link(const char *path, char *to, u64 size)
{
    return call(READLINKAT, AT_FDCWD, (i64)path, (i64)to, (i64)size, 0, 0);
}

i64 sys_directory(int file, void *to, u64 size)
{
    return call(GETDENTS, file, (i64)to, (i64)size, 0, 0, 0);
}

i64 sys_lock(int file, int locked)
{
    return call(FLOCK, file, locked ? LOCK_EX : LOCK_UN, 0, 0, 0, 0);
}

i64 sys_try_lock(int file)
{
    return call(FLOCK, file, LOCK_EX | LOCK_NB, 0, 0, 0, 0);
}

i64 sys_map(int file, u64 address, u64 size)
{
    return call(MMAP, 0, (i64)size, PROT_RW, MAP_SHARED, file, (i64)address);
}

/* No echo, no lines: struct termios of the kernel is four words of flags, a line discipline and 19 control characters. */
i64 sys_raw_terminal(int file)
{
    u32 settings[16] = {0};
    i64 result = call(IOCTL, file, TCGETS, (i64)settings, 0, 0, 0);
    if (result < 0) {
        return result;
    }
    settings[0] = 0;
    settings[1] = 0;
    settings[3] = 0;
    return call(IOCTL, file, TCSETS, (i64)settings, 0, 0, 0);
}

i64 sys_working_directory(char *to, u64 size)
{
    return call(GETCWD, (i64)to, (i64)size, 0, 0, 0, 0);
}

struct time {
    i64 seconds;
    i64 nanoseconds;
};

static struct time time_of(u64 milliseconds)
{
    return (struct time){(i64)(milliseconds / 1000), (i64)(milliseconds % 1000 * 1000000)};
}

i64 sys_wait(int file, u64 milliseconds)
{
    struct time time = time_of(milliseconds);
    struct {
        int file;
        short wanted, seen;
    } poll = {file, POLLIN, 0};
    return call(PPOLL, (i64)&poll, 1, (i64)&time, 0, 0, 0);
}

void sys_sleep(u64 milliseconds)
{
    struct time time = time_of(milliseconds);
    call(NANOSLEEP, (i64)&time, 0, 0, 0, 0, 0);
}

u64 sys_nanoseconds(void)
{
    struct time now = {0, 0};
    call(CLOCK_GETTIME, CLOCK_MONOTONIC, (i64)&now, 0, 0, 0, 0);
    return (u64)now.seconds * 1000000000 + (u64)now.nanoseconds;
}

void sys_yield(void)
{
    call(SCHED_YIELD, 0, 0, 0, 0, 0, 0);
}
