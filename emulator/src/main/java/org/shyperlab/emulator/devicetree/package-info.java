/**
 * Flattened device trees (Devicetree Specification 0.4, chapter 5; format version 17): a tree in memory, its binary form in both
 * directions, and its source text. Knows no boards and no devices; boards and hypervisors build trees with it.
 */
@NullMarked
package org.shyperlab.emulator.devicetree;

import org.jspecify.annotations.NullMarked;
