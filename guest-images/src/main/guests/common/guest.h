/*
 * What every guest of either architecture may use. Each architecture's runtime.h includes this file and adds its registers, its board and
 * these, which common code uses:
 *   YIELD(), WFI(), MASK_INTERRUPTS(), UNMASK_INTERRUPTS()    SYNCHRONIZE(): what others wrote, code too, is seen from here on
 *   core_number(), time_now(), time_frequency(), write_returning_code(), CORE_ALREADY_ON, CORE_INVALID, WINDOW
 * No standard library.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_CORES 8
#define PAGE_SIZE 4096
#define PHYSICAL_PAGE __attribute__((aligned(PAGE_SIZE)))

/* print.c: %s, %d (int64_t), %x (uint64_t, with 0x), %c, each argument 64 bits wide; %-Ns pads. "\n" goes out as CR LF. */
void say(const char *format, ...);
/* The architecture's console.c. */
void console_init(void);
void console_char(char c);

/* devicetree.c: the cores. id[number] is what firmware calls it; the core that is entered first is number 0. Without a tree: that one. */
struct machine {
    unsigned cores;
    uint64_t id[MAX_CORES];
};
extern struct machine machine;
void read_device_tree(const void *tree, uint64_t own_id);
uint32_t big32(const uint8_t *p);
bool equal(const char *a, const char *b);
bool starts_with(const char *text, const char *prefix);
/* The architecture's board.c: takes each property but a core's reg. node is the name of the node that it stands in. */
void board_property(const char *node, const char *name, const uint8_t *value, uint32_t size);

/* guest.c. The last line of every guest: "NAME: PASS" or "NAME: FAIL reason", then power off. */
__attribute__((noreturn)) void pass(void);
__attribute__((noreturn)) void fail(const char *reason);
/* Prints what and ok or WRONG; finish() ends with the first wrong one. */
void verdict(const char *what, bool right);
void remember_wrong(const char *what);
__attribute__((noreturn)) void finish(void);
/* Sleeps until an interrupt came and was handled. None is lost: WFI wakes for a masked one. */
void sleep_once(void);

/* Written by the architecture's exceptions.S. */
struct frame;
/* Each guest defines the first two; the others have defaults: the core stops; the guest fails. */
extern const char guest_name[];
__attribute__((noreturn)) void guest_main(void);
__attribute__((noreturn)) void secondary_main(unsigned number);
void handle_exception(struct frame *frame);
/* The architecture's board.c: prints the frame and fails. */
__attribute__((noreturn)) void unexpected(const struct frame *frame);

/* The architecture's firmware calls: PSCI or SBI's HSM and SRST. A core starts at secondary_entry, which hands its number on. */
enum core_state { CORE_ON = 0, CORE_OFF = 1 };
int64_t start_id(uint64_t id, unsigned number); /* 0 or an error */
int64_t core_state(uint64_t id);                /* a core_state or an error */
__attribute__((noreturn)) void power_off(void);
__attribute__((noreturn)) void restart(void);
__attribute__((noreturn)) void stop_core(void);
void secondary_entry(void);

/* The architecture's hypercall.c: a call of the hypervisor; negative when there is none. */
int64_t hypercall(uint64_t code, uint64_t x0, uint64_t x1, uint64_t x2);

/* The architecture's mmu.c: memory as it is, and WINDOW_PAGES pages from WINDOW on that tests remap. */
#define WINDOW_PAGES 512
void mmu_build(void);
void mmu_on(void);
void window_show(unsigned page, const void *physical); /* on every core */
void flush_translations(void);                         /* of this core */
void make_code_visible(void *start, size_t length);    /* to every core */

/* lock.c */
struct lock { uint32_t held; };
void lock_take(struct lock *lock);
void lock_release(struct lock *lock);

/* mailbox.S, in guests that are linked with it: set by the host in the image or in RAM, before the guest starts. */
struct mailbox {
    uint64_t magic;
    uint64_t selector;
    uint64_t iterations;
    uint64_t argument;
    uint64_t device;
    uint64_t device_access; /* one of device_access */
    uint64_t device_value;
    uint64_t result;
};
enum device_access { DEVICE_READ = 0, DEVICE_WRITE = 1, DEVICE_READ_BYTE = 2 }; /* 32 bits, but the last */
extern volatile struct mailbox mailbox;

#endif
