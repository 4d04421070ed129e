/* The latency guest's shared interrupt at the GIC, and the PL011 (DDI 0183) as its device. */
#include "../common/latency.h"

#define UARTDR (UART_BASE + 0x00)
#define UARTLCR_H (UART_BASE + 0x2c)
#define UARTIMSC (UART_BASE + 0x38)
#define RECEIVE_INTERRUPT (1 << 4)

extern const char latency_vectors[];

void enable_interrupt(unsigned number)
{
    WRITE_SYSREG(vbar_el1, (uint64_t)latency_vectors);
    gic_init_distributor();
    gic_init_core();
    gic_enable(number);
}

void describe_console(void)
{
    mailbox.argument = UART_INTID;
    mailbox.device = UARTDR;
    mailbox.device_access = DEVICE_READ;
}

void start_console(void)
{
    write32(UARTLCR_H, 3 << 5); /* FIFOs off: one interrupt per character */
    write32(UARTIMSC, RECEIVE_INTERRUPT);
}
