/** What the silicon does: cores, memory, devices, firmware. Knows nothing of hypervisors, VMs or boards. */
module org.shyperlab.emulator {
    requires static transitive org.jspecify;

    exports org.shyperlab.emulator.core;
    exports org.shyperlab.emulator.core.aarch64;
    exports org.shyperlab.emulator.core.riscv64;
    exports org.shyperlab.emulator.debug;
    exports org.shyperlab.emulator.debug.aarch64;
    exports org.shyperlab.emulator.debug.riscv64;
    exports org.shyperlab.emulator.device;
    exports org.shyperlab.emulator.device.aclint;
    exports org.shyperlab.emulator.device.aia;
    exports org.shyperlab.emulator.device.gic;
    exports org.shyperlab.emulator.device.gpio;
    exports org.shyperlab.emulator.device.plic;
    exports org.shyperlab.emulator.device.power;
    exports org.shyperlab.emulator.device.rtc;
    exports org.shyperlab.emulator.device.storage;
    exports org.shyperlab.emulator.device.uart;
    exports org.shyperlab.emulator.device.virtio;
    exports org.shyperlab.emulator.devicetree;
    exports org.shyperlab.emulator.firmware;
    exports org.shyperlab.emulator.machine;
    exports org.shyperlab.emulator.memory;
    exports org.shyperlab.emulator.time;
    exports org.shyperlab.emulator.trace;
}
