package org.shyperlab.hypervisor.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.shyperlab.hypervisor.device.ConsoleEnd.Place;

class ConsoleLinksTest {
    private static final Place MANAGEMENT = new Place(0, 0xa00_3000);
    private static final Place GUEST = new Place(1, 0xa00_3000);

    private final ConsoleLinks links = new ConsoleLinks();
    private final StringBuilder host = new StringBuilder();

    private ConsoleEnd end(Place place, Place peer) {
        return links.add(place, peer, value -> host.append((char) value));
    }

    private static void send(ConsoleEnd from, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(from.offer(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    @Test
    void whatAGuestSendsGoesToTheHostWhileItsPeerIsNotThere() {
        ConsoleEnd guest = end(GUEST, MANAGEMENT);
        send(guest, "early ");
        ConsoleEnd management = end(MANAGEMENT, GUEST);
        send(guest, "hidden");
        links.remove(management);
        send(guest, "late");
        assertThat(host).hasToString("early late");
        assertThat(links.count()).isEqualTo(1);
    }

    @Test
    void aConsoleThatNamesAnotherPeerGetsNothingOfIt() {
        ConsoleEnd guest = end(GUEST, MANAGEMENT);
        end(MANAGEMENT, new Place(2, 0xa00_3000));
        send(guest, "x");
        assertThat(host).hasToString("x");
    }

    @Test
    void whatAGuestWritesToItsNotificationPortGoesNowhere() {
        ConsoleEnd port = end(MANAGEMENT, MANAGEMENT);
        send(port, "x");
        assertThat(host).isEmpty();
    }
}
