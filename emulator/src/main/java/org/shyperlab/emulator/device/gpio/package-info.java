/**
 * General-purpose input and output pins; boards use them for keys.
 *
 * <p>Who may call: boards create and wire them and move their inputs. Everything runs on the machine's thread.
 */
@NullMarked
package org.shyperlab.emulator.device.gpio;

import org.jspecify.annotations.NullMarked;
