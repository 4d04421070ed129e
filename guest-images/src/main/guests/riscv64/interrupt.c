/* The latency guest's interrupt at the PLIC, or at the APLIC and the hart's interrupt file, and the NS16550 as its device. */
#include "../common/latency.h"
#include "controllers.h"

#define RBR 0
#define IER 1
#define FCR 2
#define RECEIVE_INTERRUPT 1

extern const char latency_vector_plic[], latency_vector_imsic[];
extern uint64_t claim_register;

void enable_interrupt(unsigned number)
{
    claim_register = PLIC_CLAIM(machine.id[0]);
    WRITE_CSR(stvec, (uint64_t)(board.has_imsics ? latency_vector_imsic : latency_vector_plic));
    controller_enable(number);
}

void describe_console(void)
{
    mailbox.argument = UART_SOURCE;
    mailbox.device = UART_BASE + RBR;
    mailbox.device_access = DEVICE_READ_BYTE;
}

void start_console(void)
{
    write8(UART_BASE + FCR, 0); /* FIFOs off: one interrupt per character */
    write8(UART_BASE + IER, RECEIVE_INTERRUPT);
}
