package org.shyperlab.emulator.device.plic;

import static org.shyperlab.emulator.device.Register.readOnly;
import static org.shyperlab.emulator.device.Register.readWrite;
import static org.shyperlab.emulator.device.Register.writeActs;

import java.util.List;
import org.shyperlab.emulator.device.InterruptLine;
import org.shyperlab.emulator.device.MappedDevice;
import org.shyperlab.emulator.device.RegisterMap;
import org.shyperlab.emulator.trace.GuestErrors;

/**
 * A PLIC with level-sensitive gateways: a source that is high becomes pending once, and again only after its claim was completed.
 *
 * <p>Two points where implementations differ follow the specification: a source that falls after its request was accepted stays
 * pending (chapter "interrupt gateways"), and a claim does not look at the threshold (chapter "interrupt claim process").
 */
public final class Plic implements MappedDevice {
    private static final int WINDOW = 0x60_0000;
    private static final int PENDING = 0x1000;
    private static final int ENABLES = 0x2000;
    private static final int ENABLES_STRIDE = 0x80;
    private static final int CONTEXTS = 0x20_0000;
    private static final int CONTEXT_STRIDE = 0x1000;
    private static final int MAX_SOURCES = 1023;
    private static final int MAX_CONTEXTS = (WINDOW - CONTEXTS) / CONTEXT_STRIDE;

    private final String name;
    private final PlicSources sources;
    private final PlicContext[] contexts;
    private final InterruptLine[] inputs;
    private final RegisterMap registers;

    /**
     * A PLIC in its reset state.
     *
     * @param name the instance's name
     * @param sources number of interrupt sources, 1 to 1023; they have the identifiers from 1 on
     * @param priorityBits bits of a priority and of a threshold, 1 to 31
     * @param contexts the external interrupt pin of each context: a hart at one privilege level
     * @param errors where software's mistakes are reported
     */
    public Plic(String name, int sources, int priorityBits, List<InterruptLine> contexts, GuestErrors errors) {
        if (sources < 1 || sources > MAX_SOURCES) {
            throw new IllegalArgumentException(name + ": a PLIC has 1 to 1023 sources, not " + sources);
        }
        if (contexts.isEmpty() || contexts.size() > MAX_CONTEXTS) {
            throw new IllegalArgumentException(
                    name + ": this PLIC has 1 to " + MAX_CONTEXTS + " contexts, not " + contexts.size());
        }
        if (priorityBits < 1 || priorityBits > 31) {
            throw new IllegalArgumentException(name + ": a priority has 1 to 31 bits, not " + priorityBits);
        }
        this.name = name;
        this.sources = new PlicSources(sources);
        this.contexts = new PlicContext[contexts.size()];
        for (int n = 0; n < this.contexts.length; n++) {
            this.contexts[n] = new PlicContext(this.sources, contexts.get(n), name, errors);
        }
        this.inputs = new InterruptLine[sources + 1];
        inputs[0] = InterruptLine.UNCONNECTED;
        for (int id = 1; id <= sources; id++) {
            int source = id;
            inputs[id] = high -> drive(source, high);
        }
        this.registers = table(priorityBits, errors);
    }

    private RegisterMap table(int priorityBits, GuestErrors errors) {
        int high = priorityBits - 1;
        RegisterMap.Builder map = RegisterMap.of(name, WINDOW, errors)
                .add(readWrite(4, "priority1_", (core, n) -> sources.priority(n + 1), this::writePriority)
                        .times(sources.count())
                        .field("priority", high, 0))
                .add(readOnly(PENDING, "pending", (core, n) -> sources.pending(n))
                        .times(sources.words())
                        .withVaryingReset());
        for (int c = 0; c < contexts.length; c++) {
            PlicContext context = contexts[c];
            int base = CONTEXTS + c * CONTEXT_STRIDE;
            map.add(readWrite(
                                    ENABLES + c * ENABLES_STRIDE,
                                    "context" + c + ".enable",
                                    (core, n) -> context.enabled(n),
                                    (core, n, value) -> context.enable(n, value))
                            .times(sources.words()))
                    .add(readWrite(
                                    base,
                                    "context" + c + ".threshold",
                                    (core, n) -> context.threshold(),
                                    (core, n, value) -> context.threshold(value))
                            .field("threshold", high, 0))
                    .add(writeActs(
                                    base + 4,
                                    "context" + c + ".claim/complete",
                                    (core, n) -> claim(context),
                                    (core, n, value) -> complete(core, context, value))
                            .withVaryingReset());
        }
        return map.build();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public RegisterMap registers() {
        return registers;
    }

    /** Puts everything to zero. Inputs keep the level their sources drive, and are pending if it is high. */
    @Override
    public void reset() {
        sources.reset();
        for (PlicContext context : contexts) {
            context.reset();
        }
    }

    /** Number of sources. */
    public int sources() {
        return sources.count();
    }

    /** Input of a source, from 1. */
    public InterruptLine source(int id) {
        if (id < 1 || id >= inputs.length) {
            throw new IllegalArgumentException(
                    name + ": sources are numbered from 1 to " + sources.count() + ", not " + id);
        }
        return inputs[id];
    }

    /** How many interrupts a context has claimed since construction. */
    public long claimed(int context) {
        return contexts[context].claimed();
    }

    private void drive(int id, boolean high) {
        if (sources.drive(id, high)) {
            updateContexts();
        }
    }

    private void writePriority(int core, int n, int value) {
        sources.priority(n + 1, value);
        updateContexts();
    }

    private int claim(PlicContext context) {
        int id = context.claim();
        if (id != 0) {
            updateContexts();
        }
        return id;
    }

    private void complete(int core, PlicContext context, int id) {
        if (context.mayComplete(core, id) && sources.complete(id)) {
            updateContexts();
        }
    }

    private void updateContexts() {
        for (PlicContext context : contexts) {
            context.update();
        }
    }
}
