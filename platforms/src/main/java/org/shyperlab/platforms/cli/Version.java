package org.shyperlab.platforms.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
    /** The program's version, as in the build. */
    static final String NUMBER = "0.1.0";

    Version() {}

    @Override
    public String[] getVersion() {
        return new String[] {
            "shyper " + NUMBER,
            "Java " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ") on "
                    + System.getProperty("os.arch")
        };
    }
}
