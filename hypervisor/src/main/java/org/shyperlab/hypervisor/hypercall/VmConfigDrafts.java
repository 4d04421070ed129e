package org.shyperlab.hypervisor.hypercall;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shyperlab.hypervisor.config.VmConfigBuilder;

/** VMs that hypercalls configure: first a configuration that grows, then a VM whose images are uploaded. */
final class VmConfigDrafts {
    private final Map<Integer, VmConfigBuilder> drafts = new TreeMap<>();
    private final Map<Integer, Uploads> uploads = new TreeMap<>();

    /** Whether there is a configuration that no VM has been made of yet. */
    boolean has(int id) {
        return drafts.containsKey(id);
    }

    @Nullable
    VmConfigBuilder draft(int id) {
        return drafts.get(id);
    }

    /** Ids and configurations that no VM has been made of, by ascending id. */
    Map<Integer, VmConfigBuilder> all() {
        return drafts;
    }

    void add(int id, VmConfigBuilder draft) {
        drafts.put(id, draft);
    }

    /** The configuration has become a VM, whose images are still to come. */
    Uploads made(int id) {
        drafts.remove(id);
        Uploads empty = new Uploads();
        uploads.put(id, empty);
        return empty;
    }

    /** What was uploaded into a VM; null for a VM that hypercalls did not make. */
    @Nullable
    Uploads uploads(int id) {
        return uploads.get(id);
    }

    /** The configuration or VM is gone. */
    void remove(int id) {
        drafts.remove(id);
        uploads.remove(id);
    }
}
