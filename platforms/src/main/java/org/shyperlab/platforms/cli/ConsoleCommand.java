package org.shyperlab.platforms.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.Base64;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.shyperlab.platforms.control.ControlClient;
import org.shyperlab.platforms.control.Message;
import org.shyperlab.platforms.control.Order;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.run.Outcome;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code shyper console}: the terminal as the console of a VM of a running machine. */
@Command(
        name = "console",
        description = {
            "The console of a VM of a machine that runs in another terminal.",
            "",
            "It shows the last 64 KiB of what the VM printed and what it prints from now on, and types what you type.",
            "On a terminal every key goes to the guest; Ctrl-A q leaves, Ctrl-A Ctrl-A sends Ctrl-A. Otherwise standard input is typed,",
            "and output is shown until the VM or the machine is gone. Any number of consoles may be open at once.",
            ""
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  shyper console linux", "  shyper console 1 </dev/null >hello.txt"})
final class ConsoleCommand implements Callable<Integer> {
    private static final String KEYS = "Ctrl-A q  leave the console\r\nCtrl-A Ctrl-A  sends Ctrl-A to the guest\r\n";

    private final Terminals terminals;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "VM", description = "The VM's number or name.")
    @SuppressWarnings("NullAway.Init")
    private String vm;

    @Mixin
    private MachineChoice machine = new MachineChoice();

    ConsoleCommand(Terminals terminals) {
        this.terminals = terminals;
    }

    @Override
    public Integer call() {
        try (ControlClient client = machine.connect()) {
            client.ask(Order.CONSOLE, json -> json.writeStringField("vm", vm));
            if (!terminals.inputIsTerminal()) {
                return show(client, key -> type(client, key));
            }
            EscapeKeys keys = new EscapeKeys(key -> type(client, key), key -> command(client, key));
            try (RawTerminal raw = RawTerminal.open()) {
                say("Ctrl-A q leaves the console of " + vm + "\r\n");
                return show(client, keys::key);
            }
        }
    }

    private int show(ControlClient client, IntConsumer keys) {
        Thread.ofPlatform().daemon().name("console-input").start(() -> read(keys));
        OutputStream out = terminals.output();
        try {
            for (String line = client.nextLine(); line != null; line = client.nextLine()) {
                Message message = ControlClient.message(line);
                String output = message.text("output");
                if (output != null) {
                    out.write(Base64.getDecoder().decode(output));
                    out.flush();
                }
                if (message.integer("lost") > 0) {
                    say("\r\n[%d bytes lost: shown too slowly]\r\n".formatted(message.integer("lost")));
                }
                String end = message.text("end");
                if (end != null) {
                    say("\r\nshyper: " + end + "\r\n");
                    return Outcome.SUCCESS;
                }
                ControlClient.requireOk(line);
            }
            return Outcome.SUCCESS; // left by key
        } catch (IOException error) {
            throw new InputException("The console cannot be shown: " + InputException.reason(error));
        }
    }

    /** At the end of input the output is still shown. */
    private static void read(IntConsumer keys) {
        try (InputStream in = new FileInputStream(FileDescriptor.in)) {
            for (int key = in.read(); key >= 0; key = in.read()) {
                keys.accept(key);
            }
        } catch (IOException | InputException gone) {
            // The terminal or the machine has gone: the other thread sees to the end.
        }
    }

    private static void type(ControlClient client, int key) {
        String data = Base64.getEncoder().encodeToString(new byte[] {(byte) key});
        client.send(Order.TYPE, json -> json.writeStringField("data", data));
    }

    private void command(ControlClient client, int key) {
        if (key == 'q') {
            client.close();
        } else {
            say("\r\n" + KEYS);
        }
    }

    private void say(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.print(text);
        err.flush();
    }
}
