package org.shyperlab.hypervisor.scheduler.riscv64;

import org.shyperlab.emulator.core.riscv64.Csr;
import org.shyperlab.emulator.core.riscv64.Rv64Core;
import org.shyperlab.emulator.firmware.Sbi;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.scheduler.PhysicalCore;
import org.shyperlab.hypervisor.vcpu.riscv64.Rv64Vcpu;

/** One physical hart at HS. The hypervisor's timer is stimecmp, its IPI is the supervisor software interrupt. */
public final class Rv64PhysicalCore extends PhysicalCore {
    private static final long SUPERVISOR_INTERRUPTS = 1 << 1 | 1 << 5 | 1 << 9;
    private static final long GUEST_INTERRUPTS = SUPERVISOR_INTERRUPTS << 1;
    /** An interrupt of a guest file that hgeie names (SGEI). */
    private static final long GUEST_EXTERNAL = 1 << 12;
    /** All that a guest can handle itself: not its ecalls from VS, and nothing of the G stage. */
    private static final long GUEST_EXCEPTIONS = 0xb1ff;

    private static final long HCOUNTEREN_ALL = 7;
    private static final long HENVCFG_STCE = 1L << 63;
    private static final long HSTATUS_SPV = 1 << 7;
    private static final long HSTATUS_SPVP = 1 << 8;

    private static final long HART_START = 0;
    private static final long SHUTDOWN = 0;
    private static final long COLD_REBOOT = 1;

    private final Rv64Core core;
    private final long entry;
    private long watched;

    /**
     * A hart without vCPUs. Touches no register yet.
     *
     * @param timeHertz frequency of the time CSR
     * @param entry where harts begin, as far as the firmware is concerned: it wants an address in RAM
     */
    public Rv64PhysicalCore(Rv64Core core, long timeHertz, long entry, HypervisorOptions options) {
        super(core.index(), timeHertz, options);
        this.core = core;
        this.entry = entry;
    }

    @Override
    public Rv64Core core() {
        return core;
    }

    @Override
    protected void initialiseRegisters() {
        core.set(Csr.HEDELEG, GUEST_EXCEPTIONS);
        core.set(Csr.HIDELEG, GUEST_INTERRUPTS);
        core.set(Csr.HCOUNTEREN, HCOUNTEREN_ALL);
        core.set(Csr.HENVCFG, HENVCFG_STCE);
        core.set(Csr.HSTATUS, HSTATUS_SPV | HSTATUS_SPVP);
        core.set(Csr.STIMECMP, -1);
        core.set(Csr.SIE, SUPERVISOR_INTERRUPTS);
        core.set(Csr.HGEIE, 0);
        watched = 0;
        core.set(Csr.HIE, GUEST_EXTERNAL);
    }

    @Override
    public long now() {
        return core.get(Csr.TIME);
    }

    @Override
    protected void arm(long deadline) {
        core.set(Csr.STIMECMP, deadline == NEVER ? -1 : deadline);
    }

    /** Messages to a guest file are the guest's own affair only while its vCPU runs. */
    @Override
    protected void watchWaiting() {
        long files = 0;
        for (int i = 0; i < queue().size(); i++) {
            files |= 1L << ((Rv64Vcpu) queue().get(i)).watchedFile();
        }
        files &= ~1L;
        if (files != watched) {
            watched = files;
            core.set(Csr.HGEIE, files);
        }
    }

    /** The supervisor guest external interrupt (SGEI): vCPUs whose guest files have something for them wake up. */
    public void guestFilesPending() {
        if ((core.get(Csr.HIP) & core.get(Csr.HIE) & GUEST_EXTERNAL) == 0) {
            return;
        }
        long files = core.get(Csr.HGEIP) & core.get(Csr.HGEIE);
        for (int i = 0; i < queue().size(); i++) {
            Rv64Vcpu vcpu = (Rv64Vcpu) queue().get(i);
            if ((files >>> vcpu.watchedFile() & 1) != 0) {
                interruptsChanged(vcpu);
            }
        }
    }

    @Override
    protected void sendIpi(PhysicalCore target) {
        core.callFirmware(Sbi.IPI, 0, 1, target.index(), 0);
    }

    @Override
    protected void powerOn(PhysicalCore target) {
        core.callFirmware(Sbi.HSM, HART_START, target.index(), entry, 0);
    }

    @Override
    public void boardOff() {
        core.callFirmware(Sbi.SRST, 0, SHUTDOWN, 0, 0);
    }

    @Override
    public void boardReset() {
        core.callFirmware(Sbi.SRST, 0, COLD_REBOOT, 0, 0);
    }

    @Override
    public void invalidateTranslations() {
        core.invalidateTranslations();
    }
}
