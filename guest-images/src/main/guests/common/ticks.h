/* What the timer guests have in common: 100 periodic interrupts of 1 ms with their latencies, and what surrounds them. */
#ifndef TICKS_H
#define TICKS_H

#include "runtime.h"

#define TICKS 100

/* By the architecture's timer.c, of the timer under test. */
uint64_t timer_count(void);
void timer_start(uint64_t moment); /* one interrupt then, and none before */
void timer_off(void);

/* Ticks of a millisecond. */
extern uint64_t period;
extern volatile unsigned taken;
/* When the next interrupt is due. */
extern volatile uint64_t deadline;

/* By the handler of the timer's interrupt: judges its moment, and starts the next or, after TICKS, turns the timer off. */
void tick(void);
/* One interrupt more is wanted, at this moment. */
void expect_one(uint64_t moment);
void wait_until(uint64_t moment);
void check_counter(void);
void run_periodic(void);

#endif
