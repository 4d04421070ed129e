package org.shyperlab.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shyperlab.hypervisor.RiscvTestBoard.MILLISECOND;
import static org.shyperlab.hypervisor.RiscvTestBoard.vm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the report says of a guest with its own page tables (Sv39) that stores to VA 0x40001008 by a compressed instruction. */
class RiscvFailureReportTest {
    /**
     * Its root maps the GiB of the store to GPA 0x40000000, where the VM has nothing.
     *
     * <pre>
     * li t0, 0x80300000; li t1, 0x200000cf; sd t1, 16(t0); li t1, 0x100000cf; sd t1, 8(t0); li t1, 0x8000000000080300
     * csrw satp, t1; sfence.vma; li a1, 0x40001008; li a2, 77; c.sw a2, 0(a1); c.j .
     * </pre>
     */
    private static final int[] STORE_TO_NOWHERE = {
        0x829b6285,
        0x02d28032,
        0x20000337,
        0x0cf3031b,
        0x0062b823,
        0x10000337,
        0x0cf3031b,
        0x0062b423,
        0xfff0031b,
        0x03051332,
        0x0313034e,
        0x10733003,
        0x00731803,
        0x15b71200,
        0x25a14000,
        0x04d00613,
        0xa001c190
    };

    /** The same with 0x14000001 in place of 0x100000cf: the next table is at GPA 0x50000000, where the VM has nothing. */
    private static final int[] TABLE_NOWHERE = {
        0x829b6285,
        0x02d28032,
        0x20000337,
        0x0cf3031b,
        0x0062b823,
        0x14000337,
        0xb4232305,
        0x031b0062,
        0x1332fff0,
        0x034e0305,
        0x30030313,
        0x18031073,
        0x12000073,
        0x400015b7,
        0x061325a1,
        0xc19004d0,
        0x0000a001
    };

    private static List<String> report(int[] code) {
        ByteBuffer bytes = ByteBuffer.allocate(code.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(code);
        try (RiscvTestBoard board = new RiscvTestBoard(1).boot(vm("lost", 1, 0, false, bytes.array()))) {
            board.run(100 * MILLISECOND);
            assertThat(board.failureTexts).hasSize(1);
            return board.failureTexts.get(0);
        }
    }

    @Test
    void aStoreToNowhereIsToldWithInstructionAndBothAddresses() {
        List<String> report = report(STORE_TO_NOWHERE);
        assertThat(report.getFirst())
                .startsWith(
                        "VM 0 (lost) was stopped: data access to an address where the VM has neither memory nor a device."
                                + " Its vCPU 0 was on core 0 in VS, PC 0x80200040, at \"c190  ")
                .endsWith("Store/AMO guest-page fault: store of 4 bytes from a2, compressed"
                        + " (scause 23, htval 0x10000402, htinst 0x00c02021)."
                        + " The address is VA 0x40001008, GPA 0x40001008: the G-stage entry is invalid: V=0.");
        assertThat(report)
                .anyMatch(line -> line.startsWith("  -> 0x0000000080200040  c190  "))
                .anyMatch(line -> line.startsWith("     0x0000000080200042  a001  "))
                .anyMatch(line -> line.startsWith("    VS-stage L2  [GPA 0x80300008 = PA ")
                        && line.endsWith("00000000100000cf  block: 1 GiB at GPA 0x40000000, VRWX--AD: VS rwx, VU ---"))
                .anyMatch(line -> line.startsWith("        G-stage L2  GPA 0x40001008  [PA ")
                        && line.endsWith("0000000000000000  invalid: V=0"))
                .anyMatch(line -> line.endsWith("(scause 23, GPA 0x40001008, htval 0x10000402)"))
                .anyMatch(line -> line.startsWith("  a2  000000000000004d"))
                .anyMatch(line -> line.startsWith("  hstatus GVA SPV SPVP=VS"))
                .last()
                .asString()
                .endsWith("PC 0x80200040  store/AMO guest-page fault (scause 23), GPA 0x40001008");
    }

    @Test
    void aPageTableNowhereIsToldAsTheWalksOwnRead() {
        List<String> report = report(TABLE_NOWHERE);
        assertThat(report.getFirst())
                .contains("the guest's own page table lies where it has no memory")
                .endsWith("Store/AMO guest-page fault: the walk's read of a VS-stage entry"
                        + " (scause 23, htval 0x14000000, htinst 0x00003000)."
                        + " The address is VA 0x40001008, GPA 0x50000000: the G-stage entry is invalid: V=0.");
        assertThat(report)
                .anyMatch(line -> line.contains(", during a VS-stage walk: the G-stage entry is invalid")
                        && line.endsWith("(scause 23, GPA 0x50000000, htval 0x14000000, htinst 0x3000)"));
    }
}
