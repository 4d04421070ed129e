/* What the real-time guest has in common (rtvm.c) and what each architecture adds (realtime.c). */
#ifndef RTVM_H
#define RTVM_H

#include "runtime.h"

/* By common code, from the device tree: the board's real-time clock is this guest's own. */
extern bool has_device;

/* By the architecture's realtime.c. */
extern const char rtc_compatible[]; /* the clock's first compatible string in the device tree */
extern const char device_moment[];  /* in words: when the device raises its line */
/* Interrupts of timer and device on, at the controller. */
void realtime_begin(void);
/* The clock of all measurements; only differences of less than 2^32 count. */
uint64_t clock_now(void);
uint64_t clock_frequency(void);
/* With interrupts masked. One timer interrupt when time_now() is `moment`. Returns what clock_now() is then. */
uint64_t timer_at(uint64_t moment);
/* The same of the device, `nanoseconds` from now or at once (device_moment). Returns what clock_now() is when its line rises. */
uint64_t device_in(uint64_t nanoseconds);

/* By the handler of either interrupt, with clock_now() as its first instructions saw it. */
void arrived(uint64_t now);

#endif
