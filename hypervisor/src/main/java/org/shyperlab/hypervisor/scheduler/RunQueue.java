package org.shyperlab.hypervisor.scheduler;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.VcpuState;

/** The vCPUs of one core, in a circle; round robin goes around it. */
public final class RunQueue {
    private final List<Vcpu> vcpus = new ArrayList<>();

    /** Adds a vCPU behind the others. */
    void add(Vcpu vcpu) {
        vcpus.add(vcpu);
    }

    /** Takes a vCPU out. */
    void remove(Vcpu vcpu) {
        if (!vcpus.remove(vcpu)) {
            throw new IllegalArgumentException(vcpu + " is not in this queue");
        }
    }

    /** Number of vCPUs, whatever their state. */
    public int size() {
        return vcpus.size();
    }

    /** A vCPU by its place in the circle. */
    public Vcpu get(int place) {
        return vcpus.get(place);
    }

    /** Number of vCPUs that could run or do. */
    public int runnable() {
        int count = 0;
        for (int i = 0; i < vcpus.size(); i++) {
            VcpuState state = vcpus.get(i).state();
            if (state == VcpuState.READY || state == VcpuState.RUNNING) {
                count++;
            }
        }
        return count;
    }

    /** The first vCPU after {@code last} (itself considered last) that is ready to run, or null when none is. */
    public @Nullable Vcpu next(@Nullable Vcpu last) {
        int start = last == null ? -1 : vcpus.indexOf(last);
        for (int i = 1; i <= vcpus.size(); i++) {
            Vcpu candidate = vcpus.get((start + i) % vcpus.size());
            if (candidate.state() == VcpuState.READY) {
                return candidate;
            }
        }
        return null;
    }
}
