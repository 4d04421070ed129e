package org.shyperlab.hypervisor.interrupt.aarch64;

/** How the virtual GIC reaches the cores: list registers of a vCPU are filled by the core that runs it and by no other. */
public interface InterruptRouter {
    /**
     * The vCPU's interrupts changed. On the vCPU's own core {@link CpuInterface#update} runs before this returns; for a vCPU of another
     * core an IPI asks that core to do it.
     */
    void changed(CpuInterface target);

    /**
     * The GIC as the core sees it that executes now; as core 0 does when none executes (the machine is between two turns): an order
     * from outside concerns shared interrupts only, which look the same from everywhere.
     */
    PhysicalGic here();

    /** Routes a physical shared interrupt to the core of a vCPU. */
    void route(int physical, CpuInterface target);

    /** An interrupt was put into a list register of a vCPU. */
    void injected(CpuInterface target, int id);
}
