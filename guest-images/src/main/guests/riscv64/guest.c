/* The frame of every guest: start, verdicts, and the defaults for what a guest does not define. */
#include "runtime.h"

static const char *first_wrong;

void run_guest(uint64_t hart, const void *tree);
void run_secondary(unsigned number);

void run_guest(uint64_t hart, const void *tree)
{
    read_device_tree(tree, hart);
    console_init();
    guest_main();
}

void run_secondary(unsigned number)
{
    secondary_main(number);
}

void verdict(const char *what, bool right)
{
    say("%-46s %s\n", what, right ? "ok" : "WRONG");
    if (!right && !first_wrong) {
        first_wrong = what;
    }
}

void finish(void)
{
    if (first_wrong) {
        fail(first_wrong);
    }
    pass();
}

void pass(void)
{
    say("%s: PASS\n", guest_name);
    power_off();
}

void fail(const char *reason)
{
    say("%s: FAIL %s\n", guest_name, reason);
    power_off();
}

void unexpected(const struct frame *frame)
{
    say("scause %x sepc %x stval %x\n", frame->cause, frame->pc, frame->value);
    fail("unexpected exception");
}

__attribute__((weak)) void secondary_main(unsigned number)
{
    (void)number;
    stop_core();
}

__attribute__((weak)) void handle_exception(struct frame *frame)
{
    unexpected(frame);
}
