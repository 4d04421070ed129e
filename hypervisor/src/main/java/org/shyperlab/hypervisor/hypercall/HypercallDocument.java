package org.shyperlab.hypervisor.hypercall;

/** Writes {@code docs/hypercalls.md} from the tables in this room, so that the page cannot say anything else than the code does. */
public final class HypercallDocument {
    private static final String HEAD = """
            # Hypercalls

            Generated from `org.shyperlab.hypervisor.hypercall` (`Hypercall`, `HypercallError`, `Message`). Do not edit: change the
            code and run `mvn -pl hypervisor -am test -Dtest=HypercallDocumentTest -Dsurefire.failIfNoSpecifiedTests=false
            -Dhypercalls.write=true`.

            A call has a code, `class << 8 | event`, up to seven arguments x0 to x6, and one result. Numbers are Rust-Shyper's; what is
            not in Rust-Shyper, or only by name, is marked *ours*.

            | Way | Code | Arguments | Result |
            |---|---|---|---|
            | AArch64, `HVC #0` | X7 | X0 to X6 | X0 |
            | RISC-V, `ecall` | a7 = `0x0a000000` \\| code | a0 to a6 | a0 |
            | shyper device (`EMU_DEVICE_T_SHYPER`) | write to 0x38 | 0x00 to 0x30 | read from 0x40 |

            The shyper device is for user space, which can execute neither HVC nor ecall. Its registers are 64 bits wide and aligned; the call
            is carried out when its code is written. 0x48 and 0x50 tell address and size of its shared window, 0x58 the VM's id, 0x60
            reads `SHYPER01`, 0x68 whether the interrupt is up; a write there lowers it, as ACK does. 0x70 is the address of the VM's notification port, a
            virtio console whose peer is itself, or 0; a write there writes a line `0 0` to the port, so that software finds out which of its
            terminals it is. A write to 0x78 makes a call with a single trap: what is written is the offset of a block in the window that is laid
            out as the registers 0x00 to 0x40 are, result included. Behind the page of registers the window is ordinary memory of the VM that its device tree does not call
            RAM, so that Linux lets user space map it through `/dev/mem`.

            Addresses are guest physical (IPA) and must lie in the caller's own RAM, shared memory or window. Calls that manage VMs are
            for VM 0, the management VM (MVM), alone; the hypervisor's switch *permissive* lets every VM make them, as the original
            does.

            ## Errors

            A negative result is one of these; -1 is what Rust-Shyper returns for every error.

            | Result | Name | Meaning |
            |---|---|---|
            """;

    private static final String MESSAGES = """

            ## Messages

            UPDATE_MQ registers a page of 8 slots of 512 bytes as the caller's message ring. Message n, counted from 0, is in slot n modulo
            8: 64-bit words class, event, and the fields below; a text begins at byte 48. The first word of the page at `counters_ipa` is the
            number of messages written so far. The notification is the interrupt of the VM's shyper device, and a line on its notification port: class and
            event in hexadecimal. A VM that calls ACK loses
            no message: more than 8 wait in the hypervisor. Without ACK the ninth overwrites the first, as in the original; and when the VM has no `counters_ipa` either, the
            interrupt comes once for each message and need not be lowered.

            After SHARE_COUNTERS there are four words in the page at `counters_ipa`: the number of messages written; the number that the VM has
            read, which it writes itself instead of calling ACK; how many wait for a free slot: while that is not 0, the VM calls ACK when
            it has read something; and a word in which the VM writes 1 while it looks at the first one by itself, and is not notified
            then. Before it sleeps it writes 0 there and looks once more.

            File calls (UNILIB) of a VM with a message ring return 0, and FILE_DONE brings the result. A VM without a ring, such as Unishyper,
            waits in the call, and the result is the call's, as in the original. The management VM's side, APPEND and FINISHED, is ours:
            the original's server answers by words of memory that its hypervisor looks at for ever.

            The description of a disk (the original's MediatedBlkContent) has 152 bytes: at 0 the number of requests that are open, which
            the hypervisor counts up and the VM down; at 8 a name and at 40 a path of 32 bytes each; at 72 the sectors of the disk, at
            80 the most of one request, at 88 the bytes of its buffer, at 112 the buffer's IPA; at 128 the type (32 bits), at 136 the
            sector and at 144 the count of the request that DRV_NOTIFY tells of. A disk that is offered so is asked to read and write,
            never to flush. The hypervisor leaves the word at 120 alone, where the original puts the buffer's physical address.

            | Code | Message | Fields | Meaning |
            |---|---|---|---|
            """;

    private HypercallDocument() {}

    /** The whole page. */
    public static String text() {
        StringBuilder page = new StringBuilder(HEAD);
        for (HypercallError error : HypercallError.values()) {
            page.append("| %d | %s | %s |\n".formatted(error.code(), error, error.text()));
        }
        for (HypercallGroup group : HypercallGroup.values()) {
            page.append("\n## %s (%s, 0x%02x)\n\n".formatted(group.title(), group, group.number()));
            page.append("| Code | Call | Arguments | Who | What |\n|---|---|---|---|---|\n");
            for (Hypercall call : Hypercall.values()) {
                if (call.group() == group) {
                    page.append(row(call));
                }
            }
        }
        page.append(MESSAGES);
        for (Message message : Message.values()) {
            page.append("| 0x%04x | %s | %s | %s |\n"
                    .formatted(
                            message.group().number() << 8 | message.event(),
                            message,
                            message.fields(),
                            message.text()));
        }
        return page.toString();
    }

    private static String row(Hypercall call) {
        StringBuilder arguments = new StringBuilder();
        for (int i = 0; i < call.arguments().size(); i++) {
            Argument argument = call.arguments().get(i);
            arguments.append(i == 0 ? "" : "; ").append("x%d `%s`: %s".formatted(i, argument.name(), argument.rule()));
        }
        String state = call.state() == Hypercall.State.NOT_YET ? "Not yet. " : "";
        return "| 0x%04x | %s | %s | %s | %s%s |\n"
                .formatted(call.code(), call, arguments, call.permission().text(), state, call.text());
    }
}
