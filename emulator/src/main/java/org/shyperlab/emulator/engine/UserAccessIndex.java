package org.shyperlab.emulator.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Lets sstatus.SUM change without dropping every translation. A kernel sets SUM around each copy from or to user memory, and the library
 * flushes the whole TLB each time, because its entries hold permissions. Here supervisor accesses with SUM have a TLB of their own:
 * index 2, which nothing else uses, since privilege 2 is reserved (Privileged ISA 1.2). A change of MXR still flushes.
 *
 * <p>Both pieces go in or neither: the twin of riscv_cpu_mmu_index, and the write operation of sstatus.
 */
final class UserAccessIndex {
    private static final int SSTATUS = 0x100;
    /** Distance of riscv_cpu_mmu_index's slot, in libunicorn2t64 2.1.1-2 for amd64. */
    private static final long SLOT_FROM_FUNCTION = 0x12a_1150 - 0xda_3f10;

    /** (rdi=env): the privilege, or 2 for supervisor mode with SUM; offsets are those of {@link Rv64Layout}. */
    private static final String INDEX = """
            8b8750020000     mov eax,[rdi+0x250]
            83f801           cmp eax,0x1
            750b             jne 0x16
            0fbaa77002000012 bt [rdi+0x270],0x12
            83d000           adc eax,0x0
            c3               ret
            """;

    /** (rdi=env, esi=sstatus, rdx=value): what the library writes of it (SIE, SPIE, SPP, FS, SUM, MXR), and SD from FS and XS. */
    private static final String WRITE = """
            488b8770020000 mov rax,[rdi+0x270]
            4889d1         mov rcx,rdx
            4831c1         xor rcx,rax
            81e122610c00   and ecx,0xc6122
            f7c100000800   test ecx,0x80000
            752b           jne 0x46
            4831c8         xor rax,rcx
            480fbaf03f     btr rax,0x3f
            89c1           mov ecx,eax
            f7d1           not ecx
            f7c100600000   test ecx,0x6000
            7408           je 0x37
            f7c100800100   test ecx,0x18000
            7505           jne 0x3c
            480fbae83f     bts rax,0x3f
            48898770020000 mov [rdi+0x270],rax
            31c0           xor eax,eax
            c3             ret
            ff2500000000   jmp [rip+0x0] 0x4c    // MXR changes: the library's own, whose address follows
            """;

    private UserAccessIndex() {}

    /** The listings, for a test that disassembles them. */
    static String[] listings() {
        return new String[] {INDEX, WRITE};
    }

    /** Puts both pieces in place, once per process, before the first RV64 core runs. False when the library keeps its own. */
    static boolean install() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment operations = arena.allocate(Rv64Layout.OPERATIONS_SIZE, Long.BYTES);
            long address = operations.address();
            call(false, address);
            long own = NativeMemory.getLong(address + Rv64Layout.OPERATIONS_WRITE);
            byte[] code = Listings.bytes(WRITE);
            long write = LibraryTwin.place(ByteBuffer.allocate(code.length + Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(code)
                    .putLong(own)
                    .array());
            if (write == 0 || !LibraryTwin.replace(Unicorn.Rv64.MMU_INDEX_ADDRESS, SLOT_FROM_FUNCTION, INDEX)) {
                return false;
            }
            NativeMemory.putLong(address + Rv64Layout.OPERATIONS_WRITE, write);
            call(true, address);
            return true;
        }
    }

    private static void call(boolean set, long operations) {
        try {
            if (set) {
                long unused =
                        (long) Unicorn.Rv64.SET_CSR_OPERATIONS.invokeExact((long) SSTATUS, operations, 0L, 0L, 0L, 0L);
            } else {
                long unused =
                        (long) Unicorn.Rv64.GET_CSR_OPERATIONS.invokeExact((long) SSTATUS, operations, 0L, 0L, 0L, 0L);
            }
        } catch (Throwable e) {
            throw Unicorn.unexpected(e);
        }
    }
}
