package org.shyperlab.guestimages.linux;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Files that people mistake for kernels, told by their first bytes, so that they are not executed as a flat binary. */
enum FileSignature {
    EFI_ZBOOT(4, "7a696d67", "an EFI zboot kernel; unpack it to an Image first"),
    EFI(0, "4d5a", "an EFI program"),
    ARM_ZIMAGE(0x24, "18286f01", "a 32-bit Arm zImage"),
    X86_BZIMAGE(0x202, "48647253", "a kernel for x86"),
    U_BOOT(0, "27051956", "a U-Boot image; take the kernel's Image instead"),
    ANDROID(0, "414e44524f494421", "an Android boot image; take the kernel's Image instead"),
    DEVICE_TREE(0, "d00dfeed", "a device tree or a FIT image; take the kernel's Image instead"),
    XZ(0, "fd377a585a00", "packed by xz; unpack it first"),
    ZSTD(0, "28b52ffd", "packed by zstd; unpack it first"),
    BZIP2(0, "425a68", "packed by bzip2; unpack it first"),
    LZ4(0, "04224d18", "packed by lz4; unpack it first"),
    LZ4_LEGACY(0, "02214c18", "packed by lz4; unpack it first"),
    LZMA(0, "5d000080", "packed by lzma; unpack it first"),
    CPIO(0, "303730373031", "a cpio archive, as initial RAM disks are"),
    ZIP(0, "504b0304", "a zip archive"),
    ARCHIVE(0, "213c617263683e", "a Debian package or a library"),
    QCOW2(0, "514649fb", "a QEMU disk image");

    private static final int SAMPLE = 64;

    private final int offset;
    private final byte[] magic;
    private final String words;

    FileSignature(int offset, String magic, String words) {
        this.offset = offset;
        this.magic = HexFormat.of().parseHex(magic);
        this.words = words;
    }

    /** What a file is that is no kernel, in words that follow "it is"; null when nothing speaks against machine code. */
    static @Nullable String of(ByteBuffer file) {
        for (FileSignature signature : values()) {
            if (signature.matches(file)) {
                return signature.words;
            }
        }
        if (isText(file)) {
            return "text";
        }
        return file.getInt(0) == 0 ? "no program: it starts with zeros" : null;
    }

    private boolean matches(ByteBuffer file) {
        for (int i = 0; i < magic.length; i++) {
            if (offset + i >= file.limit() || file.get(offset + i) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isText(ByteBuffer file) {
        for (int i = 0; i < Math.min(SAMPLE, file.limit()); i++) {
            int character = file.get(i);
            if (character < ' ' && character != '\n' && character != '\r' && character != '\t') {
                return false;
            }
        }
        return true;
    }
}
