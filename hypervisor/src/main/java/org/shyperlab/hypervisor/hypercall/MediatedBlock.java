package org.shyperlab.hypervisor.hypercall;

import org.shyperlab.hypervisor.memory.GuestRam;

/**
 * Rust-Shyper's description of a disk in the management VM's memory (its MediatedBlkContent), which its kernel module offers with
 * DEV_APPEND: the number of open requests, the disk's name, path, size and buffer, and the request that its daemon is to do.
 */
record MediatedBlock(GuestRam memory, long ipa) {
    /** Bytes of it. */
    static final int BYTES = 152;

    private static final int OPEN_REQUESTS = 0;
    private static final int SECTORS = 72;
    private static final int MOST_SECTORS = 80;
    private static final int BUFFER_BYTES = 88;
    private static final int BUFFER = 112;
    private static final int TYPE = 128;
    private static final int SECTOR = 136;
    private static final int COUNT = 144;

    long sectors() {
        return memory.readWord(ipa + SECTORS);
    }

    /** The most sectors that one request may have. */
    long mostSectors() {
        return memory.readWord(ipa + MOST_SECTORS);
    }

    long bufferBytes() {
        return memory.readWord(ipa + BUFFER_BYTES);
    }

    /** Address of the buffer, as the management VM sees it. */
    long buffer() {
        return memory.readWord(ipa + BUFFER);
    }

    /** There is no request yet. */
    void begin() {
        memory.writeWord(ipa + OPEN_REQUESTS, 0);
    }

    /** One more request; its type is half a word, and nothing else is in the other half. */
    void request(int type, long sector, long count) {
        memory.writeWord(ipa + TYPE, type);
        memory.writeWord(ipa + SECTOR, sector);
        memory.writeWord(ipa + COUNT, count);
        memory.writeWord(ipa + OPEN_REQUESTS, memory.readWord(ipa + OPEN_REQUESTS) + 1);
    }
}
