/* The frame of every guest: start, verdicts, and the defaults for what a guest does not define. */
#include "runtime.h"

static const char *first_wrong;

void run_guest(uint64_t own_id, const void *tree);
void run_secondary(unsigned number);

void run_guest(uint64_t own_id, const void *tree)
{
    read_device_tree(tree, own_id);
    console_init();
    guest_main();
}

void run_secondary(unsigned number)
{
    secondary_main(number);
}

void remember_wrong(const char *what)
{
    first_wrong = first_wrong ? first_wrong : what;
}

void verdict(const char *what, bool right)
{
    say("%-46s %s\n", what, right ? "ok" : "WRONG");
    if (!right) {
        remember_wrong(what);
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

void sleep_once(void)
{
    WFI();
    UNMASK_INTERRUPTS();
    MASK_INTERRUPTS();
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
