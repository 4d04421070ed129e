package org.shyperlab.hypervisor.code;

/** A place in a program, which jumps may name before it is known. */
public final class Label {
    static final int UNKNOWN = -1;

    int position = UNKNOWN;

    Label() {}
}
