/* What the device tree tells beside the harts, and how an exception is reported. */
#include "runtime.h"

struct board board;

void board_property(const char *node, const char *name, const uint8_t *value, uint32_t size)
{
    if (equal(node, "cpus") && equal(name, "timebase-frequency")) {
        board.frequency = big32(value + size - 4);
    } else if (starts_with(node, "imsics@")) {
        board.has_imsics = true;
    }
}

void unexpected(const struct frame *frame)
{
    say("scause %x sepc %x stval %x\n", frame->cause, frame->pc, frame->value);
    fail("unexpected exception");
}
