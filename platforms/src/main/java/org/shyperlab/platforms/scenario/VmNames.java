package org.shyperlab.platforms.scenario;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.shyperlab.platforms.input.Fields;

/** The names of a scenario's VMs, and whether what else the scenario says is about one of them. */
final class VmNames {
    private final List<String> started;
    /** And those that the management VM is to make. */
    private final List<String> all;
    /** A configuration with mistakes does not say its name: then nothing can be said against other names. */
    private final boolean whole;

    VmNames(List<Scenario.VmFile> vms, List<Scenario.FolderFile> folder) {
        started = vms.stream()
                .map(Scenario.VmFile::vmName)
                .filter(Objects::nonNull)
                .toList();
        List<String> later = folder.stream()
                .map(Scenario.FolderFile::vmName)
                .filter(Objects::nonNull)
                .toList();
        all = Stream.concat(started.stream(), later.stream()).toList();
        whole = started.size() == vms.size()
                && folder.stream().allMatch(file -> file.vm() == null || file.vmName() != null);
    }

    /** Complains unless the key's value is the name of a VM. That a blank is none has been said already. */
    void requireName(Fields fields, String key, String written) {
        require(fields, key, written, written.isBlank() || all.contains(written), all);
    }

    /** As above; any number will do, for VMs that are made later have them. */
    void requireNameOrNumber(Fields fields, String key, String written) {
        require(fields, key, written, written.isBlank() || written.matches("[0-9]+") || all.contains(written), all);
    }

    /** Complains unless the key's value is the name or number of a VM that the scenario starts. */
    void requireStarted(Fields fields, String key, String written) {
        boolean known = started.contains(written);
        for (int i = 0; i < started.size(); i++) {
            known |= written.equals(Integer.toString(i));
        }
        require(fields, key, written, known, started);
    }

    private void require(Fields fields, String key, String written, boolean known, List<String> names) {
        if (whole && !known) {
            fields.problem(
                    key,
                    "there is no VM \"%s\"; there are: %s"
                            .formatted(written, names.isEmpty() ? "none" : String.join(", ", names)));
        }
    }
}
