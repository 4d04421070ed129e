/**
 * Our own guests as bytes: the bare-metal images that the project commits, and the maker of the Linux guest. Platforms, tests and
 * benchmarks call it; it knows nothing of machines.
 */
@NullMarked
package org.shyperlab.guestimages;

import org.jspecify.annotations.NullMarked;
