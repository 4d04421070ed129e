package org.shyperlab.hypervisor.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AddressTableTest {
    private static final int PORTS = 5;
    private static final long HERTZ = 10;
    private static final long AGE = 300 * HERTZ;
    private static final long MOVE = HERTZ;

    /** What the model remembers of an address. */
    private record Entry(int port, boolean nic, long seen) {}

    private final AddressTable table = new AddressTable(PORTS, HERTZ);
    private final Map<Long, Entry> model = new HashMap<>();

    private static long nic(int port) {
        return 0x0200_0000_0000L + port;
    }

    private boolean modelLearns(long address, int port, long now) {
        Entry known = model.get(address);
        if (known != null && known.nic()) {
            return known.port() == port;
        }
        if (known != null && known.port() != port && now - known.seen() <= MOVE) {
            return false;
        }
        if (known == null || known.port() != port) {
            model.remove(address);
            if (learnedAt(port) == AddressTable.LEARNED_PER_PORT) {
                model.remove(Objects.requireNonNull(oldest(port)));
            }
        }
        model.put(address, new Entry(port, false, now));
        return true;
    }

    private long learnedAt(int port) {
        return model.values().stream()
                .filter(entry -> entry.port() == port && !entry.nic())
                .count();
    }

    private @Nullable Long oldest(int port) {
        return model.entrySet().stream()
                .filter(entry ->
                        entry.getValue().port() == port && !entry.getValue().nic())
                .min(Comparator.comparingLong(entry -> entry.getValue().seen()))
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    private int modelPortOf(long address, long now) {
        Entry known = model.get(address);
        boolean valid = known != null && (known.nic() || now - known.seen() <= AGE);
        return valid ? known.port() : AddressTable.NOBODY;
    }

    @Test
    void itAgreesWithAMapUnderRandomTraffic() {
        Random random = new Random(20261120);
        long now = 0;
        int found = 0;
        boolean[] connected = new boolean[PORTS];
        for (int step = 0; step < 60_000; step++) {
            // Every frame has its own time, so that "the oldest" is one.
            now += 1 + (random.nextInt(500) == 0 ? random.nextInt((int) AGE) : random.nextInt(3));
            int port = random.nextInt(PORTS);
            // Few enough to meet again; the spread makes homes collide.
            long address = 0x0200_0000_0000L + (long) random.nextInt(120) * (1 << random.nextInt(2) * 20);
            if (random.nextInt(300) == 0) {
                toggle(port, connected);
            } else if (connected[port] && random.nextBoolean()) {
                assertThat(table.learn(address, port, now))
                        .as("step %d", step)
                        .isEqualTo(modelLearns(address, port, now));
            } else {
                int owner = table.portOf(address, now);
                assertThat(owner).as("step %d", step).isEqualTo(modelPortOf(address, now));
                found += owner == AddressTable.NOBODY ? 0 : 1;
            }
            assertThat(table.size()).isEqualTo(model.size());
            assertThat(table.learnedAt(port)).isEqualTo((int) learnedAt(port));
        }
        assertThat(found).as("addresses found").isGreaterThan(5_000);
    }

    private void toggle(int port, boolean[] connected) {
        connected[port] = !connected[port];
        if (connected[port]) {
            table.addNic(nic(port), port);
            model.put(nic(port), new Entry(port, true, 0));
        } else {
            table.removePort(port, nic(port));
            model.values().removeIf(entry -> entry.port() == port);
        }
    }

    @Test
    void aTableThatIsEmptiedKnowsNobody() {
        for (int port = 0; port < PORTS; port++) {
            table.addNic(nic(port), port);
            for (int i = 0; i < 40; i++) {
                table.learn(0x0600_0000_0000L + port * 1000L + i, port, i);
            }
        }
        assertThat(table.size()).isEqualTo(PORTS * (1 + AddressTable.LEARNED_PER_PORT));
        for (int port = 0; port < PORTS; port++) {
            table.removePort(port, nic(port));
        }
        assertThat(table.size()).isZero();
    }
}
