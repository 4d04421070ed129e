/* What wakes the daemon: the VM's notification port, a virtio console on which the hypervisor writes a line for every message. */
#ifndef BELL_H
#define BELL_H

/*
 * Opens `port`, or without one the terminal of the notification port that the shyper device names, and tries whether it rings.
 * Says what it found; when that does not ring, bell_wait looks at the clock instead.
 */
void bell_open(const char *port);

/* Sleeps until something may have happened; returns 0 when that is not possible any more. */
int bell_wait(void);

#endif
