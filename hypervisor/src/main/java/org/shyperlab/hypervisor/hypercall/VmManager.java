package org.shyperlab.hypervisor.hypercall;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.PlatformDescription;
import org.shyperlab.hypervisor.VmSetup;
import org.shyperlab.hypervisor.config.ConfigProblem;
import org.shyperlab.hypervisor.config.VmConfig;
import org.shyperlab.hypervisor.config.VmSource;
import org.shyperlab.hypervisor.memory.GuestRam;

/** What hypercalls ask of the hypervisor. Results are null for success. */
public interface VmManager {
    /** The id of the VM that manages the others. */
    int MANAGEMENT_VM = 0;

    /** The VMs that exist, by ascending id. */
    List<VmEntry> vms();

    /** The VM with this id, or null. */
    @Nullable
    VmEntry vm(int id);

    /** The configuration of a VM that exists. */
    VmConfig config(int id);

    /** How often the vCPUs of a VM that exists have left it for the hypervisor. */
    long exits(int id);

    /** The smallest id that no VM has and that is not {@code taken}, below the most that there may be; -1 when there is none. */
    int freeId(List<Integer> taken);

    /** The memory of a VM that exists. */
    GuestRam memory(int id);

    /** What is wrong with a VM that would join those that exist: the same rules as for configuration files. */
    List<ConfigProblem> check(VmSource candidate);

    /** The devices of the board that may be passed through. */
    List<PlatformDescription.DeviceWindow> boardDevices();

    /** Makes a VM of a checked configuration, inactive. */
    @Nullable
    HypercallError create(int id, VmSetup setup);

    /** Starts a VM that was stopped or never ran; one that was made by hypercalls with what was uploaded, and else null. */
    @Nullable
    HypercallError boot(int id, @Nullable Uploads uploads);

    /** Holds a VM that runs. */
    @Nullable
    HypercallError pause(int id);

    /** Lets a held VM run on. */
    @Nullable
    HypercallError resume(int id);

    /** Stops a VM and starts it again from its images. */
    @Nullable
    HypercallError reboot(int id);

    /** Stops a VM. */
    @Nullable
    HypercallError stop(int id);

    /** Whether a VM does not run and may be loaded. */
    boolean mayLoad(int id);

    /** Takes back all that a VM has, if it does not run. */
    @Nullable
    HypercallError discard(int id);

    /** Stops a VM and takes back all that it has. */
    @Nullable
    HypercallError remove(int id);

    /** Stops the board; {@code restart}: and starts it again. */
    void endSystem(boolean restart);

    /** Maps zeroed memory for a VM to share; {@code length} in whole pages. Returns its IPA, or a negative error code. */
    long share(int owner, long length);

    /** Maps the shared memory of {@code owner} for {@code user}. Returns its IPA there, or a negative error code. */
    long mapShared(int owner, int user);

    /**
     * Tells a VM that there is a message of this kind in its ring: interrupt and notification port.
     *
     * @param once the VM does not acknowledge messages, so that nothing would lower the interrupt: it comes once
     */
    void notify(int id, int group, int event, boolean once);

    /** What a vCPU of this VM waits for in a call is there: those that wait make their calls again. */
    void retry(int id);

    /** The VM has looked into its ring: the interrupt goes down. */
    void acknowledged(int id);

    /** Tells whoever watches that a VM made a mistake; {@code format} and {@code arguments} as for {@link String#format}. */
    void mistake(int vm, String format, Object... arguments);

    /** A line on the hypervisor's console. */
    void message(String line);

    /** Virtual time in nanoseconds. */
    long nanoseconds();
}
