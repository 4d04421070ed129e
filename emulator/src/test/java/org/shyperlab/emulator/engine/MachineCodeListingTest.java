package org.shyperlab.emulator.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine code in the sources is what its comments say, by the judgement of GNU binutils' disassembler. */
class MachineCodeListingTest {
    private static final Pattern LINE = Pattern.compile("^ +([0-9a-f]+):\\t([0-9a-f ]+?)\\s*\\t([^\\t].*)$");

    @TempDir
    private Path directory;

    private record Line(String hex, String text) {}

    @Test
    void theStubsForX86AreWhatTheirCommentsSay() throws Exception {
        assertForX86(MachineCode.LISTINGS);
    }

    @Test
    void theStubsForArmAreWhatTheirCommentsSay() throws Exception {
        assertForArm(MachineCode.LISTINGS);
    }

    @Test
    void theRiscVStubsForX86AreWhatTheirCommentsSay() throws Exception {
        assertForX86(Rv64MachineCode.LISTINGS);
    }

    @Test
    void theRiscVStubsForArmAreWhatTheirCommentsSay() throws Exception {
        assertForArm(Rv64MachineCode.LISTINGS);
    }

    @Test
    void theCodePageMarkerIsWhatItsCommentsSay() throws Exception {
        assertForX86(CodePageMarker.listing());
    }

    @Test
    void theUserAccessIndexIsWhatItsCommentsSay() throws Exception {
        for (String listing : UserAccessIndex.listings()) {
            assertForX86(listing);
        }
    }

    private void assertForX86(Listings listings) throws Exception {
        for (String listing : listings.amd64()) {
            assertForX86(listing);
        }
    }

    private void assertForX86(String listing) throws Exception {
        assertSame(listing, disassemble(listing, "objdump", "i386:x86-64", "-M", "intel"));
    }

    private void assertForArm(Listings listings) throws Exception {
        for (String listing : listings.aarch64()) {
            assertSame(listing, disassemble(listing, "aarch64-linux-gnu-objdump", "aarch64"));
        }
    }

    private static void assertSame(String listing, List<Line> disassembled) {
        List<String> lines = listing.lines().toList();
        assertThat(disassembled).hasSameSizeAs(lines);
        int address = 0;
        for (int i = 0; i < lines.size(); i++) {
            String[] words = lines.get(i).split("\\s+", 2);
            Line real = disassembled.get(i);
            int length = words[0].length() / 2;
            assertThat(words[0]).as(lines.get(i)).isEqualTo(real.hex());
            assertThat(normal(words[1], address, length))
                    .as(lines.get(i))
                    .startsWith(normal(real.text(), address, length));
            address += length;
        }
    }

    /** One way to write an instruction: no blanks, decimal numbers, jump targets as absolute addresses, no size words and names. */
    private static String normal(String instruction, int address, int length) {
        String text =
                instruction.replaceAll("//.*|<[^>]*>", "").replaceAll("(?i)qword ptr|dword ptr|word ptr|byte ptr", "");
        text = text.replaceAll("\\b(qword|dword|byte) (?=\\[)", "").replaceAll("\\*1\\b|#", "");
        boolean arm = instruction.startsWith("b.");
        Matcher jump = Pattern.compile("^(\\S+)\\s+\\+(\\d+)").matcher(text);
        if (jump.find()) {
            int target = address + (arm ? 0 : length) + Integer.parseInt(jump.group(2));
            text = jump.group(1) + " " + target + text.substring(jump.end());
        } else if (text.matches("^(j[a-z]+|b\\.[a-z]+)\\s+(0x)?[0-9a-f]+\\b.*")) {
            String[] parts = text.split("\\s+");
            text = parts[0] + " " + Integer.parseInt(parts[1].replace("0x", ""), 16);
        }
        Matcher hex = Pattern.compile("0x([0-9a-f]+)").matcher(text);
        text = hex.replaceAll(match -> Integer.toString(Integer.parseUnsignedInt(low(match.group(1)), 16)));
        return text.replaceAll("\\s+", "")
                .replace("b.cs", "b.hs")
                .replace("b.cc", "b.lo")
                .replace(",cc", ",lo")
                .replace("jnc", "jae");
    }

    /** The low 32 bits: the disassembler shows sign-extended immediates as 64-bit numbers. */
    private static String low(String digits) {
        return digits.length() > 8 ? digits.substring(digits.length() - 8) : digits;
    }

    private List<Line> disassemble(String listing, String program, String machine, String... options)
            throws IOException, InterruptedException {
        assumeTrue(
                List.of(System.getenv("PATH").split(":")).stream()
                        .anyMatch(path -> Files.isExecutable(Path.of(path, program))),
                program + " is not installed: the Debian packages binutils and binutils-aarch64-linux-gnu bring it");
        Path code = Files.write(directory.resolve("code"), Listings.bytes(listing));
        List<String> command = new ArrayList<>(List.of(program, "-D", "-b", "binary", "-w", "-m", machine));
        command.addAll(List.of(options));
        command.add(code.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        List<Line> lines = new ArrayList<>();
        for (String line : output.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                String hex = matcher.group(2).replace(" ", "");
                lines.add(new Line(machine.equals("aarch64") ? reversed(hex) : hex, matcher.group(3)));
            }
        }
        return lines;
    }

    /** AArch64 instructions are shown as words, in memory the lowest byte is first. */
    private static String reversed(String word) {
        byte[] bytes = HexFormat.of().parseHex(word);
        StringBuilder text = new StringBuilder();
        for (int i = bytes.length - 1; i >= 0; i--) {
            text.append(HexFormat.of().toHexDigits(bytes[i]));
        }
        return text.toString();
    }
}
