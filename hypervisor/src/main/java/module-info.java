/** What Rust-Shyper does: software at EL2 / HS. Sees the machine only as silicon shows itself. */
module org.shyperlab.hypervisor {
    requires com.fasterxml.jackson.core;
    requires transitive org.shyperlab.emulator;
    requires static transitive org.jspecify;

    exports org.shyperlab.hypervisor;
    exports org.shyperlab.hypervisor.config;
    exports org.shyperlab.hypervisor.hypercall;
    exports org.shyperlab.hypervisor.memory;
    exports org.shyperlab.hypervisor.memory.aarch64;
    exports org.shyperlab.hypervisor.net;
    exports org.shyperlab.hypervisor.vcpu;
    exports org.shyperlab.hypervisor.vm;
}
