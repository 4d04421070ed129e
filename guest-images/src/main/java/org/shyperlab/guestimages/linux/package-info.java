/**
 * The Linux guest: an unmodified Debian kernel and an initial file system that is made here, byte for byte the same from the same
 * packages. Used by {@code platforms} to load a guest and to check kernels that users name.
 */
@NullMarked
package org.shyperlab.guestimages.linux;

import org.jspecify.annotations.NullMarked;
