/* A tiny reader of the flattened device tree (Devicetree Specification v0.4, chapter 5): harts and the frequency of time. */
#include "runtime.h"
#include "../common/fdt.h"

struct machine machine;

/* Inside /cpus/cpu@N: reg is the hart ID, in one or two cells. The first hart is in place 0 already. */
static void add_hart(const uint8_t *reg, uint32_t size)
{
    uint64_t hart = size == 8 ? (uint64_t)big32(reg) << 32 | big32(reg + 4) : big32(reg);
    if (hart != machine.hart[0] && machine.cores < MAX_CORES) {
        machine.hart[machine.cores++] = hart;
    }
}

void read_device_tree(const void *tree, uint64_t boot_hart)
{
    const uint8_t *base = tree;
    machine.hart[0] = boot_hart;
    machine.cores = 1;
    if (!base || ((uint64_t)base & 7) || big32(base) != FDT_MAGIC) {
        return;
    }
    const uint8_t *p = base + big32(base + 8);
    const char *names = (const char *)base + big32(base + 12);
    int depth = 0;
    bool in_cpus = false;
    bool in_hart = false;
    for (;;) {
        uint32_t token = big32(p);
        p += 4;
        if (token == FDT_BEGIN_NODE) {
            const char *name = (const char *)p;
            depth++;
            if (depth == 2) {
                in_cpus = equal(name, "cpus");
            }
            in_hart = depth == 3 && in_cpus && starts_with(name, "cpu@");
            p += (length(name) + 4) & ~3UL;
        } else if (token == FDT_END_NODE) {
            depth--;
            in_hart = false;
        } else if (token == FDT_PROP) {
            uint32_t size = big32(p);
            const char *name = names + big32(p + 4);
            if (depth == 2 && in_cpus && equal(name, "timebase-frequency")) {
                machine.frequency = big32(p + 8 + size - 4);
            } else if (in_hart && equal(name, "reg")) {
                add_hart(p + 8, size);
            }
            p += 8 + ((size + 3) & ~3U);
        } else if (token != FDT_NOP) {
            break;
        }
    }
}
