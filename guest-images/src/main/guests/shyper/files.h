/* File calls of unikernels, served inside one folder. */
#ifndef FILES_H
#define FILES_H

#include "kernel.h"

/* Offers the folder to other VMs; returns whether the hypervisor agrees. */
int files_offer(const char *folder);

/* Carries out the file call in a message and answers it. */
void files_serve(const u64 *message);

#endif
