/* Linux system calls, without a C library: the program is one small static file that runs on every kernel of its architecture. */
#ifndef KERNEL_H
#define KERNEL_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;
typedef long i64;

#define NULL ((void *)0)

enum { O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0100, O_EXCL = 0200, O_TRUNC = 01000, O_APPEND = 02000, O_SYNC = 04010000 };
enum { SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2 };

/* Results are those of the kernel: negative numbers are errors. */
i64 sys_open(const char *path, int flags);
i64 sys_open_beneath(int directory, const char *path, int flags);
i64 sys_close(int file);
i64 sys_read(int file, void *to, u64 size);
i64 sys_write(int file, const void *from, u64 size);
i64 sys_pread(int file, void *to, u64 size, u64 offset);
i64 sys_pwrite(int file, const void *from, u64 size, u64 offset);
i64 sys_seek(int file, i64 offset, int whence);
i64 sys_sync(int file);
i64 sys_unlink(int directory, const char *name);
i64 sys_link(const char *path, char *to, u64 size);
i64 sys_directory(int file, void *to, u64 size);
i64 sys_lock(int file, int locked);
/* Locks the file unless another process has it locked, which is an error then. The lock goes with the process. */
i64 sys_try_lock(int file);
i64 sys_map(int file, u64 address, u64 size);
i64 sys_raw_terminal(int file);
i64 sys_working_directory(char *to, u64 size);
/* Waits until the file can be read, at most so long; 0 when it cannot. */
i64 sys_wait(int file, u64 milliseconds);
void sys_sleep(u64 milliseconds);
/* Time since some moment. */
u64 sys_nanoseconds(void);
/* Lets other processes run first. */
void sys_yield(void);

#endif
