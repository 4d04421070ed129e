package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.platforms.scenario.Scenario;

/** What somebody types reaches the first guest, by whichever console it listens to. */
class ConsoleInputRunTest {
    private static final int[] ECHO_BY_PL011 = {
        0xd2a1_2009, //    mov  x9, #0x9000000
        0xb940_1921, // 1: ldr  w1, [x9, #0x18]
        0x3727_ffe1, //    tbnz w1, #4, 1b
        0xb940_0122, //    ldr  w2, [x9]
        0xb900_0122, //    str  w2, [x9]
        0x7101_c45f, //    cmp  w2, #'q'
        0x54ff_ff61, //    b.ne 1b
        0x52b0_8000, //    mov  w0, #0x84000000
        0x7280_0100, //    movk w0, #0x8
        0xd400_0003, //    smc  #0
    };
    private static final int[] ECHO_BY_NS16550 = {
        0x1000_02b7, //    lui  t0, 0x10000
        0x0052_c303, // 1: lbu  t1, 5(t0)
        0x0013_7313, //    andi t1, t1, 1
        0xfe03_0ce3, //    beqz t1, 1b
        0x0002_c383, //    lbu  t2, 0(t0)
        0x0072_8023, //    sb   t2, 0(t0)
        0x0710_0e13, //    li   t3, 'q'
        0xffc3_94e3, //    bne  t2, t3, 1b
        0x0080_0893, //    li   a7, 8
        0x0000_0073, //    ecall
    };
    private static final int[] ECHO_BY_SBI = {
        0x0020_0893, // 1: li   a7, 2
        0x0000_0073, //    ecall
        0xfe05_4ce3, //    bltz a0, 1b
        0x0005_0413, //    mv   s0, a0
        0x0010_0893, //    li   a7, 1
        0x0000_0073, //    ecall
        0x0710_0293, //    li   t0, 'q'
        0xfe54_12e3, //    bne  s0, t0, 1b
        0x0080_0893, //    li   a7, 8
        0x0000_0073, //    ecall
    };

    @TempDir
    private Path directory;

    /** A program, and the console that it has. */
    enum Guest {
        PL011_OF_THE_BARE_BOARD("qemu-aarch64", "", ECHO_BY_PL011),
        PL011_PASSED_THROUGH("qemu-aarch64", "vm0-hello.json", ECHO_BY_PL011),
        PL011_EMULATED("qemu-aarch64", "vm1-hello.json", ECHO_BY_PL011),
        NS16550_OF_THE_BARE_BOARD("qemu-riscv64", "", ECHO_BY_NS16550),
        NS16550_PASSED_THROUGH("qemu-riscv64", "vm0-riscv64-hello.json", ECHO_BY_NS16550),
        NS16550_EMULATED("qemu-riscv64", "vm1-riscv64-hello.json", ECHO_BY_NS16550),
        SBI_OF_THE_BARE_BOARD("qemu-riscv64", "", ECHO_BY_SBI),
        SBI_OVER_THE_BOARDS_PORT("qemu-riscv64", "vm0-riscv64-hello.json", ECHO_BY_SBI),
        SBI_OVER_AN_EMULATED_PORT("qemu-riscv64", "vm1-riscv64-hello.json", ECHO_BY_SBI);

        private final String board;
        private final String vm;
        private final int[] program;

        Guest(String board, String vm, int[] program) {
            this.board = board;
            this.vm = vm;
            this.program = program;
        }

        private Scenario scenario(Path directory) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(program.length * 4).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asIntBuffer().put(program);
            Files.write(directory.resolve("echo.bin"), bytes.array());
            return vm.isEmpty()
                    ? Execution.scenario(directory, board, "1", "echo.bin", null)
                    : Execution.scenario(
                            directory,
                            board,
                            "1",
                            "echo.bin",
                            null,
                            Execution.vm(vm)
                                    .replace("shipped:hello", "echo.bin")
                                    .replace("\"0b10\"", "\"0b1\"")
                                    .replace("\"master\": 1", "\"master\": 0"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aGuestThatEchoesShowsWhatWasTypedAndEndsWithIt(Guest guest) throws IOException {
        // A PL011 whose FIFOs nobody has switched on holds one character.
        String typed = guest.program == ECHO_BY_PL011 ? "q" : "hello, q";
        Execution run = Execution.ofTyped(guest.scenario(directory), guest.vm.isEmpty(), typed);
        assertThat(run.console()).isEqualTo(typed);
        assertThat(run.outcome()).as("%s", run.failures()).isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
    }
}
