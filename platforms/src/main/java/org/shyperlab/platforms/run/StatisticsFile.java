package org.shyperlab.platforms.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import org.shyperlab.emulator.core.TrapKind;

/** Statistics as JSON and as a table. */
public final class StatisticsFile {
    private StatisticsFile() {}

    /** The JSON text that {@code --stats} writes. Per-guest values are keyed by the guest's label, traps below it by vCPU and kind. */
    public static String json(Statistics run) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("scenario", run.scenario());
            json.writeStringField("board", run.board());
            json.writeStringField("mode", run.mode());
            json.writeNumberField("cores", run.cores());
            json.writeStringField("outcome", run.outcome());
            json.writeNumberField("instructions", run.instructions());
            json.writeNumberField("virtualSeconds", run.virtualSeconds());
            json.writeNumberField("hostCpuSeconds", run.hostCpuSeconds());
            json.writeObjectFieldStart("consoleSha256");
            for (Statistics.Guest guest : run.guests()) {
                if (!guest.consoleSha256().isEmpty()) {
                    json.writeStringField(guest.label(), guest.consoleSha256());
                }
            }
            json.writeEndObject();
            json.writeObjectFieldStart("traceSha256");
            for (Statistics.Guest guest : run.guests()) {
                json.writeStringField(guest.label(), guest.traceSha256());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("traps");
            for (Statistics.Guest guest : run.guests()) {
                traps(json, guest);
            }
            json.writeEndObject();
            json.writeObjectFieldStart("irqs");
            json.writeNumberField("physical", run.physicalInterrupts());
            json.writeNumberField("injected", run.injectedInterrupts());
            json.writeEndObject();
            json.writeNumberField("guestErrors", run.guestErrors());
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory does not fail", impossible);
        }
        return text.append('\n').toString();
    }

    private static void traps(JsonGenerator json, Statistics.Guest guest) throws IOException {
        json.writeObjectFieldStart(guest.label());
        for (int vcpu = 0; vcpu < guest.vcpus().size(); vcpu++) {
            json.writeObjectFieldStart(Integer.toString(vcpu));
            for (Map.Entry<TrapKind, Statistics.Traps> traps :
                    guest.vcpus().get(vcpu).traps().entrySet()) {
                json.writeNumberField(traps.getKey().label(), traps.getValue().count());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
