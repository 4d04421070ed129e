package org.shyperlab.hypervisor.hypercall;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table of hypercalls, with Rust-Shyper's numbers: one row for each call. {@code docs/hypercalls.md} is generated from it. A code is
 * {@code group << 8 | event}.
 */
public enum Hypercall {
    REBOOT(
            HypercallGroup.SYS,
            0,
            Permission.MVM,
            State.WORKS,
            "Restarts the board. Refused while other VMs run, unless x0 is 1.",
            Argument.number("force", 1)),
    SHUTDOWN(
            HypercallGroup.SYS,
            1,
            Permission.MVM,
            State.WORKS,
            "Switches the board off. Refused while other VMs run, unless x0 is 1.",
            Argument.number("force", 1)),
    UPDATE(
            HypercallGroup.SYS,
            3,
            Permission.MVM,
            State.NOT_YET,
            "Live update of the hypervisor with an image of x0 bytes.",
            Argument.any("size")),
    TEST(HypercallGroup.SYS, 4, Permission.ANYBODY, State.WORKS, "Prints HVC SYS TEST on the hypervisor's console."),
    UPDATE_MEM_MAP(HypercallGroup.SYS, 5, Permission.MVM, State.NOT_YET, "Only its name is known."),
    LIST_VM(
            HypercallGroup.VMM,
            0,
            Permission.ANYBODY,
            State.WORKS,
            "Writes a VMInfoList: all VMs for the management VM, at most the first 8; itself alone for every other caller.",
            Argument.buffer("list_ipa", VmInfoList.SIZE)),
    GET_VM_STATE(
            HypercallGroup.VMM,
            1,
            Permission.CONCERNED,
            State.WORKS,
            "Result: state of the VM as in VMInfoList.",
            Argument.vm()),
    BOOT_VM(
            HypercallGroup.VMM,
            2,
            Permission.MVM,
            State.WORKS,
            "Starts a VM that is configured and whose images are there. One that ran before gets them again from the daemon, by message UPLOAD_KERNEL_IMAGE, and starts then.",
            Argument.guest()),
    SHUTDOWN_VM(
            HypercallGroup.VMM,
            3,
            Permission.CONCERNED,
            State.WORKS,
            "Asks a VM to end by message SHUTDOWN_VM; by force: stops it.",
            Argument.forcedVm()),
    REBOOT_VM(
            HypercallGroup.VMM,
            4,
            Permission.CONCERNED,
            State.WORKS,
            "Asks a VM to restart by message REBOOT_VM; by force: restarts it.",
            Argument.forcedVm()),
    GET_VM_DEF_CFG(HypercallGroup.VMM, 5, Permission.MVM, State.NOT_YET, "Only its name is known."),
    GET_VM_CFG(HypercallGroup.VMM, 6, Permission.MVM, State.NOT_YET, "Only its name is known."),
    SET_VM_CFG(HypercallGroup.VMM, 7, Permission.MVM, State.NOT_YET, "Only its name is known."),
    GET_VM_ID(
            HypercallGroup.VMM,
            8,
            Permission.ANYBODY,
            State.WORKS,
            "Writes the caller's VM id, 8 bytes.",
            Argument.buffer("id_ipa", 8)),
    TRACE_VMEXIT(
            HypercallGroup.VMM,
            9,
            Permission.CONCERNED,
            State.WORKS,
            "Result: how often the VM's vCPUs have left it for the hypervisor.",
            Argument.vm()),
    MIGRATE_START(
            HypercallGroup.VMM, 10, Permission.MVM, State.NOT_YET, "Begins to migrate a VM away.", Argument.guest()),
    MIGRATE_READY(HypercallGroup.VMM, 11, Permission.MVM, State.NOT_YET, "The other side is ready.", Argument.guest()),
    MIGRATE_MEMCPY(HypercallGroup.VMM, 12, Permission.MVM, State.NOT_YET, "Next round of copying.", Argument.guest()),
    MIGRATE_FINISH(
            HypercallGroup.VMM, 13, Permission.MVM, State.NOT_YET, "The VM is gone from here.", Argument.guest()),
    MIGRATE_INIT_VM(
            HypercallGroup.VMM, 14, Permission.MVM, State.NOT_YET, "Prepares a VM to be received.", Argument.guest()),
    MIGRATE_VM_BOOT(HypercallGroup.VMM, 15, Permission.MVM, State.NOT_YET, "Starts a received VM.", Argument.guest()),
    VM_REMOVE(HypercallGroup.VMM, 0x10, Permission.MVM, State.WORKS, "Stops a VM, frees all it has.", Argument.guest()),
    PAUSE_VM(HypercallGroup.VMM, 0x11, Permission.MVM, State.WORKS, "Ours: holds a VM that runs.", Argument.guest()),
    RESUME_VM(HypercallGroup.VMM, 0x12, Permission.MVM, State.WORKS, "Ours: lets a held VM run on.", Argument.guest()),
    LIST_VMS_FROM(
            HypercallGroup.VMM,
            0x13,
            Permission.ANYBODY,
            State.WORKS,
            "Ours: as LIST_VM, from id x1 on, for hypervisors with more VMs than a VMInfoList has entries. Result: how many VMs there are in all.",
            Argument.buffer("list_ipa", VmInfoList.SIZE),
            Argument.number("first_vmid", 0xffff)),
    UPDATE_MQ(
            HypercallGroup.IVC,
            0,
            Permission.ANYBODY,
            State.WORKS,
            "Registers the page at cfg_ipa as the caller's message ring, 8 slots of 512 bytes. receive_ipa is for the VM's own software, as in the original. Ours, x2: the number of messages written so far appears in the first word of that page.",
            Argument.any("receive_ipa"),
            Argument.page("cfg_ipa"),
            Argument.optionalPage("counters_ipa")),
    SEND_MSG(
            HypercallGroup.IVC,
            1,
            Permission.ANYBODY,
            State.WORKS,
            "Ours: message IVC SEND_MSG to a VM that acknowledges its messages; all others are no such VM. One at a time: refused until it has acknowledged the last one.",
            Argument.peer(),
            Argument.bytes("message_ipa", 2, MessageRing.LONGEST_TEXT),
            Argument.any("length")),
    BROADCAST(
            HypercallGroup.IVC,
            2,
            Permission.ANYBODY,
            State.WORKS,
            "Ours: SEND_MSG to every other VM that acknowledges its messages and has room. Result: how many got it.",
            Argument.bytes("message_ipa", 1, MessageRing.LONGEST_TEXT),
            Argument.any("length")),
    INIT_KEEP_ALIVE(HypercallGroup.IVC, 3, Permission.ANYBODY, State.NOT_YET, "Only its name is known."),
    KEEP_ALIVE(HypercallGroup.IVC, 4, Permission.ANYBODY, State.NOT_YET, "Only its name is known."),
    ACK(
            HypercallGroup.IVC,
            5,
            Permission.ANYBODY,
            State.WORKS,
            "Ours: the caller has read this many messages of its ring, counted from the start. From the first ACK on no message is overwritten before it is acknowledged.",
            Argument.any("read")),
    GET_TIME(HypercallGroup.IVC, 6, Permission.ANYBODY, State.WORKS, "Result: virtual time in nanoseconds."),
    SHARE_MEM(
            HypercallGroup.IVC,
            7,
            Permission.ANYBODY,
            State.WORKS,
            "Types 0 to 5 are for migration and live update: not yet. Ours, type 16: gives the caller zeroed memory to share, one piece for each VM. Result: its IPA.",
            Argument.number("type", Argument.SHARED),
            Argument.number("length", Argument.MOST_SHARED)),
    SEND_SHAREMEM(
            HypercallGroup.IVC,
            0x10,
            Permission.ANYBODY,
            State.WORKS,
            "Ours: lets a VM that acknowledges its messages have the caller's shared memory, and tells it by message SEND_SHAREMEM.",
            Argument.peer()),
    GET_SHARED_MEM_IPA(
            HypercallGroup.IVC,
            0x11,
            Permission.ANYBODY,
            State.WORKS,
            "Ours: maps the memory that a VM has let the caller have. Result: its IPA.",
            Argument.peer()),
    SEND_SHAREMEM_TEST_SPEED(
            HypercallGroup.IVC,
            0x12,
            Permission.ANYBODY,
            State.WORKS,
            "Ours: doorbell; message with one number to a VM that has mapped the caller's shared memory or lets the caller have its own.",
            Argument.peer(),
            Argument.any("value")),
    SHARE_COUNTERS(
            HypercallGroup.IVC,
            0x13,
            Permission.ANYBODY,
            State.WORKS,
            "Ours: from now on the caller acknowledges messages by the words of the page at counters_ipa, see Messages."),
    DEV_APPEND(
            HypercallGroup.MEDIATED,
            0x30,
            Permission.MVM,
            State.WORKS,
            "Offers a disk; the first VIRTIO_BLK_MEDIATED without one gets it. With x2 = 0, as in the original: x1 points to its description, see Messages. Ours: a disk of x3 sectors of 512 bytes, with a buffer for its data in the caller's memory. Result: its number.",
            Argument.number("class_id", 0),
            Argument.bytes("cache_ipa", 2, Argument.MEDIATED_CACHE),
            Argument.any("cache_size"),
            Argument.number("sectors", Argument.MOST_SECTORS)),
    DEV_NOTIFY(
            HypercallGroup.MEDIATED,
            0x31,
            Permission.MVM,
            State.WORKS,
            "The request of this disk is done; it goes by its number or, as in the original, the address of its description. Ours: status 0 well, 1 error.",
            Argument.any("disk"),
            Argument.number("status", 1)),
    ADD_VM(
            HypercallGroup.CONFIG,
            0,
            Permission.MVM,
            State.WORKS,
            "Begins the configuration of a VM; x0 points to name_ipa, name_len, type, cmdline_ipa, cmdline_len, kernel_load_ipa, dtb_load_ipa, ramdisk_load_ipa. Result: its id.",
            Argument.buffer("config_ipa", 64)),
    DELETE_VM(
            HypercallGroup.CONFIG,
            1,
            Permission.MVM,
            State.WORKS,
            "Drops a configuration; a VM that was made of it must have stopped.",
            Argument.guest()),
    CPU(
            HypercallGroup.CONFIG,
            2,
            Permission.MVM,
            State.WORKS,
            "Cores: of the bitmap the lowest num are kept.",
            Argument.guest(),
            Argument.number("num", 64),
            Argument.any("bitmap"),
            Argument.number("master", 63)),
    MEMORY_REGION(
            HypercallGroup.CONFIG,
            3,
            Permission.MVM,
            State.WORKS,
            "Adds RAM.",
            Argument.guest(),
            Argument.any("ipa"),
            Argument.any("length")),
    EMULATED_DEVICE(
            HypercallGroup.CONFIG,
            4,
            Permission.MVM,
            State.WORKS,
            "Adds an emulated device; cfg_list has 16 words.",
            Argument.guest(),
            Argument.name("name_ipa"),
            Argument.any("base_ipa"),
            Argument.any("length"),
            Argument.number("irq", 1023),
            Argument.buffer("cfg_list_ipa", 128),
            Argument.number("type", 14)),
    PASSTHROUGH_REGION(
            HypercallGroup.CONFIG,
            5,
            Permission.MVM,
            State.WORKS,
            "Adds a device of the board.",
            Argument.guest(),
            Argument.any("ipa"),
            Argument.any("pa"),
            Argument.any("length")),
    PASSTHROUGH_IRQS(
            HypercallGroup.CONFIG,
            6,
            Permission.MVM,
            State.WORKS,
            "Adds interrupts of the devices passed through.",
            Argument.guest(),
            Argument.words("list_ipa", 2, 64),
            Argument.any("count")),
    PASSTHROUGH_STREAM_IDS(
            HypercallGroup.CONFIG,
            7,
            Permission.MVM,
            State.NOT_YET,
            "Stream ids for an SMMU, which these boards do not have.",
            Argument.guest(),
            Argument.words("list_ipa", 2, 64),
            Argument.any("count")),
    DTB_DEVICE(
            HypercallGroup.CONFIG,
            8,
            Permission.MVM,
            State.WORKS,
            "Adds a node to the VM's device tree.",
            Argument.guest(),
            Argument.name("name_ipa"),
            Argument.number("type", 5),
            Argument.words("irq_list_ipa", 4, 64),
            Argument.any("count"),
            Argument.any("ipa"),
            Argument.any("length")),
    UPLOAD_KERNEL_IMAGE(
            HypercallGroup.CONFIG,
            9,
            Permission.MVM,
            State.WORKS,
            "Copies a part of the kernel into the VM. The first one makes the VM of its configuration, when that is right.",
            Argument.guest(),
            Argument.any("size"),
            Argument.bytes("cache_ipa", 4, Argument.LARGEST_PART),
            Argument.any("offset"),
            Argument.any("length")),
    MEMORY_COLOR_BUDGET(
            HypercallGroup.CONFIG,
            10,
            Permission.MVM,
            State.NOT_YET,
            "Cache colours and memory bandwidth.",
            Argument.guest()),
    UPLOAD_DEVICE_TREE(
            HypercallGroup.CONFIG,
            11,
            Permission.MVM,
            State.WORKS,
            "As UPLOAD_KERNEL_IMAGE, for an overlay over the generated device tree, or a whole tree instead of it.",
            Argument.guest(),
            Argument.any("size"),
            Argument.bytes("cache_ipa", 4, Argument.LARGEST_PART),
            Argument.any("offset"),
            Argument.any("length")),
    UPLOAD_RAMDISK(
            HypercallGroup.CONFIG,
            12,
            Permission.MVM,
            State.WORKS,
            "Ours: as UPLOAD_KERNEL_IMAGE, for the initial RAM disk.",
            Argument.guest(),
            Argument.any("size"),
            Argument.bytes("cache_ipa", 4, Argument.LARGEST_PART),
            Argument.any("offset"),
            Argument.any("length")),
    CHECK(
            HypercallGroup.CONFIG,
            13,
            Permission.MVM,
            State.WORKS,
            "Ours: writes all that is wrong with a configuration as text. Result: its length in bytes, 0 when all is well.",
            Argument.guest(),
            Argument.bytes("text_ipa", 2, Argument.LARGEST_PART),
            Argument.any("length")),
    FS_INIT(HypercallGroup.UNILIB, 0, Permission.ANYBODY, State.WORKS, "Begins: closes all files of the caller."),
    OPEN(
            HypercallGroup.UNILIB,
            1,
            Permission.ANYBODY,
            State.WORKS,
            "Opens a file; flags 0 read, 1 write, 2 both, | 0x40 create, | 0x80 only when there is none, | 0x200 empty it, | 0x400 write at its end. The file's number is 3 or more.",
            Argument.bytes("path_ipa", 1, Argument.LONGEST_PATH),
            Argument.any("length"),
            Argument.any("flags")),
    CLOSE(HypercallGroup.UNILIB, 2, Permission.ANYBODY, State.WORKS, "Closes a file.", Argument.any("file")),
    READ(
            HypercallGroup.UNILIB,
            3,
            Permission.ANYBODY,
            State.WORKS,
            "Reads.",
            Argument.any("file"),
            Argument.bytes("buffer_ipa", 2, Argument.UNILIB_BUFFER),
            Argument.any("length")),
    WRITE(
            HypercallGroup.UNILIB,
            4,
            Permission.ANYBODY,
            State.WORKS,
            "Writes.",
            Argument.any("file"),
            Argument.bytes("buffer_ipa", 2, Argument.UNILIB_BUFFER),
            Argument.any("length")),
    LSEEK(
            HypercallGroup.UNILIB,
            5,
            Permission.ANYBODY,
            State.WORKS,
            "Moves in a file; whence 0 start, 1 here, 2 end.",
            Argument.any("file"),
            Argument.any("offset"),
            Argument.number("whence", 2)),
    STAT(
            HypercallGroup.UNILIB,
            6,
            Permission.ANYBODY,
            State.WORKS,
            "Size of a file, as the reply's result.",
            Argument.bytes("path_ipa", 1, Argument.LONGEST_PATH),
            Argument.any("length")),
    UNLINK(
            HypercallGroup.UNILIB,
            7,
            Permission.ANYBODY,
            State.WORKS,
            "Removes a file.",
            Argument.bytes("path_ipa", 1, Argument.LONGEST_PATH),
            Argument.any("length")),
    APPEND(
            HypercallGroup.UNILIB,
            0x10,
            Permission.MVM,
            State.WORKS,
            "The caller serves files; paths and data pass through this buffer of its memory.",
            Argument.bytes("cache_ipa", 1, Argument.MEDIATED_CACHE),
            Argument.any("length")),
    FINISHED(
            HypercallGroup.UNILIB,
            0x11,
            Permission.MVM,
            State.WORKS,
            "The file call of a VM is done with this result.",
            Argument.any("vmid"),
            Argument.any("result"));

    /** Whether a call does something. */
    public enum State {
        /** It does what the table says. */
        WORKS,
        /** It answers {@link HypercallError#NOT_YET}. */
        NOT_YET
    }

    private static final int CODES = 0x1400;
    private static final @Nullable Hypercall[] BY_CODE = new Hypercall[CODES];

    static {
        for (Hypercall call : values()) {
            BY_CODE[(int) call.code()] = call;
        }
    }

    private final HypercallGroup group;
    private final int event;
    private final long code;
    private final Permission permission;
    private final State state;
    private final String text;
    private final List<Argument> arguments;
    /** The same, for the way of every call. */
    private final Argument[] rules;

    Hypercall(HypercallGroup group, int event, Permission permission, State state, String text, Argument... arguments) {
        this.group = group;
        this.event = event;
        code = (long) group.number() << 8 | event;
        this.permission = permission;
        this.state = state;
        this.text = text;
        this.arguments = List.of(arguments);
        rules = arguments.clone();
    }

    /** The call with this code, or null. */
    public static @Nullable Hypercall of(long code) {
        return code >= 0 && code < CODES ? BY_CODE[(int) code] : null;
    }

    /** Its class. */
    public HypercallGroup group() {
        return group;
    }

    /** Its number in its class. */
    public int event() {
        return event;
    }

    /** {@code group << 8 | event}. */
    public long code() {
        return code;
    }

    /** Who may make it. */
    public Permission permission() {
        return permission;
    }

    /** Whether it does something. */
    public State state() {
        return state;
    }

    /** What it does, in a sentence. */
    public String text() {
        return text;
    }

    /** Its arguments, from x0 (a0) on. */
    public List<Argument> arguments() {
        return arguments;
    }

    /** How many arguments it has. */
    public int argumentCount() {
        return rules.length;
    }

    /** Argument {@code index}, in x{@code index}. */
    Argument argument(int index) {
        return rules[index];
    }
}
