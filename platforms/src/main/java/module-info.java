/** The boards as data, scenarios, and the {@code shyper} command. */
module org.shyperlab.platforms {
    requires org.shyperlab.emulator;
    requires org.shyperlab.hypervisor;
    requires static transitive org.jspecify;
}
