package org.shyperlab.hypervisor.hypercall;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** File calls of unikernels, with a daemon in VM 0 that the test plays. */
class UnilibCallsTest {
    private static final long RAM = TestVms.RAM;
    private static final long RING = RAM + 0x1000;
    private static final long COUNTER = RAM + 0x2000;
    private static final long BUFFER = RAM + 0x4000;
    private static final long DATA = RAM + 0x8000;

    private final TestVms vms = new TestVms(3, false);

    private void daemonServes() {
        for (int vm = 0; vm < 3; vm++) {
            assertThat(vms.call(vm, Hypercall.UPDATE_MQ, 0, RING, COUNTER)).isZero();
            assertThat(vms.call(vm, Hypercall.ACK, 0)).isZero();
        }
        assertThat(vms.call(0, Hypercall.APPEND, BUFFER, 0x1000)).isZero();
    }

    private long[] last(int vm) {
        long written = vms.words(vm, COUNTER, 1)[0];
        return vms.words(vm, RING + (written - 1) % 8 * 512, 6);
    }

    private long open(int vm, String path) {
        vms.write(vm, DATA, path.getBytes(StandardCharsets.UTF_8));
        return vms.call(vm, Hypercall.OPEN, DATA, path.length(), 2);
    }

    @Test
    void aPathReachesTheDaemonAndItsAnswerTheCaller() {
        daemonServes();
        assertThat(open(1, "notes.txt")).isZero();
        assertThat(last(0)).containsExactly(0x12, 1, 1, 9, 2, 0);
        assertThat(new String(vms.bytes(0, BUFFER, 9), StandardCharsets.UTF_8)).isEqualTo("notes.txt");
        assertThat(vms.call(0, Hypercall.FINISHED, 1, 5)).isZero();
        assertThat(last(1)).containsExactly(0x12, 0x11, 1, 1, 5, 0);
    }

    @Test
    void dataIsReadIntoTheCallersBufferAndNotBehindIt() {
        daemonServes();
        vms.write(1, DATA, "......".getBytes(StandardCharsets.UTF_8));
        assertThat(vms.call(1, Hypercall.READ, 5, DATA, 4)).isZero();
        vms.write(0, BUFFER, "abcdef".getBytes(StandardCharsets.UTF_8));
        assertThat(vms.call(0, Hypercall.FINISHED, 1, 4)).isZero();
        assertThat(vms.bytes(1, DATA, 6)).asString(StandardCharsets.UTF_8).isEqualTo("abcd..");
        vms.call(1, Hypercall.READ, 5, DATA, 4);
        vms.call(0, Hypercall.FINISHED, 1, 6);
        assertThat(last(1)).as("more than was asked for").containsExactly(0x12, 0x11, 1, 3, -1, 0);
        assertThat(vms.bytes(1, DATA, 6)).asString(StandardCharsets.UTF_8).isEqualTo("abcd..");
    }

    @Test
    void callsOfTwoVmsTakeTurnsAndAVmHasOneAtATime() {
        daemonServes();
        open(1, "one");
        assertThat(open(1, "more")).isEqualTo(HypercallError.NO_RESOURCES.code());
        assertThat(open(2, "two")).isZero();
        assertThat(last(0)).startsWith(0x12, 1, 1);
        assertThat(vms.call(0, Hypercall.FINISHED, 2, 0)).isEqualTo(HypercallError.WRONG_STATE.code());
        vms.call(0, Hypercall.FINISHED, 1, 0);
        assertThat(last(0)).startsWith(0x12, 1, 2);
        assertThat(new String(vms.bytes(0, BUFFER, 3), StandardCharsets.UTF_8)).isEqualTo("two");
    }

    @Test
    void filesOfAVmThatStopsAreClosedAndItsResultReachesNobody() {
        daemonServes();
        open(1, "one");
        vms.calls.stopped(1);
        vms.call(0, Hypercall.FINISHED, 1, 3);
        assertThat(last(0)).as("close all of VM 1").startsWith(0x12, 0, 1);
        assertThat(vms.call(0, Hypercall.FINISHED, 1, 0)).isZero();
        assertThat(vms.words(1, COUNTER, 1)).containsExactly(0);
    }

    @Test
    void withoutADaemonARingOrRoomACallIsAnError() {
        assertThat(open(1, "x")).isEqualTo(HypercallError.WRONG_STATE.code());
        daemonServes();
        assertThat(vms.call(1, Hypercall.WRITE, 1, DATA, 0x1001)).isEqualTo(HypercallError.BAD_ARGUMENT.code());
        vms.calls.stopped(1);
        vms.call(0, Hypercall.FINISHED, 1, 0);
        assertThat(open(1, "x")).as("no ring").isEqualTo(HypercallError.WRONG_STATE.code());
        assertThat(vms.call(1, Hypercall.FINISHED, 2, 0)).isEqualTo(HypercallError.NOT_PERMITTED.code());
    }

    private long ask(int vm, Hypercall call, long... arguments) {
        Arrays.fill(vms.calls.arguments(), 0);
        System.arraycopy(arguments, 0, vms.calls.arguments(), 0, arguments.length);
        return vms.calls.callOrWait(vm, call);
    }

    private void daemonServesVmsWithoutRings() {
        vms.call(0, Hypercall.UPDATE_MQ, 0, RING, COUNTER);
        vms.call(0, Hypercall.APPEND, BUFFER, 0x1000);
        vms.notifications.clear();
    }

    /** Unishyper registers no ring: the result of its call is what the daemon answers. */
    @Test
    void aVmWithoutARingWaitsInItsCallForTheResult() {
        daemonServesVmsWithoutRings();
        vms.write(1, DATA, "notes.txt".getBytes(StandardCharsets.UTF_8));
        assertThat(ask(1, Hypercall.OPEN, DATA, 9, 0)).isEqualTo(Hypercalls.AGAIN);
        assertThat(last(0)).containsExactly(0x12, 1, 1, 9, 0, 0);
        assertThat(ask(1, Hypercall.OPEN, DATA, 9, 0))
                .as("woken by something else")
                .isEqualTo(Hypercalls.AGAIN);
        assertThat(vms.words(0, COUNTER, 1)).as("asked once").containsExactly(1);
        assertThat(vms.call(0, Hypercall.FINISHED, 1, 5)).isZero();
        assertThat(vms.notifications).contains("VM 1 calls again");
        assertThat(ask(1, Hypercall.OPEN, DATA, 9, 0)).isEqualTo(5);
        assertThat(ask(1, Hypercall.READ, 5, DATA, 4)).isEqualTo(Hypercalls.AGAIN);
        vms.write(0, BUFFER, "abcd".getBytes(StandardCharsets.UTF_8));
        vms.call(0, Hypercall.FINISHED, 1, 4);
        assertThat(ask(1, Hypercall.READ, 5, DATA, 4)).isEqualTo(4);
        assertThat(vms.bytes(1, DATA, 4)).asString(StandardCharsets.UTF_8).isEqualTo("abcd");
    }

    @Test
    void aResultIsForTheCallThatAskedForIt() {
        daemonServesVmsWithoutRings();
        assertThat(ask(1, Hypercall.CLOSE, 3)).isEqualTo(Hypercalls.AGAIN);
        assertThat(ask(1, Hypercall.CLOSE, 4)).as("one at a time").isEqualTo(HypercallError.NO_RESOURCES.code());
        vms.call(0, Hypercall.FINISHED, 1, 77);
        assertThat(ask(1, Hypercall.CLOSE, 4)).isEqualTo(Hypercalls.AGAIN);
        vms.call(0, Hypercall.FINISHED, 1, 78);
        assertThat(ask(1, Hypercall.CLOSE, 4)).isEqualTo(78);
        assertThat(ask(1, Hypercall.CLOSE, 3)).as("a new call").isEqualTo(Hypercalls.AGAIN);
    }

    @Test
    void whoWaitsIsToldWhenNobodyServesAnyMore() {
        assertThat(ask(1, Hypercall.FS_INIT)).isEqualTo(HypercallError.WRONG_STATE.code());
        daemonServesVmsWithoutRings();
        assertThat(ask(1, Hypercall.FS_INIT)).isEqualTo(Hypercalls.AGAIN);
        assertThat(ask(2, Hypercall.FS_INIT)).isEqualTo(Hypercalls.AGAIN);
        vms.calls.stopped(0);
        assertThat(ask(1, Hypercall.FS_INIT)).isEqualTo(HypercallError.FAILED.code());
        assertThat(ask(2, Hypercall.FS_INIT)).isEqualTo(HypercallError.FAILED.code());
    }

    @Test
    void aCallThatADaemonLeftUndoneHasFailed() {
        daemonServes();
        open(1, "one");
        assertThat(vms.call(0, Hypercall.APPEND, BUFFER, 0x1000)).isZero();
        assertThat(last(1)).containsExactly(0x12, 0x11, 1, 1, -1, 0);
    }
}
