/* What the latency guest has in common (latency.c) and what each architecture adds (interrupt.c, latency-asm.S). */
#ifndef LATENCY_H
#define LATENCY_H

#include "runtime.h"

/* Makes the vectors of latency-asm.S those of this core, and enables this interrupt for it. */
void enable_interrupt(unsigned number);
/* The console's port, by its interrupt for one received character: fills in the mailbox. */
void describe_console(void);
/* Lets the port interrupt. */
void start_console(void);

#endif
