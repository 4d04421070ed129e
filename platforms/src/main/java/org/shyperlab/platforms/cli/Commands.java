package org.shyperlab.platforms.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the command objects; those that talk to a terminal get it here. */
final class Commands implements IFactory {
    private final Terminals terminals;
    private final IFactory others = CommandLine.defaultFactory();

    Commands(Terminals terminals) {
        this.terminals = terminals;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        if (type == RunCommand.class) {
            return type.cast(new RunCommand(terminals));
        }
        if (type == DemoCommand.class) {
            return type.cast(new DemoCommand(terminals));
        }
        return others.create(type);
    }
}
