package org.shyperlab.platforms.cli;

import java.util.ArrayList;
import org.shyperlab.platforms.board.BoardCatalog;

/** Shipped boards, for help and completion. */
final class BoardNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    BoardNames() {
        super(BoardCatalog.SHIPPED);
    }
}
