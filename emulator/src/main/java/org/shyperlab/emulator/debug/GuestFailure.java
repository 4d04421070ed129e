package org.shyperlab.emulator.debug;

import java.util.List;
import org.shyperlab.emulator.core.TrapKind;

/**
 * A guest that did something impossible, as plain facts for {@link FailureText}.
 *
 * @param vm the VM's id
 * @param vmName its name
 * @param vcpu the vCPU that failed
 * @param core the physical core it ran on
 * @param reason what the guest did and which rule it breaks, in words, without a full stop
 * @param exceptionLevel 0 or 1; VU or VS
 * @param pc program counter
 * @param processorState PSTATE in SPSR format; vsstatus
 * @param syndrome ESR_EL2; scause
 * @param virtualAddress FAR_EL2, for aborts; stval
 * @param registers X0 to X30; x0 to x31
 * @param recentTraps the vCPU's last traps, oldest first
 */
public record GuestFailure(
        int vm,
        String vmName,
        int vcpu,
        int core,
        String reason,
        int exceptionLevel,
        long pc,
        long processorState,
        int syndrome,
        long virtualAddress,
        List<Long> registers,
        List<RecentTrap> recentTraps) {
    /** Copies the lists. */
    public GuestFailure {
        registers = List.copyOf(registers);
        recentTraps = List.copyOf(recentTraps);
    }

    /**
     * One of the last traps.
     *
     * @param cycles virtual time in core cycles
     * @param kind what kind of trap
     * @param pc program counter
     * @param syndrome ESR_EL2; scause
     * @param ipa the intermediate (guest) physical address of aborts and guest page faults, else 0
     */
    public record RecentTrap(long cycles, TrapKind kind, long pc, int syndrome, long ipa) {}
}
