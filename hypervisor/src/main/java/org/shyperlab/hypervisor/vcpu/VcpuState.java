package org.shyperlab.hypervisor.vcpu;

/** What a vCPU does as the scheduler sees it. */
public enum VcpuState {
    /** Powered off: never started, or switched itself off, or its VM was stopped. */
    OFF,
    /** Asked to start; its core has not done so yet. */
    STARTING,
    /** Could run, but another vCPU of its core does. */
    READY,
    /** Its core runs it. */
    RUNNING,
    /** Waits for an interrupt. */
    BLOCKED,
    /** Its VM was paused. */
    PAUSED
}
