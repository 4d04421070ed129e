package org.shyperlab.guestimages;

/** What the guest {@code disk} does, in the order of its selector. */
public enum DiskPart {
    /** Writes blocks, flushes, reads them back, writes beyond the end. */
    WORK,
    /** Finds that it cannot write and can read. */
    READ_ONLY,
    /** Finds that it can neither write nor read. */
    BROKEN,
    /** Resets the device while a read is under way, then WORK. */
    RESET,
    /** Writes without end. */
    FOREVER,
    /** Offers a chain that is a loop; as all that follow, then resets the device that stopped and does WORK. */
    LOOP,
    /** Offers a piece that is not in RAM. */
    NO_RAM,
    /** Offers a chain that is longer than the ring. */
    TOO_LONG,
    /** Offers a chain whose next descriptor is beyond the table. */
    NEXT_TOO_HIGH,
    /** Offers a first descriptor that is beyond the table. */
    HEAD_TOO_HIGH,
    /** Offers an indirect table with an indirect table in it. */
    NESTED
}
