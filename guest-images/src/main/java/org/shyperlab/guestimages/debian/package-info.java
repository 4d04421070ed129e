/**
 * Debian packages of any architecture and suite, fetched with apt into Shyperlab's cache without touching the system: the native
 * libraries that the emulator needs and the files that the Linux guest is made of. Used by {@code linux}, by the {@code shyper}
 * command, and by the scripts before the first build (straight from the sources, so no class here needs anything but the JDK).
 */
@NullMarked
package org.shyperlab.guestimages.debian;

import org.jspecify.annotations.NullMarked;
