package org.shyperlab.emulator.engine;

import org.jspecify.annotations.Nullable;

/**
 * The machine code of RV64 cores. {@link Rv64Hooks} does the same in Java; its methods are the specification and the fallback. The
 * offsets are those of {@link CoreBlock} and {@link Rv64Layout}.
 *
 * <p>Instructions are two or four bytes, so a block's size does not tell how many it has. The block stub looks the number up in a
 * table by the place from which translated code calls it, which is one place per block; Java counts and fills the table on a miss.
 *
 * @param block on every block: counts time, and looks whether the limit is reached
 * @param exception on every exception: the guest's system calls to itself are entered at once, the others go to Java
 * @param time reads the time CSR
 * @param counterEnabled whether the current privilege may read a counter CSR
 * @param allowed the predicate of CSRs that only their privilege protects
 */
record Rv64MachineCode(long block, long exception, long time, long counterEnabled, long allowed) {
    /** System V x86-64. */
    private static final String[] X86_64 = {
        // block(uc, address, size, core block), called by translated code
        """
        488b01         mov rax,[rcx]
        48034108       add rax,[rcx+0x8]
        488901         mov [rcx],rax
        48897110       mov [rcx+0x10],rsi
        4c8b0424       mov r8,[rsp]
        4589c1         mov r9d,r8d
        41c1e902       shr r9d,0x2
        4181e1f0ff1f00 and r9d,0x1ffff0
        4c034968       add r9,[rcx+0x68]
        493931         cmp [r9],rsi
        7528           jne 0x51
        45394108       cmp [r9+0x8],r8d
        7522           jne 0x51
        458b510c       mov r10d,[r9+0xc]
        4589d3         mov r11d,r10d
        41c1eb10       shr r11d,0x10
        4139d3         cmp r11d,edx
        7512           jne 0x51
        450fb7d2       movzx r10d,r10w
        4c895108       mov [rcx+0x8],r10
        483b4118       cmp rax,[rcx+0x18]
        7301           jae 0x4e
        c3             ret
        ff6120         jmp [rcx+0x20]
        ff6170         jmp [rcx+0x70]
        """,
        // exception(uc, cause, core block)
        """
        83fe08           cmp esi,0x8
        7538             jne 0x3d
        488b4228         mov rax,[rdx+0x28]
        83b85002000000   cmp [rax+0x250],0x0
        752b             jne 0x3d
        f6427801         test byte [rdx+0x78],0x1
        7425             je 0x3d
        488b4a08         mov rcx,[rdx+0x8]
        48ffc1           inc rcx
        48010a           add [rdx],rcx
        48c7420800000000 mov [rdx+0x8],0x0
        4883a80002000004 sub [rax+0x200],0x4
        48ff4248         inc [rdx+0x48]
        488b7a30         mov rdi,[rdx+0x30]
        ff6238           jmp [rdx+0x38]
        ff6240           jmp [rdx+0x40]
        """,
        // time(env, csr, result, new value, mask)
        """
        4989d1         mov r9,rdx
        488b8fe0030000 mov rcx,[rdi+0x3e0]
        488b01         mov rax,[rcx]
        48f76150       mul [rcx+0x50]
        4c8b4158       mov r8,[rcx+0x58]
        493b10         cmp rdx,[r8]
        490f4210       cmovb rdx,[r8]
        498910         mov [r8],rdx
        48039180000000 add rdx,[rcx+0x80]
        498911         mov [r9],rdx
        31c0           xor eax,eax
        c3             ret
        """,
        // counterEnabled(env, csr)
        """
        488b97e0030000 mov rdx,[rdi+0x3e0]
        8b8288000000   mov eax,[rdx+0x88]
        83bf5002000000 cmp [rdi+0x250],0x0
        7506           jne 0x1c
        2387b8030000   and eax,[rdi+0x3b8]
        0fa3f0         bt eax,esi
        19c0           sbb eax,eax
        f7d0           not eax
        c3             ret
        """,
        // allowed(env, csr)
        """
        31c0 xor eax,eax
        c3   ret
        """
    };

    /** AAPCS64. */
    private static final String[] AARCH64 = {
        // block(uc, address, size, core block), called by translated code
        """
        692840a9 ldp x9, x10, [x3]
        29010a8b add x9, x9, x10
        690000f9 str x9, [x3]
        610800f9 str x1, [x3, #16]
        cb5b46d3 ubfx x11, x30, #6, #17
        6c3440f9 ldr x12, [x3, #104]
        8b110b8b add x11, x12, x11, lsl #4
        6c0140f9 ldr x12, [x11]
        6d394129 ldp w13, w14, [x11, #8]
        9f0101eb cmp x12, x1
        a0015e7a ccmp w13, w30, #0x0, eq
        cf7d1053 lsr w15, w14, #16
        e001427a ccmp w15, w2, #0x0, eq
        21010054 b.ne 0x58
        ce3d4092 and x14, x14, #0xffff
        6a0c40f9 ldr x10, [x3, #24]
        6e0400f9 str x14, [x3, #8]
        3f010aeb cmp x9, x10
        42000054 b.cs 0x50
        c0035fd6 ret
        691040f9 ldr x9, [x3, #32]
        20011fd6 br x9
        e4031eaa mov x4, x30
        693840f9 ldr x9, [x3, #112]
        20011fd6 br x9
        """,
        // exception(uc, cause, core block)
        """
        491440f9 ldr x9, [x2, #40]
        2a5142b9 ldr w10, [x9, #592]
        4be04139 ldrb w11, [x2, #120]
        3f200071 cmp w1, #0x8
        4009407a ccmp w10, #0x0, #0x0, eq
        6009417a ccmp w11, #0x1, #0x0, eq
        c1010054 b.ne 0x50
        4c3440a9 ldp x12, x13, [x2]
        8c010d8b add x12, x12, x13
        8c050091 add x12, x12, #0x1
        4c7c00a9 stp x12, xzr, [x2]
        2a0141f9 ldr x10, [x9, #512]
        4a1100d1 sub x10, x10, #0x4
        2a0101f9 str x10, [x9, #512]
        4a2440f9 ldr x10, [x2, #72]
        4a050091 add x10, x10, #0x1
        4a2400f9 str x10, [x2, #72]
        401840f9 ldr x0, [x2, #48]
        491c40f9 ldr x9, [x2, #56]
        20011fd6 br x9
        492040f9 ldr x9, [x2, #64]
        20011fd6 br x9
        """,
        // time(env, csr, result, new value, mask)
        """
        09f041f9 ldr x9, [x0, #992]
        2a0140f9 ldr x10, [x9]
        2b2940f9 ldr x11, [x9, #80]
        4a7dcb9b umulh x10, x10, x11
        2c2d40f9 ldr x12, [x9, #88]
        8d0140f9 ldr x13, [x12]
        5f010deb cmp x10, x13
        aa318a9a csel x10, x13, x10, cc
        8a0100f9 str x10, [x12]
        2d4140f9 ldr x13, [x9, #128]
        4a010d8b add x10, x10, x13
        4a0000f9 str x10, [x2]
        00008052 mov w0, #0x0
        c0035fd6 ret
        """,
        // counterEnabled(env, csr)
        """
        09f041f9 ldr x9, [x0, #992]
        2a8940b9 ldr w10, [x9, #136]
        0b5042b9 ldr w11, [x0, #592]
        0cb843b9 ldr w12, [x0, #952]
        4c010c0a and w12, w10, w12
        7f010071 cmp w11, #0x0
        8a018a1a csel w10, w12, w10, eq
        4a25c11a lsr w10, w10, w1
        4a010012 and w10, w10, #0x1
        40050051 sub w0, w10, #0x1
        c0035fd6 ret
        """,
        // allowed(env, csr)
        """
        00008052 mov w0, #0x0
        c0035fd6 ret
        """
    };

    static final Listings LISTINGS = new Listings(X86_64, AARCH64);

    /** The stubs for this host, or null when there are none or the host forbids executable pages: then Java does the work. */
    static @Nullable Rv64MachineCode forThisHost() {
        long[] entry = LISTINGS.install();
        return entry == null ? null : new Rv64MachineCode(entry[0], entry[1], entry[2], entry[3], entry[4]);
    }
}
