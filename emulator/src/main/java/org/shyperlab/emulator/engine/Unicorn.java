package org.shyperlab.emulator.engine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import org.shyperlab.emulator.core.NativeLibraryException;

/**
 * The functions of libunicorn 2.1.1 that we call: its documented API and a few exported internals.
 *
 * <p>Every handle takes six words and gives one, whatever the C prototype: surplus argument registers are ignored by the callee, and
 * one shape costs the linker's start-up once. "Critical" handles skip the thread-state transition: only for short calls that never
 * call back into Java.
 */
final class Unicorn {
    static final int ARCH_ARM64 = 2;
    static final int MODE_ARM = 0;
    static final int CPU_ARM64_A72 = 2;
    static final int ARCH_RISCV = 8;
    static final int MODE_RISCV64 = 8;
    static final int CPU_RISCV64_U54 = 3;
    static final int PROTECT_ALL = 7;

    static final int HOOK_INTR = 1;
    static final int HOOK_BLOCK = 8;
    static final int HOOK_INSN_INVALID = 1 << 14;
    static final int HOOK_TLB_FILL = 1 << 17;

    static final int CTL_EXITS_ENABLE = 0x4400_0004;
    static final int CTL_CPU_MODEL = 0x4400_0007;
    static final int CTL_TLB_MODE = 0x4400_000c;
    static final int CTL_TCG_BUFFER_SIZE = 0x4400_000d;
    /** The TLB is filled by a hook and by nothing else. */
    static final int TLB_VIRTUAL = 1;

    static final int REG_Q0 = 104;
    static final int REG_X0 = 199;
    static final int REG_PSTATE = 265;
    static final int REG_CP_REG = 290;
    static final int REG_FPCR = 291;
    static final int REG_FPSR = 292;

    static final int REG_RISCV_X1 = 2;

    static final int ERR_OK = 0;
    /** uc_emu_start: a translation was refused. */
    static final int ERR_EXCEPTION = 21;

    private static final NativeLibraries.Found LIBRARY =
            NativeLibraries.system().open(NativeLibrary.UNICORN);
    private static final Linker.Option CRITICAL = Linker.Option.critical(false);

    static final MethodHandle OPEN = plain("uc_open");
    static final MethodHandle CLOSE = plain("uc_close");
    static final MethodHandle STRERROR = plain("uc_strerror");
    static final MethodHandle MAP_PTR = plain("uc_mem_map_ptr");
    static final MethodHandle MMIO_MAP = LIBRARY.function("uc_mmio_map", 7);
    static final MethodHandle START = plain("uc_emu_start");
    static final MethodHandle STOP = critical("uc_emu_stop");
    static final MethodHandle REG_READ = critical("uc_reg_read");
    static final MethodHandle REG_WRITE = critical("uc_reg_write");
    static final MethodHandle HOOK_DEL = plain("uc_hook_del");
    static final MethodHandle HOOK_ADD = variadic("uc_hook_add", 8, 7);
    static final MethodHandle CTL = variadic("uc_ctl", 3, 2);

    static final MethodHandle DO_INTERRUPT = critical("arm_cpu_do_interrupt_aarch64");
    static final long DO_INTERRUPT_ADDRESS = address("arm_cpu_do_interrupt_aarch64");
    static final MethodHandle REBUILD_HFLAGS = critical("arm_rebuild_hflags_aarch64");
    static final MethodHandle READ_CPSR = critical("cpsr_read_aarch64");
    static final MethodHandle WRITE_CPSR = critical("cpsr_write_aarch64");
    static final MethodHandle FROM_AARCH32 = critical("aarch64_sync_32_to_64_aarch64");
    static final MethodHandle TO_AARCH32 = critical("aarch64_sync_64_to_32_aarch64");
    static final MethodHandle FIND_REGISTER = critical("get_arm_cp_reginfo_aarch64");
    /** Not critical: a guest may have put its page tables into a device, and then the walk calls Java. */
    static final MethodHandle TRANSLATE_DEBUG = plain("arm_cpu_get_phys_page_attrs_debug_aarch64");

    static final MethodHandle RAM_ADDRESS = critical("qemu_ram_addr_from_host_aarch64");
    static final MethodHandle INVALIDATE_CODE = critical("tb_invalidate_phys_range_aarch64");
    static final MethodHandle FLUSH_TLB = critical("tlb_flush_by_mmuidx_aarch64");
    static final MethodHandle FLUSH_TLB_PAGE = critical("tlb_flush_page_by_mmuidx_aarch64");
    static final long PMU_BEFORE_LEVEL_CHANGE = address("pmu_pre_el_change_aarch64");
    static final long PMU_AFTER_LEVEL_CHANGE = address("pmu_post_el_change_aarch64");
    static final long RESET_DIRTY_ADDRESS = address("tlb_reset_dirty_by_vaddr_aarch64");

    /** Exports of the RV64 half, looked up when the first RV64 core is made. */
    static final class Rv64 {
        static final MethodHandle DO_INTERRUPT = critical("riscv_cpu_do_interrupt_riscv64");
        static final long DO_INTERRUPT_ADDRESS = address("riscv_cpu_do_interrupt_riscv64");
        static final MethodHandle UPDATE_PENDING = critical("riscv_cpu_update_mip_riscv64");
        static final MethodHandle ACCESS_CSR = critical("riscv_csrrw_riscv64");
        static final long MMU_INDEX_ADDRESS = address("riscv_cpu_mmu_index_riscv64");
        static final MethodHandle GET_CSR_OPERATIONS = critical("riscv_get_csr_ops_riscv64");
        static final MethodHandle SET_CSR_OPERATIONS = critical("riscv_set_csr_ops_riscv64");
        static final MethodHandle RAM_ADDRESS = critical("qemu_ram_addr_from_host_riscv64");
        static final MethodHandle INVALIDATE_CODE = critical("tb_invalidate_phys_range_riscv64");
        static final MethodHandle FLUSH_TLB = critical("tlb_flush_riscv64");

        private Rv64() {}
    }

    private Unicorn() {}

    private static MethodHandle plain(String name) {
        return LIBRARY.function(name, 6);
    }

    private static MethodHandle critical(String name) {
        return LIBRARY.function(name, 6, CRITICAL);
    }

    private static MethodHandle variadic(String name, int arguments, int fixed) {
        MemoryLayout[] words = new MemoryLayout[arguments];
        Arrays.fill(words, ValueLayout.JAVA_LONG);
        return Linker.nativeLinker()
                .downcallHandle(
                        LIBRARY.symbol(name),
                        FunctionDescriptor.of(ValueLayout.JAVA_LONG, words),
                        Linker.Option.firstVariadicArg(fixed));
    }

    private static long address(String name) {
        return LIBRARY.symbol(name).address();
    }

    /** Checks a {@code uc_err} result; {@code what} names the call in the message. */
    static void check(long result, String what) {
        int error = (int) result;
        if (error != ERR_OK) {
            throw new IllegalStateException(what + " failed: " + describe(error));
        }
    }

    /** What {@code uc_strerror} says of an error number. */
    static String describe(int error) {
        try {
            long text = (long) STRERROR.invokeExact((long) error, 0L, 0L, 0L, 0L, 0L);
            return MemorySegment.ofAddress(text).reinterpret(256).getString(0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Refuses a library whose insides are not those of 2.1.1. */
    static NativeLibraryException differs(String what) {
        return new NativeLibraryException(
                ("%s is not the Unicorn 2.1.1 that this program knows from the inside: %s. Debian trixie's"
                                + " libunicorn2t64 is the one that fits; the command `scripts/shyper doctor --install` brings it.")
                        .formatted(LIBRARY.path(), what));
    }

    /** A throwable out of a method handle: C does not throw, so it is ours and unchecked. */
    static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        if (e instanceof RuntimeException runtime) {
            throw runtime;
        }
        return new IllegalStateException(e);
    }
}
