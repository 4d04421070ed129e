package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmConfigReader;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardCatalog;
import org.shyperlab.platforms.input.InputException;

class UplinkDeviceTest {
    private static VmConfig read(String json) {
        return Objects.requireNonNull(VmConfigReader.read("vm.json", json).config());
    }

    /** The first VM has no virtio device, the second one at the first slot, the third has all slots to itself. */
    @ParameterizedTest
    @CsvSource({
        "qemu-aarch64, vm0-hello.json, 0xa000000, 48",
        "qemu-aarch64, vm0-eight.json, 0xa001000, 49",
        "qemu-aarch64, vm0-mvm.json, 0xa004000, 80",
        "qemu-riscv64, vm0-riscv64-eight.json, 0x10002000, 2",
        "qemu-riscv64, vm0-riscv64-mvm.json, 0x10009000, 9"
    })
    void aVmHasOneMoreDeviceWhereItHasNothing(String board, String vm, String address, int interrupt) {
        VmConfig before = read(Execution.vm(vm));
        VmConfig after = UplinkDevice.addTo(before, BoardCatalog.shipped(board));
        assertThat(after.emulated()).startsWith(before.emulated().toArray(VmConfig.Emulated[]::new));
        VmConfig.Emulated added = after.emulated().getLast();
        assertThat(added.type()).isEqualTo(EmulatedDeviceType.VIRTIO_NET);
        assertThat(added.name()).isEqualTo("uplink");
        assertThat(added.region()).isEqualTo(new MemoryRegion(Long.decode(address), 0x1000));
        assertThat(added.interrupt()).isEqualTo(interrupt);
        assertThat(added.parameters()).containsExactly(2L, 0x53L, 0x68L, 0x79L, 0L, 0x10L);
    }

    @Test
    void aVmThatCannotHaveItIsToldWhy() {
        Board board = BoardCatalog.shipped("qemu-aarch64");
        String json = Execution.vm("vm0-eight.json");
        assertThatThrownBy(() -> UplinkDevice.addTo(read(json.replace("\"net\"", "\"uplink\"")), board))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "uplink of VM linux1: the VM has a device called \"uplink\" already; give it another name.");
        assertThatThrownBy(() -> UplinkDevice.addTo(
                        read(json.replace("\"device_tree_filename\": \"\"", "\"device_tree_filename\": \"x.dtb\"")),
                        board))
                .isInstanceOf(InputException.class)
                .hasMessage("uplink of VM linux1: the VM brings its own device tree, which does not have the device.");
    }
}
