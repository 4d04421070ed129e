package org.shyperlab.emulator.core.riscv64;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GuestInstructionsTest {
    private static final int VS = 1;
    private static final int VU = 0;

    private static int csrr(int number) {
        return number << 20 | 2 << 12 | 10 << 7 | 0x73;
    }

    private static int csrw(int number) {
        return number << 20 | 10 << 15 | 1 << 12 | 0x73;
    }

    private static boolean isVirtual(int instruction, int privilege, long counters) {
        return VirtualInstructions.isVirtual(instruction, privilege, counters, true);
    }

    @Test
    void hypervisorAndVirtualSupervisorCsrsAreVirtualInstructionsInAGuest() {
        for (int number : new int[] {0x600, 0x680, 0x645, 0x200, 0x280, 0xe12}) {
            assertThat(isVirtual(csrr(number), VS, 7)).as("%x", number).isTrue();
            assertThat(isVirtual(csrr(number), VU, 7)).as("%x", number).isTrue();
        }
        assertThat(isVirtual(csrw(0xe12), VS, 7)).as("hgeip is read-only").isFalse();
        assertThat(isVirtual(csrr(0x300), VS, 7)).as("mstatus").isFalse();
        assertThat(isVirtual(csrr(0x7a0), VS, 7)).as("tselect").isFalse();
        assertThat(isVirtual(csrr(0x6ff), VS, 7))
                .as("a CSR that does not exist")
                .isFalse();
    }

    @Test
    void supervisorCsrsAreVirtualInstructionsInVirtualUserMode() {
        assertThat(isVirtual(csrr(0x100), VU, 7)).isTrue();
        assertThat(isVirtual(csrw(0x180), VU, 7)).isTrue();
    }

    @Test
    void aCounterIsAVirtualInstructionWhenHcounterenKeepsIt() {
        assertThat(isVirtual(csrr(0xc01), VS, 0)).isTrue();
        assertThat(isVirtual(csrr(0xc01), VS, 2)).isFalse();
        assertThat(isVirtual(csrr(0xc00), VS, 2)).isTrue();
        assertThat(isVirtual(csrw(0xc01), VS, 0)).isFalse();
    }

    @Test
    void csrsOfTheAiaAreIllegalWhereThereIsNone() {
        assertThat(VirtualInstructions.isVirtual(csrr(0x15c), VS, 7, false)).isFalse();
        assertThat(VirtualInstructions.isVirtual(csrr(0x15c), VS, 7, true)).isTrue();
    }

    @Test
    void fencesReturnsAndGuestAccessesAreVirtualInstructions() {
        int[] forHypervisors = {
            0x1020_0073, 0x1200_0073, 0x1050_0073, 0x2200_0073, 0x6200_0073, 0x6c05_c573, 0x6ea5_c073
        };
        for (int instruction : forHypervisors) {
            assertThat(isVirtual(instruction, VS, 7)).as("%x", instruction).isTrue();
        }
        for (int instruction : new int[] {0, 0x3020_0073, 0xffff_ffff, 0x0000_0013}) {
            assertThat(isVirtual(instruction, VS, 7)).as("%x", instruction).isFalse();
        }
    }

    @Test
    void aTransformedLoadOrStoreKeepsItsRegisterAndWidthAndLosesItsAddress() {
        assertThat(TransformedInstruction.of(0x0085_a503)).as("lw a0, 8(a1)").isEqualTo(0x2503);
        assertThat(TransformedInstruction.of(0x00a5_a423)).as("sw a0, 8(a1)").isEqualTo(0x00a0_2023);
        assertThat(TransformedInstruction.of(0xfea5_bc23)).as("sd a0, -8(a1)").isEqualTo(0x00a0_3023);
        assertThat(TransformedInstruction.of(0x00c5_a52f))
                .as("amoadd.w a0, a2, (a1)")
                .isEqualTo(0x00c0_252f);
        assertThat(TransformedInstruction.of(0x0000_0013)).as("nop").isZero();
        assertThat(TransformedInstruction.of(0x0000_4188)).as("c.lw a0, 0(a1)").isEqualTo(0x2501);
        assertThat(TransformedInstruction.of(0x0000_e188)).as("c.sd a0, 0(a1)").isEqualTo(0x00a0_3021);
        assertThat(TransformedInstruction.of(0x0000_6522))
                .as("c.ldsp a0, 8(sp)")
                .isEqualTo(0x3501);
        assertThat(TransformedInstruction.of(0x0000_0505)).as("c.addi a0, 1").isZero();
    }

    @Test
    void atomicsFaultAsStoresButForLoadReserved() {
        assertThat(TransformedInstruction.isAtomicStore(0x00c5_a52f))
                .as("amoadd.w")
                .isTrue();
        assertThat(TransformedInstruction.isAtomicStore(0x18c5_a52f)).as("sc.w").isTrue();
        assertThat(TransformedInstruction.isAtomicStore(0x1005_a52f)).as("lr.w").isFalse();
        assertThat(TransformedInstruction.isAtomicStore(0x00a5_a423)).as("sw").isFalse();
    }
}
