/** The {@code shyper} command: options, messages, terminal, exit codes. Nobody calls it but people and scripts. */
@NullMarked
package org.shyperlab.platforms.cli;

import org.jspecify.annotations.NullMarked;
