package org.shyperlab.emulator.device.virtio;

/** The control ring of a network device (Virtio 5.1.6.5): the driver's wishes about which frames it gets, and its address. */
final class NetControl {
    private static final int COMMAND_BYTES = 2;
    private static final int ADDRESS_BYTES = 6;
    private static final int COUNT_BYTES = 4;
    private static final int MOST_BYTES = COMMAND_BYTES + 2 * (COUNT_BYTES + FrameFilter.TABLE_SIZE * ADDRESS_BYTES);

    // Classes and commands, as class << 8 | command.
    private static final int RX_PROMISCUOUS = 0;
    private static final int RX_ALL_MULTICAST = 1;
    private static final int MAC_TABLE_SET = 1 << 8;
    private static final int MAC_ADDRESS_SET = 1 << 8 | 1;

    private static final byte OK = 0;
    private static final byte ERR = 1;

    private final Virtqueue ring;
    private final FrameFilter filter;
    private final DescriptorChain chain;
    private final byte[] command = new byte[MOST_BYTES];
    private final byte[] acknowledgement = new byte[1];
    private int length;

    /** Commands from {@code ring} change {@code filter}. */
    NetControl(Virtqueue ring, FrameFilter filter) {
        this.ring = ring;
        this.filter = filter;
        this.chain = new DescriptorChain(ring);
    }

    /** Carries out every command that is there. */
    void run() {
        while (ring.take(chain)) {
            if (chain.readableBytes() < COMMAND_BYTES || chain.writableBytes() == 0) {
                ring.fail(
                        "the command at descriptor %d has %d bytes to read and %d to write, and has at least 2 and 1 (Virtio 5.1.6.5)",
                        chain.head(), chain.readableBytes(), chain.writableBytes());
                return;
            }
            length = (int) Math.min(chain.readableBytes(), MOST_BYTES);
            if (!chain.read(0, command, 0, length)) {
                return;
            }
            acknowledgement[0] = obey() ? OK : ERR;
            if (!chain.write(0, acknowledgement, 0, 1)) {
                return;
            }
            ring.complete(chain, 1);
        }
        ring.signal();
    }

    private boolean obey() {
        switch ((command[0] & 0xff) << 8 | command[1] & 0xff) {
            case RX_PROMISCUOUS -> {
                if (length == COMMAND_BYTES) {
                    return false;
                }
                filter.promiscuous(command[COMMAND_BYTES] != 0);
            }
            case RX_ALL_MULTICAST -> {
                if (length == COMMAND_BYTES) {
                    return false;
                }
                filter.allMulticast(command[COMMAND_BYTES] != 0);
            }
            case MAC_TABLE_SET -> {
                return setTables();
            }
            case MAC_ADDRESS_SET -> {
                if (length < COMMAND_BYTES + ADDRESS_BYTES) {
                    return false;
                }
                filter.own(FrameFilter.address(command, COMMAND_BYTES));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Two tables, each a count and addresses. When they are too many, the driver gets every frame. */
    private boolean setTables() {
        if (chain.readableBytes() > MOST_BYTES) {
            filter.promiscuous(true);
            return true;
        }
        int second = tableEnd(COMMAND_BYTES);
        int end = second < 0 ? -1 : tableEnd(second);
        if (end < 0) {
            return false;
        }
        filter.clearTables();
        boolean all = addTable(COMMAND_BYTES) && addTable(second);
        if (!all) {
            filter.promiscuous(true);
        }
        return true;
    }

    /** Where the table that begins at {@code at} ends; -1 when the command is too short for it. */
    private int tableEnd(int at) {
        if (at + COUNT_BYTES > length) {
            return -1;
        }
        long end = at + COUNT_BYTES + Integer.toUnsignedLong(LittleEndian.i32(command, at)) * ADDRESS_BYTES;
        return end > length ? -1 : (int) end;
    }

    private boolean addTable(int at) {
        int count = LittleEndian.i32(command, at);
        for (int i = 0; i < count; i++) {
            if (!filter.add(FrameFilter.address(command, at + COUNT_BYTES + i * ADDRESS_BYTES))) {
                return false;
            }
        }
        return true;
    }
}
