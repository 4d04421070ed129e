package org.shyperlab.hypervisor.scheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vcpu.VcpuState;

/** The vCPUs of one core, in a fixed circle; round robin goes around it. */
public final class RunQueue<V extends Vcpu> {
    private final List<V> vcpus;

    /** A circle of these vCPUs, all of one core. */
    public RunQueue(List<V> vcpus) {
        this.vcpus = List.copyOf(vcpus);
    }

    /** Number of vCPUs, whatever their state. */
    public int size() {
        return vcpus.size();
    }

    /** A vCPU by its place in the circle. */
    public V get(int place) {
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
    public @Nullable V next(@Nullable V last) {
        int start = last == null ? -1 : vcpus.indexOf(last);
        for (int i = 1; i <= vcpus.size(); i++) {
            V candidate = vcpus.get((start + i) % vcpus.size());
            if (candidate.state() == VcpuState.READY) {
                return candidate;
            }
        }
        return null;
    }
}
