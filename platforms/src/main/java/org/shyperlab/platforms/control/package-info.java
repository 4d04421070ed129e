/**
 * Orders to a running machine from other programs of the same user: a Unix domain socket, and messages of one JSON object in one line
 * (docs/control.md). The command line opens the server beside a run, and its {@code vm} and {@code console} commands are the client.
 */
@NullMarked
package org.shyperlab.platforms.control;

import org.jspecify.annotations.NullMarked;
