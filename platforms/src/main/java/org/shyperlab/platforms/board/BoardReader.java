package org.shyperlab.platforms.board;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.shyperlab.emulator.core.Cost;
import org.shyperlab.emulator.device.gic.GicV2;
import org.shyperlab.platforms.input.Fields;
import org.shyperlab.platforms.input.Problems;
import org.shyperlab.platforms.input.YamlFile;

/** Reads a board file and checks it whole: types, ranges, unknown keys, overlapping windows, interrupts used twice. */
public final class BoardReader {
    private static final long PAGE = 4096;
    private static final long MAX_ADDRESS = (1L << 40) - 1;
    private static final int MAX_CORES = 8;
    private static final int PPIS = 16;
    private static final int MAX_SPIS = 960;
    private static final int MAX_SOURCES = 1023;
    private static final Map<String, Architecture> ARCHITECTURES = Map.of(
            Architecture.AARCH64.label(), Architecture.AARCH64, Architecture.RISCV64.label(), Architecture.RISCV64);
    private static final Map<String, String> MMUS = Map.of("sv39", "sv39", "sv48", "sv48", "sv57", "sv57");
    private static final Pattern ISA = Pattern.compile("rv64[a-z]+(_[a-z0-9]+)*");
    private static final Map<String, String> MODELS =
            Map.of("cortex-a72", "cortex-a72", "cortex-a57", "cortex-a57", "cortex-a53", "cortex-a53");

    /** Windows seen so far, with the line that claims each. */
    private final Map<Region, Integer> windows = new LinkedHashMap<>();
    /** Interrupts seen so far, by INTID or source number. */
    private final Map<Integer, String> interrupts = new HashMap<>();

    private final Set<String> names = new HashSet<>();

    private BoardReader() {}

    /**
     * Reads a board.
     *
     * @param file the file's name for messages
     * @throws org.shyperlab.platforms.input.InputException with every problem found
     */
    public static Board read(String file, String yaml) {
        Problems problems = new Problems(file);
        Fields fields = new Fields(YamlFile.parse(yaml, problems), "", problems);
        Board board = new BoardReader().board(fields);
        problems.throwIfAny();
        return board;
    }

    private Board board(Fields fields) {
        String name = fields.text("board");
        String description = fields.text("description");
        // A board whose architecture is not told is checked as the first kind was: other mistakes are found all the
        // same.
        Architecture named = fields.choice("architecture", ARCHITECTURES);
        Architecture architecture = named == null ? Architecture.AARCH64 : named;
        String compatible = fields.text("compatible");
        Board.Cores cores = cores(fields.section("cores"), architecture);
        Map<Cost, Board.Price> costs = costs(fields.section("costs"));
        firmware(fields.section("firmware"), architecture);
        Board.Memory memory = memory(fields.section("memory"));
        Interrupts interrupts = architecture == Architecture.AARCH64 ? arm(fields) : riscv(fields, cores.max());
        List<BoardDevice> devices = devices(fields, interrupts);
        String console = console(fields, devices);
        fields.finish();
        return new Board(
                name, description, architecture, compatible, cores, costs, memory, interrupts, console, devices);
    }

    private static Board.Cores cores(Fields fields, Architecture architecture) {
        String model;
        String mmu = "";
        if (architecture == Architecture.AARCH64) {
            model = fields.choice("model", MODELS);
        } else {
            model = fields.text("isa");
            if (!model.isEmpty() && !ISA.matcher(model).matches()) {
                fields.problem("isa", "\"" + model + "\" is not an ISA string like rv64imafdch_zicsr");
            }
            mmu = fields.choice("mmu", MMUS);
        }
        int max = (int) fields.integer("max", 1, MAX_CORES);
        int standard = (int) fields.integer("default", 1, MAX_CORES);
        if (standard > max) {
            fields.problem("default", standard + " is more than max, " + max);
        }
        long hertz = fields.integer("hertz", 1_000_000, 100_000_000_000L);
        long counterHertz = fields.integer("counter-hertz", 1_000, 100_000_000_000L);
        if (counterHertz >= hertz) {
            fields.problem("counter-hertz", "the system counter must be slower than the cores, " + hertz + " Hz");
        }
        long quantum = fields.integer("quantum", 100, 1_000_000_000);
        fields.finish();
        return new Board.Cores(
                model == null ? "" : model, mmu == null ? "" : mmu, max, standard, hertz, counterHertz, quantum);
    }

    private static Map<Cost, Board.Price> costs(Fields fields) {
        Map<Cost, Board.Price> costs = new EnumMap<>(Cost.class);
        for (Cost cost : Cost.values()) {
            Fields price = fields.section(costKey(cost));
            costs.put(cost, new Board.Price(price.integer("cycles", 0, 1_000_000_000), price.text("source")));
            price.finish();
        }
        fields.finish();
        return costs;
    }

    /** The key of a cost in board files. */
    static String costKey(Cost cost) {
        return cost.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void firmware(Fields fields, Architecture architecture) {
        boolean arm = architecture == Architecture.AARCH64;
        fields.choice("type", arm ? Map.of("psci", "psci") : Map.of("sbi", "sbi"));
        fields.choice("conduit", arm ? Map.of("smc", "smc") : Map.of("ecall", "ecall"));
        fields.finish();
    }

    private Board.Memory memory(Fields fields) {
        String name = name(fields);
        long base = page(fields, "base");
        long standard = fields.size("default", PAGE, MAX_ADDRESS);
        long max = fields.size("max", PAGE, MAX_ADDRESS);
        requireAligned(fields, "default", standard);
        requireAligned(fields, "max", max);
        if (standard > max) {
            fields.problem("default", "is more than max");
        }
        claim(fields, "base", new Region(name, base, max));
        fields.finish();
        return new Board.Memory(name, base, standard, max);
    }

    private Interrupts arm(Fields board) {
        Board.Gic gic = gic(board.section("interrupt-controller"));
        return new Interrupts.Arm(gic, timers(board.section("timers")));
    }

    private Interrupts riscv(Fields board, int cores) {
        Fields fields = board.section("interrupt-controller");
        Fields clintFields = board.section("clint");
        Interrupts.Clint clint = new Interrupts.Clint(name(clintFields), page(clintFields, "base"));
        clintFields.finish();
        String name = name(fields);
        String type = fields.choice("type", Map.of("plic", "plic", "aplic-imsic", "aplic-imsic"));
        boolean plic = !"aplic-imsic".equals(type);
        Interrupts interrupts = plic ? plic(fields, name, clint) : aia(fields, name, clint);
        fields.finish();
        List<String> keys = plic
                ? List.of("base")
                : List.of("machine-domain", "supervisor-domain", "machine-files", "supervisor-files");
        List<Region> windows = interrupts.windows(cores);
        for (int i = 0; i < keys.size(); i++) {
            claim(fields, keys.get(i), windows.get(i));
        }
        claim(clintFields, "base", windows.getLast());
        return interrupts;
    }

    private static Interrupts plic(Fields fields, String name, Interrupts.Clint clint) {
        return new Interrupts.Plic(
                name,
                page(fields, "base"),
                (int) fields.integer("sources", 1, MAX_SOURCES),
                (int) fields.integer("priority-bits", 1, 31),
                clint);
    }

    private static Interrupts aia(Fields fields, String name, Interrupts.Clint clint) {
        int identities = (int) fields.integer("identities", 63, 2047);
        if (identities % 64 != 63) {
            fields.problem("identities", identities + " is not one below a multiple of 64 (AIA 3.1)");
        }
        return new Interrupts.Aia(
                name,
                page(fields, "machine-domain"),
                page(fields, "supervisor-domain"),
                (int) fields.integer("sources", 1, MAX_SOURCES),
                (int) fields.integer("priority-bits", 1, 8),
                new Interrupts.Aia.Files(
                        "imsic", page(fields, "machine-files"), page(fields, "supervisor-files"), identities, (int)
                                fields.integer("guest-files", 0, 63)),
                clint);
    }

    private Board.Gic gic(Fields fields) {
        String name = name(fields);
        fields.choice("type", Map.of("gicv2", "gicv2"));
        Board.Gic gic = new Board.Gic(
                name,
                page(fields, "distributor"),
                page(fields, "cpu-interface"),
                page(fields, "hypervisor-interface"),
                page(fields, "virtual-cpu-interface"),
                (int) fields.integer("spis", 32, MAX_SPIS),
                ppi(fields, "maintenance"));
        if (Board.FIRST_PPI + gic.maintenance() != GicV2.MAINTENANCE) {
            fields.problem("maintenance", "the gicv2 model raises its maintenance interrupt at PPI 9 only");
        }
        if (gic.spis() % 32 != 0) {
            fields.problem("spis", gic.spis() + " is not a multiple of 32 (GICv2 4.3.2)");
        }
        List<Region> regions = MemoryMap.of(gic);
        claim(fields, "distributor", regions.get(0));
        claim(fields, "cpu-interface", regions.get(1));
        claim(fields, "hypervisor-interface", regions.get(2));
        claim(fields, "virtual-cpu-interface", regions.get(3));
        fields.finish();
        return gic;
    }

    private Board.Timers timers(Fields fields) {
        Board.Timers timers = new Board.Timers(
                ppi(fields, "secure-physical"),
                ppi(fields, "physical"),
                ppi(fields, "virtual"),
                ppi(fields, "hypervisor"));
        fields.finish();
        return timers;
    }

    private List<BoardDevice> devices(Fields board, Interrupts controllers) {
        List<BoardDevice> devices = new ArrayList<>();
        for (Fields fields : board.sections("devices")) {
            String name = name(fields);
            DeviceType type = fields.choice("type", DeviceType.BY_LABEL);
            long base = page(fields, "base");
            int interrupt = type != null && !type.hasInterrupt()
                    ? 0
                    : (int) fields.integer("interrupt", controllers.first(), controllers.end() - 1L);
            if (type == null) {
                // Without a type nothing says which further keys it may have.
                continue;
            }
            Map<String, Long> settings = new HashMap<>();
            type.settings()
                    .forEach(setting ->
                            settings.put(setting.key(), fields.integer(setting.key(), setting.low(), setting.high())));
            fields.finish();
            BoardDevice device = new BoardDevice(name, type, base, interrupt, Map.copyOf(settings));
            if (type == DeviceType.VIRTIO_MMIO && Long.bitCount(device.setting("stride")) != 1) {
                fields.problem("stride", device.setting("stride") + " is not a power of two");
            }
            if (device.size() % PAGE != 0) {
                fields.problem("type", "the window is %d bytes, not a multiple of 4096".formatted(device.size()));
            }
            claim(fields, "base", new Region(name, base, device.size()));
            claimInterrupts(fields, device, controllers);
            devices.add(device);
        }
        return List.copyOf(devices);
    }

    private static String console(Fields fields, List<BoardDevice> devices) {
        String console = fields.text("console");
        boolean found = devices.stream()
                .anyMatch(
                        device -> device.name().equals(console) && device.type().isConsole());
        if (!found && !console.isEmpty()) {
            fields.problem("console", "\"" + console + "\" is not the name of a UART under devices");
        }
        return console;
    }

    private String name(Fields fields) {
        String name = fields.text("name");
        if (!name.isEmpty() && !names.add(name)) {
            fields.problem("name", "\"" + name + "\" is used twice");
        }
        return name;
    }

    private static long page(Fields fields, String key) {
        long address = fields.integer(key, 0, MAX_ADDRESS);
        requireAligned(fields, key, address);
        return address;
    }

    private static void requireAligned(Fields fields, String key, long value) {
        if (value % PAGE != 0) {
            fields.problem(key, "0x%x is not a multiple of 4096 (0x1000), the size of a page".formatted(value));
        }
    }

    private int ppi(Fields fields, String key) {
        int ppi = (int) fields.integer(key, 0, PPIS - 1L);
        if (fields.has(key)) {
            int intid = Board.FIRST_PPI + ppi;
            claimInterrupt(fields, key, intid, "PPI %d (INTID %d)".formatted(ppi, intid), key);
        }
        return ppi;
    }

    private void claimInterrupts(Fields fields, BoardDevice device, Interrupts controllers) {
        boolean arm = controllers instanceof Interrupts.Arm;
        if (device.interrupt() + device.interrupts() > controllers.end()) {
            fields.problem(
                    "interrupt",
                    "needs %s %d to %d, and the interrupt controller has %d"
                            .formatted(
                                    arm ? "SPI" : "source",
                                    device.interrupt(),
                                    device.interrupt() + device.interrupts() - 1,
                                    controllers.end() - controllers.first()));
            return;
        }
        for (int i = 0; i < device.interrupts(); i++) {
            int number = device.interrupt() + i;
            if (arm) {
                int intid = Board.FIRST_SPI + number;
                claimInterrupt(fields, "interrupt", intid, "SPI %d (INTID %d)".formatted(number, intid), device.name());
            } else {
                claimInterrupt(fields, "interrupt", number, "source " + number, device.name());
            }
        }
    }

    private void claimInterrupt(Fields fields, String key, int number, String label, String owner) {
        String other = interrupts.putIfAbsent(number, owner);
        if (other != null) {
            fields.problem(key, "%s of %s is already the interrupt of %s".formatted(label, owner, other));
        }
    }

    private void claim(Fields fields, String key, Region region) {
        if (!fields.has(key)) {
            return;
        }
        if (region.end() - 1 > MAX_ADDRESS) {
            fields.problem(key, "%s ends at 0x%x, beyond 40 address bits".formatted(region.what(), region.end()));
        }
        windows.forEach((other, line) -> {
            if (region.overlaps(other)) {
                fields.problem(
                        key,
                        "%s at 0x%x..0x%x overlaps %s at 0x%x..0x%x (line %d)"
                                .formatted(
                                        region.what(),
                                        region.base(),
                                        region.end() - 1,
                                        other.what(),
                                        other.base(),
                                        other.end() - 1,
                                        line));
            }
        });
        windows.put(region, fields.line(key));
    }
}
