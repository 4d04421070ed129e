/*
 * Interrupt latency: takes one SPI as fast as it can. The mailbox says which (argument), how often (iterations, 0 = without end), how
 * the guest waits (selector 0 = WFI, 1 = spin) and how the device is quietened. Without a mailbox: 10 characters at the PL011.
 */
#include "runtime.h"

#define UARTDR (UART_BASE + 0x00)
#define UARTLCR_H (UART_BASE + 0x2c)
#define UARTIMSC (UART_BASE + 0x38)
#define RECEIVE_INTERRUPT (1 << 4)
#define DEFAULT_COUNT 10

const char guest_name[] = "latency";
extern const char latency_vectors[];

static void default_device(void)
{
    mailbox.argument = UART_INTID;
    mailbox.device = UARTDR;
    mailbox.device_write = 0;
    mailbox.iterations = mailbox.iterations ? mailbox.iterations : DEFAULT_COUNT;
    write32(UARTLCR_H, 3 << 5); /* FIFOs off: one interrupt per character */
    write32(UARTIMSC, RECEIVE_INTERRUPT);
}

static bool enough(void)
{
    return mailbox.iterations && mailbox.result >= mailbox.iterations;
}

void guest_main(void)
{
    mmu_build();
    mmu_on();
    if (mailbox.argument == 0) {
        default_device();
    }
    WRITE_SYSREG(vbar_el1, (uint64_t)latency_vectors);
    gic_init_distributor();
    gic_init_core();
    gic_enable((unsigned)mailbox.argument);
    say("latency: INTID %d, %d interrupts, %s\n", mailbox.argument, mailbox.iterations, mailbox.selector ? "spinning" : "in WFI");
    if (mailbox.selector) {
        UNMASK_IRQ();
        while (!enough()) {
        }
        MASK_IRQ();
    }
    while (!enough()) {
        WFI(); /* masked, so that no interrupt slips in between test and WFI */
        UNMASK_IRQ();
        ISB();
        MASK_IRQ();
    }
    say("took %d interrupts\n", mailbox.result);
    pass();
}
