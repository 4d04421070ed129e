package org.shyperlab.hypervisor.net;

/** Sees the frames of a port: all that its device gives, dropped ones among them, and all that it takes. */
public interface FrameCapture {
    /** One frame, now. The bytes are the switch's again after return. */
    void frame(byte[] buffer, int offset, int length);
}
