package org.shyperlab.hypervisor.net;

/** What passed one port of the switch since it was made. "In" is from the VM into the switch. */
public final class PortCounters {
    private final long[] dropped = new long[DropReason.values().length];
    private long framesIn;
    private long bytesIn;
    private long framesOut;
    private long bytesOut;

    PortCounters() {}

    void in(int length) {
        framesIn++;
        bytesIn += length;
    }

    void out(int length) {
        framesOut++;
        bytesOut += length;
    }

    void drop(DropReason reason) {
        dropped[reason.ordinal()]++;
    }

    /** Frames that the VM's device gave, the dropped ones among them. */
    public long framesIn() {
        return framesIn;
    }

    /** Bytes of {@link #framesIn}. */
    public long bytesIn() {
        return bytesIn;
    }

    /** Frames that the VM's device took. */
    public long framesOut() {
        return framesOut;
    }

    /** Bytes of {@link #framesOut}. */
    public long bytesOut() {
        return bytesOut;
    }

    /** Frames dropped for this reason. */
    public long dropped(DropReason reason) {
        return dropped[reason.ordinal()];
    }

    /** Frames dropped for any reason. */
    public long dropped() {
        long sum = 0;
        for (long count : dropped) {
            sum += count;
        }
        return sum;
    }
}
