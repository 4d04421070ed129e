/* The management VM's daemon: serves disks and files of other VMs, and gives restarting VMs their images. */
#ifndef DAEMON_H
#define DAEMON_H

/* Reads the configuration and serves until something breaks; returns the program's exit code. `port`: as for bell_open. */
int daemon_run(const char *file, const char *port);

#endif
