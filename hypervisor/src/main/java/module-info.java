/** What Rust-Shyper does: software at EL2 / HS. Sees the machine only as silicon shows itself. */
module org.shyperlab.hypervisor {
    requires transitive org.shyperlab.emulator;
    requires static transitive org.jspecify;
}
