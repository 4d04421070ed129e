package org.shyperlab.platforms.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.shyperlab.platforms.run.Run;

/**
 * A scenario of two VMs that never end: each prints a dot now and then, and what is typed to it; a q switches it off. Beside it lies the
 * configuration of a third one, whose guest is the shipped hello.
 */
public enum Tickers {
    AARCH64(
            "qemu-aarch64",
            "vm1-hello.json",
            0xd2a12000, //    movz x0, #0x900, lsl #16   the UART
            0x528005c3, //    mov  w3, #'.'
            0xd2a00042, // 1: movz x2, #2, lsl #16
            0xf1000442, // 2: subs x2, x2, #1
            0x54ffffe1, //    b.ne 2b
            0xb9000003, //    str  w3, [x0]
            0xb9401801, //    ldr  w1, [x0, #0x18]       its flags
            0x3727ff61, //    tbnz w1, #4, 1b            nothing was received
            0xb9400001, //    ldr  w1, [x0]
            0x7101c43f, //    cmp  w1, #'q'
            0x54000060, //    b.eq 3f
            0xb9000001, //    str  w1, [x0]
            0x17fffff6, //    b    1b
            0xd2b08000, // 3: movz x0, #0x8400, lsl #16
            0xf2800100, //    movk x0, #8                SYSTEM_OFF
            0xd4000003), //   smc  #0
    RISCV64(
            "qemu-riscv64",
            "vm1-riscv64-hello.json",
            0x10000537, //    lui  a0, 0x10000           the UART
            0x02e00693, //    li   a3, '.'
            0x00020637, // 1: lui  a2, 0x20
            0xfff60613, // 2: addi a2, a2, -1
            0xfe061ee3, //    bnez a2, 2b
            0x00d50023, //    sb   a3, 0(a0)
            0x00554583, //    lbu  a1, 5(a0)             line status
            0x0015f593, //    andi a1, a1, 1
            0xfe0584e3, //    beqz a1, 1b                nothing was received
            0x00054583, //    lbu  a1, 0(a0)
            0x07100713, //    li   a4, 'q'
            0x00e58663, //    beq  a1, a4, 3f
            0x00b50023, //    sb   a1, 0(a0)
            0xfd5ff06f, //    j    1b
            0x535258b7, // 3: lui  a7, 0x53525
            0x3548889b, //    addiw a7, a7, 0x354        system reset extension
            0x00000813, //    li   a6, 0
            0x00000513, //    li   a0, 0                 shut down
            0x00000073); //   ecall

    private static final String SHIPPED = "/org/shyperlab/platforms/scenarios/";

    private final String board;
    private final String configuration;
    private final int[] program;

    Tickers(String board, String configuration, int... program) {
        this.board = board;
        this.configuration = configuration;
        this.program = program;
    }

    /** Writes the files. VMs 0 and 1 are tick0 on core 0 and tick1 on core 1; late.json is hello on core 1. */
    public Path write(Path directory) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * program.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : program) {
            bytes.putInt(word);
        }
        Files.write(directory.resolve("ticker.bin"), bytes.array());
        vm(directory, "vm0.json", "tick0", 0, "ticker.bin");
        vm(directory, "vm1.json", "tick1", 1, "ticker.bin");
        vm(directory, "late.json", "late", 1, "shipped:hello");
        return Files.writeString(directory.resolve("ticks.yaml"), """
                scenario: ticks
                description: two VMs that never end
                board: %s
                cores: 2
                memory: 64M
                guest:
                  kernel: ticker.bin
                vms: [vm0.json, vm1.json]
                """.formatted(board));
    }

    private void vm(Path directory, String file, String name, int core, String kernel) throws IOException {
        String json;
        try (var in = Run.class.getResourceAsStream(SHIPPED + configuration)) {
            json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Files.writeString(
                directory.resolve(file),
                json.replace("\"name\": \"hello\"", "\"name\": \"" + name + "\"")
                        .replace("shipped:hello", kernel)
                        .replace("\"0x4000000\"", "\"0x400000\"")
                        .replace("\"0b10\"", "\"0b" + (core == 0 ? "1" : "10") + "\"")
                        .replace("\"master\": 1", "\"master\": " + core));
    }
}
