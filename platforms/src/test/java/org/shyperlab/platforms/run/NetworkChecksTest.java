package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.scenario.NetworkPlan;
import org.shyperlab.platforms.scenario.Scenario;
import org.shyperlab.platforms.scenario.ScenarioCatalog;

/** What people may write for captures and the uplink, and what they are told when it cannot be. */
class NetworkChecksTest {
    private static final String NIC = """
            "emulated_device_list": [
              { "name": "%s", "base_ipa": "0x%x", "length": "0x1000", "irq_id": %d, "cfg_num": 6,
                "cfg_list": [2, 0, 0, 0, 0, %d], "type": "EMU_DEVICE_T_VIRTIO_NET" },""";

    @TempDir
    private Path directory;

    /** VM 0 "timer" with two network devices, VM 1 "hello" without any. */
    private Scenario scenario(String more) throws IOException {
        String two = Execution.vm("vm0-timer.json")
                .replace("\"emulated_device_list\": [", NIC.formatted("lan", 0xa000000, 48, 1))
                .replace("\"emulated_device_list\": [", NIC.formatted("dmz", 0xa002000, 50, 2))
                .replaceFirst("(\"emulated_device\": \\{\\s*\"num\": )1", "$13");
        Execution.scenario(directory, "qemu-aarch64", "2", "shipped:timer", null, two, Execution.vm("vm1-hello.json"));
        Path file = directory.resolve("mine.yaml");
        Files.writeString(file, Files.readString(file) + more);
        return ScenarioCatalog.load(file.toString());
    }

    private static List<String> build(Scenario scenario, boolean bare, @Nullable String uplink, String... captures) {
        List<NetworkPlan.Capture> parsed = Arrays.stream(captures)
                .map(text -> {
                    NetworkPlan.Capture capture = NetworkPlan.Capture.parse(text);
                    assertThat(capture).as(text).isNotNull();
                    return capture;
                })
                .toList();
        RunOptions options = new RunOptions.Builder(bare)
                .network(new NetworkPlan(parsed, uplink))
                .build();
        List<String> told = new ArrayList<>();
        try (ConsoleOutput output = new ConsoleOutput(OutputStream.nullOutputStream());
                Run run = RunBuilder.build(scenario, options, output, told::add)) {
            assertThat(run.execute().exitCode()).isEqualTo(Outcome.SUCCESS);
            told.addAll(run.captures());
        }
        return told;
    }

    private void assertRefused(ThrowableAssert.ThrowingCallable build, String... problems) {
        assertThatThrownBy(build)
                .isInstanceOfSatisfying(
                        InputException.class,
                        error -> assertThat(error.problems()).containsExactly(problems));
    }

    @Test
    void aCaptureIsWrittenAsVmDeviceAndFile() {
        assertThat(NetworkPlan.Capture.parse("1=a=b.pcap"))
                .isEqualTo(new NetworkPlan.Capture(new NetworkPlan.Nic("1", null), Path.of("a=b.pcap")));
        assertThat(NetworkPlan.Capture.parse("mvm:net@a000000=x"))
                .isEqualTo(new NetworkPlan.Capture(new NetworkPlan.Nic("mvm", "net@a000000"), Path.of("x")));
        for (String wrong : new String[] {"", "a", "=f", "a=", ":b=f", "a:=f", "a:b:c=f"}) {
            assertThat(NetworkPlan.Capture.parse(wrong)).as(wrong).isNull();
        }
    }

    @Test
    void whatThereIsNotIsNamedWithTheRuleAndAllOfItAtOnce() throws IOException {
        Scenario scenario = scenario("");
        String a = directory.resolve("a").toString();
        assertRefused(
                () -> build(
                        scenario,
                        false,
                        "linux",
                        "gvm=" + a,
                        "timer=b",
                        "timer:wan=c",
                        "hello=d",
                        "timer:0=e",
                        "0:lan=f",
                        "timer:dmz=e"),
                "--capture gvm=%s: there is no VM \"gvm\"; there are: 0 (timer), 1 (hello).".formatted(a),
                "--capture timer=b: VM 0 (timer) has 2 network devices; say which: timer:dmz, timer:lan.",
                "--capture timer:wan=c: VM 0 (timer) has no network device \"wan\"; it has: dmz, lan.",
                "--capture hello=d: VM 1 (hello) has no network device, which is one of type EMU_DEVICE_T_VIRTIO_NET.",
                "--capture timer:dmz=e: VM 0's dmz is captured already; a network device has one capture.",
                "--capture timer:dmz=e: another capture has this file; each has one of its own.",
                "--uplink linux: there is no VM \"linux\"; there are: 0 (timer), 1 (hello).");
    }

    @Test
    void aFileThatCannotBeWrittenIsToldBeforeAnythingRuns() throws IOException {
        Scenario scenario = scenario("");
        String missing = directory.resolve("missing/x.pcap").toString();
        assertRefused(
                () -> build(scenario, false, null, "timer:lan=" + missing),
                "The capture file %s cannot be written: there is no such file.".formatted(missing));
    }

    @Test
    void theScenarioMayHaveBothAndItsMistakesAreNamed() throws IOException {
        Scenario wrong = scenario("captures:\n  - {vm: hello, file: h.pcap}\n");
        String file = directory.resolve("mine.yaml").toString();
        assertRefused(
                () -> build(wrong, false, null),
                file
                        + ":10: captures[0]: VM 1 (hello) has no network device, which is one of type EMU_DEVICE_T_VIRTIO_NET.");
        assertRefused(
                () -> scenario("uplink: 7\n"), file + ":9: uplink: there is no VM \"7\"; there are: timer, hello");
        assertThatThrownBy(() -> scenario("captures:\n  - {vm: hello, port: 1}\n"))
                .hasMessageContaining("captures[0].file: is missing")
                .hasMessageContaining("port");
    }

    @Test
    void aVmThatMayStillBeMadeIsCapturedByNumberOrNameAndOneThatNeverCameIsTold() throws IOException {
        Path file = directory.resolve("later.pcap");
        assertThat(build(scenario(""), false, null, "5=" + file))
                .containsExactly("captured nothing in %s: no VM 5 with such a network device came".formatted(file));
        assertThat(build(scenario("files: [ { name: a, vm: 'shipped:vm1-gvm' } ]\n"), false, null, "gvm=" + file))
                .containsExactly("captured nothing in %s: no VM gvm with such a network device came".formatted(file));
    }

    @Test
    void theUplinkIsOneMoreNetworkDeviceOfItsVmAndItsUserIsWarned() throws IOException {
        Path file = directory.resolve("up.pcap");
        assertThat(build(scenario(""), false, "hello", "hello:uplink=" + file, "timer:lan=" + directory.resolve("t")))
                .anyMatch(text -> text.startsWith("the uplink of VM hello is on: its guest reaches every service"))
                .contains("captured 0 frames of hello:uplink in " + file);
        assertThat(Files.size(file)).isEqualTo(24);
    }

    @Test
    void aNativeSystemHasTheUplinksDeviceOrNone() throws IOException {
        Scenario scenario = scenario("");
        assertRefused(
                () -> build(scenario, true, null, "0=" + directory.resolve("a")),
                "--capture 0=%s: a native system has a network device only with --uplink 0."
                        .formatted(directory.resolve("a")));
        assertRefused(
                () -> build(scenario, true, "linux"), "--uplink linux: there is no VM \"linux\"; there are: 0 (mine).");
        assertThat(build(scenario, true, "0", "0=" + directory.resolve("b")))
                .contains("captured 0 frames of 0 in " + directory.resolve("b"));
    }
}
