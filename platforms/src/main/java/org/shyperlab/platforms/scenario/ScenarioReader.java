package org.shyperlab.platforms.scenario;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.HypervisorOptions;
import org.shyperlab.hypervisor.net.MacAddress;
import org.shyperlab.platforms.board.Board;
import org.shyperlab.platforms.board.BoardCatalog;
import org.shyperlab.platforms.input.Fields;
import org.shyperlab.platforms.input.InputException;
import org.shyperlab.platforms.input.Problems;
import org.shyperlab.platforms.input.YamlFile;
import org.shyperlab.platforms.input.YamlNode;

/** Reads a scenario file and the files it refers to. */
final class ScenarioReader {
    private static final long PAGE = 4096;
    private static final long MAX_MEMORY = 1L << 40;
    private static final long SECTOR = 512;
    private static final long MAX_DISK = 1L << 40;
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
    private static final Map<String, Boolean> ACCESS = Map.of("ro", true, "rw", false);
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    private static final int ANY_CORE = -1;
    private static final int MAX_CORES = 8;
    private static final int MOST_VMS = 8;

    private ScenarioReader() {}

    /**
     * Reads a scenario.
     *
     * @param file the file's name for messages
     * @throws InputException with every problem found
     */
    static Scenario read(String file, String yaml, ScenarioFiles files) {
        Problems problems = new Problems(file);
        YamlNode.Mapping top = YamlFile.parse(yaml, problems);
        Fields fields = new Fields(top, "", problems);
        String name = fields.text("scenario");
        String description = fields.text("description");
        String boardName = fields.text("board");
        int cores = (int) fields.integer("cores", 1, MAX_CORES, 0);
        long memory = fields.size("memory", PAGE, MAX_MEMORY, 0);
        Fields guestFields = fields.section("guest");
        String initrd = guestFields.optionalText("initrd");
        String append = guestFields.optionalText("append");
        Scenario.Guest guest = new Scenario.Guest(
                guestFields.text("kernel"), initrd, append == null ? "" : append, guestFields.texts("modules"));
        guestFields.finish();
        List<Scenario.VmFile> vms = vms(fields, files);
        int mostVms = (int) fields.integer("most-vms", 1, HypervisorOptions.LARGEST_MOST_VMS, MOST_VMS);
        if (vms.size() > mostVms) {
            fields.problem(
                    "vms", "%d VMs; most-vms allows %d (%d without the key)".formatted(vms.size(), mostVms, MOST_VMS));
        }
        List<Scenario.FolderFile> folder = folder(fields, files);
        VmNames names = new VmNames(vms, folder);
        List<Scenario.VmDisk> disks = disks(fields, names);
        List<Scenario.Step> walkthrough = walkthrough(fields, names);
        NetworkPlan network = network(fields, names, files);
        long limit = fields.nanos("limit", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        fields.finish();
        problems.throwIfAny();

        Board board = files.directory() == null
                ? BoardCatalog.shipped(boardName)
                : BoardCatalog.load(boardName, files.directory());
        checkAgainst(board, fields, cores, memory);
        problems.throwIfAny();
        return new Scenario(
                name,
                description,
                board,
                cores == 0 ? board.cores().standard() : cores,
                memory == 0 ? board.memory().standard() : memory,
                guest,
                mostVms,
                vms,
                folder,
                disks,
                walkthrough,
                limit,
                network,
                files,
                Places.of(file, top));
    }

    private static List<Scenario.VmFile> vms(Fields fields, ScenarioFiles files) {
        List<Scenario.VmFile> vms = new ArrayList<>();
        for (Fields vm : fields.sectionsOr("vms", "file")) {
            int core = (int) vm.integer("core", 0, MAX_CORES - 1, ANY_CORE);
            VmChange change = new VmChange(
                    vm.optionalText("name"), vm.optionalText("kernel"), core == ANY_CORE ? null : core, mac(vm));
            vms.add(vm(vm, "file", vm.text("file"), change, files));
            vm.finish();
        }
        return vms;
    }

    private static @Nullable MacAddress mac(Fields vm) {
        String text = vm.optionalText("mac");
        if (text == null) {
            return null;
        }
        if (!MAC.matcher(text).matches()) {
            vm.problem("mac", "\"%s\" is not an address like 74:56:aa:0f:47:d1".formatted(text));
            return null;
        }
        return new MacAddress(Long.parseLong(text.replace(":", ""), 16));
    }

    private static List<Scenario.FolderFile> folder(Fields fields, ScenarioFiles files) {
        List<Scenario.FolderFile> folder = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Fields file : fields.sections("files")) {
            String name = file.text("name");
            String text = file.optionalText("text");
            String vm = file.optionalText("vm");
            List<String> modules = file.texts("modules");
            if (!FILE_NAME.matcher(name).matches()) {
                file.problem("name", "\"%s\" is not a file name of letters, digits and ._-".formatted(name));
            }
            if (!names.add(name)) {
                file.problem("name", "\"%s\" is there already".formatted(name));
            }
            if ((text == null) == (vm == null)) {
                file.problem("text", "a file has either a text or a vm");
            }
            if (vm == null && !modules.isEmpty()) {
                file.problem("modules", "only a vm loads modules");
            }
            file.finish();
            folder.add(new Scenario.FolderFile(
                    name, text, vm == null ? null : vm(file, "vm", vm, VmChange.NONE, files), modules));
        }
        return folder;
    }

    private static List<Scenario.VmDisk> disks(Fields fields, VmNames names) {
        List<Scenario.VmDisk> disks = new ArrayList<>();
        for (Fields disk : fields.sections("disks")) {
            String vm = disk.text("vm");
            names.requireName(disk, "vm", vm);
            String file = disk.optionalText("file");
            String overlay = disk.optionalText("overlay");
            long memory = disk.size("memory", SECTOR, MAX_DISK, 0);
            boolean readOnly = disk.has("access") && Boolean.TRUE.equals(disk.choice("access", ACCESS));
            if ((file == null) == (memory == 0)) {
                disk.problem("file", "a disk has either a file or memory");
            }
            if (overlay != null && file == null) {
                disk.problem("overlay", "an overlay lies over a file");
            }
            if (memory % SECTOR != 0) {
                disk.problem("memory", memory + " is not a multiple of 512");
            }
            if (readOnly && (file == null || overlay != null)) {
                disk.problem("access", "only a disk that is a file without an overlay is for reading only");
            }
            disk.finish();
            disks.add(new Scenario.VmDisk(vm, file, overlay, memory, readOnly));
        }
        return disks;
    }

    private static List<Scenario.Step> walkthrough(Fields fields, VmNames names) {
        List<Scenario.Step> steps = new ArrayList<>();
        for (Fields step : fields.sections("walkthrough")) {
            String vm = step.text("vm");
            names.requireName(step, "vm", vm);
            steps.add(new Scenario.Step(vm, step.optionalText("run"), step.texts("expect")));
            step.finish();
        }
        return steps;
    }

    private static NetworkPlan network(Fields fields, VmNames names, ScenarioFiles files) {
        List<NetworkPlan.Capture> captures = new ArrayList<>();
        for (Fields capture : fields.sections("captures")) {
            NetworkPlan.Nic nic = new NetworkPlan.Nic(capture.text("vm"), capture.optionalText("device"));
            names.requireNameOrNumber(capture, "vm", nic.vm());
            captures.add(new NetworkPlan.Capture(nic, files.path(capture.text("file"))));
            capture.finish();
        }
        String uplink = fields.optionalText("uplink");
        if (uplink != null) {
            names.requireStarted(fields, "uplink", uplink);
        }
        return new NetworkPlan(captures, uplink);
    }

    /** Reads the configuration that a key names; what cannot be read is a problem there, and comes without text. */
    private static Scenario.VmFile vm(Fields fields, String key, String name, VmChange change, ScenarioFiles files) {
        if (name.startsWith(ScenarioFiles.SHIPPED)) {
            String file = name.substring(ScenarioFiles.SHIPPED.length()) + ".json";
            if (ScenarioCatalog.SHIPPED_VMS.contains(file)) {
                return new Scenario.VmFile(file, ScenarioFiles.resource(file), change);
            }
            fields.problem(
                    key,
                    "there is no shipped VM configuration \"%s\"; there are: %s"
                            .formatted(name, String.join(", ", ScenarioCatalog.SHIPPED_VMS)));
        } else if (!name.isBlank()) {
            try {
                return new Scenario.VmFile(name, files.text("VM configuration", name), change);
            } catch (InputException error) {
                error.problems().forEach(problem -> fields.problem(key, problem));
            }
        } else if (fields.has(key)) {
            fields.problem(key, "is empty");
        }
        return new Scenario.VmFile(name, "", change);
    }

    private static void checkAgainst(Board board, Fields fields, int cores, long memory) {
        if (cores > board.cores().max()) {
            fields.problem(
                    "cores",
                    "%d; board %s has at most %d"
                            .formatted(cores, board.name(), board.cores().max()));
        }
        if (memory > board.memory().max()) {
            fields.problem("memory", "more than board %s can have".formatted(board.name()));
        }
        if (memory % PAGE != 0) {
            fields.problem("memory", memory + " is not a multiple of 4096");
        }
    }
}
