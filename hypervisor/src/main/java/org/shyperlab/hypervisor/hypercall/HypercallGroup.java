package org.shyperlab.hypervisor.hypercall;

/** The classes of hypercalls, with Rust-Shyper's numbers: bits 15:8 of a call's code. */
public enum HypercallGroup {
    /** The whole system. */
    SYS(0x00, "The whole system"),
    /** Life of the virtual machines. */
    VMM(0x01, "Virtual machines"),
    /** Communication between VMs. */
    IVC(0x02, "Communication between VMs"),
    /** Disks that the management VM serves. */
    MEDIATED(0x03, "Mediated disks"),
    /** Configuration of new VMs. */
    CONFIG(0x11, "Configuration of VMs"),
    /** File calls of unikernels that the management VM serves. */
    UNILIB(0x12, "Files for unikernels");

    private final int number;
    private final String title;

    HypercallGroup(int number, String title) {
        this.number = number;
        this.title = title;
    }

    /** The number in a call's code. */
    public int number() {
        return number;
    }

    /** For headings. */
    public String title() {
        return title;
    }
}
