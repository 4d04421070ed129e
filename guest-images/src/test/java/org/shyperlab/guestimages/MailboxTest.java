package org.shyperlab.guestimages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

final class MailboxTest {
    @Test
    void aSelectedLoopIsWrittenAsLittleEndianWordsBehindTheHeader() {
        byte[] image = BareMetalGuests.load("aarch64", "bench");
        new Mailbox(image).selectLoop(BenchLoop.ACTLR, 123456789012L).hypercall(0x0105);
        ByteBuffer words = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(words.getLong(0x48)).isEqualTo(4);
        assertThat(words.getLong(0x50)).isEqualTo(123456789012L);
        assertThat(words.getLong(0x58)).isEqualTo(0x0105);
    }

    @Test
    void aLatencyDeviceThatIsQuietenedByAWriteHasItsAddressAndValue() {
        byte[] image = BareMetalGuests.load("aarch64", "latency");
        new Mailbox(image).interrupt(64).interrupts(7).spin().quietenByWrite(0x0a000064, -1);
        ByteBuffer words = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(words.getLong(0x48)).isEqualTo(1);
        assertThat(words.getLong(0x50)).isEqualTo(7);
        assertThat(words.getLong(0x58)).isEqualTo(64);
        assertThat(words.getLong(0x60)).isEqualTo(0x0a000064);
        assertThat(words.getLong(0x68)).isEqualTo(1);
        assertThat(words.getLong(0x70)).isEqualTo(0xffffffffL);
    }

    @Test
    void anImageWithoutAMailboxAndValuesOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new Mailbox(BareMetalGuests.load("aarch64", "hello")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SHYPMBOX");
        Mailbox mailbox = new Mailbox(BareMetalGuests.load("aarch64", "bench"));
        assertThatThrownBy(() -> mailbox.selectLoop(BenchLoop.OWN_TRAP, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> mailbox.interrupt(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
