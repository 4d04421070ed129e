/* VM configuration files, as Rust-Shyper's, sent to the hypervisor piece by piece. */
#ifndef CONFIG_H
#define CONFIG_H

#include "kernel.h"

enum { PATH_SIZE = 512 };

/* Configures a VM and uploads its images; returns its id, or -1 after printing what is wrong. */
i64 config_vm(const char *file);

/* Uploads the images of a VM that was configured from the file once more. Returns whether all went well. */
int config_upload(const char *file, u64 id);

/* Where the file of a VM that was configured is remembered, for its restart. */
int config_recall(u64 id, char *path);

#endif
