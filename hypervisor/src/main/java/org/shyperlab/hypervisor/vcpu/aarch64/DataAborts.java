package org.shyperlab.hypervisor.vcpu.aarch64;

import org.jspecify.annotations.Nullable;
import org.shyperlab.emulator.core.aarch64.A64Context;
import org.shyperlab.emulator.core.aarch64.A64Core;
import org.shyperlab.emulator.core.aarch64.A64Trap;
import org.shyperlab.emulator.core.aarch64.SysReg;
import org.shyperlab.hypervisor.memory.aarch64.GuestMemory;
import org.shyperlab.hypervisor.vm.Vm;

/** Data aborts: accesses to emulated devices, from the syndrome where it describes them and from the instruction where it does not. */
final class DataAborts {
    private final LoadStore instruction = new LoadStore();

    /**
     * Carries out the access.
     *
     * @return null when it was carried out; otherwise what is wrong with it, for the failure report
     */
    @Nullable
    String handle(A64Core core, A64Vcpu vcpu, A64Trap.DataAbort abort) {
        if (abort.inStage1Walk()) {
            return "the guest's own page table lies where it has no memory";
        }
        Vm.Window window = vcpu.machine().windowAt(abort.ipa());
        if (window == null) {
            return "data access to an address where the VM has neither memory nor a device";
        }
        if (!abort.isDecoded()) {
            return undecoded(core, vcpu, abort);
        }
        int size = abort.size();
        if (!window.region().contains(abort.ipa(), size)) {
            return "data access across the end of an emulated device";
        }
        long offset = abort.ipa() - window.region().base();
        int register = abort.register();
        if (abort.isWrite()) {
            window.device().write(vcpu, offset, size, core.x(register) & mask(size));
        } else {
            long value = window.device().read(vcpu, offset, size);
            if (abort.isSigned()) {
                int unused = 64 - size * 8;
                value = value << unused >> unused;
            }
            core.x(register, abort.isWide() ? value : value & 0xffff_ffffL);
        }
        core.skip();
        return null;
    }

    private static long mask(int size) {
        return size == 8 ? -1 : (1L << size * 8) - 1;
    }

    private @Nullable String undecoded(A64Core core, A64Vcpu vcpu, A64Trap.DataAbort abort) {
        GuestMemory memory = vcpu.machine().memory();
        long codeIpa = memory.translate(core, core.pc());
        long code = codeIpa == GuestMemory.FAULT ? -1 : memory.physical(codeIpa, 4);
        if (code < 0) {
            return "access to an emulated device by an instruction that cannot be read";
        }
        int word = (int) core.readPhysical(code, 4);
        if (!instruction.decode(word)) {
            return "access to an emulated device by an instruction that is no plain load or store (0x%08x)"
                    .formatted(word);
        }
        long address = address(core);
        int elements = instruction.second == LoadStore.NONE ? 1 : 2;
        long pageIpa = abort.ipa() & -0x1000;
        long first = address & 0xfff;
        boolean samePage = (address ^ abort.virtualAddress()) >>> 12 << 20 == 0;
        if (!samePage || first + (long) instruction.size * elements > 0x1000) {
            return "access to an emulated device across a page boundary";
        }
        Vm.Window window = vcpu.machine().windowAt(pageIpa + first);
        if (window == null || !window.region().contains(pageIpa + first, (long) instruction.size * elements)) {
            return "data access across the end of an emulated device";
        }
        long offset = pageIpa + first - window.region().base();
        if (instruction.vector) {
            core.save(vcpu.context());
        }
        transfer(core, vcpu, window, offset, instruction.register);
        if (elements == 2) {
            transfer(core, vcpu, window, offset + instruction.size, instruction.second);
        }
        if (instruction.vector && instruction.load) {
            core.load(vcpu.context());
        }
        writeBack(core);
        core.skip();
        return null;
    }

    private long address(A64Core core) {
        if (instruction.literal) {
            return core.pc() + instruction.offset;
        }
        long base = base(core);
        if (instruction.postIndex) {
            return base;
        }
        return base
                + (instruction.index == LoadStore.NONE
                        ? instruction.offset
                        : instruction.indexOffset(core.x(instruction.index)));
    }

    private long base(A64Core core) {
        return instruction.base == 31 ? core.get(stackPointer(core)) : core.x(instruction.base);
    }

    private void writeBack(A64Core core) {
        if (!instruction.writeBack) {
            return;
        }
        long value = base(core) + instruction.offset;
        if (instruction.base == 31) {
            core.set(stackPointer(core), value);
        } else {
            core.x(instruction.base, value);
        }
    }

    /** Register 31 as a base is the stack pointer in use: SP_EL1 only in EL1h (SPSR.M = 0b0101). */
    private static SysReg stackPointer(A64Core core) {
        return (core.spsr() & 0xf) == 0b0101 ? SysReg.SP_EL1 : SysReg.SP_EL0;
    }

    private void transfer(A64Core core, A64Vcpu vcpu, Vm.Window window, long offset, int register) {
        if (instruction.vector) {
            transferVector(vcpu, window, offset, register);
        } else if (instruction.load) {
            long value = window.device().read(vcpu, offset, instruction.size);
            core.x(register, instruction.extend(value));
        } else {
            window.device().write(vcpu, offset, instruction.size, core.x(register) & mask(instruction.size));
        }
    }

    private void transferVector(A64Vcpu vcpu, Vm.Window window, long offset, int register) {
        A64Context context = vcpu.context();
        boolean quad = instruction.size == 16;
        int size = quad ? 8 : instruction.size;
        if (instruction.load) {
            context.vector(register, 0, window.device().read(vcpu, offset, size));
            context.vector(register, 1, quad ? window.device().read(vcpu, offset + 8, 8) : 0);
            return;
        }
        window.device().write(vcpu, offset, size, context.vector(register, 0) & mask(size));
        if (quad) {
            window.device().write(vcpu, offset + 8, 8, context.vector(register, 1));
        }
    }
}
