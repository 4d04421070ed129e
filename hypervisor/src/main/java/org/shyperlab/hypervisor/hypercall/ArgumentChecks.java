package org.shyperlab.hypervisor.hypercall;

import org.shyperlab.hypervisor.memory.GuestRam;
import org.shyperlab.hypervisor.memory.StageTwo;

/** Holds the rules of the table for every call, in one place: who may make it, and what its arguments must be. */
final class ArgumentChecks {
    private static final long OK = 0;
    private static final int WORD = 8;
    private static final long MOST_IDS = 0x1_0000;

    private final VmManager manager;
    private final VmConfigDrafts drafts;
    private final Refusals refusals;
    private final boolean permissive;

    /** {@code permissive} lets every VM do what only the management VM may, as the original does. */
    ArgumentChecks(VmManager manager, VmConfigDrafts drafts, Refusals refusals, boolean permissive) {
        this.manager = manager;
        this.drafts = drafts;
        this.refusals = refusals;
        this.permissive = permissive;
    }

    /** 0 when the call may go on, else the code of its error. */
    long check(int caller, Hypercall call, long[] values) {
        if (!isPermitted(caller, call, values)) {
            return refusals.refuse(
                    caller, call, HypercallError.NOT_PERMITTED, "VM %d is not the management VM", caller);
        }
        if (call.state() == Hypercall.State.NOT_YET) {
            return HypercallError.NOT_YET.code();
        }
        for (int i = 0; i < call.argumentCount(); i++) {
            long result = check(caller, call, call.argument(i), values, i);
            if (result != OK) {
                return result;
            }
        }
        return OK;
    }

    private boolean isPermitted(int caller, Hypercall call, long[] values) {
        return switch (call.permission()) {
            case ANYBODY -> true;
            case CONCERNED -> isManager(caller) || (values[0] & 0xffff) == caller;
            case MVM -> isManager(caller);
        };
    }

    /** Whether the caller may manage other VMs. */
    boolean isManager(int caller) {
        return permissive || caller == VmManager.MANAGEMENT_VM;
    }

    private long check(int caller, Hypercall call, Argument argument, long[] values, int index) {
        long value = values[index];
        return switch (argument.kind()) {
            case ANY -> OK;
            case NUMBER ->
                value >= 0 && value <= argument.limit()
                        ? OK
                        : bad(caller, call, argument, "0x%x is not %s", value, argument.rule());
            case VM -> checkVm(caller, call, value, VmManager.MANAGEMENT_VM);
            case GUEST -> checkVm(caller, call, value, VmManager.MANAGEMENT_VM + 1);
            case PEER ->
                value >= 0 && value < MOST_IDS && value != caller
                        ? OK
                        : bad(caller, call, argument, "%d is not the id of another VM", value);
            case FORCED_VM ->
                value >>> 17 == 0
                        ? checkVm(caller, call, value & 0xffff, VmManager.MANAGEMENT_VM)
                        : bad(caller, call, argument, "0x%x has bits above 16", value);
            case BUFFER -> checkRange(caller, call, argument, value, argument.limit());
            case PAGE -> checkPage(caller, call, argument, value);
            case OPTIONAL_PAGE -> value == 0 ? OK : checkPage(caller, call, argument, value);
            case BYTES -> checkCounted(caller, call, argument, value, values[argument.length()], 1);
            case WORDS -> checkCounted(caller, call, argument, value, values[argument.length()], WORD);
        };
    }

    private long bad(int caller, Hypercall call, Argument argument, String why, Object... arguments) {
        return refusals.refuse(caller, call, HypercallError.BAD_ARGUMENT, argument.name() + ": " + why, arguments);
    }

    private long checkVm(int caller, Hypercall call, long id, int first) {
        boolean exists = id >= first && id < MOST_IDS && (manager.vm((int) id) != null || drafts.has((int) id));
        return exists
                ? OK
                : refusals.refuse(caller, call, HypercallError.NO_SUCH_VM, "%d, called by VM %d", id, caller);
    }

    private long checkPage(int caller, Hypercall call, Argument argument, long ipa) {
        if ((ipa & StageTwo.PAGE - 1) != 0) {
            return bad(caller, call, argument, "0x%x is not the address of a page", ipa);
        }
        return checkRange(caller, call, argument, ipa, StageTwo.PAGE);
    }

    private long checkCounted(int caller, Hypercall call, Argument argument, long ipa, long count, int size) {
        if (count < 0 || count > argument.limit()) {
            return bad(caller, call, argument, "its length, %d, is not 0 to %d", count, argument.limit());
        }
        return checkRange(caller, call, argument, ipa, count * size);
    }

    private long checkRange(int caller, Hypercall call, Argument argument, long ipa, long length) {
        GuestRam memory = manager.memory(caller);
        return memory.isRam(ipa, length)
                ? OK
                : bad(caller, call, argument, "0x%x + 0x%x is not RAM of VM %d", ipa, length, caller);
    }
}
