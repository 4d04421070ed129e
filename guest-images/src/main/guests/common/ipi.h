/* What the ipi guest has in common (ipi.c) and what each architecture adds (sends.c): its senders and their checks. */
#ifndef IPI_H
#define IPI_H

#include "runtime.h"

/* Is called once on each core, with interrupts masked, on core 0 first. */
void prepare_receiver(unsigned number);
void check_senders(void);
/* To one core, by our number. */
void send_to(unsigned core);

/* By the handler of interrupts: one more has come to this core. */
void receive(void);
/* Before something is sent, and after: expects one interrupt on the cores of expected (bit = our number), none elsewhere. */
void forget_received(void);
void expect_received(const char *what, unsigned expected);

#endif
