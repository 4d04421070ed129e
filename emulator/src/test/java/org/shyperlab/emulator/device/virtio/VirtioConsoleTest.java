package org.shyperlab.emulator.device.virtio;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.shyperlab.emulator.device.virtio.DriverRing.Piece;
import org.shyperlab.emulator.device.virtio.DriverRing.Used;

class VirtioConsoleTest {
    /** A terminal that takes so many characters and no more. */
    private static final class Terminal implements StreamSink {
        final StringBuilder text = new StringBuilder();
        int room = Integer.MAX_VALUE;
        Runnable callback = () -> {};

        @Override
        public int offer(byte[] buffer, int offset, int length) {
            int count = Math.min(room, length);
            room -= count;
            text.append(new String(buffer, offset, count, US_ASCII));
            return count;
        }

        @Override
        public void onRoom(Runnable runnable) {
            callback = runnable;
        }
    }

    private final Terminal terminal = new Terminal();
    private final VirtioConsole console = new VirtioConsole("hvc0", terminal);
    private final ReferenceDriver driver = new ReferenceDriver(console);
    private final DriverMemory memory = driver.memory;
    private final DriverRing[] rings = driver.start(0, 16, 2);
    private int told;

    VirtioConsoleTest() {
        console.onRoom(() -> told++);
    }

    private int print(String text) {
        int head = rings[1].add(Piece.read(memory.put(text.getBytes(US_ASCII)), text.length()));
        rings[1].kick();
        return head;
    }

    private int type(String text) {
        return console.offer(text.getBytes(US_ASCII), 0, text.length());
    }

    @Test
    void whatTheGuestPrintsArrives() {
        int head = print("hello\n");
        assertThat(terminal.text).hasToString("hello\n");
        assertThat(rings[1].poll()).isEqualTo(new Used(head, 0));
        assertThat(driver.takeInterrupt()).isEqualTo(1);
    }

    @Test
    void longOutputArrivesWhole() {
        String text = "0123456789".repeat(2000);
        print(text);
        assertThat(terminal.text).hasToString(text);
    }

    @Test
    void aSlowTerminalLosesNothing() {
        terminal.room = 3;
        int first = print("hello");
        int second = print(" world");
        assertThat(terminal.text).hasToString("hel");
        assertThat(rings[1].poll()).isNull();
        terminal.room = 1;
        terminal.callback.run();
        assertThat(rings[1].poll()).isNull();
        terminal.room = 100;
        terminal.callback.run();
        assertThat(terminal.text).hasToString("hello world");
        assertThat(rings[1].poll()).isEqualTo(new Used(first, 0));
        assertThat(rings[1].poll()).isEqualTo(new Used(second, 0));
    }

    @Test
    void whatIsTypedFillsTheGuestsBuffers() {
        long buffer = memory.allocate(8, 1);
        rings[0].add(Piece.write(buffer, 4));
        rings[0].add(Piece.write(buffer + 4, 4));
        rings[0].kick();
        assertThat(type("abcdef")).isEqualTo(6);
        assertThat(rings[0].poll()).isEqualTo(new Used(0, 4));
        assertThat(rings[0].poll()).isEqualTo(new Used(1, 2));
        assertThat(new String(memory.get(buffer, 6), US_ASCII)).isEqualTo("abcdef");
        assertThat(told).isZero();
    }

    @Test
    void whatDoesNotFitWaitsWithTheGiver() {
        long buffer = memory.allocate(8, 1);
        rings[0].add(Piece.write(buffer, 4));
        rings[0].kick();
        assertThat(type("abcdef")).isEqualTo(4);
        assertThat(told).isZero();
        rings[0].add(Piece.write(buffer, 4));
        rings[0].kick();
        assertThat(told).isEqualTo(1);
        assertThat(type("ef")).isEqualTo(2);
    }

    @Test
    void withoutADriverNothingIsTakenAndTheGiverHearsWhenThereIsOne() {
        driver.device.reset();
        assertThat(type("a")).isZero();
        driver.start(0, 16, 2);
        assertThat(told).isEqualTo(1);
    }

    @Test
    void afterAResetAHalfSentBufferIsNotSentOn() {
        terminal.room = 2;
        print("hello");
        driver.device.reset();
        terminal.room = 100;
        terminal.callback.run();
        assertThat(terminal.text).hasToString("he");
        DriverRing[] fresh = driver.start(0, 16, 2);
        fresh[1].add(Piece.read(memory.put("x".getBytes(US_ASCII)), 1));
        fresh[1].kick();
        assertThat(terminal.text).hasToString("hex");
    }

    @Test
    void itsSizeIsTold() {
        assertThat(driver.offered() & 0xff_ffff).as("not known yet").isZero();
        console.resize(132, 43);
        assertThat(driver.takeInterrupt()).isEqualTo(2);
        assertThat(driver.device.read(0, 0x100, 2)).isEqualTo(132);
        assertThat(driver.device.read(0, 0x102, 2)).isEqualTo(43);
        assertThat(driver.offered() & 0xff_ffff).isEqualTo(1);
    }

    @Test
    void aRingThatIsTakenBackHalfSentGoesOnWithItsNewBuffers() {
        terminal.room = 2;
        print("hello");
        driver.write(ReferenceDriver.QUEUE_SEL, 1);
        driver.write(ReferenceDriver.QUEUE_READY, 0);
        DriverRing fresh = new DriverRing(driver, 1, 16, driver.offered());
        terminal.room = 100;
        terminal.callback.run();
        int head = fresh.add(Piece.read(memory.put("x".getBytes(US_ASCII)), 1));
        fresh.kick();
        assertThat(terminal.text).hasToString("hex");
        assertThat(fresh.poll()).isEqualTo(new Used(head, 0));
    }

    @Test
    void aBufferOfHugePiecesIsNotSentForHours() {
        rings[1].add(
                Piece.read(DriverMemory.BASE, DriverMemory.BYTES),
                Piece.read(DriverMemory.BASE, DriverMemory.BYTES),
                Piece.read(DriverMemory.BASE, DriverMemory.BYTES),
                Piece.read(DriverMemory.BASE, DriverMemory.BYTES),
                Piece.read(DriverMemory.BASE, 1));
        rings[1].kick();
        driver.expectBroken("has 4194305 bytes, more than the 4194304 that this console takes at once");
        assertThat(terminal.text).isEmpty();
    }
}
