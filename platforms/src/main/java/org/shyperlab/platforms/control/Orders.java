package org.shyperlab.platforms.control;

import java.util.List;
import java.util.function.Supplier;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.platforms.run.Run;
import org.shyperlab.platforms.run.RunningVms;
import org.shyperlab.platforms.run.VmFigures;

/** What each order to a machine does, whoever gives it. What concerns one connection only is in {@link Connection}. */
final class Orders {
    private final Run run;
    private final RunningVms vms;
    private final MachineThread machine;

    Orders(Run run, RunningVms vms, MachineThread machine) {
        this.run = run;
        this.vms = vms;
        this.machine = machine;
    }

    /**
     * Carries out an order.
     *
     * @return what the reply says
     * @throws org.shyperlab.platforms.input.InputException when it is refused; then nothing has changed
     */
    Message.Writer carryOut(Request request) {
        String vm = request.vm();
        return switch (request.order()) {
            case MACHINE -> Replies.machine(run.name(), ProcessHandle.current().pid());
            case LIST -> Replies.list(machine.call(vms::figures));
            case STATS -> stats(vm);
            case CONFIG -> {
                VmSource source = run.vmFiles().read(request.file());
                yield change(() -> vms.create(source));
            }
            case BOOT -> change(() -> vms.boot(vm));
            case PAUSE -> change(() -> vms.pause(vm));
            case RESUME -> change(() -> vms.resume(vm));
            case REBOOT -> change(() -> vms.reboot(vm, request.force()));
            case STOP -> change(() -> vms.stop(vm));
            case REMOVE -> remove(vm);
            case CONSOLE, TYPE -> throw new IllegalArgumentException(request.order() + " concerns a connection");
        };
    }

    private Message.Writer stats(String vm) {
        return machine.call(() -> {
            List<VmFigures> wanted = vm.isEmpty() ? vms.figures() : List.of(vms.figures(vm));
            return Replies.stats(vms.virtualSeconds(), wanted);
        });
    }

    /** Who gives one order may give more: from now on the machine waits for them when all cores sleep. */
    private Message.Writer change(Supplier<VmFigures> order) {
        return Replies.vm(machine.call(() -> {
            VmFigures changed = order.get();
            run.expectInput();
            return changed;
        }));
    }

    private Message.Writer remove(String vm) {
        machine.call(() -> {
            vms.remove(vm);
            run.expectInput();
            return vm;
        });
        return Replies.NOTHING;
    }
}
