package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.shyperlab.guestimages.linux.KernelImage;
import org.shyperlab.platforms.board.Region;
import org.shyperlab.platforms.input.InputException;

class PlacementTest {
    private static final KernelImage KERNEL =
            new KernelImage(new byte[100], KernelImage.Format.LINUX, 0x80000, 5 << 20, 0);

    private static final Region RAM = new Region("ram", 0x4000_0000L, 64 << 20);

    private static KernelImage program(long address) {
        return new KernelImage(new byte[100], KernelImage.Format.ELF, address, 100, 0);
    }

    @Test
    void kernelTreeAndInitrdFollowEachOtherInTwoMebibyteUnits() {
        Placement placement = Placement.of(new Region("ram", 0x4000_0000L, 64 << 20), KERNEL, new byte[3 << 20]);
        assertThat(placement.kernel().base()).isEqualTo(0x4028_0000L);
        assertThat(placement.deviceTree().base()).isEqualTo(0x4080_0000L);
        assertThat(placement.initrd()).isEqualTo(new Region("initial RAM disk", 0x40a0_0000L, 3 << 20));
    }

    @Test
    void whatDoesNotFitIsNamedWithBothRanges() {
        assertThatThrownBy(() -> Placement.of(new Region("ram", 0x4000_0000L, 12 << 20), KERNEL, new byte[3 << 20]))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(
                        "The initial RAM disk does not fit into RAM: it would take 0x40a00000..0x40cfffff (3 MiB)")
                .hasMessageContaining("RAM is 0x40000000..0x40bfffff (12 MiB)")
                .hasMessageContaining("--memory");
    }

    @Test
    void aProgramWithAnAddressOfItsOwnFindsTheTreeAtTheStartOfRam() {
        Placement placement = Placement.of(RAM, program(0x4010_0000L), new byte[3 << 20]);
        assertThat(placement.kernel().base()).isEqualTo(0x4010_0000L);
        assertThat(placement.deviceTree().base()).isEqualTo(0x4000_0000L);
        assertThat(placement.initrd()).isEqualTo(new Region("initial RAM disk", 0x4020_0000L, 3 << 20));
    }

    /** U-Boot for QEMU's board is one. */
    @Test
    void aFlatProgramFindsTheTreeAtTheStartOfRamToo() {
        KernelImage flat = new KernelImage(new byte[100], KernelImage.Format.FLAT, 0x8_0000, 100, 0);
        assertThat(Placement.of(RAM, flat, null).deviceTree().base()).isEqualTo(0x4000_0000L);
    }

    @Test
    void aProgramAtTheStartOfRamHasTheTreeAboveIt() {
        assertThat(Placement.of(RAM, program(0x4000_0000L), null).deviceTree().base())
                .isEqualTo(0x4020_0000L);
    }

    @Test
    void aProgramBelowRamIsToldWhereRamIs() {
        assertThatThrownBy(() -> Placement.of(RAM, program(0x8_0000L), null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("The kernel wants to be at 0x80000, and RAM is 0x40000000..0x43ffffff");
    }
}
