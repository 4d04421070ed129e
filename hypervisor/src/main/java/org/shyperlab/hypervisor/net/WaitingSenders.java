package org.shyperlab.hypervisor.net;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The ports whose frame waits for one receiver's queue, first come first served; each at most once. */
final class WaitingSenders {
    private final @Nullable SwitchPort[] ports;
    private int size;

    /** Nobody waits; there are never more than {@code most}. */
    WaitingSenders(int most) {
        ports = new SwitchPort[most];
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(SwitchPort sender) {
        ports[size++] = sender;
    }

    /** Takes the first one out; null when nobody waits. */
    @Nullable
    SwitchPort poll() {
        SwitchPort first = ports[0];
        if (first != null) {
            remove(0);
        }
        return first;
    }

    /** The sender does not wait any more, if it did. */
    void remove(SwitchPort sender) {
        int at = Arrays.asList(ports).indexOf(sender);
        if (at >= 0) {
            remove(at);
        }
    }

    private void remove(int at) {
        System.arraycopy(ports, at + 1, ports, at, size - at - 1);
        ports[--size] = null;
    }
}
