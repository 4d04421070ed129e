package org.shyperlab.emulator.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RegisterMapTest {
    private final RecordedErrors errors = new RecordedErrors();
    private final int[] stored = new int[2];
    private int lastWritten = -1;
    private int lastCore = -1;

    private final RegisterMap map = RegisterMap.of("dev0", 0x1000, errors)
            .add(Register.readWrite(0x00, "PLAIN", (core, n) -> stored[n], (core, n, value) -> stored[n] = value)
                    .times(2)
                    .sizes(Register.ANY_SIZE))
            .add(Register.readWrite(0x08, "FIELDS", (core, n) -> stored[0], (core, n, value) -> stored[0] = value)
                    .field("LOW", 3, 0)
                    .readOnlyField("HIGH", 31, 28))
            .add(Register.readOnly(0x0c, "STATUS", (core, n) -> 0x1122_3344).sizes(Register.BYTE_OR_WORD))
            .add(Register.writeOnly(0x10, "COMMAND", (core, n, value) -> {
                lastWritten = value;
                lastCore = core;
            }))
            .add(Register.writeActs(0x14, "SET", (core, n) -> -1, (core, n, value) -> lastWritten = value)
                    .sizes(Register.ANY_SIZE))
            .add(Register.notModelled(0x18, "DMA"))
            .identification(0xfe0, "ID", 0x4433_2211, Register.WORD_ONLY)
            .build();

    @Test
    void aNarrowWriteChangesOnlyItsBytesOfAPlainRegister() {
        map.write(0, 4, 4, 0xaabb_ccddL);
        map.write(0, 5, 1, 0x11);
        map.write(0, 6, 2, 0x2233);

        assertThat(map.read(0, 4, 4)).isEqualTo(0x2233_11ddL);
        assertThat(map.read(0, 5, 1)).isEqualTo(0x11);
        assertThat(map.read(0, 6, 2)).isEqualTo(0x2233);
        assertThat(errors.texts()).isEmpty();
    }

    @Test
    void aNarrowWriteToARegisterThatActsHasZerosElsewhere() {
        map.write(0, 0x16, 1, 0xff);

        assertThat(lastWritten).isEqualTo(0x00ff_0000);
    }

    @Test
    void reservedBitsReadAsZeroAndIgnoreWrites() {
        map.write(0, 8, 4, 0xffff_ffffL);
        assertThat(stored[0]).isEqualTo(0xf);

        stored[0] = -1;
        assertThat(map.read(0, 8, 4)).isEqualTo(0xf000_000fL);
    }

    @Test
    void aWriteToAReadOnlyRegisterIsIgnoredAndReportedByName() {
        map.write(3, 0x0c, 4, 5);

        assertThat(errors.texts()).containsExactly("dev0: write of 0x5 to STATUS, which is read-only");
    }

    @Test
    void aReadOfAWriteOnlyRegisterIsZeroAndReportedByName() {
        assertThat(map.read(0, 0x10, 4)).isZero();

        assertThat(errors.texts()).containsExactly("dev0: read of COMMAND, which is write-only");
    }

    @Test
    void aRegisterThatIsNotModelledReportsBothDirections() {
        map.write(0, 0x18, 4, 1);

        assertThat(map.read(0, 0x18, 4)).isZero();
        assertThat(errors.texts()).hasSize(2).allMatch(text -> text.contains("DMA, which is not modelled"));
    }

    @Test
    void sizesThatARegisterDoesNotAllowAreIgnoredAndReported() {
        assertThat(map.read(0, 0x0c, 2)).isZero();
        assertThat(map.read(0, 0x0d, 1)).as("bytes are allowed").isEqualTo(0x33);
        map.write(0, 0x10, 8, 1);
        map.write(0, 0x10, 1, 1);

        assertThat(lastWritten).isEqualTo(-1);
        assertThat(errors.texts())
                .containsExactly(
                        "dev0: read of 2 bytes at offset 0xc: STATUS does not allow that size there",
                        "dev0: write of 8 bytes at offset 0x10: COMMAND does not allow that size there",
                        "dev0: write of 1 bytes at offset 0x10: COMMAND does not allow that size there");
    }

    @Test
    void misalignedAccessesAreIgnoredAndReportedWithTheRunsRegister() {
        assertThat(map.read(0, 6, 4)).isZero();
        assertThat(map.read(0, 5, 2)).isZero();

        assertThat(errors.texts()).hasSize(2).allMatch(text -> text.contains("PLAIN1 does not allow that size there"));
    }

    @Test
    void offsetsWithoutARegisterAreReportedWithTheOffset() {
        assertThat(map.read(0, 0x7fc, 4)).isZero();
        map.write(0, 0x1000, 4, 1);
        map.write(0, -4, 4, 1);

        assertThat(errors.texts())
                .containsExactly(
                        "dev0: read of 4 bytes at offset 0x7fc, where no register is",
                        "dev0: write of 4 bytes at offset 0x1000, where no register is",
                        "dev0: write of 4 bytes at offset 0xfffffffffffffffc, where no register is");
    }

    @Test
    void anAccessByNoCoreSeesTheBankOfCore0() {
        map.write(Device.NO_CORE, 0x10, 4, 7);

        assertThat(lastCore).isZero();
    }

    @Test
    void identificationBytesLieLowByteFirst() {
        assertThat(map.read(0, 0xfe0, 4)).isEqualTo(0x11);
        assertThat(map.read(0, 0xfec, 4)).isEqualTo(0x44);
    }

    @Test
    void aDoublewordIsTwoWordsLowHalfFirst() {
        int[] halves = new int[2];
        RegisterMap wide = RegisterMap.of("dev1", 0x1000, errors)
                .add(Register.readWrite(0x8, "WIDE", (core, n) -> halves[n], (core, n, value) -> halves[n] = value)
                        .times(2)
                        .sizes(Register.WORD_OR_DOUBLEWORD))
                .build();

        wide.write(0, 8, 8, 0x1122_3344_8877_6655L);
        assertThat(halves).containsExactly(0x8877_6655, 0x1122_3344);
        assertThat(wide.read(0, 8, 8)).isEqualTo(0x1122_3344_8877_6655L);
        assertThat(wide.read(0, 12, 4)).isEqualTo(0x1122_3344L);
        assertThat(errors.texts()).isEmpty();

        assertThat(wide.read(0, 12, 8)).isZero();
        assertThat(errors.texts())
                .containsExactly("dev1: read of 8 bytes at offset 0xc: WIDE1 does not allow that size there");
    }

    @Test
    void aWideWindowMayBeSparse() {
        RegisterMap sparse = RegisterMap.of("dev1", 0x60_0000, errors)
                .add(Register.constant(0, "FIRST", 1))
                .add(Register.constant(0x5f_fffc, "LAST", 2))
                .build();

        assertThat(sparse.read(0, 0x5f_fffc, 4)).isEqualTo(2);
        assertThat(sparse.size()).isEqualTo(0x60_0000);
        assertThat(sparse.read(0, 0x30_0000, 4)).isZero();
        assertThat(errors.texts()).containsExactly("dev1: read of 4 bytes at offset 0x300000, where no register is");
    }

    @Test
    void twoRegistersAtOneOffsetOrOutsideTheWindowAreRefused() {
        RegisterMap.Builder twice = RegisterMap.of("dev1", 0x1000, errors)
                .add(Register.constant(0, "A", 0).times(3))
                .add(Register.constant(8, "B", 0));
        assertThatThrownBy(twice::build).hasMessage("dev1: B lies on A2");

        RegisterMap.Builder outside = RegisterMap.of("dev1", 0x1000, errors);
        assertThatThrownBy(() -> outside.add(Register.constant(0xffc, "C", 0).times(2)))
                .hasMessage("dev1: C does not fit the window");
    }

    @Test
    void everyRowDescribesItselfInOneLine() {
        assertThat(map.registers().stream().map(Register::describe))
                .startsWith(
                        "0x000 PLAIN0-1 RW reset 0x0",
                        "0x008 FIELDS RW reset 0x0: LOW[3:0], HIGH[31:28] RO",
                        "0x00c STATUS RO reset 0x0",
                        "0x010 COMMAND WO",
                        "0x014 SET RW-acts reset 0x0",
                        "0x018 DMA RAZ/WI",
                        "0xfe0 ID0 RO reset 0x11");
    }
}
