package org.shyperlab.platforms.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shyperlab.guestimages.DiskPart;
import org.shyperlab.guestimages.linux.LinuxGuest;
import org.shyperlab.platforms.scenario.Scenario;

/** The management VM's daemon in trouble: killed in the middle, a full disk and a file cut short below it, a VM that never stops writing. */
class MediatedDiskRunTest {
    private static final int BLOCKS = 512;

    /**
     * {@code forever} writes all the time until it is removed. {@code work} has its turns beside it, and cannot be ready before the
     * daemon, which was killed, is started again. Then a file system has no room for what {@code full} writes, and the file of
     * {@code broken} is cut off.
     */
    private static final String COMMANDS = """
            cd /root
            until_off() { while shyper vm list | grep -q "VM $1  Active"; do usleep 20000; done; }
            dd if=/dev/zero of=forever.img bs=64k count=32 2> /dev/null
            dd if=/dev/zero of=work.img bs=64k count=33 2> /dev/null
            mkdir small; mount -t tmpfs -o size=64k none small
            truncate -s 64K small/full.img small/broken.img
            dd if=/dev/zero of=small/filler bs=4k 2> /dev/null
            shyper system daemon disks.json & daemon=$!
            usleep 50000
            shyper vm config forever.json; shyper vm config work.json
            shyper vm boot 1; shyper vm boot 2
            kill -9 $daemon; wait $daemon; echo killed $?
            shyper vm list
            shyper system daemon disks.json & daemon=$!
            until_off 2
            shyper vm list
            shyper vm remove 1
            head -c 2097152 work.img | md5sum
            shyper vm config again.json; shyper vm config full.json; shyper vm config broken.json
            truncate -s 0 small/broken.img
            shyper vm boot 1; shyper vm boot 3; shyper vm boot 4
            until_off 1; until_off 3; until_off 4
            """;

    @TempDir
    private Path directory;

    @BeforeAll
    static void fetchLinux() {
        LinuxGuests.fetch();
    }

    private static String md5OfWork() throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("MD5");
        for (int block = 0; block < BLOCKS; block++) {
            digest.update(DiskVms.pattern(block));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @ParameterizedTest
    @EnumSource(names = {"GIC", "PLIC"})
    void theDaemonsTroublesAreErrorsOfTheVmConcernedAndLoseNothing(DiskVms ground) throws Exception {
        Execution run = Execution.of(scenario(ground), false, null, COMMANDS);
        assertThat(run.outcome())
                .as("%s %s", run.failures(), run.console())
                .isEqualTo(new Outcome(Outcome.SUCCESS, "powered off"));
        List<String> lines = run.console().replace("\r", "").lines().toList();
        assertThat(lines)
                .as(run.console())
                .containsSubsequence(
                        "killed 137",
                        "  VM 2  Active  Bare Metal App  work",
                        "shyper: the daemon serves",
                        "[work] disk: PASS",
                        "  VM 1  Active  Bare Metal App  forever",
                        "  VM 2  Inactive  Bare Metal App  work",
                        md5OfWork() + "  -",
                        LinuxGuest.EXIT_LINE + "0")
                .contains(
                        "[again] disk: PASS",
                        "[full] disk: PASS",
                        "[broken] disk: PASS",
                        "shyper: disk 2: its file cannot be written (error 28); its VM is told of an I/O error",
                        "shyper: disk 3: its file ends too soon (error 0); its VM is told of an I/O error");
        assertThat(run.measured()).contains("\"guestErrors\" : 0");
    }

    private Scenario scenario(DiskVms ground) throws IOException {
        Map<String, DiskPart> vms = new LinkedHashMap<>();
        vms.put("forever", DiskPart.FOREVER);
        vms.put("work", DiskPart.WORK);
        vms.put("full", DiskPart.READ_ONLY);
        vms.put("broken", DiskPart.BROKEN);
        vms.put("again", DiskPart.WORK);
        return ground.managed(
                directory, BLOCKS, vms, "\"forever.img\", \"work.img\", \"small/full.img\", \"small/broken.img\"");
    }
}
