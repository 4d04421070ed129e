/* Messages of the hypervisor to the daemon, in the ring in the shared window. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "kernel.h"

enum { MESSAGE_WORDS = 6 };

/* Begins with an empty ring; a negative result is an error of a call. */
i64 messages_open(void);

/* Takes the next message; returns 0 when there is none. */
int messages_next(u64 *message);

/* Sleeps until there may be one; returns 0 when that is not possible any more. */
int messages_wait(void);

#endif
