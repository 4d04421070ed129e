/* The smallest guest: says where it is, counts, powers off. */
#include "runtime.h"

const char guest_name[] = "hello";

void guest_main(void)
{
    say("Hello from EL%d\n", READ_SYSREG(CurrentEL) >> 2 & 3);
    say("MIDR_EL1  %x\n", READ_SYSREG(midr_el1));
    say("MPIDR_EL1 %x\n", READ_SYSREG(mpidr_el1));
    say("PSCI by   %s\n", psci_by_hvc ? "HVC" : "SMC");
    say("cores     %d\n", (uint64_t)machine.cores);
    for (int64_t i = 1; i <= 5; i++) {
        say("count %d\n", i);
    }
    pass();
}
