package org.shyperlab.hypervisor.hypercall;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shyperlab.hypervisor.vm.VmState;

/** Hypercalls over VMs that only have memory: who may, what arguments must be, what comes back. */
class HypercallsTest {
    private static final long RAM = TestVms.RAM;
    private static final long END = TestVms.RAM + TestVms.RAM_SIZE;
    private static final int ENTRY = 44;

    private final TestVms vms = new TestVms(3, false);

    @ParameterizedTest
    @EnumSource(Hypercall.class)
    void aGuestMayNotMakeACallOfTheManagementVm(Hypercall call) {
        long result = vms.call(2, call, 1, RAM, 8, RAM, 8);
        if (call.permission() != Permission.ANYBODY) {
            assertThat(result).isEqualTo(HypercallError.NOT_PERMITTED.code());
            assertThat(vms.errors)
                    .singleElement()
                    .asString()
                    .contains(call.toString(), "VM 2 is not the management VM");
        } else {
            assertThat(vms.errors).noneMatch(error -> error.contains("is not the management VM"));
        }
        assertThat(vms.hasEnded()).isFalse();
        assertThat(vms.vms()).hasSize(3).allSatisfy(vm -> assertThat(vm.state()).isEqualTo(VmState.ACTIVE));
    }

    @Test
    void permissiveIsTheOriginalWhereAnyVmRemovesAnyOther() {
        TestVms original = new TestVms(3, true);
        assertThat(original.call(2, Hypercall.VM_REMOVE, 1)).isZero();
        assertThat(original.vm(1)).isNull();
    }

    @Test
    void aCallThatIsNotInTheTableIsAnErrorOfItsOwn() {
        assertThat(vms.call(0, 0x0166)).isEqualTo(HypercallError.UNKNOWN_CALL.code());
        assertThat(vms.call(0, -1)).isEqualTo(HypercallError.UNKNOWN_CALL.code());
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "UPDATE",
                "MIGRATE_START",
                "MIGRATE_FINISH",
                "GET_VM_CFG",
                "PASSTHROUGH_STREAM_IDS",
                "MEMORY_COLOR_BUDGET"
            })
    void whatIsForLaterSaysNotYet(Hypercall call) {
        assertThat(vms.call(0, call, 1)).isEqualTo(HypercallError.NOT_YET.code());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, RAM - 8, END - 4, END, Long.MAX_VALUE - 3, Long.MIN_VALUE, -8, 0x900_0000L})
    void aResultGoesIntoTheCallersRamOrNowhere(long ipa) {
        assertThat(vms.call(1, Hypercall.GET_VM_ID, ipa)).isEqualTo(HypercallError.BAD_ARGUMENT.code());
        assertThat(vms.errors).singleElement().asString().contains("id_ipa").contains("not RAM of VM 1");
    }

    @Test
    void aVmLearnsItsIdAndSeesNobodyButItselfInTheList() {
        assertThat(vms.call(2, Hypercall.GET_VM_ID, END - 8)).isZero();
        assertThat(vms.words(2, END - 8, 1)).containsExactly(2);
        assertThat(vms.call(2, Hypercall.LIST_VM, RAM)).isZero();
        assertThat(vms.words(2, RAM, 1)).containsExactly(1);
        assertThat(vms.bytes(2, RAM + 8, 1)).containsExactly(2);
    }

    @Test
    void theManagementVmSeesAllVmsAndDrafts() {
        int id = addVm("draft");
        assertThat(id).isEqualTo(3);
        assertThat(vms.call(0, Hypercall.LIST_VM, RAM)).isZero();
        assertThat(vms.words(0, RAM, 1)).containsExactly(4);
        byte[] last = vms.bytes(0, RAM + 8 + 3 * ENTRY, ENTRY);
        assertThat(new String(last, 4, 5, StandardCharsets.UTF_8)).isEqualTo("draft");
        assertThat(last[40]).as("VmInv").isZero();
        assertThat(vms.bytes(0, RAM + 8 + ENTRY, ENTRY)[40]).as("VmActive").isEqualTo((byte) 2);
    }

    @Test
    void aListHasRoomForEightAndTheCallerAsksForMoreByTheNextId() {
        TestVms many = new TestVms(11, false);
        assertThat(many.call(0, Hypercall.LIST_VM, RAM)).isZero();
        assertThat(many.words(0, RAM, 1)).containsExactly(8);
        assertThat(many.call(0, Hypercall.LIST_VMS_FROM, RAM, 8)).isEqualTo(11);
        assertThat(many.words(0, RAM, 1)).containsExactly(3);
        assertThat(many.bytes(0, RAM + 8, 1)).containsExactly(8);
        assertThat(many.call(0, Hypercall.LIST_VMS_FROM, RAM, 11)).isEqualTo(11);
        assertThat(many.words(0, RAM, 1)).containsExactly(0);
        assertThat(many.call(5, Hypercall.LIST_VMS_FROM, RAM, 6)).isEqualTo(1);
        assertThat(many.words(5, RAM, 1)).containsExactly(0);
        assertThat(many.call(0, Hypercall.LIST_VMS_FROM, RAM, -1)).isEqualTo(HypercallError.BAD_ARGUMENT.code());
    }

    /** Rust-Shyper's defect: reads 32 bytes of a shorter name, and panics at one of 32. */
    @Test
    void aNameOf31BytesIsListedWholeAndOneOf32IsRefused() {
        String longest = "n".repeat(31);
        addVm(longest);
        vms.call(0, Hypercall.LIST_VM, RAM);
        byte[] name = vms.bytes(0, RAM + 8 + 3 * ENTRY + 4, 32);
        assertThat(new String(name, StandardCharsets.UTF_8)).isEqualTo(longest + "\0");
        assertThat(addVm("n".repeat(32))).isEqualTo((int) HypercallError.BAD_ARGUMENT.code());
    }

    private int addVm(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        vms.write(0, RAM + 0x100, bytes);
        vms.writeWords(0, RAM + 0x200, RAM + 0x100, bytes.length, 0, RAM, 0, RAM, 0, 0);
        return (int) vms.call(0, Hypercall.ADD_VM, RAM + 0x200);
    }

    /** Rust-Shyper's defect 18: these return 0 whatever happened. */
    @ParameterizedTest
    @EnumSource(names = {"VM_REMOVE", "BOOT_VM", "REBOOT_VM", "SHUTDOWN_VM", "PAUSE_VM", "RESUME_VM"})
    void aCallAboutAVmThatIsNotThereSaysSo(Hypercall call) {
        assertThat(vms.call(0, call, 5)).isEqualTo(HypercallError.NO_SUCH_VM.code());
        assertThat(vms.call(0, call, 0x7_0000_0001L)).isNegative();
        assertThat(vms.call(0, call, -1)).isNegative();
    }

    @ParameterizedTest
    @EnumSource(names = {"VM_REMOVE", "BOOT_VM", "PAUSE_VM", "MIGRATE_START", "DELETE_VM"})
    void theManagementVmIsNotAGuestOfItsOwn(Hypercall call) {
        long expected = call.state() == Hypercall.State.NOT_YET
                ? HypercallError.NOT_YET.code()
                : HypercallError.NO_SUCH_VM.code();
        assertThat(vms.call(0, call, 0)).isEqualTo(expected);
    }

    @Test
    void aVmIsPausedResumedStoppedBootedAndRemoved() {
        assertThat(vms.call(0, Hypercall.RESUME_VM, 1)).isEqualTo(HypercallError.WRONG_STATE.code());
        assertThat(vms.call(0, Hypercall.PAUSE_VM, 1)).isZero();
        assertThat(vms.call(0, Hypercall.GET_VM_STATE, 1)).isEqualTo(VmState.PENDING.number());
        assertThat(vms.call(0, Hypercall.RESUME_VM, 1)).isZero();
        assertThat(vms.call(0, Hypercall.SHUTDOWN_VM, 1 | 1 << 16)).isZero();
        assertThat(vms.call(0, Hypercall.GET_VM_STATE, 1)).isZero();
        assertThat(vms.call(0, Hypercall.BOOT_VM, 1)).isZero();
        assertThat(vms.call(0, Hypercall.BOOT_VM, 1)).isEqualTo(HypercallError.WRONG_STATE.code());
        assertThat(vms.call(0, Hypercall.VM_REMOVE, 1)).isZero();
        assertThat(vms.call(0, Hypercall.GET_VM_STATE, 1)).isEqualTo(HypercallError.NO_SUCH_VM.code());
    }

    @Test
    void aVmAsksAboutItselfAndRestartsItselfButNoOther() {
        assertThat(vms.call(1, Hypercall.GET_VM_STATE, 1)).isEqualTo(VmState.ACTIVE.number());
        assertThat(vms.call(1, Hypercall.REBOOT_VM, 1 | 1 << 16)).isZero();
        assertThat(vms.call(1, Hypercall.REBOOT_VM, 2 | 1 << 16)).isEqualTo(HypercallError.NOT_PERMITTED.code());
        assertThat(vms.call(1, Hypercall.GET_VM_STATE, 2)).isEqualTo(HypercallError.NOT_PERMITTED.code());
    }

    @Test
    void theSystemGoesDownWhenAllOthersHaveEndedOrByForce() {
        assertThat(vms.call(0, Hypercall.SHUTDOWN, 0)).isEqualTo(HypercallError.WRONG_STATE.code());
        assertThat(vms.errors).singleElement().asString().contains("VM 1 (vm1) still runs");
        assertThat(vms.hasEnded()).isFalse();
        assertThat(vms.call(0, Hypercall.SHUTDOWN, 1)).isZero();
        assertThat(vms.hasEnded()).isTrue();
    }

    @Test
    void aVmThatIsPausedStillKeepsTheSystemUp() {
        vms.call(0, Hypercall.SHUTDOWN_VM, 2 | 1 << 16);
        vms.call(0, Hypercall.PAUSE_VM, 1);
        assertThat(vms.call(0, Hypercall.REBOOT, 0)).isEqualTo(HypercallError.WRONG_STATE.code());
        assertThat(vms.hasEnded()).isFalse();
        vms.call(0, Hypercall.RESUME_VM, 1);
        vms.call(0, Hypercall.SHUTDOWN_VM, 1 | 1 << 16);
        assertThat(vms.call(0, Hypercall.REBOOT, 0)).isZero();
    }

    @Test
    void randomCallsOfAGuestNeitherThrowNorTouchAnotherVm() {
        Random random = new Random(4);
        vms.fillRandomly(0, random);
        vms.fillRandomly(2, random);
        long management = vms.fingerprint(0);
        long other = vms.fingerprint(2);
        int[] results = new int[10];
        for (int i = 0; i < 40_000; i++) {
            Hypercall call = Hypercall.values()[random.nextInt(Hypercall.values().length)];
            long result = vms.call(1, call, RandomArguments.of(random, call));
            results[result >= 0 ? 0 : (int) -Math.max(result, -9)]++;
        }
        assertThat(vms.fingerprint(0)).isEqualTo(management);
        assertThat(vms.fingerprint(2)).isEqualTo(other);
        assertThat(vms.hasEnded()).isFalse();
        assertThat(results[0]).as("calls that worked").isPositive();
        assertThat(results[9]).as("results that are no known error").isZero();
        assertThat(Arrays.stream(results).sum()).isEqualTo(40_000);
    }

    @Test
    void randomCallsOfTheManagementVmNeverThrow() {
        Random random = new Random(5);
        TestVms own = new TestVms(3, false);
        int made = 0;
        for (int i = 0; i < 40_000; i++) {
            if (i % 10_000 == 0) {
                own = new TestVms(3, false);
                for (int word = 0; word < 64; word++) {
                    own.writeWords(0, RAM + 8L * word, RandomArguments.value(random));
                }
            }
            Hypercall call = Hypercall.values()[random.nextInt(Hypercall.values().length)];
            long result = own.call(0, call, RandomArguments.of(random, call));
            made += call == Hypercall.ADD_VM && result >= 0 ? 1 : 0;
            assertThat(result).isGreaterThanOrEqualTo(HypercallError.UNKNOWN_CALL.code());
        }
        assertThat(made).as("configurations begun").isPositive();
    }
}
