package org.shyperlab.platforms.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shyperlab.platforms.run.LinuxGuests;

/**
 * VMs with the devices, addresses, interrupts and cores that Rust-Shyper's README and guides give them, beside a management VM with those
 * of its own. Other than there are names of images, sizes of memory, a RAM disk, and for RISC-V the console's number.
 */
@Tag("long")
class OriginalConfigurationsRunTest {
    private static final String SCENARIO = """
            scenario: originals
            description: for a test
            board: %s
            cores: 4
            memory: 2G
            guest:
              kernel: shipped:linux
              initrd: shipped:linux
            vms: [mvm.json]
            files:
              - name: vm1.json
                vm: gvm.json
              - name: mediated-cfg.json
                text: |
                  {"mediated": ["~/vm0.img"]}
            limit: 60s
            walkthrough:
              - vm: supervisor
                run: |
                  cd /root
                  truncate -s 16M vm0.img
                  ip addr add 10.0.0.1/24 dev eth0; ip link set eth0 up
                  shyper system daemon mediated-cfg.json &
                  usleep 500000
                  for console in /dev/hvc[0-9]*; do { stty raw -echo; sed 's/^/its console: /'; } < $console & done
                  shyper vm config vm1.json
                  shyper vm boot 1
                  shyper vm list
                  nc -l -p 5001; ping -c 2 10.0.0.2
                  shyper vm reboot 1 --force
                  nc -l -p 5001
                  shyper vm delconfig -f 1
                  shyper vm list
                  shyper system shutdown -f
                  sleep 5
                expect:
                  - "VM 1  Active  Linux  guest-os-1"
                  - "from %s cores, 32768 sectors, 16 full records"
                  - "2 packets transmitted, 2 packets received, 0%% packet loss"
                  - "VM 1 restarts with /root/vm1.json"
                  - "1 virtual machines"
                  - "its console: hello from the guest VM"
              - vm: guest-os-1
                run: |
                  ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up
                  read=$(dd if=/dev/vda of=/dev/null bs=1M 2>&1 | head -n 1)
                  echo "hello from the guest VM"
                  answer="from $(nproc) cores, $(cat /sys/block/vda/size) sectors, ${read%%%%+*} full records"
                  until echo "$answer" | nc 10.0.0.1 5001; do usleep 100000; done
                  sleep 1000
            """;

    @TempDir
    private Path folder;

    @BeforeAll
    static void kernels() {
        LinuxGuests.fetch();
    }

    private void copy(String resource, String file) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(getClass().getResourceAsStream("originals/" + resource), resource)) {
            Files.copy(in, folder.resolve(file));
        }
    }

    @ParameterizedTest
    @CsvSource({"qemu-aarch64, gic, 1", "qemu-riscv64, plic, 3", "qemu-riscv64-aia, aia, 3"})
    void theOriginalsManagementVmStartsAndServesTheOriginalsGuestVm(String board, String kind, int cores)
            throws IOException {
        copy("mvm-" + kind + ".json", "mvm.json");
        copy("gvm-" + kind + ".json", "gvm.json");
        Path scenario = Files.writeString(folder.resolve("originals.yaml"), SCENARIO.formatted(board, cores));
        Shyper run = Shyper.run("run", scenario.toString(), "--no-control");
        assertThat(run.exitCode())
                .as("%s%s%s", run.console(), run.out(), run.err())
                .isZero();
        assertThat(run.console()).contains("32768 sectors and not ").contains("the management VM's disk ends there");
    }
}
