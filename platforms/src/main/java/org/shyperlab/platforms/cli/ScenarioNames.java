package org.shyperlab.platforms.cli;

import java.util.ArrayList;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** Shipped scenarios, for help and completion. */
final class ScenarioNames extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    ScenarioNames() {
        super(ScenarioCatalog.SHIPPED);
    }
}
