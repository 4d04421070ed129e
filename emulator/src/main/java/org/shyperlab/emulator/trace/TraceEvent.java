package org.shyperlab.emulator.trace;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.TrapKind;

/**
 * One recorded event, made only when somebody reads it.
 *
 * @param sequence position in the run, from 0
 * @param type what happened
 * @param nanos virtual nanoseconds since power-on
 * @param cycles virtual time in core cycles
 * @param core index of the physical core; -1 when not known
 * @param vm the VM, or {@link Trace#NATIVE}
 * @param vcpu the vCPU; natively the core; -1 when no guest is concerned
 * @param kind the trap's kind; null for interrupts
 * @param pc the guest's program counter at the trap
 * @param syndrome the trap's syndrome register (ESR_EL2; scause); zero for interrupts
 * @param detail what {@link Trace#trap} says of it; for interrupts their number
 */
public record TraceEvent(
        long sequence,
        Type type,
        long nanos,
        long cycles,
        int core,
        int vm,
        int vcpu,
        @Nullable TrapKind kind,
        long pc,
        int syndrome,
        long detail) {
    /** What an event tells about. */
    public enum Type {
        /** A guest came to the hypervisor's (or firmware's) level. */
        TRAP("trap"),
        /** An interrupt was made pending for a vCPU. */
        INJECTED("injected"),
        /** A core took a physical interrupt. */
        PHYSICAL_INTERRUPT("physical-irq");

        private final String label;

        Type(String label) {
            this.label = label;
        }

        /** The name in traces. */
        public String label() {
            return label;
        }
    }

    /** {@code native}, or the VM's number as text. */
    public String vmLabel() {
        return Trace.vmLabel(vm);
    }
}
