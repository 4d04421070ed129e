package org.shyperlab.hypervisor.mediated;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A queue of tasks for each VM, and whose turn it is: one task of each VM in turn, however many a VM has. */
final class TaskQueues {
    /** In the order of turns: who had one goes to the end. */
    private final Map<Integer, Deque<MediatedTask>> queues = new LinkedHashMap<>();

    /** Adds a task behind those of its VM. */
    void add(MediatedTask task) {
        queues.computeIfAbsent(task.vm(), vm -> new ArrayDeque<>()).add(task);
    }

    /** Takes the next task that is {@code possible}; of each VM only its first is, so that a VM's tasks keep their order. Or null. */
    @Nullable
    MediatedTask next(Predicate<MediatedTask> possible) {
        for (Map.Entry<Integer, Deque<MediatedTask>> entry : queues.entrySet()) {
            Deque<MediatedTask> queue = entry.getValue();
            if (possible.test(queue.element())) {
                MediatedTask task = queue.remove();
                int vm = entry.getKey();
                queues.remove(vm);
                if (!queue.isEmpty()) {
                    queues.put(vm, queue);
                }
                return task;
            }
        }
        return null;
    }

    /** Puts a task back as the first of its VM, whose turn comes next. */
    void putBack(MediatedTask task) {
        Deque<MediatedTask> queue = queues.remove(task.vm());
        Map<Integer, Deque<MediatedTask>> others = new LinkedHashMap<>(queues);
        Deque<MediatedTask> first = queue == null ? new ArrayDeque<>() : queue;
        first.addFirst(task);
        queues.clear();
        queues.put(task.vm(), first);
        queues.putAll(others);
    }

    /** Drops the tasks of a store, and no other. */
    void drop(MediatedStore store) {
        Iterator<Deque<MediatedTask>> all = queues.values().iterator();
        while (all.hasNext()) {
            Deque<MediatedTask> queue = all.next();
            queue.removeIf(task -> task.store() == store);
            if (queue.isEmpty()) {
                all.remove();
            }
        }
    }

    /** Drops what is left of a task's request. */
    void dropRest(MediatedTask task) {
        Deque<MediatedTask> queue = queues.get(task.vm());
        if (queue != null && queue.removeIf(other -> other.request() == task.request()) && queue.isEmpty()) {
            queues.remove(task.vm());
        }
    }

    /** Number of tasks of a VM. */
    int size(int vm) {
        Deque<MediatedTask> queue = queues.get(vm);
        return queue == null ? 0 : queue.size();
    }
}
