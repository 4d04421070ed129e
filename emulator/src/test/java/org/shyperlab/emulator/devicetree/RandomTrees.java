package org.shyperlab.emulator.devicetree;

import java.util.random.RandomGenerator;

/** Makes random but well-formed device trees: the same generator state gives the same tree. */
final class RandomTrees {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

    private final RandomGenerator random;

    RandomTrees(RandomGenerator random) {
        this.random = random;
    }

    DeviceTree next() {
        FdtNode root = new FdtNode("");
        fill(root, 0);
        DeviceTree tree = new DeviceTree(root, random.nextInt(8));
        for (int i = random.nextInt(3); i > 0; i--) {
            tree.reserve(random.nextLong(), 1 + random.nextInt(1 << 20));
        }
        return tree;
    }

    private void fill(FdtNode node, int depth) {
        for (int i = random.nextInt(5); i > 0; i--) {
            property(node);
        }
        if (depth == 5) {
            return;
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            String name = word() + "@" + Integer.toHexString(random.nextInt(1 << 16));
            if (node.child(name) == null) {
                fill(node.add(name), depth + 1);
            }
        }
    }

    private void property(FdtNode node) {
        String name = word() + ",x" + random.nextInt(10);
        switch (random.nextInt(5)) {
            case 0 -> node.flag(name);
            case 1 -> node.cells(name, random.nextInt(), random.nextInt());
            case 2 -> node.wide(name, random.nextLong());
            case 3 -> node.strings(name, word() + " \"\\", word());
            default -> {
                byte[] bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                node.bytes(name, bytes);
            }
        }
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        for (int i = 1 + random.nextInt(12); i > 0; i--) {
            word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return word.toString();
    }
}
