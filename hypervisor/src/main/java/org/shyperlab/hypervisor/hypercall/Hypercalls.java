package org.shyperlab.hypervisor.hypercall;

import org.shyperlab.hypervisor.mediated.MediatedDisks;

/**
 * Rust-Shyper's hypercalls, whatever way they come in: HVC, ecall or the shyper device. Never throws for what a guest does; a call that
 * is not permitted, not known or wrong changes nothing.
 */
public final class Hypercalls {
    /** Arguments of a call. */
    public static final int ARGUMENTS = 7;

    /** The result of a call that has none yet. */
    public static final long AGAIN = Long.MIN_VALUE;

    private final long[] arguments = new long[ARGUMENTS];
    private final ArgumentChecks checks;
    private final SystemCalls system;
    private final VmCalls vms;
    private final IvcCalls ivc;
    private final ConfigCalls config;
    private final MediatedCalls mediated;
    private final UnilibCalls unilib;
    private final MediatedDisks disks;
    private final Messages messages;
    private final VmConfigDrafts drafts = new VmConfigDrafts();

    /** {@code permissive} leaves out the check of who calls, as the original does: for teaching why it is there. */
    public Hypercalls(VmManager manager, boolean permissive) {
        Refusals refusals = new Refusals(manager);
        checks = new ArgumentChecks(manager, drafts, refusals, permissive);
        messages = new Messages(manager);
        system = new SystemCalls(manager, refusals);
        vms = new VmCalls(manager, drafts, messages, checks, refusals);
        unilib = new UnilibCalls(manager, messages, refusals);
        disks = new MediatedDisks(this::request);
        mediated = new MediatedCalls(manager, disks, refusals);
        ivc = new IvcCalls(manager, messages, refusals);
        config = new ConfigCalls(manager, drafts, refusals);
    }

    /** Where the arguments of the next call are put, x0 (a0) first. */
    public long[] arguments() {
        return arguments;
    }

    /** Carries out the call {@code group << 8 | event} of a VM with {@link #arguments}; a negative result is an error. */
    public long call(int caller, long code) {
        Hypercall call = Hypercall.of(code);
        return call == null ? HypercallError.UNKNOWN_CALL.code() : call(caller, call);
    }

    /**
     * As {@link #call(int, Hypercall)}, for callers that can wait in the call: {@link #AGAIN} says that the caller is to sleep, and makes
     * the same call again when it is woken.
     */
    public long callOrWait(int caller, Hypercall call) {
        if (call.group() == HypercallGroup.UNILIB && messages.ring(caller) == null) {
            long refused = checks.check(caller, call, arguments);
            return refused != 0 ? refused : unilib.callOrWait(caller, call, arguments);
        }
        return call(caller, call);
    }

    /** Carries out a call of a VM with {@link #arguments}, of which only as many count as the call has; a negative result is an error. */
    public long call(int caller, Hypercall call) {
        long refused = checks.check(caller, call, arguments);
        if (refused != 0) {
            return refused;
        }
        return switch (call.group()) {
            case SYS -> system.call(caller, call, arguments);
            case VMM -> vms.call(caller, call, arguments);
            case IVC -> {
                if (call == Hypercall.UPDATE_MQ && caller == VmManager.MANAGEMENT_VM) {
                    mediated.restart();
                }
                yield ivc.call(caller, call, arguments);
            }
            case CONFIG -> config.call(caller, call, arguments);
            case MEDIATED -> mediated.call(caller, call, arguments);
            case UNILIB -> unilib.call(caller, call, arguments);
        };
    }

    /** The disks that the management VM serves. */
    public MediatedDisks disks() {
        return disks;
    }

    private boolean request(int disk, int type, long sector, long count) {
        boolean sent = messages.send(
                VmManager.MANAGEMENT_VM, Message.DRV_NOTIFY, Message.DRV_NOTIFY.event(), disk, type, sector, count);
        if (sent) {
            mediated.requested(disk, type, sector, count);
        }
        return sent;
    }

    /** A VM has stopped: its message ring and what it shares are gone, and images that were uploaded are not what they were. */
    public void stopped(int vm) {
        if (vm == VmManager.MANAGEMENT_VM) {
            mediated.restart();
        }
        Uploads uploads = drafts.uploads(vm);
        if (uploads != null) {
            uploads.clear();
        }
        messages.forget(vm);
        ivc.forget(vm);
        unilib.forget(vm);
    }

    /** A VM is gone. */
    public void removed(int vm) {
        drafts.remove(vm);
    }

    /** Asks a VM to restart by itself; false when it has registered no message ring. */
    public boolean askToReboot(int vm) {
        return messages.send(vm, Message.REBOOT_VM, vm, 0);
    }

    /** A VM restarts whose images hypercalls had brought: asks the management VM for them. False when that does not listen. */
    public boolean askForImages(int vm) {
        return messages.send(VmManager.MANAGEMENT_VM, Message.UPLOAD_KERNEL_IMAGE, vm, 0);
    }
}
