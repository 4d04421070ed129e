package org.shyperlab.platforms.control;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.shyperlab.emulator.core.TrapKind;
import org.shyperlab.platforms.run.VmFigures;

/** The lines that go from the machine to its clients. */
final class Replies {
    /** Nothing more to tell. */
    static final Message.Writer NOTHING = json -> {};

    private Replies() {}

    /** An order was carried out. */
    static String ok(Message.Writer members) {
        return Message.line(json -> {
            json.writeBooleanField("ok", true);
            members.write(json);
        });
    }

    /** An order was not carried out, or the message was none. */
    static String error(List<String> problems) {
        return Message.line(json -> {
            json.writeArrayFieldStart("error");
            for (String problem : problems) {
                json.writeString(problem);
            }
            json.writeEndArray();
        });
    }

    /** What a VM printed. */
    static String output(byte[] bytes) {
        return Message.line(
                json -> json.writeStringField("output", Base64.getEncoder().encodeToString(bytes)));
    }

    /** Bytes that a VM printed and that the client was too slow for. */
    static String lost(long bytes) {
        return Message.line(json -> json.writeNumberField("lost", bytes));
    }

    /** The console's last line. */
    static String end(String why) {
        return Message.line(json -> json.writeStringField("end", why));
    }

    /** Which machine this is. */
    static Message.Writer machine(String name, long pid) {
        return json -> {
            json.writeStringField("machine", name);
            json.writeNumberField("pid", pid);
        };
    }

    /** One VM, as an order left it. */
    static Message.Writer vm(VmFigures vm) {
        return json -> {
            json.writeObjectFieldStart("vm");
            identity(json, vm);
            json.writeEndObject();
        };
    }

    /** VMs in the order of their numbers. */
    static Message.Writer list(List<VmFigures> vms) {
        return json -> {
            json.writeArrayFieldStart("vms");
            for (VmFigures vm : vms) {
                json.writeStartObject();
                identity(json, vm);
                json.writeEndObject();
            }
            json.writeEndArray();
        };
    }

    private static void identity(JsonGenerator json, VmFigures vm) throws IOException {
        json.writeNumberField("id", vm.id());
        json.writeStringField("name", vm.name());
        json.writeStringField("type", vm.type());
        json.writeStringField("state", vm.state());
    }

    /** VMs with their figures. */
    static Message.Writer stats(double virtualSeconds, List<VmFigures> vms) {
        return json -> {
            json.writeNumberField("virtualSeconds", virtualSeconds);
            json.writeArrayFieldStart("vms");
            for (VmFigures vm : vms) {
                json.writeStartObject();
                identity(json, vm);
                json.writeNumberField("virtualSeconds", vm.virtualSeconds());
                json.writeArrayFieldStart("vcpus");
                for (VmFigures.Vcpu vcpu : vm.vcpus()) {
                    vcpu(json, vcpu);
                }
                json.writeEndArray();
                json.writeArrayFieldStart("ports");
                for (VmFigures.Port port : vm.ports()) {
                    port(json, port);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
        };
    }

    private static void port(JsonGenerator json, VmFigures.Port port) throws IOException {
        json.writeStartObject();
        json.writeStringField("device", port.device());
        json.writeNumberField("framesSent", port.framesSent());
        json.writeNumberField("bytesSent", port.bytesSent());
        json.writeNumberField("framesReceived", port.framesReceived());
        json.writeNumberField("bytesReceived", port.bytesReceived());
        json.writeObjectFieldStart("dropped");
        for (Map.Entry<String, Long> dropped : port.dropped().entrySet()) {
            json.writeNumberField(dropped.getKey(), dropped.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void vcpu(JsonGenerator json, VmFigures.Vcpu vcpu) throws IOException {
        json.writeStartObject();
        json.writeNumberField("core", vcpu.core());
        json.writeNumberField("injected", vcpu.injected());
        json.writeObjectFieldStart("traps");
        for (Map.Entry<TrapKind, Long> traps : vcpu.traps().entrySet()) {
            json.writeNumberField(traps.getKey().label(), traps.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }
}
