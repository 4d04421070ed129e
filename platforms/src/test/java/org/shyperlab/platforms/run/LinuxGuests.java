package org.shyperlab.platforms.run;

import org.shyperlab.guestimages.debian.DebianPackages;
import org.shyperlab.guestimages.linux.GuestArchitecture;
import org.shyperlab.guestimages.linux.Iptables;
import org.shyperlab.guestimages.linux.LinuxGuest;

/** Debian's Linux guests, for tests that boot them: no such test is skipped because a kernel is not there. */
public final class LinuxGuests {
    private LinuxGuests() {}

    /** Fetches what is not in the user's cache yet, and tells so on standard error. */
    public static void fetch() {
        DebianPackages packages = DebianPackages.inUserCache(progress -> System.err.println("shyperlab: " + progress));
        for (GuestArchitecture architecture : GuestArchitecture.values()) {
            packages.require(architecture.debianName(), LinuxGuest.packageNames(architecture));
            packages.require(architecture.debianName(), Iptables.PACKAGES);
        }
    }
}
