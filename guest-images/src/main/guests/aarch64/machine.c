/* A tiny reader of the flattened device tree (Devicetree Specification v0.4, chapter 5). */
#include "runtime.h"
#include "../common/fdt.h"

struct machine machine;

/* Inside /cpus/cpu@N: reg is the affinity, in one or two cells. */
static void add_core(const uint8_t *reg, uint32_t size)
{
    if (machine.cores < MAX_CORES) {
        uint64_t affinity = big32(reg);
        if (size == 8) {
            affinity = affinity << 32 | big32(reg + 4);
        }
        machine.affinity[machine.cores++] = affinity;
    }
}

void read_device_tree(const void *tree)
{
    const uint8_t *base = tree;
    if (base && !((uint64_t)base & 7) && big32(base) == FDT_MAGIC) {
        const uint8_t *p = base + big32(base + 8);
        const char *names = (const char *)base + big32(base + 12);
        int depth = 0;
        bool in_psci = false;
        bool in_cpus = false;
        bool in_core = false;
        machine.has_device_tree = true;
        for (;;) {
            uint32_t token = big32(p);
            p += 4;
            if (token == FDT_BEGIN_NODE) {
                const char *name = (const char *)p;
                depth++;
                if (depth == 2) {
                    in_psci = equal(name, "psci");
                    in_cpus = equal(name, "cpus");
                }
                in_core = depth == 3 && in_cpus && starts_with(name, "cpu@");
                p += (length(name) + 4) & ~3UL;
            } else if (token == FDT_END_NODE) {
                depth--;
                in_core = false;
            } else if (token == FDT_PROP) {
                uint32_t size = big32(p);
                const char *name = names + big32(p + 4);
                if (depth == 2 && in_psci && equal(name, "method")) {
                    machine.psci_by_hvc = equal((const char *)p + 8, "hvc");
                } else if (in_core && equal(name, "reg")) {
                    add_core(p + 8, size);
                }
                p += 8 + ((size + 3) & ~3U);
            } else if (token != FDT_NOP) {
                break;
            }
        }
    }
    if (machine.cores == 0) {
        machine.cores = 1;
        machine.affinity[0] = READ_SYSREG(mpidr_el1) & 0xff00ffffffUL;
    }
}
