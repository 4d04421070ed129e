/** The boards as data, scenarios, and the {@code shyper} command. */
module org.shyperlab.platforms {
    requires org.shyperlab.emulator;
    requires org.shyperlab.hypervisor;
    requires org.shyperlab.guestimages;
    requires info.picocli;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires static transitive org.jspecify;

    exports org.shyperlab.platforms.board;
    exports org.shyperlab.platforms.control;
    exports org.shyperlab.platforms.input;
    exports org.shyperlab.platforms.net;
    exports org.shyperlab.platforms.run;
    exports org.shyperlab.platforms.scenario;

    // picocli fills the commands' fields and calls their methods by reflection.
    opens org.shyperlab.platforms.cli to
            info.picocli;
}
