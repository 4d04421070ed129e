package org.shyperlab.hypervisor.hypercall;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages, doorbells and shared memory between VMs. */
class IvcCallsTest {
    private static final long RAM = TestVms.RAM;
    private static final long RING = RAM + 0x1000;
    private static final long COUNTER = RAM + 0x2000;
    private static final long SHARED = Argument.SHARED;

    private final TestVms vms = new TestVms(3, false);

    private void listen(int vm) {
        assertThat(vms.call(vm, Hypercall.UPDATE_MQ, 0, RING, COUNTER)).isZero();
        assertThat(vms.call(vm, Hypercall.ACK, 0)).isZero();
    }

    private long written(int vm) {
        return vms.words(vm, COUNTER, 1)[0];
    }

    private long[] slot(int vm, int slot) {
        return vms.words(vm, RING + 512L * slot, 6);
    }

    private long send(int from, int to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        vms.write(from, RAM, bytes);
        return vms.call(from, Hypercall.SEND_MSG, to, RAM, bytes.length);
    }

    /** Rust-Shyper's defect 13: the result of UPDATE_MQ is overwritten by 0, so that errors look like success. */
    @ParameterizedTest
    @ValueSource(longs = {0, RAM + 8, RAM - 0x1000, RAM + TestVms.RAM_SIZE, -0x1000})
    void aRingThatIsNoPageOfTheCallersRamIsRefused(long ipa) {
        assertThat(vms.call(1, Hypercall.UPDATE_MQ, RAM, ipa, 0)).isEqualTo(HypercallError.BAD_ARGUMENT.code());
    }

    @Test
    void aVmIsAskedToRestartByAMessageInItsOwnRing() {
        assertThat(vms.call(0, Hypercall.REBOOT_VM, 1)).isEqualTo(HypercallError.WRONG_STATE.code());
        assertThat(vms.errors).singleElement().asString().contains("has registered no message ring");
        vms.call(1, Hypercall.UPDATE_MQ, 0, RING, COUNTER);
        assertThat(vms.call(0, Hypercall.REBOOT_VM, 1)).isZero();
        assertThat(slot(1, 0)).startsWith(1, 4, 1);
        assertThat(written(1)).isEqualTo(1);
        assertThat(vms.notifications).containsExactly("VM 1: 1 4");
    }

    @Test
    void withoutAcknowledgementsTheNinthMessageOverwritesTheFirstAsInTheOriginal() {
        vms.call(1, Hypercall.UPDATE_MQ, 0, RING, COUNTER);
        for (int i = 0; i < 8; i++) {
            vms.call(0, Hypercall.REBOOT_VM, 1);
        }
        vms.call(0, Hypercall.SHUTDOWN_VM, 1);
        assertThat(slot(1, 0)).startsWith(1, 3, 1);
        assertThat(slot(1, 1)).startsWith(1, 4, 1);
        assertThat(written(1)).isEqualTo(9);
    }

    @Test
    void aVmThatAcknowledgesLosesNoMessage() {
        listen(1);
        for (int i = 0; i < 8; i++) {
            vms.call(0, Hypercall.REBOOT_VM, 1);
        }
        vms.call(0, Hypercall.SHUTDOWN_VM, 1);
        assertThat(written(1)).isEqualTo(8);
        assertThat(slot(1, 0)).startsWith(1, 4, 1);
        vms.notifications.clear();
        assertThat(vms.call(1, Hypercall.ACK, 1)).isZero();
        assertThat(written(1)).isEqualTo(9);
        assertThat(slot(1, 0)).startsWith(1, 3, 1);
        assertThat(vms.notifications).containsExactly("VM 1 has looked", "VM 1: 2 1");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, -1, Long.MAX_VALUE, Long.MIN_VALUE})
    void acknowledgingWhatWasNotWrittenIsAnError(long count) {
        listen(1);
        assertThat(vms.call(1, Hypercall.ACK, count)).isEqualTo(HypercallError.BAD_ARGUMENT.code());
        assertThat(vms.call(2, Hypercall.ACK, 0)).isEqualTo(HypercallError.WRONG_STATE.code());
    }

    @Test
    void aTextArrivesWithItsSenderAndLength() {
        listen(2);
        assertThat(send(1, 2, "good morning")).isZero();
        assertThat(slot(2, 0)).startsWith(2, 1, 1, 12);
        assertThat(new String(vms.bytes(2, RING + 48, 12), StandardCharsets.UTF_8))
                .isEqualTo("good morning");
        assertThat(vms.notifications).containsExactly("VM 2 has looked", "VM 2: 2 1");
    }

    @Test
    void aSenderWaitsUntilItsLastTextWasReadSoThatNobodyFillsARing() {
        listen(2);
        assertThat(send(1, 2, "one")).isZero();
        assertThat(send(1, 2, "two")).isEqualTo(HypercallError.NO_RESOURCES.code());
        assertThat(send(0, 2, "of another")).isZero();
        assertThat(vms.call(2, Hypercall.ACK, 1)).isZero();
        assertThat(send(1, 2, "two")).isZero();
        assertThat(written(2)).isEqualTo(3);
    }

    @Test
    void aTextGoesToNobodyWhoDoesNotListen() {
        assertThat(send(1, 2, "hello?")).isEqualTo(HypercallError.NO_SUCH_VM.code());
        vms.call(2, Hypercall.UPDATE_MQ, 0, RING, 0);
        assertThat(send(1, 2, "hello?")).as("a ring without ACK").isEqualTo(HypercallError.NO_SUCH_VM.code());
        assertThat(send(1, 1, "me")).isEqualTo(HypercallError.BAD_ARGUMENT.code());
        assertThat(send(1, 2, "x".repeat(465))).isEqualTo(HypercallError.BAD_ARGUMENT.code());
    }

    @Test
    void aBroadcastReachesAllThatListenButNotTheSender() {
        listen(0);
        listen(1);
        listen(2);
        vms.write(1, RAM, "all".getBytes(StandardCharsets.UTF_8));
        assertThat(vms.call(1, Hypercall.BROADCAST, RAM, 3)).isEqualTo(2);
        assertThat(written(0)).isEqualTo(1);
        assertThat(written(1)).isZero();
        assertThat(written(2)).isEqualTo(1);
    }

    @Test
    void sharedMemoryIsSeenByTheVmThatItWasGivenToAndByNoOther() {
        listen(2);
        long ipa = vms.call(1, Hypercall.SHARE_MEM, SHARED, 0x2000);
        assertThat(ipa).isPositive();
        assertThat(vms.words(1, ipa, 1)).as("zeroed").containsExactly(0);
        assertThat(vms.call(2, Hypercall.GET_SHARED_MEM_IPA, 1)).isEqualTo(HypercallError.NOT_PERMITTED.code());
        assertThat(vms.call(1, Hypercall.SEND_SHAREMEM, 2)).isZero();
        assertThat(slot(2, 0)).startsWith(2, 0x10, 1, 0x2000);
        long there = vms.call(2, Hypercall.GET_SHARED_MEM_IPA, 1);
        assertThat(there).isPositive();
        vms.writeWords(1, ipa + 0x1ff8, 42);
        assertThat(vms.words(2, there + 0x1ff8, 1)).containsExactly(42);
        assertThat(vms.call(0, Hypercall.GET_SHARED_MEM_IPA, 1)).isEqualTo(HypercallError.NOT_PERMITTED.code());
    }

    @Test
    void aDoorbellRingsBothWaysBetweenVmsThatShareMemoryOnly() {
        listen(1);
        listen(2);
        assertThat(vms.call(1, Hypercall.SEND_SHAREMEM_TEST_SPEED, 2, 7))
                .isEqualTo(HypercallError.NOT_PERMITTED.code());
        vms.call(1, Hypercall.SHARE_MEM, SHARED, 0x1000);
        vms.call(1, Hypercall.SEND_SHAREMEM, 2);
        assertThat(vms.call(1, Hypercall.SEND_SHAREMEM_TEST_SPEED, 2, 7))
                .as("VM 2 has not agreed")
                .isEqualTo(HypercallError.NOT_PERMITTED.code());
        assertThat(vms.call(2, Hypercall.GET_SHARED_MEM_IPA, 1)).isPositive();
        assertThat(vms.call(1, Hypercall.SEND_SHAREMEM_TEST_SPEED, 2, 7)).isZero();
        assertThat(slot(2, 1)).startsWith(2, 0x12, 1, 7);
        assertThat(vms.call(2, Hypercall.SEND_SHAREMEM_TEST_SPEED, 1, 8)).isZero();
        assertThat(slot(1, 0)).startsWith(2, 0x12, 2, 8);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0xfff, 0x1001, 0x100_1000, -0x1000})
    void sharedMemoryHasWholePagesAndAtMost16Mebibytes(long length) {
        assertThat(vms.call(1, Hypercall.SHARE_MEM, SHARED, length)).isEqualTo(HypercallError.BAD_ARGUMENT.code());
    }

    @Test
    void aVmSharesOnePieceAndTheOriginalsTypesAreForLater() {
        assertThat(vms.call(1, Hypercall.SHARE_MEM, 0, 0x1000)).isEqualTo(HypercallError.NOT_YET.code());
        assertThat(vms.call(1, Hypercall.SHARE_MEM, SHARED, 0x1000)).isPositive();
        assertThat(vms.call(1, Hypercall.SHARE_MEM, SHARED, 0x1000)).isEqualTo(HypercallError.NO_RESOURCES.code());
    }

    @Test
    void aRingAndWhatWasSharedAreGoneWithTheVm() {
        listen(1);
        listen(2);
        vms.call(1, Hypercall.SHARE_MEM, SHARED, 0x1000);
        vms.call(1, Hypercall.SEND_SHAREMEM, 2);
        vms.calls.stopped(1);
        assertThat(send(2, 1, "gone")).isEqualTo(HypercallError.NO_SUCH_VM.code());
        assertThat(vms.call(2, Hypercall.GET_SHARED_MEM_IPA, 1)).isEqualTo(HypercallError.NOT_PERMITTED.code());
    }

    @ParameterizedTest
    @EnumSource(names = {"SEND_MSG", "SEND_SHAREMEM", "GET_SHARED_MEM_IPA", "SEND_SHAREMEM_TEST_SPEED"})
    void noErrorTellsAVmThatDoesNotListenFromOneThatIsNotThere(Hypercall call) {
        vms.call(1, Hypercall.SHARE_MEM, SHARED, 0x1000);
        vms.call(2, Hypercall.UPDATE_MQ, 0, RING, COUNTER);
        long there = vms.call(1, call, 2, RAM, 4);
        long notThere = vms.call(1, call, 7, RAM, 4);
        assertThat(there).isNegative().isEqualTo(notThere);
        assertThat(written(2)).isZero();
    }

    @Test
    void offersOfMemoryNeitherOverwriteMessagesNorTakeThePlaceOfTheHypervisorsOwn() {
        vms.call(1, Hypercall.SHARE_MEM, SHARED, 0x1000);
        vms.call(2, Hypercall.UPDATE_MQ, 0, RING, COUNTER);
        assertThat(vms.call(1, Hypercall.SEND_SHAREMEM, 2))
                .as("a ring without ACK")
                .isEqualTo(HypercallError.NO_SUCH_VM.code());
        assertThat(vms.call(2, Hypercall.ACK, 0)).isZero();
        for (int i = 0; i < 8; i++) {
            vms.call(0, Hypercall.REBOOT_VM, 2);
        }
        assertThat(vms.call(1, Hypercall.SEND_SHAREMEM, 2)).isEqualTo(HypercallError.NO_RESOURCES.code());
        assertThat(vms.call(2, Hypercall.GET_SHARED_MEM_IPA, 1))
                .as("an offer that was refused is none")
                .isEqualTo(HypercallError.NOT_PERMITTED.code());
        assertThat(vms.call(2, Hypercall.ACK, 1)).isZero();
        assertThat(vms.call(1, Hypercall.SEND_SHAREMEM, 2)).isZero();
        assertThat(vms.call(2, Hypercall.GET_SHARED_MEM_IPA, 1)).isPositive();
    }
}
