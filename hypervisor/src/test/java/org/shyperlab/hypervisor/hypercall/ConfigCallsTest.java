package org.shyperlab.hypervisor.hypercall;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.hypervisor.config.EmulatedDeviceType;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.memory.MemoryRegion;
import org.shyperlab.hypervisor.vm.VmState;

/** A VM that the management VM makes by hypercalls, piece by piece. */
class ConfigCallsTest {
    private static final long RAM = TestVms.RAM;
    private static final long GUEST_RAM = 0x8000_0000L;
    private static final long CACHE = RAM + 0x8_0000;
    private static final int CACHE_SIZE = 0x8_0000;
    private static final long LOAD = GUEST_RAM + 0x8_0000;

    private final TestVms vms = new TestVms(2, false);

    private void text(long ipa, String text) {
        byte[] bytes = new byte[32];
        System.arraycopy(text.getBytes(StandardCharsets.UTF_8), 0, bytes, 0, text.length());
        vms.write(0, ipa, bytes);
    }

    private int add() {
        text(RAM, "guest");
        text(RAM + 0x100, "console=ttyS0");
        vms.writeWords(0, RAM + 0x200, RAM, 5, 1, RAM + 0x100, 13, LOAD, GUEST_RAM, 0);
        return (int) vms.call(0, Hypercall.ADD_VM, RAM + 0x200);
    }

    private int configure() {
        int id = add();
        assertThat(vms.call(0, Hypercall.CPU, id, 1, 0b0110, 1)).isZero();
        assertThat(vms.call(0, Hypercall.MEMORY_REGION, id, GUEST_RAM, 0x20_0000))
                .isZero();
        text(RAM + 0x300, "intc@8000000");
        assertThat(vms.call(0, Hypercall.EMULATED_DEVICE, id, RAM + 0x300, 0x800_0000, 0x1000, 0, RAM + 0x400, 1))
                .isZero();
        return id;
    }

    private long upload(int id, int size, int offset, int length) {
        return vms.call(0, Hypercall.UPLOAD_KERNEL_IMAGE, id, size, CACHE, offset, length);
    }

    @Test
    void theFirstImageMakesTheVmAsItWasConfigured() {
        int id = configure();
        assertThat(vms.vm(id)).isNull();
        assertThat(vms.call(0, Hypercall.PASSTHROUGH_REGION, id, 0x801_0000, 0x804_0000, 0x2000))
                .isZero();
        assertThat(vms.call(0, Hypercall.PASSTHROUGH_REGION, id, 0x900_0000, 0x900_0000, 0x1000))
                .isZero();
        assertThat(vms.call(0, Hypercall.PASSTHROUGH_REGION, id, 0x901_0000, 0x901_0000, 0x1000))
                .isZero();
        vms.writeWords(0, RAM + 0x500, 27, 33, 34);
        assertThat(vms.call(0, Hypercall.PASSTHROUGH_IRQS, id, RAM + 0x500, 3)).isZero();
        assertThat(upload(id, 0x1000, 0, 0x1000)).as("%s", vms.lines).isZero();
        assertThat(vms.vm(id)).isNotNull();
        VmConfig config = vms.config(id);
        assertThat(config.name()).isEqualTo("guest");
        assertThat(config.commandLine()).isEqualTo("console=ttyS0");
        assertThat(config.cpu()).as("the lowest core").isEqualTo(new VmConfig.Cpu(1, 0b0010, 1));
        assertThat(config.memory()).containsExactly(new MemoryRegion(GUEST_RAM, 0x20_0000));
        assertThat(config.image().entryPoint()).isEqualTo(LOAD);
        assertThat(config.emulated()).singleElement().satisfies(device -> {
            assertThat(device.name()).isEqualTo("intc@8000000");
            assertThat(device.type()).isEqualTo(EmulatedDeviceType.GICD);
        });
        assertThat(config.passthrough().get(1).interrupts()).containsExactly(33);
        assertThat(config.passthrough().get(2).interrupts()).containsExactly(27, 34);
    }

    /** Rust-Shyper's defects 4 and 19: the last part has the size of the whole file, and nothing bounds it. */
    @Test
    void anImageInPartsArrivesWholeAndTheVmStarts() {
        int id = configure();
        byte[] image = new byte[CACHE_SIZE + 1000];
        new Random(1).nextBytes(image);
        for (int offset = 0; offset < image.length; offset += 0x1_0000) {
            int length = Math.min(0x1_0000, image.length - offset);
            byte[] part = new byte[length];
            System.arraycopy(image, offset, part, 0, length);
            vms.write(0, CACHE, part);
            assertThat(vms.call(0, Hypercall.BOOT_VM, id)).isEqualTo(HypercallError.WRONG_STATE.code());
            assertThat(upload(id, image.length, offset, length)).isZero();
        }
        assertThat(vms.bytes(id, LOAD, image.length)).isEqualTo(image);
        assertThat(vms.call(0, Hypercall.BOOT_VM, id)).isZero();
        assertThat(upload(id, image.length, 0, 1)).as("it runs").isEqualTo(HypercallError.WRONG_STATE.code());
    }

    @ParameterizedTest
    @CsvSource({
        "4096, 0, 4097",
        "4096, 4096, 1",
        "4096, 1, 1",
        "4096, -1, 1",
        "0, 0, 0",
        "-1, 0, 1",
        "0x200000, 0, 4096",
        "0x7fffffff, 0x7ffffff0, 16"
    })
    void aPartThatIsNotInsideTheImageAndTheRamChangesNothing(long size, long offset, long length) {
        int id = configure();
        assertThat(vms.call(0, Hypercall.UPLOAD_KERNEL_IMAGE, id, size, CACHE, offset, length))
                .isEqualTo(HypercallError.BAD_ARGUMENT.code());
        assertThat(vms.call(0, Hypercall.BOOT_VM, id)).isEqualTo(HypercallError.WRONG_STATE.code());
    }

    @Test
    void aPartComesFromTheCallersMemory() {
        int id = configure();
        assertThat(vms.call(0, Hypercall.UPLOAD_KERNEL_IMAGE, id, 0x1000, RAM + TestVms.RAM_SIZE - 8, 0, 0x1000))
                .isEqualTo(HypercallError.BAD_ARGUMENT.code());
    }

    /** Rust-Shyper's defect 20: it diagnoses no conflicts of addresses and interrupts. */
    @Test
    void aConfigurationIsCheckedWholeBeforeTheVmIsMade() {
        int id = configure();
        vms.call(0, Hypercall.CPU, id, 1, 0b1_0000, 4);
        text(RAM + 0x300, "second");
        vms.call(0, Hypercall.EMULATED_DEVICE, id, RAM + 0x300, GUEST_RAM, 0x1000, 0, RAM + 0x400, 0);
        long length = vms.call(0, Hypercall.CHECK, id, CACHE, 4096);
        String text = new String(vms.bytes(0, CACHE, (int) length), StandardCharsets.UTF_8);
        assertThat(text.lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("guest: cpu.allocate_bitmap: core 4 is not on the board"))
                .anyMatch(line -> line.contains("overlaps RAM"));
        assertThat(upload(id, 0x1000, 0, 0x1000)).isEqualTo(HypercallError.BAD_ARGUMENT.code());
        assertThat(vms.vm(id)).isNull();
        assertThat(vms.lines).hasSize(2);
        assertThat(vms.call(0, Hypercall.DELETE_VM, id)).isZero();
        assertThat(vms.call(0, Hypercall.CPU, id, 1, 1, 0)).isEqualTo(HypercallError.NO_SUCH_VM.code());
    }

    /** Rust-Shyper's defects 6 and 16: an unknown type of VM or device panics the hypervisor. */
    @Test
    void unknownTypesAreErrors() {
        int id = configure();
        for (long type : new long[] {15, 0xff, -1, 1L << 40}) {
            assertThat(vms.call(0, Hypercall.EMULATED_DEVICE, id, RAM, 0xa00_0000, 0x1000, 0, RAM + 0x400, type))
                    .isEqualTo(HypercallError.BAD_ARGUMENT.code());
        }
        vms.writeWords(0, RAM + 0x200, RAM, 5, 3, RAM, 0, LOAD, 0, 0);
        assertThat(vms.call(0, Hypercall.ADD_VM, RAM + 0x200)).isEqualTo(HypercallError.BAD_ARGUMENT.code());
        vms.writeWords(0, RAM + 0x200, RAM, 5, 2, RAM, 0, LOAD, 0, 0);
        assertThat(vms.call(0, Hypercall.ADD_VM, RAM + 0x200)).as("FreeRTOS").isPositive();
    }

    /** Rust-Shyper's defect 3: the list is read as two elements, zero and its length. */
    @Test
    void theInterruptsOfADeviceTreeNodeAreTheOnesInTheList() {
        int id = configure();
        text(RAM + 0x600, "serial@9000000");
        vms.writeWords(0, RAM + 0x500, 33, 34, 35);
        assertThat(vms.call(0, Hypercall.DTB_DEVICE, id, RAM + 0x600, 0, RAM + 0x500, 3, 0x900_0000, 0x1000))
                .isZero();
        assertThat(upload(id, 0x1000, 0, 0x1000)).isZero();
        assertThat(vms.config(id).deviceTree())
                .singleElement()
                .satisfies(node -> assertThat(node.interrupts()).containsExactly(33, 34, 35));
    }

    @Test
    void aVmThatRanGetsItsImagesAgainFromTheDaemon() {
        int id = configure();
        upload(id, 0x1000, 0, 0x1000);
        assertThat(vms.call(0, Hypercall.BOOT_VM, id)).isZero();
        assertThat(vms.call(0, Hypercall.SHUTDOWN_VM, id | 1 << 16)).isZero();
        vms.calls.stopped(id);
        assertThat(vms.call(0, Hypercall.BOOT_VM, id)).as("no daemon").isEqualTo(HypercallError.WRONG_STATE.code());
        vms.call(0, Hypercall.UPDATE_MQ, 0, RAM + 0x1000, 0);
        assertThat(vms.call(0, Hypercall.BOOT_VM, id)).isZero();
        assertThat(vms.words(0, RAM + 0x1000, 3)).containsExactly(0x11, 9, id);
        assertThat(vms.call(0, Hypercall.GET_VM_STATE, id)).isZero();
        assertThat(upload(id, 0x1000, 0, 0x1000)).isZero();
        assertThat(vms.call(0, Hypercall.BOOT_VM, id)).isZero();
        assertThat(vms.call(0, Hypercall.GET_VM_STATE, id)).isEqualTo(VmState.ACTIVE.number());
    }

    @Test
    void thereAreAsManyVmsAsThereMayBeAndIdsComeBack() {
        for (int id = 2; id < TestVms.MOST; id++) {
            assertThat(add()).isEqualTo(id);
        }
        assertThat(add()).isEqualTo((int) HypercallError.NO_RESOURCES.code());
        assertThat(vms.call(0, Hypercall.VM_REMOVE, 4)).isZero();
        assertThat(add()).isEqualTo(4);
    }

    @Test
    void aVmFromAFileIsNeitherConfiguredNorLoadedByHypercalls() {
        assertThat(vms.call(0, Hypercall.CPU, 1, 1, 1, 0)).isEqualTo(HypercallError.WRONG_STATE.code());
        assertThat(upload(1, 0x1000, 0, 0x1000)).isEqualTo(HypercallError.WRONG_STATE.code());
        assertThat(vms.call(0, Hypercall.DELETE_VM, 1)).isEqualTo(HypercallError.WRONG_STATE.code());
    }
}
