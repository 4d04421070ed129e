package org.shyperlab.platforms.scenario;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.platforms.input.FileNames;

/**
 * What a run's network has beyond the switch between VMs.
 *
 * @param captures network devices whose frames are written to files
 * @param uplink number or name of the VM that has one more network device, on a cable to the host; or null
 */
public record NetworkPlan(List<Capture> captures, @Nullable String uplink) {
    /** Nothing. */
    public static final NetworkPlan NONE = new NetworkPlan(List.of(), null);

    /** Copies the list. */
    public NetworkPlan {
        captures = List.copyOf(captures);
    }

    /** Whether what people wrote for a VM is its number or its name. */
    private static boolean names(String written, int id, String name) {
        return written.equals(Integer.toString(id)) || written.equals(name);
    }

    /** Whether the VM with this number and name has the uplink. */
    public boolean hasUplink(int id, String name) {
        return uplink != null && names(uplink, id, name);
    }

    /**
     * A network device of a VM.
     *
     * @param vm the VM's number or name
     * @param device the device's name, or its number among the VM's network devices; null for the first
     */
    public record Nic(String vm, @Nullable String device) {
        /** How people write one. */
        public static final String FORM = "VM[:DEVICE]";

        /** Reads what people write; null when it is not {@link #FORM}. */
        public static @Nullable Nic parse(String text) {
            String[] parts = text.split(":", -1);
            if (parts.length > 2 || parts[0].isEmpty() || parts[parts.length - 1].isEmpty()) {
                return null;
            }
            return new Nic(parts[0], parts.length == 1 ? null : parts[1]);
        }

        /** Whether the VM with this number and name is meant. */
        public boolean isOf(int id, String name) {
            return names(vm, id, name);
        }

        /** Whether the VM's network device with this number and name is meant. */
        public boolean isDevice(int number, String name) {
            return device == null ? number == 0 : device.equals(Integer.toString(number)) || device.equals(name);
        }

        @Override
        public String toString() {
            return device == null ? vm : vm + ":" + device;
        }
    }

    /** The frames of a network device go to {@code file} as well. */
    public record Capture(Nic nic, Path file) {
        /** How people write one. */
        public static final String FORM = Nic.FORM + "=FILE";

        /** Reads what people write; null when it is not {@link #FORM}. */
        public static @Nullable Capture parse(String text) {
            int equals = text.indexOf('=');
            Nic nic = equals < 0 ? null : Nic.parse(text.substring(0, equals));
            return nic == null || equals == text.length() - 1
                    ? null
                    : new Capture(nic, FileNames.path(text.substring(equals + 1)));
        }

        @Override
        public String toString() {
            return nic + "=" + file;
        }
    }
}
