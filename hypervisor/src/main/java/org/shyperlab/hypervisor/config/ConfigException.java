package org.shyperlab.hypervisor.config;

import java.util.List;
import java.util.stream.Collectors;

/** VM configurations that cannot be used. The message has one line for every problem. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<ConfigProblem> problems;

    /** With all problems that were found, at least one. */
    public ConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** The problems, file by file. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
