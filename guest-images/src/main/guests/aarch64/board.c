/* What the device tree tells beside the cores, and how an exception is reported. */
#include "runtime.h"

bool psci_by_hvc;

void board_property(const char *node, const char *name, const uint8_t *value, uint32_t size)
{
    (void)size;
    if (equal(node, "psci") && equal(name, "method")) {
        psci_by_hvc = equal((const char *)value, "hvc");
    }
}

void unexpected(const struct frame *frame)
{
    say("vector %d ESR %x ELR %x FAR %x\n", frame->vector, frame->esr, frame->pc, frame->far);
    fail("unexpected exception");
}
