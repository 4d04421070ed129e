/* The shyper device of this VM: hypercalls from user space, and memory that the hypervisor and we share (docs/hypercalls.md). */
#ifndef DEVICE_H
#define DEVICE_H

#include "kernel.h"

/* class << 8 | event, with Rust-Shyper's numbers. */
enum call {
    SYS_REBOOT = 0x0000, SYS_SHUTDOWN = 0x0001, SYS_UPDATE = 0x0003, SYS_TEST = 0x0004,
    VMM_LIST = 0x0100, VMM_BOOT = 0x0102, VMM_SHUTDOWN = 0x0103, VMM_REBOOT = 0x0104, VMM_GET_ID = 0x0108, VMM_MIGRATE = 0x010a,
    VMM_REMOVE = 0x0110, VMM_PAUSE = 0x0111, VMM_RESUME = 0x0112, VMM_LIST_FROM = 0x0113,
    IVC_UPDATE_MQ = 0x0200, IVC_ACK = 0x0205, IVC_SHARE_COUNTERS = 0x0213,
    MEDIATED_APPEND = 0x0330, MEDIATED_DONE = 0x0331,
    CONFIG_ADD = 0x1100, CONFIG_DELETE = 0x1101, CONFIG_CPU = 0x1102, CONFIG_MEMORY = 0x1103, CONFIG_EMULATED = 0x1104,
    CONFIG_PASSTHROUGH = 0x1105, CONFIG_IRQS = 0x1106, CONFIG_TREE_NODE = 0x1108, CONFIG_KERNEL = 0x1109,
    CONFIG_DEVICE_TREE = 0x110b, CONFIG_RAMDISK = 0x110c, CONFIG_CHECK = 0x110d,
    FILES_APPEND = 0x1210, FILES_DONE = 0x1211
};

/* What lies where in the shared window. */
enum {
    RING = 0x0000,     /* message ring of the daemon */
    COUNTERS = 0x1000, /* numbers of messages written and read */
    SCRATCH = 0x2000,  /* arguments of one call at a time */
    SCRATCH_SIZE = 0x4000,
    CALLS = 0x6000,    /* blocks of calls: one that commands share, one of the daemon */
    CALL_SIZE = 0x80,
    UPLOAD = 0x10000,  /* parts of images */
    UPLOAD_SIZE = 0xf0000,
    FILES = 0x100000,  /* paths and data of file calls */
    FILES_SIZE = 0x10000,
    DISKS = 0x120000   /* buffers of disks, to the end */
};

/* Finds and maps the device. Prints what is missing and returns 0 when it cannot; `rehearse` prints calls instead of making them. */
int device_open(int rehearse);

/* Guest physical address of an offset in the window; for arguments of calls. */
u64 device_address(u64 offset);
u64 device_window_size(void);

/* Whether calls are only printed. */
int device_rehearses(void);

/*
 * Copies to and from the window, in 8-byte accesses: Linux maps it as device memory. The window may get up to 7 bytes of zero more.
 * Fast when our side is aligned to 8 bytes.
 */
void device_put(u64 offset, const void *from, u64 size);
void device_get(void *to, u64 offset, u64 size);
u64 device_word(u64 offset);
void device_put_word(u64 offset, u64 value);

/* Guest physical address of the virtio console on which the hypervisor tells of messages, or 0; and a line written to it to try it. */
u64 device_notification_port(void);
void device_ring(void);

/* One command at a time uses SCRATCH and UPLOAD: others wait. */
void device_lock(int locked);

/* From now on this process makes its calls in a block of its own and waits for no other one: the daemon. */
void device_serve(void);

/* Makes a call; negative results are errors. */
i64 device_call(enum call code, u64 x0, u64 x1, u64 x2, u64 x3, u64 x4, u64 x5, u64 x6);

/* What an error of a call means. */
const char *error_text(i64 error);

#endif
