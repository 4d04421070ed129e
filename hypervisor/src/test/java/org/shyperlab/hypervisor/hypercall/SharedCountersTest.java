package org.shyperlab.hypervisor.hypercall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of a VM that acknowledges them by words of memory instead of calls (SHARE_COUNTERS). */
class SharedCountersTest {
    private static final long RING = TestVms.RAM + 0x1000;
    private static final long COUNTERS = TestVms.RAM + 0x2000;
    private static final long READ = COUNTERS + 8;
    private static final long WAITING = COUNTERS + 16;
    private static final long AWAKE = COUNTERS + 24;

    private final TestVms vms = new TestVms(2, false);

    private void share() {
        assertThat(vms.call(1, Hypercall.UPDATE_MQ, 0, RING, COUNTERS)).isZero();
        assertThat(vms.call(1, Hypercall.SHARE_COUNTERS)).isZero();
        vms.notifications.clear();
    }

    private long word(long address) {
        return vms.words(1, address, 1)[0];
    }

    private void message() {
        assertThat(vms.call(0, Hypercall.REBOOT_VM, 1)).isZero();
    }

    @Test
    void itNeedsARingWithASecondPage() {
        assertThat(vms.call(1, Hypercall.SHARE_COUNTERS)).isEqualTo(HypercallError.WRONG_STATE.code());
        vms.call(1, Hypercall.UPDATE_MQ, 0, RING, 0);
        assertThat(vms.call(1, Hypercall.SHARE_COUNTERS)).isEqualTo(HypercallError.WRONG_STATE.code());
        assertThat(vms.errors).last().asString().contains("no message ring with a counters_ipa");
    }

    @Test
    void aVmThatIsAwakeIsNotNotifiedAndOneThatSleepsIs() {
        share();
        vms.writeWords(1, AWAKE, 1);
        message();
        assertThat(vms.notifications).isEmpty();
        assertThat(word(COUNTERS)).isEqualTo(1);
        vms.writeWords(1, AWAKE, 0);
        message();
        assertThat(vms.notifications).containsExactly("VM 1: 1 4");
    }

    @Test
    void aWordFreesSlotsWithoutACallAndTellsOfWhatWaits() {
        share();
        for (int i = 0; i < 10; i++) {
            message();
        }
        assertThat(word(COUNTERS)).isEqualTo(8);
        assertThat(word(WAITING)).isEqualTo(2);
        vms.writeWords(1, READ, 1);
        assertThat(vms.call(1, Hypercall.ACK, 1)).isZero();
        assertThat(word(COUNTERS)).isEqualTo(9);
        assertThat(word(WAITING)).isEqualTo(1);
        vms.writeWords(1, READ, 9);
        assertThat(vms.call(1, Hypercall.ACK, 9)).isZero();
        assertThat(word(WAITING)).isZero();
        message();
        assertThat(word(COUNTERS)).as("slots are free").isEqualTo(11);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 9, Long.MAX_VALUE, Long.MIN_VALUE})
    void aNumberThatCannotBeChangesNothing(long read) {
        share();
        for (int i = 0; i < 8; i++) {
            message();
        }
        vms.writeWords(1, READ, read);
        message();
        assertThat(word(COUNTERS)).as("no unread message is overwritten").isEqualTo(8);
        assertThat(word(WAITING)).isEqualTo(1);
    }

    @Test
    void aNewRingBeginsWithoutSharing() {
        share();
        vms.writeWords(1, AWAKE, 1);
        vms.call(1, Hypercall.UPDATE_MQ, 0, RING, COUNTERS);
        message();
        assertThat(vms.notifications).containsExactly("VM 1: 1 4");
    }

    /** A reader by the rules, against a writer at random moments, never sleeps while a message is there and sees each one once. */
    @Test
    void aReaderByTheRulesMissesNothing() {
        share();
        Random random = new Random(4);
        Queue<Long> sent = new ArrayDeque<>();
        long read = 0;
        boolean asleep = false;
        long values = 0;
        for (int step = 0; step < 20_000; step++) {
            if (random.nextInt(3) > 0) {
                long event = random.nextBoolean() ? 4 : 3;
                Hypercall call = event == 4 ? Hypercall.REBOOT_VM : Hypercall.SHUTDOWN_VM;
                vms.notifications.clear();
                if (vms.call(0, call, 1) == 0) {
                    sent.add(event);
                    asleep &= vms.notifications.isEmpty();
                }
            }
            if (!asleep && random.nextInt(3) > 0) {
                vms.writeWords(1, AWAKE, 1);
                if (word(COUNTERS) != read) {
                    assertThat(vms.words(1, RING + read % 8 * 512 + 8, 1)[0]).isEqualTo(sent.remove());
                    read++;
                    values++;
                    vms.writeWords(1, READ, read);
                    if (word(WAITING) != 0) {
                        assertThat(vms.call(1, Hypercall.ACK, read)).isZero();
                    }
                } else {
                    vms.writeWords(1, AWAKE, 0);
                    asleep = word(COUNTERS) == read;
                }
            }
            assertThat(asleep && !sent.isEmpty()).as("step %d", step).isFalse();
        }
        assertThat(values).isGreaterThan(5000);
    }
}
