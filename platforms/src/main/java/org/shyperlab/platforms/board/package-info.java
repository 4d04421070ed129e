/**
 * Boards as data: their YAML files, the machine that is built from one, its device trees and its description. Scenarios and the
 * command line use it; a new device type is one row in {@link org.shyperlab.platforms.board.DeviceType}.
 */
@NullMarked
package org.shyperlab.platforms.board;

import org.jspecify.annotations.NullMarked;
