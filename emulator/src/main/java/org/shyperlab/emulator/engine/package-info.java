/**
 * The native edge: the only room that calls native code. It finds and opens Unicorn and Capstone, binds them with
 * {@code java.lang.foreign} and checks at start-up that they are what the bindings were written for.
 *
 * <p>Not exported. {@code machine} makes its cores here and {@code debug} its disassembler; nobody else calls in. No
 * {@link java.lang.foreign.MemorySegment} leaves.
 */
@NullMarked
package org.shyperlab.emulator.engine;

import org.jspecify.annotations.NullMarked;
