package org.shyperlab.platforms.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.device.virtio.VirtioNet;
import org.shyperlab.emulator.time.Alarms;
import org.shyperlab.emulator.trace.GuestErrors;
import org.shyperlab.hypervisor.net.PcapWriter;
import org.shyperlab.hypervisor.net.SwitchPort;
import org.shyperlab.hypervisor.net.VirtualSwitch;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.net.CaptureFile;
import org.shyperlab.platforms.net.UserUplink;
import org.shyperlab.platforms.scenario.NetworkPlan;

/**
 * The network of a run: the switch between VMs, the cable to the host if there is one, and captures of network devices. The cable is a
 * switch of its own with two ports, so that it counts and can be captured as the other one.
 */
final class VmNetwork implements AutoCloseable {
    private static final String HOST = "the gateway 10.0.2.2";
    /** A file that is open for a capture; {@code found} once the network device has come. */
    private static final class OpenCapture {
        private final NetworkPlan.Capture wanted;
        private final PcapWriter writer;
        private boolean found;

        OpenCapture(NetworkPlan.Capture wanted, PcapWriter writer) {
            this.wanted = wanted;
            this.writer = writer;
        }
    }

    private final NetworkPlan plan;
    private final VirtualSwitch between;
    private final List<OpenCapture> captures = new ArrayList<>();
    private final Consumer<String> problems;
    private @Nullable VirtualSwitch cable;
    private @Nullable UserUplink uplink;

    private VmNetwork(NetworkPlan plan, Alarms alarms, GuestErrors errors, Consumer<String> problems) {
        this.plan = plan;
        this.problems = problems;
        between = new VirtualSwitch(alarms, errors);
    }

    /**
     * A network without VMs, with the captures' files open.
     *
     * @param plan one that {@link NetworkChecks} has nothing against
     * @param problems told what the user has to know of the uplink, and what the host fails at later
     * @throws InputException when a capture's file cannot be written, or the host gives no sockets
     */
    static VmNetwork open(NetworkPlan plan, Alarms alarms, GuestErrors errors, Consumer<String> problems) {
        VmNetwork network = new VmNetwork(plan, alarms, errors, problems);
        try {
            for (NetworkPlan.Capture wanted : plan.captures()) {
                network.captures.add(
                        new OpenCapture(wanted, CaptureFile.open(wanted.file(), alarms.clock(), problems)));
            }
            if (plan.uplink() != null) {
                network.openCable(plan.uplink(), alarms, errors);
            }
            return network;
        } catch (InputException error) {
            network.close();
            throw error;
        }
    }

    private void openCable(String vm, Alarms alarms, GuestErrors errors) {
        VirtualSwitch opened = new VirtualSwitch(alarms, errors);
        try {
            UserUplink host = new UserUplink(
                    alarms,
                    error -> problems.accept(
                            "the uplink keeps no pace with the host any more: " + InputException.reason(error)));
            uplink = host;
            SwitchPort port = opened.add(VirtualSwitch.NO_VM, HOST, UserUplink.ADDRESS);
            host.connect(port);
            port.attach(host);
        } catch (IOException error) {
            throw new InputException("--uplink: the host gives no sockets: " + InputException.reason(error));
        }
        cable = opened;
        problems.accept(
                "the uplink of VM %s is on: its guest reaches every service on this host's 127.0.0.1 at 10.0.2.2, and the run is not deterministic"
                        .formatted(vm));
    }

    /** All switches: first the one between VMs. */
    List<VirtualSwitch> switches() {
        return cable == null ? List.of(between) : List.of(between, cable);
    }

    /** The switch that a VM's network device is on. */
    VirtualSwitch of(int vm, String vmName, String device) {
        return cable != null && device.equals(UplinkDevice.NAME) && plan.hasUplink(vm, vmName) ? cable : between;
    }

    /** A VM's network device has got its port. */
    void plugged(String vmName, int number, SwitchPort port) {
        for (OpenCapture capture : captures) {
            NetworkPlan.Nic nic = capture.wanted.nic();
            if (nic.isOf(port.owner(), vmName) && nic.isDevice(number, port.name())) {
                capture.found = true;
                port.capture(capture.writer);
            }
        }
    }

    /** The network device of a native system that has the uplink; null without one. */
    @Nullable
    VirtioNet nativeDevice(String system) {
        if (cable == null) {
            return null;
        }
        SwitchPort port = cable.add(0, UplinkDevice.NAME, UplinkDevice.ADDRESS);
        VirtioNet device = new VirtioNet(UplinkDevice.NAME, UplinkDevice.ADDRESS.bytes(), port);
        port.attach(device);
        plugged(system, 0, port);
        return device;
    }

    /** What became of each capture so far, a line each. */
    List<String> report() {
        return captures.stream()
                .map(capture -> capture.found
                        ? "captured %d frames of %s in %s"
                                .formatted(capture.writer.frames(), capture.wanted.nic(), capture.wanted.file())
                        : "captured nothing in %s: no VM %s with such a network device came"
                                .formatted(capture.wanted.file(), capture.wanted.nic()))
                .toList();
    }

    /** Ends captures and connections. */
    @Override
    public void close() {
        captures.forEach(capture -> capture.writer.close());
        UserUplink opened = uplink;
        if (opened != null) {
            try {
                opened.close();
            } catch (IOException error) {
                problems.accept("the uplink was not closed: " + InputException.reason(error));
            }
        }
    }
}
