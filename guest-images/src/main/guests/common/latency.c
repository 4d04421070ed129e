/*
 * Interrupt latency: takes one device's interrupts as fast as it can. The mailbox says which (argument), how often (iterations, 0 =
 * without end), how the guest waits (selector 0 = WFI, 1 = spin) and how the device is quietened. Without a mailbox: 10 characters at
 * the console's port.
 */
#include "latency.h"

#define DEFAULT_COUNT 10

const char guest_name[] = "latency";

static bool enough(void)
{
    return mailbox.iterations && mailbox.result >= mailbox.iterations;
}

void guest_main(void)
{
    bool console = mailbox.argument == 0;
    mmu_build();
    mmu_on();
    if (console) {
        describe_console();
        mailbox.iterations = mailbox.iterations ? mailbox.iterations : DEFAULT_COUNT;
    }
    enable_interrupt((unsigned)mailbox.argument);
    if (console) {
        start_console();
    }
    say("latency: interrupt %d, %d times, %s\n", mailbox.argument, mailbox.iterations, mailbox.selector ? "spinning" : "in WFI");
    if (mailbox.selector) {
        UNMASK_INTERRUPTS();
        while (!enough()) {
        }
        MASK_INTERRUPTS();
    }
    while (!enough()) {
        sleep_once();
    }
    say("took %d interrupts\n", mailbox.result);
    pass();
}
