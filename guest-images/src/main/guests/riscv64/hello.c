/* The smallest guest: says where it is, counts, powers off. */
#include "runtime.h"

const char guest_name[] = "hello";

void guest_main(void)
{
    int64_t version = sbi(SBI_BASE, 0, 0, 0, 0, 0).value;
    say("Hello from S mode\n");
    say("hart  %d\n", machine.id[0]);
    say("SBI   %d.%d\n", version >> 24 & 0x7f, version & 0xffffff);
    say("time  %d Hz\n", board.frequency);
    say("cores %d\n", (uint64_t)machine.cores);
    for (int64_t i = 1; i <= 5; i++) {
        say("count %d\n", i);
    }
    pass();
}
