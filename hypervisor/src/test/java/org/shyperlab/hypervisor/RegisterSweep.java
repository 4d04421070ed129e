package org.shyperlab.hypervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.shyperlab.hypervisor.code.A64Assembler;
import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.code.Rv64Assembler;

/**
 * Pairs of guests: one writes a pattern to every register that it can name and sleeps; the other stores what it finds in all of
 * them. Registers that do not exist are instructions at fault, which both skip.
 */
abstract class RegisterSweep {
    /** Where the reader says, from the start of its RAM, that it is done. */
    static final long DONE = 0x10_0000;

    /** Where the reader stores what it finds: one word of 64 bits for each of {@link #names}. */
    static final long RESULTS = 0x80_0000;

    private final List<String> names = new ArrayList<>();

    static RegisterSweep of(String architecture) {
        return architecture.equals("aarch64") ? new A64() : new Rv64();
    }

    /** The guest that leaves a pattern everywhere. */
    abstract byte[] writer();

    /** The guest that looks for it. */
    abstract byte[] reader();

    /** Registers that tell the time, so that no two runs have the same. */
    abstract Set<String> clocks();

    /** The registers in the order of the results, once the reader is made. */
    final List<String> names() {
        return names;
    }

    /** Another reader begins. */
    final void begin() {
        names.clear();
    }

    /** For ever: the core is the other's. */
    static void sleep(Assembler code) {
        Label asleep = code.here();
        code.waitForInterrupt();
        code.jump(asleep);
    }

    final int next(String name) {
        names.add(name);
        return (names.size() - 1) * 8;
    }

    /** X0 to X30, V0 to V31, FPCR, FPSR, all encodings of MSR and MRS, and whether a store-exclusive works that none prepared. */
    private static final class A64 extends RegisterSweep {
        private static final long PATTERN = 0x5a5a_5a5a_5a5a_5a5aL;
        private static final int SCTLR_EL1 = A64Assembler.system(3, 0, 1, 0, 0);
        private static final int CPACR_EL1 = A64Assembler.system(3, 0, 1, 0, 2);
        private static final int VBAR_EL1 = A64Assembler.system(3, 0, 12, 0, 0);
        private static final long FLOATING_POINT_ON = 3 << 20;

        private static void forEachSystemRegister(IntConsumer action) {
            for (int bits = 2 << 14; bits < 4 << 14; bits++) {
                action.accept(bits << 5);
            }
        }

        private static String name(int system) {
            return "S%d_%d_C%d_C%d_%d"
                    .formatted(
                            system >> 19 & 3, system >> 16 & 7, system >> 12 & 15, system >> 8 & 15, system >> 5 & 7);
        }

        private static void floatingPointOn(A64Assembler code, int scratch) {
            code.constantX(scratch, FLOATING_POINT_ON);
            code.msr(CPACR_EL1, scratch);
            code.word(0xd503_3fdf); // isb
        }

        @Override
        byte[] writer() {
            A64Assembler code = new A64Assembler();
            code.skipFaults();
            floatingPointOn(code, 6);
            code.constantX(6, PATTERN);
            for (int n = 0; n < 32; n++) {
                code.word(0x4e08_0cc0 | n); // dup v n.2d, x6
            }
            for (int n = 11; n < 31; n++) {
                code.word(0xaa06_03e0 | n); // mov x n, x6
            }
            forEachSystemRegister(system -> {
                if (system != SCTLR_EL1 && system != VBAR_EL1) {
                    code.msr(system, 6);
                }
            });
            code.constantX(7, code.ram() + DONE);
            code.word(0xc85f_7ce8); // ldxr x8, [x7]
            sleep(code);
            return code.image();
        }

        @Override
        byte[] reader() {
            begin();
            A64Assembler code = new A64Assembler();
            code.constantX(0, code.ram() + RESULTS);
            for (int n = 1; n < 31; n++) {
                code.word(0xf900_0000 | next("X" + n) / 8 << 10 | n); // str x n, [x0, #…]
            }
            code.constantX(1, code.ram() + DONE);
            code.word(0xc803_7c22, 0xf900_0003 | next("exclusive") / 8 << 10); // stxr w3, x2, [x1]
            next("alignment");
            floatingPointOn(code, 1);
            for (int n = 0; n < 32; n++) {
                next("V" + n);
                code.word(0x3d80_0000 | next("V" + n + " high") / 16 << 10 | n); // str q n, [x0, #…]
            }
            code.word(0xd53b_4401, 0xf900_0001 | next("FPCR") / 8 << 10);
            code.word(0xd53b_4421, 0xf900_0001 | next("FPSR") / 8 << 10);
            code.skipFaults();
            code.constantX(0, code.ram() + RESULTS + names().size() * 8L);
            forEachSystemRegister(system -> {
                next(name(system));
                code.word(0xaa1f_03e6); // mov x6, xzr
                code.mrs(system, 6);
                code.word(0xf800_8406); // str x6, [x0], #8
            });
            code.poke(8, code.ram() + DONE, 1, 0, 1);
            sleep(code);
            return code.image();
        }

        @Override
        Set<String> clocks() {
            // CNTPCT_EL0, CNTVCT_EL0, and CNTP_TVAL_EL0, CNTV_TVAL_EL0, which are counted from them.
            return Set.of("S3_3_C14_C0_1", "S3_3_C14_C0_2", "S3_3_C14_C2_0", "S3_3_C14_C3_0");
        }
    }

    /** x1 to x31, f0 to f31, all CSRs, the interrupt file behind siselect, and whether a store-conditional works that none prepared. */
    private static final class Rv64 extends RegisterSweep {
        /** Bit 1 is 0, so that SSIP and SIE are. */
        private static final long PATTERN = 0x5858_5858_5858_5858L;

        private static final int SSTATUS = 0x100;
        private static final int STVEC = 0x105;
        private static final int SISELECT = 0x150;
        private static final int SIREG = 0x151;
        private static final int SATP = 0x180;
        private static final int CSRS = 0x1000;
        private static final int FLOATING_POINT_ON = 1 << 13;
        private static final int FIRST_SELECTED = 0x70;
        private static final int LAST_SELECTED = 0xff;
        private static final int S1 = 9;
        private static final int A0 = 10;
        private static final int A1 = 11;
        private static final int A2 = 12;

        private static void floatingPointOn(Rv64Assembler code) {
            code.constantX(A1, FLOATING_POINT_ON);
            code.word(SSTATUS << 20 | A1 << 15 | 2 << 12 | 0x73); // csrs
        }

        @Override
        byte[] writer() {
            Rv64Assembler code = new Rv64Assembler();
            code.skipFaults();
            floatingPointOn(code);
            code.constantX(A2, PATTERN);
            for (int n = 0; n < 32; n++) {
                code.word(0xf200_0053 | A2 << 15 | n << 7); // fmv.d.x
            }
            for (int n = 13; n < 32; n++) {
                code.word(A2 << 15 | n << 7 | 0x13); // mv
            }
            for (int csr = 0; csr < CSRS; csr++) {
                if (csr != STVEC && csr != SATP) {
                    code.writeCsr(csr, A2);
                }
            }
            for (int select = FIRST_SELECTED; select <= LAST_SELECTED; select++) {
                code.constantX(A1, select);
                code.writeCsr(SISELECT, A1);
                code.writeCsr(SIREG, A2);
            }
            code.constantX(S1, code.ram() + DONE);
            code.word(0x1000_3000 | 0x2f | S1 << 15 | A0 << 7); // lr.d a0, (s1)
            sleep(code);
            return code.image();
        }

        @Override
        byte[] reader() {
            begin();
            Rv64Assembler code = new Rv64Assembler();
            code.constantX(A0, code.ram() + RESULTS);
            for (int n = 1; n < 32; n++) {
                if (n != A0) {
                    code.storeX(8, n, A0, next("x" + n));
                }
            }
            code.constantX(S1, code.ram() + DONE);
            code.word(0x1800_302f | A2 << 20 | S1 << 15 | A1 << 7); // sc.d a1, a2, (s1)
            code.storeX(8, A1, A0, next("reservation"));
            floatingPointOn(code);
            for (int n = 0; n < 32; n++) {
                int at = next("f" + n);
                code.word(at >> 5 << 25 | n << 20 | A0 << 15 | 3 << 12 | (at & 31) << 7 | 0x27); // fsd
            }
            code.skipFaults();
            code.constantX(A0, code.ram() + RESULTS + names().size() * 8L);
            for (int csr = 0; csr < CSRS; csr++) {
                readInto(code, csr, "CSR 0x%03x".formatted(csr));
            }
            for (int select = FIRST_SELECTED; select <= LAST_SELECTED; select++) {
                code.constantX(A1, select);
                code.writeCsr(SISELECT, A1);
                readInto(code, SIREG, "sireg 0x%02x".formatted(select));
            }
            code.poke(8, code.ram() + DONE, 1, 0, 1);
            sleep(code);
            return code.image();
        }

        private void readInto(Rv64Assembler code, int csr, String name) {
            next(name);
            code.constantX(A2, 0);
            code.readCsr(csr, A2);
            code.storeX(8, A2, A0, 0);
            code.word(8 << 20 | A0 << 15 | A0 << 7 | 0x13); // addi a0, a0, 8
        }

        @Override
        Set<String> clocks() {
            return Set.of("CSR 0xc00", "CSR 0xc01", "CSR 0xc02");
        }
    }
}
