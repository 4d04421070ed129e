package org.shyperlab.platforms.run;

import java.util.List;
import java.util.Map;
import org.shyperlab.emulator.core.TrapKind;

/**
 * One VM at one moment.
 *
 * @param id its number
 * @param name its name
 * @param type Linux, Bare Metal App or FreeRTOS
 * @param state Inactive, Pending, Active, Paused or Failed
 * @param virtualSeconds its own virtual time since it was booted, without the time in which it was paused; 0 when it is off
 * @param vcpus its virtual processors, vCPU 0 first
 * @param ports its network devices' ports, in the order of its configuration
 */
public record VmFigures(
        int id, String name, String type, String state, double virtualSeconds, List<Vcpu> vcpus, List<Port> ports) {
    /** Copies the lists. */
    public VmFigures {
        vcpus = List.copyOf(vcpus);
        ports = List.copyOf(ports);
    }

    /**
     * A network device's port since the VM was configured.
     *
     * @param device the device's name
     * @param framesSent frames that the device gave, the dropped ones among them
     * @param framesReceived frames that the device took
     * @param dropped frames dropped at this port, by the rule's word (docs/network.md); rules that dropped none are left out
     */
    public record Port(
            String device,
            long framesSent,
            long bytesSent,
            long framesReceived,
            long bytesReceived,
            Map<String, Long> dropped) {}

    /**
     * A virtual processor since the VM was configured.
     *
     * @param core the board's core that it runs on
     * @param injected interrupts injected into it
     * @param traps how often it trapped, by kind; kinds that did not occur are left out
     */
    public record Vcpu(int core, long injected, Map<TrapKind, Long> traps) {}
}
