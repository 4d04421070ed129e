package org.shyperlab.platforms.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import org.shyperlab.emulator.trace.TextTraceSink;
import org.shyperlab.emulator.trace.Trace;
import org.shyperlab.platforms.run.ConsoleInput;
import org.shyperlab.platforms.run.ConsoleOutput;
import org.shyperlab.platforms.run.Outcome;
import org.shyperlab.platforms.run.Run;
import org.shyperlab.platforms.run.RunningVms;
import org.shyperlab.platforms.run.TrapTable;
import org.shyperlab.platforms.run.VmFigures;

/**
 * The user's terminal as the first guest's serial console, in raw mode: every key goes to the guest, except those after the escape key
 * Ctrl-A.
 */
final class InteractiveConsole {
    private static final long RETRY_MILLIS = 10;
    private static final String KEYS = """
            Ctrl-A q  quit
            Ctrl-A 0  the terminal is VM 0's, and so on to 9
            Ctrl-A n  the terminal is the next VM's
            Ctrl-A s  statistics so far
            Ctrl-A t  trace of traps on or off
            Ctrl-A h  this help
            Ctrl-A Ctrl-A  sends Ctrl-A to the guest
            """;

    private final Run run;
    private final ConsoleOutput output;
    private final EscapeKeys keys;
    /** What is typed for each VM; VMs are added on the machine's thread. */
    private final Map<Integer, ConsoleInput> inputs = new ConcurrentHashMap<>();
    /** The VM that has the terminal. */
    private int front;

    private InteractiveConsole(Run run, ConsoleOutput output) {
        this.run = run;
        this.output = output;
        inputs.put(0, new ConsoleInput(run, run::type));
        // All in the order of the keys: what is typed behind Ctrl-A 1 is for VM 1.
        keys = new EscapeKeys(key -> run.submit(() -> type(key)), key -> run.submit(() -> command(key)));
    }

    /** Runs with the terminal as console, and gives the terminal back as it was. */
    static Outcome execute(Run run, ConsoleOutput output) {
        InteractiveConsole console = new InteractiveConsole(run, output);
        try (RawTerminal terminal = RawTerminal.open()) {
            console.say("Ctrl-A h shows the keys\n");
            run.expectInput();
            run.typed();
            daemon("terminal-input", () -> console.read(new FileInputStream(FileDescriptor.in)));
            daemon("terminal-retry", console::retry);
            Outcome outcome = run.execute();
            output.flush();
            return outcome;
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }

    private void read(InputStream in) {
        try {
            for (int key = in.read(); key >= 0; key = in.read()) {
                keys.key(key);
            }
        } catch (IOException closed) {
            // The terminal went away, as when its window is closed: the same as the end of input.
        }
        run.submit(() -> run.stop(new Outcome(Outcome.SUCCESS, "the terminal was closed")));
    }

    /** Offers again what the serial port could not take, and shows the trace while it is fresh. */
    private void retry() {
        try {
            while (true) {
                Thread.sleep(RETRY_MILLIS);
                run.submit(() -> {
                    inputs.values().forEach(ConsoleInput::deliver);
                    run.trace().flush();
                });
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void type(int key) {
        inputs.computeIfAbsent(front, this::input).type(key);
    }

    private ConsoleInput input(int vm) {
        RunningVms vms = Objects.requireNonNull(run.vms());
        return new ConsoleInput(run, value -> vms.type(vm, value));
    }

    /** Gives the terminal to a VM, if there is one that {@code choice} names. */
    private void show(ToIntFunction<List<VmFigures>> choice) {
        RunningVms vms = run.vms();
        if (vms == null) {
            say("there are no VMs: the guest has the bare board\n");
            return;
        }
        List<VmFigures> all = vms.figures();
        int wanted = choice.applyAsInt(all);
        VmFigures vm =
                all.stream().filter(one -> one.id() == wanted).findFirst().orElse(null);
        if (vm == null) {
            say("there is no VM %d\n%s".formatted(wanted, names(all)));
            return;
        }
        front = wanted;
        say("VM %d (%s) has the terminal%s\n"
                .formatted(wanted, vm.name(), vms.hasInput(wanted) ? "" : "; it has no console that can be typed to"));
        run.front(wanted);
    }

    private static String names(List<VmFigures> all) {
        StringBuilder names = new StringBuilder();
        all.forEach(vm -> names.append("VM %d (%s)%n".formatted(vm.id(), vm.name())));
        return names.toString();
    }

    private int next(List<VmFigures> all) {
        return all.stream()
                .mapToInt(VmFigures::id)
                .filter(id -> id > front)
                .findFirst()
                .orElse(all.getFirst().id());
    }

    private void command(int key) {
        switch (key) {
            case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> show(all -> key - '0');
            case 'n' -> show(this::next);
            case 'q' -> run.stop(new Outcome(Outcome.SUCCESS, "quit by the user"));
            case 's' -> say(TrapTable.of(run.statistics()));
            case 't' -> toggleTrace();
            default -> say(KEYS);
        }
    }

    private void toggleTrace() {
        Trace trace = run.trace();
        if (trace.isAttached()) {
            trace.detach();
            say("trace off\n");
        } else {
            say("trace on\n");
            trace.attach(new TextTraceSink(new ToTerminal(), run.describer(), "\r\n"));
        }
    }

    private void say(String text) {
        put(("\n" + text).replace("\n", "\r\n"));
    }

    private void put(String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            output.put(b);
        }
    }

    /** Passes lines of the trace on to the terminal when the trace is flushed. */
    private final class ToTerminal extends StringWriter {
        @Override
        public void flush() {
            put(toString());
            getBuffer().setLength(0);
        }
    }
}
