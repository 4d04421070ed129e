package org.shyperlab.platforms.control;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What a client may ask for, and which members the message then has beside {@code order}. */
public enum Order {
    /** Which machine this is. */
    MACHINE(Set.of(), Set.of()),
    /** All VMs. */
    LIST(Set.of(), Set.of()),
    /** Makes a VM of a configuration file. */
    CONFIG(Set.of(Member.FILE), Set.of()),
    /** Starts a VM that is off. */
    BOOT(Set.of(Member.VM), Set.of()),
    /** Everything of a VM stands still. */
    PAUSE(Set.of(Member.VM), Set.of()),
    /** A paused VM goes on. */
    RESUME(Set.of(Member.VM), Set.of()),
    /** Starts a VM over: asks its guest, or with {@code force} at once. */
    REBOOT(Set.of(Member.VM), Set.of(Member.FORCE)),
    /** Switches a VM off. */
    STOP(Set.of(Member.VM), Set.of()),
    /** Takes a VM away. */
    REMOVE(Set.of(Member.VM), Set.of()),
    /** Figures of one VM, or of all. */
    STATS(Set.of(), Set.of(Member.VM)),
    /** From now on this connection has the VM's console: output comes as events. */
    CONSOLE(Set.of(Member.VM), Set.of()),
    /** Types to the VM whose console this connection has. */
    TYPE(Set.of(Member.DATA), Set.of());

    /** Members of an order's message. */
    enum Member {
        /** A VM's number or name. */
        VM,
        /** The absolute path of a file. */
        FILE,
        /** Whether not to ask the guest. */
        FORCE,
        /** Bytes in Base64. */
        DATA;

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Set<Member> required;
    private final Set<Member> optional;

    Order(Set<Member> required, Set<Member> optional) {
        this.required = required;
        this.optional = optional;
    }

    /** The name in messages. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean requires(Member member) {
        return required.contains(member);
    }

    /** The members that its message may have. */
    Set<Member> members() {
        Set<Member> all = EnumSet.noneOf(Member.class);
        all.addAll(required);
        all.addAll(optional);
        return all;
    }
}
