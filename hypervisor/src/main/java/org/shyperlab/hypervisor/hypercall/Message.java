package org.shyperlab.hypervisor.hypercall;

/** Messages from the hypervisor to a VM: 64-bit little-endian words in a slot of its {@link MessageRing}, group and event first. */
public enum Message {
    /** A VM is asked to end. */
    SHUTDOWN_VM(HypercallGroup.VMM, 3, "The VM is asked to end.", "vm"),
    /** A VM is asked to restart. */
    REBOOT_VM(HypercallGroup.VMM, 4, "The VM is asked to restart.", "vm"),
    /** A text from another VM. */
    SEND_MSG(HypercallGroup.IVC, 1, "A text from another VM; its bytes follow.", "from", "length"),
    /** A VM lets the receiver have its shared memory. */
    SEND_SHAREMEM(HypercallGroup.IVC, 0x10, "A VM lets the receiver have its shared memory.", "from", "length"),
    /** A doorbell. */
    DOORBELL(HypercallGroup.IVC, 0x12, "A doorbell with a number.", "from", "value"),
    /** A disk has a request for the management VM. */
    DRV_NOTIFY(
            HypercallGroup.MEDIATED,
            0x32,
            "A request of a disk: type 0 read, 1 write, 2 flush; data are in its buffer. DEV_NOTIFY ends it.",
            "disk",
            "type",
            "sector",
            "count"),
    /** A VM restarts and needs its images again. */
    UPLOAD_KERNEL_IMAGE(
            HypercallGroup.CONFIG,
            9,
            "A VM is to start that ran before: its images are to be uploaded again, then BOOT_VM.",
            "vm"),
    /** A file call of a unikernel for the management VM; the event is that of the call. */
    FILE_CALL(
            HypercallGroup.UNILIB,
            0,
            "A file call of a VM, with the event of the call: FS_INIT (close all its files); OPEN length flags; CLOSE file; READ file length; WRITE file"
                    + " length; LSEEK file offset whence; STAT length; UNLINK length. Paths and data are in the buffer of"
                    + " APPEND. FINISHED ends it.",
            "vm",
            "arg1",
            "arg2",
            "arg3"),
    /** The end of a file call. */
    FILE_DONE(HypercallGroup.UNILIB, 0x11, "A file call of the receiver is done.", "vm", "event", "result");

    private final HypercallGroup group;
    private final int event;
    private final String text;
    private final String[] fields;

    Message(HypercallGroup group, int event, String text, String... fields) {
        this.group = group;
        this.event = event;
        this.text = text;
        this.fields = fields;
    }

    /** Its class. */
    public HypercallGroup group() {
        return group;
    }

    /** Its number in its class. */
    public int event() {
        return event;
    }

    /** What it means, in a sentence. */
    public String text() {
        return text;
    }

    /** Names of the words after group and event. */
    public String fields() {
        return String.join(" ", fields);
    }
}
