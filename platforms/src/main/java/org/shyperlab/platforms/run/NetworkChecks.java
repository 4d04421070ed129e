package org.shyperlab.platforms.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.scenario.NetworkPlan;
import org.shyperlab.platforms.scenario.Scenario;

/** Checks that captures and uplinks are of network devices that there are, and puts those of scenario and options together. */
final class NetworkChecks {
    /** A VM's network devices by name. */
    private record Owner(int id, String name, List<String> devices) {}

    private final Scenario scenario;
    private final List<Owner> vms;
    private final List<String> problems = new ArrayList<>();
    private final Set<Path> files = new HashSet<>();
    private final Set<String> captured = new HashSet<>();

    private NetworkChecks(Scenario scenario, List<Owner> vms) {
        this.scenario = scenario;
        this.vms = vms;
    }

    /**
     * What a run with these VMs has; the options' uplink takes the place of the scenario's.
     *
     * @throws InputException with everything that is wrong
     */
    static NetworkPlan plan(Scenario scenario, RunOptions options, List<VmSetup> setups) {
        List<Owner> vms = new ArrayList<>();
        for (VmSetup setup : setups) {
            List<String> devices = setup.config().emulated().stream()
                    .filter(device -> device.type() == EmulatedDeviceType.VIRTIO_NET)
                    .map(device -> device.name())
                    .toList();
            vms.add(new Owner(vms.size(), setup.config().name(), devices));
        }
        NetworkPlan own = scenario.network();
        NetworkPlan wanted = options.network();
        NetworkChecks checks = new NetworkChecks(scenario, vms);
        checks.checkOwn(own);
        checks.check(wanted);
        checks.throwIfAny();
        List<NetworkPlan.Capture> captures = new ArrayList<>(own.captures());
        captures.addAll(wanted.captures());
        return new NetworkPlan(captures, wanted.uplink() == null ? own.uplink() : wanted.uplink());
    }

    /**
     * What a native run of the scenario has: nothing of the scenario's own, which is for VMs, and a network device only if it is for the
     * uplink. The system is number 0.
     */
    static NetworkPlan nativePlan(Scenario scenario, RunOptions options) {
        NetworkPlan wanted = options.network();
        if (wanted.uplink() == null && !wanted.captures().isEmpty()) {
            throw new InputException("--capture %s: a native system has a network device only with --uplink 0."
                    .formatted(wanted.captures().getFirst()));
        }
        NetworkChecks checks =
                new NetworkChecks(scenario, List.of(new Owner(0, scenario.name(), List.of(UplinkDevice.NAME))));
        checks.check(wanted);
        checks.throwIfAny();
        return wanted;
    }

    private void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new InputException(problems);
        }
    }

    /** The reader has seen to it that the VMs are there. */
    private void checkOwn(NetworkPlan plan) {
        for (int i = 0; i < plan.captures().size(); i++) {
            check(
                    scenario.places().at("captures[%d]".formatted(i)),
                    plan.captures().get(i));
        }
    }

    private void check(NetworkPlan plan) {
        for (NetworkPlan.Capture capture : plan.captures()) {
            check("--capture %s: ".formatted(capture), capture);
        }
        if (plan.uplink() != null) {
            vm("--uplink %s: ".formatted(plan.uplink()), plan.uplink());
        }
    }

    private void check(String where, NetworkPlan.Capture capture) {
        String device = device(where, capture.nic());
        if (device != null && !captured.add(device)) {
            problems.add("%s%s is captured already; a network device has one capture.".formatted(where, device));
        }
        if (!files.add(capture.file().toAbsolutePath().normalize())) {
            problems.add("%sanother capture has this file; each has one of its own.".formatted(where));
        }
    }

    /** Which device is meant, in words; null when there is none yet, or when that is a problem. */
    private @Nullable String device(String where, NetworkPlan.Nic nic) {
        Owner vm = find(nic.vm());
        if (vm == null && (nic.vm().matches("[0-9]+") || scenario.makesLater(nic.vm()))) {
            return null; // a VM that is not made yet
        }
        if (vm == null) {
            vm(where, nic.vm());
            return null;
        }
        if (vm.devices().isEmpty()) {
            problems.add("%sVM %d (%s) has no network device, which is one of type %s%s."
                    .formatted(where, vm.id(), vm.name(), EmulatedDeviceType.PREFIX, EmulatedDeviceType.VIRTIO_NET));
            return null;
        }
        if (nic.device() == null && vm.devices().size() > 1) {
            problems.add("%sVM %d (%s) has %d network devices; say which: %s."
                    .formatted(
                            where,
                            vm.id(),
                            vm.name(),
                            vm.devices().size(),
                            vm.devices().stream()
                                    .map(device -> vm.name() + ":" + device)
                                    .collect(Collectors.joining(", "))));
            return null;
        }
        for (int i = 0; i < vm.devices().size(); i++) {
            if (nic.isDevice(i, vm.devices().get(i))) {
                return "VM %d's %s".formatted(vm.id(), vm.devices().get(i));
            }
        }
        problems.add("%sVM %d (%s) has no network device \"%s\"; it has: %s."
                .formatted(where, vm.id(), vm.name(), nic.device(), String.join(", ", vm.devices())));
        return null;
    }

    private @Nullable Owner find(String written) {
        return vms.stream()
                .filter(vm -> written.equals(Integer.toString(vm.id())) || written.equals(vm.name()))
                .findFirst()
                .orElse(null);
    }

    private void vm(String where, String written) {
        if (find(written) == null) {
            problems.add("%sthere is no VM \"%s\"; there are: %s.".formatted(where, written, all()));
        }
    }

    private String all() {
        return vms.stream().map(vm -> vm.id() + " (" + vm.name() + ")").collect(Collectors.joining(", "));
    }
}
