package org.shyperlab.hypervisor.hypercall;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.vm.VmState;

/** VMM: the life of virtual machines. */
final class VmCalls {
    private static final long OK = 0;
    private static final long FORCE = 1L << 16;
    private final VmManager manager;
    private final VmConfigDrafts drafts;
    private final Messages messages;
    private final ArgumentChecks checks;
    private final Refusals refusals;

    VmCalls(VmManager manager, VmConfigDrafts drafts, Messages messages, ArgumentChecks checks, Refusals refusals) {
        this.manager = manager;
        this.drafts = drafts;
        this.messages = messages;
        this.checks = checks;
        this.refusals = refusals;
    }

    long call(int caller, Hypercall call, long[] arguments) {
        int id = (int) (arguments[0] & 0xffff);
        return switch (call) {
            case LIST_VM -> {
                list(caller, arguments[0], 0);
                yield OK;
            }
            case LIST_VMS_FROM -> list(caller, arguments[0], arguments[1]);
            case GET_VM_ID -> writeId(caller, arguments[0]);
            case GET_VM_STATE -> state(id);
            case TRACE_VMEXIT -> exits(id);
            case BOOT_VM -> boot(caller, call, id);
            case SHUTDOWN_VM -> end(caller, call, id, (arguments[0] & FORCE) != 0, Message.SHUTDOWN_VM);
            case REBOOT_VM -> end(caller, call, id, (arguments[0] & FORCE) != 0, Message.REBOOT_VM);
            case PAUSE_VM -> result(caller, call, id, isDraft(id) ? HypercallError.WRONG_STATE : manager.pause(id));
            case RESUME_VM -> result(caller, call, id, isDraft(id) ? HypercallError.WRONG_STATE : manager.resume(id));
            case VM_REMOVE -> remove(caller, call, id);
            default -> HypercallError.UNKNOWN_CALL.code();
        };
    }

    private boolean isDraft(int id) {
        return manager.vm(id) == null;
    }

    /** Writes the first eight of the VMs from id {@code from} on, and returns how many there are in all. */
    private long list(int caller, long ipa, long from) {
        List<VmEntry> entries = new ArrayList<>();
        for (VmEntry vm : manager.vms()) {
            if (vm.id() == caller || checks.isManager(caller)) {
                entries.add(vm);
            }
        }
        if (checks.isManager(caller)) {
            drafts.all()
                    .forEach((id, draft) -> entries.add(new VmEntry(id, draft.name(), draft.type(), VmState.INACTIVE)));
            entries.sort(Comparator.comparingInt(VmEntry::id));
        }
        manager.memory(caller)
                .write(
                        ipa,
                        VmInfoList.encode(
                                entries.stream().filter(vm -> vm.id() >= from).toList()));
        return entries.size();
    }

    private long writeId(int caller, long ipa) {
        byte[] id = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(caller)
                .array();
        manager.memory(caller).write(ipa, id);
        return OK;
    }

    private long state(int id) {
        VmEntry vm = manager.vm(id);
        return (vm == null ? VmState.INACTIVE : vm.state()).number();
    }

    private long exits(int id) {
        return isDraft(id) ? 0 : manager.exits(id);
    }

    private long boot(int caller, Hypercall call, int id) {
        Uploads uploads = drafts.uploads(id);
        if (isDraft(id)) {
            return refusals.refuse(
                    caller, call, HypercallError.WRONG_STATE, "VM %d has no images: upload a kernel", id);
        }
        if (uploads != null && uploads.isEmpty()) {
            return messages.send(VmManager.MANAGEMENT_VM, Message.UPLOAD_KERNEL_IMAGE, id, 0)
                    ? OK
                    : refusals.refuse(
                            caller,
                            call,
                            HypercallError.WRONG_STATE,
                            "VM %d has run and needs its images again: the daemon brings them, or upload them",
                            id);
        }
        Uploads.Kind missing = uploads == null ? null : uploads.missing();
        if (missing != null) {
            return refusals.refuse(
                    caller, call, HypercallError.WRONG_STATE, "the %s of VM %d is not whole", missing.text(), id);
        }
        return result(caller, call, id, manager.boot(id, uploads));
    }

    /** By force at once; else the guest is asked, and ends by itself. */
    private long end(int caller, Hypercall call, int id, boolean force, Message message) {
        if (isDraft(id)) {
            return refusals.refuse(caller, call, HypercallError.WRONG_STATE, "VM %d does not run", id);
        }
        if (!force) {
            return messages.send(id, message, id, 0)
                    ? OK
                    : refusals.refuse(
                            caller,
                            call,
                            HypercallError.WRONG_STATE,
                            "VM %d has registered no message ring (UPDATE_MQ), so that it cannot be asked",
                            id);
        }
        return result(caller, call, id, message == Message.REBOOT_VM ? manager.reboot(id) : manager.stop(id));
    }

    private long remove(int caller, Hypercall call, int id) {
        HypercallError error = isDraft(id) ? null : manager.remove(id);
        if (error == null) {
            drafts.remove(id);
        }
        return result(caller, call, id, error);
    }

    private long result(int caller, Hypercall call, int id, @Nullable HypercallError error) {
        if (error == null) {
            return OK;
        }
        VmEntry vm = manager.vm(id);
        return refusals.refuse(caller, call, error, "VM %d is %s", id, vm == null ? "a draft" : vm.state());
    }
}
