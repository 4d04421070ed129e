package org.shyperlab.emulator.device.virtio;

/** The control ring of a network device (Virtio 5.1.6.5): the driver's wishes about which frames it gets, and its address. */
final class NetControl {
    private static final int COMMAND_BYTES = 2;
    private static final int ADDRESS_BYTES = 6;
    private static final int COUNT_BYTES = 4;

    // Classes and commands, as class << 8 | command.
    private static final int RX_PROMISCUOUS = 0;
    private static final int RX_ALL_MULTICAST = 1;
    private static final int MAC_TABLE_SET = 1 << 8;
    private static final int MAC_ADDRESS_SET = 1 << 8 | 1;

    private static final byte OK = 0;
    private static final byte ERR = 1;

    private final VirtioNet device;
    private final Virtqueue ring;
    private final FrameFilter filter;
    private final DescriptorChain chain;
    private final byte[] bytes = new byte[8];

    /** Commands from {@code ring} of {@code device} change {@code filter}. */
    NetControl(VirtioNet device, Virtqueue ring, FrameFilter filter) {
        this.device = device;
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
            boolean obeyed = obey();
            bytes[0] = obeyed ? OK : ERR;
            // What is not RAM broke the ring above, or breaks it here.
            if (chain.isStale() || !chain.write(0, bytes, 0, 1)) {
                return;
            }
            ring.complete(chain, 1);
        }
        ring.signal();
    }

    private boolean obey() {
        if (!chain.read(0, bytes, 0, COMMAND_BYTES)) {
            return false;
        }
        int command = (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
        return switch (command) {
            case RX_PROMISCUOUS, RX_ALL_MULTICAST -> device.acceptsReceiveCommands() && setMode(command);
            case MAC_TABLE_SET -> device.acceptsReceiveCommands() && setTables();
            case MAC_ADDRESS_SET -> device.acceptsAddressCommand() && setAddress();
            default -> false;
        };
    }

    /** Reads {@code count} bytes at {@code from}; false when the command is too short, or not in RAM. */
    private boolean read(long from, int count) {
        return from + count <= chain.readableBytes() && chain.read(from, bytes, 0, count);
    }

    private boolean setMode(int command) {
        if (!read(COMMAND_BYTES, 1)) {
            return false;
        }
        if (command == RX_PROMISCUOUS) {
            filter.promiscuous(bytes[0] != 0);
        } else {
            filter.allMulticast(bytes[0] != 0);
        }
        return true;
    }

    private boolean setAddress() {
        if (!read(COMMAND_BYTES, ADDRESS_BYTES)) {
            return false;
        }
        device.address(FrameFilter.address(bytes, 0));
        return true;
    }

    /** Two tables, each a count and addresses; both are whole, or nothing changes. */
    private boolean setTables() {
        if (!read(COMMAND_BYTES, COUNT_BYTES)) {
            return false;
        }
        long first = Integer.toUnsignedLong(LittleEndian.i32(bytes, 0));
        long secondAt = COMMAND_BYTES + COUNT_BYTES + first * ADDRESS_BYTES;
        if (!read(secondAt, COUNT_BYTES)) {
            return false;
        }
        long second = Integer.toUnsignedLong(LittleEndian.i32(bytes, 0));
        if (secondAt + COUNT_BYTES + second * ADDRESS_BYTES > chain.readableBytes()) {
            return false;
        }
        filter.clearTables();
        return addTable(COMMAND_BYTES + COUNT_BYTES, first) && addTable(secondAt + COUNT_BYTES, second);
    }

    /** Adds a table's addresses, which are all in the command. */
    private boolean addTable(long at, long count) {
        if (count > FrameFilter.TABLE_SIZE) {
            filter.overflow();
            return true;
        }
        for (int i = 0; i < count; i++) {
            if (!chain.read(at + (long) i * ADDRESS_BYTES, bytes, 0, ADDRESS_BYTES)) {
                return false;
            }
            filter.add(FrameFilter.address(bytes, 0));
        }
        return true;
    }
}
