package org.shyperlab.hypervisor.net;

/** Frames in the order of their coming, in buffers that are allocated once. */
public final class FrameQueue {
    private final int capacity;
    private final byte[] bytes;
    private final int[] lengths;
    private int head;
    private int size;

    /** An empty queue for {@code capacity} frames of at most {@link EthernetFrame#LONGEST_TAGGED} bytes. */
    public FrameQueue(int capacity) {
        this.capacity = capacity;
        bytes = new byte[capacity * EthernetFrame.LONGEST_TAGGED];
        lengths = new int[capacity];
    }

    /** Whether nothing waits. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** Whether {@link #add} would fail. */
    public boolean isFull() {
        return size == capacity;
    }

    /** Frames that wait. */
    public int size() {
        return size;
    }

    /** Puts a copy of the frame at the end; the queue must not be full. */
    public void add(byte[] frame, int offset, int length) {
        if (isFull()) {
            throw new IllegalStateException("the queue of " + capacity + " frames is full");
        }
        int slot = (head + size) % capacity;
        System.arraycopy(frame, offset, bytes, slot * EthernetFrame.LONGEST_TAGGED, length);
        lengths[slot] = length;
        size++;
    }

    /** The array that holds the oldest frame, from {@link #headOffset} on. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the oldest frame begins in {@link #bytes}. */
    public int headOffset() {
        return head * EthernetFrame.LONGEST_TAGGED;
    }

    /** The oldest frame's length; the queue must not be empty. */
    public int headLength() {
        return lengths[head];
    }

    /** Takes the oldest frame out; the queue must not be empty. */
    public void removeHead() {
        if (isEmpty()) {
            throw new IllegalStateException("the queue is empty");
        }
        head = (head + 1) % capacity;
        size--;
    }
}
