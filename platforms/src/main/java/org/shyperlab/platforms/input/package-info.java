/**
 * Files that people write: YAML with line numbers, typed reading that collects every problem, quantities with units. The board and
 * scenario readers and the command line use it.
 */
@NullMarked
package org.shyperlab.platforms.input;

import org.jspecify.annotations.NullMarked;
