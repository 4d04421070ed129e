package org.shyperlab.hypervisor;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.hypervisor.memory.StageTwoWalk;
import org.shyperlab.hypervisor.vcpu.TrapRing;

/**
 * Why a VM was stopped, as data; the emulator's debug room knows how to put it into words.
 *
 * @param vm the VM's id
 * @param vmName its name
 * @param vcpu the vCPU that failed
 * @param core the physical core it ran on
 * @param reason what the guest did and which rule it breaks
 * @param kind kind of the trap
 * @param exceptionLevel 0 or 1; VU or VS
 * @param pc program counter
 * @param processorState PSTATE in SPSR format; vsstatus
 * @param syndrome ESR_EL2; scause
 * @param virtualAddress FAR_EL2 where the trap has one, else 0; stval
 * @param ipa intermediate physical address of aborts, else 0
 * @param stageTwo stage 2's walk of {@code ipa}; null when the trap is no abort
 * @param registers X0 to X30; x0 to x31
 * @param recentTraps the vCPU's last traps, oldest first; the last is this one
 */
public record FailureReport(
        int vm,
        String vmName,
        int vcpu,
        int core,
        String reason,
        TrapKind kind,
        int exceptionLevel,
        long pc,
        long processorState,
        int syndrome,
        long virtualAddress,
        long ipa,
        @Nullable StageTwoWalk stageTwo,
        List<Long> registers,
        List<TrapRing.Entry> recentTraps) {
    /** Copies the lists. */
    public FailureReport {
        registers = List.copyOf(registers);
        recentTraps = List.copyOf(recentTraps);
    }
}
