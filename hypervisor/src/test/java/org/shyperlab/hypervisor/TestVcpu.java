package org.shyperlab.hypervisor;

import org.shyperlab.emulator.core.Core;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.Vcpu;
import org.shyperlab.hypervisor.vm.Vm;

/** A vCPU that only has numbers, for tests of devices, which ask a vCPU for nothing else. */
public final class TestVcpu extends Vcpu {
    /** vCPU {@code index} of VM 0, on core {@code core}. */
    public TestVcpu(int index, int core) {
        super(0, index, new NumberedCore(core));
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("a vCPU that only has numbers");
    }

    @Override
    public Vm machine() {
        throw unused();
    }

    @Override
    public void enter() {
        throw unused();
    }

    @Override
    public void leave() {
        throw unused();
    }

    @Override
    public void setControls() {
        throw unused();
    }

    @Override
    public void reset() {
        throw unused();
    }

    @Override
    public void stopped() {
        throw unused();
    }

    @Override
    public void showInterrupts() {
        throw unused();
    }

    @Override
    public boolean hasPendingInterrupt() {
        throw unused();
    }

    @Override
    public long deadline(long now) {
        throw unused();
    }

    @Override
    public boolean timerFired(long now) {
        throw unused();
    }

    private static final class NumberedCore extends PhysicalCore {
        NumberedCore(int index) {
            super(index, 1, HypervisorOptions.DEFAULT);
        }

        @Override
        public Core core() {
            throw unused();
        }

        @Override
        protected void initialiseRegisters() {
            throw unused();
        }

        @Override
        public long now() {
            throw unused();
        }

        @Override
        protected void arm(long deadline) {
            throw unused();
        }

        @Override
        protected void sendIpi(PhysicalCore target) {
            throw unused();
        }

        @Override
        protected void powerOn(PhysicalCore target) {
            throw unused();
        }

        @Override
        public void boardOff() {
            throw unused();
        }

        @Override
        public void boardReset() {
            throw unused();
        }

        @Override
        public void invalidateTranslations() {
            throw unused();
        }
    }
}
