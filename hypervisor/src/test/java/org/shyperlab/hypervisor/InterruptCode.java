package org.shyperlab.hypervisor;

import org.shyperlab.hypervisor.code.Assembler;
import org.shyperlab.hypervisor.code.Label;
import org.shyperlab.hypervisor.code.Rv64Assembler;

/** Code that drives a VM's interrupt controller for its first vCPU, with interrupts masked in the core. Uses registers 0 to 2. */
abstract class InterruptCode {
    private static final int TAKEN = 2;

    final Assembler code;

    private InterruptCode(Assembler code) {
        this.code = code;
    }

    static InterruptCode of(LifeBoard board, Assembler code) {
        if (board instanceof LifeBoard.Rv64 riscv) {
            return riscv.hasInterruptFiles() ? new Aia((Rv64Assembler) code) : new Plic((Rv64Assembler) code);
        }
        return new Gic(code);
    }

    /** Enables devices' interrupts from {@code first} on; they end a WFI. */
    abstract void enable(int first, int count);

    /** Acknowledges an interrupt, into a register. */
    abstract void take(int register);

    /** Ends what {@link #take} took. */
    abstract void end(int register);

    /** What {@link #take} gives when there is none. */
    abstract int none();

    /** Takes all that are pending; their devices are quiet by now. */
    final void takeAll() {
        Label again = code.here();
        Label done = code.label();
        take(TAKEN);
        code.constant(1, none());
        code.jumpIfEqual(TAKEN, 1, done);
        end(TAKEN);
        code.jump(again);
        code.place(done);
    }

    private static final class Gic extends InterruptCode {
        private static final int SPURIOUS = 1023;
        private static final int VIRTUAL_TIMER = 27;
        private static final int IAR = 0xc;
        private static final int EOIR = 0x10;

        Gic(Assembler code) {
            super(code);
        }

        @Override
        void enable(int first, int count) {
            code.poke(4, TestBoard.GICD, 1, 0, 1);
            code.poke(4, TestBoard.GICD + 0x100, 1 << VIRTUAL_TIMER, 0, 1);
            for (int id = first; id < first + count; id++) {
                code.poke(1, TestBoard.GICD + 0x800 + id, 1, 0, 1);
                code.poke(4, TestBoard.GICD + 0x100 + id / 32 * 4L, 1L << id % 32, 0, 1);
            }
            code.poke(4, TestBoard.GICC + 4, 0xff, 0, 1);
            code.poke(4, TestBoard.GICC, 1, 0, 1);
        }

        @Override
        void take(int register) {
            code.constant(0, TestBoard.GICC);
            code.load(4, register, 0, IAR);
        }

        @Override
        void end(int register) {
            code.constant(0, TestBoard.GICC);
            code.store(4, register, 0, EOIR);
        }

        @Override
        int none() {
            return SPURIOUS;
        }
    }

    /** What both controllers of RISC-V need: external interrupts end a WFI, and so do timers. */
    private abstract static class Riscv extends InterruptCode {
        private static final int SIE = 0x104;
        private static final int TIMER_AND_EXTERNAL = 1 << 5 | 1 << 9;
        static final int T0 = 5;

        final Rv64Assembler own;

        Riscv(Rv64Assembler code) {
            super(code);
            own = code;
        }

        final void enableInCore() {
            own.constantX(T0, TIMER_AND_EXTERNAL);
            own.writeCsr(SIE, T0);
        }

        @Override
        final int none() {
            return 0;
        }
    }

    private static final class Plic extends Riscv {
        private static final long CLAIM = RiscvTestBoard.PLIC + 0x20_1004;

        Plic(Rv64Assembler code) {
            super(code);
        }

        @Override
        void enable(int first, int count) {
            for (int source = first; source < first + count; source++) {
                code.poke(4, RiscvTestBoard.PLIC + 4L * source, 1, 0, 1);
            }
            code.poke(4, RiscvTestBoard.PLIC + 0x2080, ((1L << count) - 1) << first, 0, 1);
            enableInCore();
        }

        @Override
        void take(int register) {
            code.constant(0, CLAIM);
            code.load(4, register, 0, 0);
        }

        @Override
        void end(int register) {
            code.constant(0, CLAIM);
            code.store(4, register, 0, 0);
        }
    }

    /** Each source is the identity of its own number, sent on the rising edge. */
    private static final class Aia extends Riscv {
        private static final int SISELECT = 0x150;
        private static final int SIREG = 0x151;
        private static final int STOPEI = 0x15c;
        private static final int EIDELIVERY = 0x70;
        private static final int EIE0 = 0xc0;
        private static final int RISING_EDGE = 4;

        Aia(Rv64Assembler code) {
            super(code);
        }

        private void select(int register, long value) {
            own.constantX(T0, register);
            own.writeCsr(SISELECT, T0);
            own.constantX(T0, value);
            own.writeCsr(SIREG, T0);
        }

        @Override
        void enable(int first, int count) {
            select(EIDELIVERY, 1);
            select(EIE0, ((1L << count) - 1) << first);
            code.poke(4, AiaTestInterrupts.APLIC, 1 << 8, 0, 1);
            for (int source = first; source < first + count; source++) {
                code.poke(4, AiaTestInterrupts.APLIC + 4L * source, RISING_EDGE, 0, 1);
                code.poke(4, AiaTestInterrupts.APLIC + 0x3000 + 4L * source, source, 0, 1);
                code.poke(4, AiaTestInterrupts.APLIC + 0x1edc, source, 0, 1);
            }
            enableInCore();
        }

        @Override
        void take(int register) {
            own.swapCsr(STOPEI, register);
        }

        @Override
        void end(int register) {
            // Taking it was all.
        }
    }
}
