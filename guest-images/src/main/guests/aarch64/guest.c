/* The frame of every guest: start, verdict, and the defaults for what a guest does not define. */
#include "runtime.h"

void run_guest(const void *tree);
void run_secondary(unsigned number);

void run_guest(const void *tree)
{
    read_device_tree(tree);
    console_init();
    guest_main();
}

void run_secondary(unsigned number)
{
    secondary_main(number);
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

__attribute__((weak)) void secondary_main(unsigned number)
{
    (void)number;
    stop_core();
}

__attribute__((weak)) void handle_exception(struct frame *frame, uint64_t vector)
{
    say("unexpected exception: vector %d ESR %x ELR %x FAR %x\n", vector, frame->esr, frame->pc, frame->far);
    fail("unexpected exception");
}
