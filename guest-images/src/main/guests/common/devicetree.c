/* A tiny reader of the flattened device tree (Devicetree Specification v0.4, chapter 5): the cores; the rest is the architecture's. */
#include "runtime.h"

enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4 };
#define MAGIC 0xd00dfeed

struct machine machine;

uint32_t big32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool starts_with(const char *text, const char *prefix)
{
    while (*prefix && *text == *prefix) {
        text++;
        prefix++;
    }
    return !*prefix;
}

static size_t length(const char *text)
{
    size_t n = 0;
    while (text[n]) {
        n++;
    }
    return n;
}

/* The ID is one or two cells. The first core is in place 0 already. */
static void add_core(const uint8_t *reg, uint32_t size)
{
    uint64_t id = size == 8 ? (uint64_t)big32(reg) << 32 | big32(reg + 4) : big32(reg);
    if (id != machine.id[0] && machine.cores < MAX_CORES) {
        machine.id[machine.cores++] = id;
    }
}

static void property(const char *node, const char *name, const uint8_t *value, uint32_t size)
{
    if (starts_with(node, "cpu@") && equal(name, "reg")) {
        add_core(value, size);
    } else {
        board_property(node, name, value, size);
    }
}

void read_device_tree(const void *tree, uint64_t own_id)
{
    const uint8_t *base = tree;
    machine.id[0] = own_id;
    machine.cores = 1;
    if (!base || ((uint64_t)base & 7) || big32(base) != MAGIC) {
        return;
    }
    const uint8_t *p = base + big32(base + 8);
    const char *names = (const char *)base + big32(base + 12);
    const char *node = ""; /* a node's properties stand before the nodes in it */
    for (;;) {
        uint32_t token = big32(p);
        p += 4;
        if (token == BEGIN_NODE) {
            node = (const char *)p;
            p += (length(node) + 4) & ~3UL;
        } else if (token == PROPERTY) {
            uint32_t size = big32(p);
            property(node, names + big32(p + 4), p + 8, size);
            p += 8 + ((size + 3) & ~3U);
        } else if (token == END_NODE) {
            node = "";
        } else if (token != NOP) {
            return;
        }
    }
}
