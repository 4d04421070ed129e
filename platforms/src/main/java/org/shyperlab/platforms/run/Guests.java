package org.shyperlab.platforms.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.shyperlab.platforms.run.GuestSystem.Guest;

/** The guests of a run by the numbers of their VMs. VMs that are made while it runs get their consoles when they first need them. */
final class Guests {
    private final List<Guest> all;
    private final BiFunction<Integer, String, Guest> maker;

    /**
     * Begins with the guests that a scenario starts.
     *
     * @param maker makes a guest of a VM's number and name
     */
    Guests(List<Guest> first, BiFunction<Integer, String, Guest> maker) {
        all = new ArrayList<>(first);
        this.maker = maker;
    }

    /** All there were, in the order in which they came. */
    List<Guest> all() {
        return all;
    }

    /** The guest of the VM with this number, which is called {@code name} now. */
    Guest of(int vm, String name) {
        for (int i = all.size() - 1; i >= 0; i--) {
            Guest guest = all.get(i);
            if (guest.vm() == vm && guest.name().equals(name)) {
                return guest;
            }
        }
        Guest guest = maker.apply(vm, name);
        all.add(guest);
        return guest;
    }
}
