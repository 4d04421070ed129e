package org.shyperlab.hypervisor.memory;

/** The board has too little memory for what the VM configurations ask. The message names the region and the need. */
public final class OutOfHypervisorMemory extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With a message for the user. */
    public OutOfHypervisorMemory(String message) {
        super(message);
    }
}
