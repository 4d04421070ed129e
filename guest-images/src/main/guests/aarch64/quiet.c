/* A guest that takes no interrupts, and makes hypercalls that may be undefined. */
#include "runtime.h"

void handle_exception(struct frame *frame)
{
    if (!step_over_hypercall(frame)) {
        unexpected(frame);
    }
}
