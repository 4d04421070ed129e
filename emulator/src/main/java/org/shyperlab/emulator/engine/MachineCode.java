package org.shyperlab.emulator.engine;

import org.jspecify.annotations.Nullable;

/**
 * The few dozen bytes of machine code that run on every block, exception and counter read, so that nobody needs a C compiler. They do
 * exactly what {@link A64Hooks} does in Java; its methods are the specification and the fallback. The offsets are those of
 * {@link CoreBlock} and {@link A64Layout}.
 */
record MachineCode(long block, long exception, long counter) {
    /** System V x86-64. */
    private static final String[] X86_64 = {
        // block(uc, rsi=address, edx=size, rcx=core block)
        """
        488b01          mov rax,[rcx]           now
        48034108        add rax,[rcx+8]         += instructions of the previous block
        488901          mov [rcx],rax
        48897110        mov [rcx+16],rsi        address of this block
        c1ea02          shr edx,2
        48895108        mov [rcx+8],rdx         its instructions, counted when it is over
        483b4118        cmp rax,[rcx+24]        limit reached?
        7301            jae +1
        c3              ret
        ff6120          jmp [rcx+32]            slow path in Java
        """,
        // exception(uc, intno, rdx=core block)
        """
        488b4228        mov rax,[rdx+40]        env
        448b80d00b0000  mov r8d,[rax+3024]      syndrome
        41c1e81a        shr r8d,26              exception class
        4183e0fc        and r8d,-4
        488b8840010000  mov rcx,[rax+320]       pc
        482b4a10        sub rcx,[rdx+16]        - start of the block
        48c1e902        shr rcx,2
        4c8b4a08        mov r9,[rdx+8]
        4c39c9          cmp rcx,r9              pc outside of the block: it was run whole
        490f47c9        cmova rcx,r9
        4183f820        cmp r8d,0x20            fetch abort, pc misaligned: likewise
        490f44c9        cmove rcx,r9
        48010a          add [rdx],rcx
        48c7420800000000 mov qword [rdx+8],0
        4183f820        cmp r8d,0x20            fetch aborts must not hold time still: Java
        7417            je +23
        83b8e00b000001  cmp dword [rax+3040],1  target level
        750e            jne +14
        48ff4248        inc qword [rdx+72]      the guest's own exceptions
        48ff02          inc qword [rdx]         take a cycle each
        488b7a30        mov rdi,[rdx+48]        cpu
        ff6238          jmp [rdx+56]            architectural entry to EL1
        ff6240          jmp [rdx+64]            Java
        """,
        // counter(env, rsi=register info)
        """
        4c8b4e20        mov r9,[rsi+32]         counter block
        498b09          mov rcx,[r9]            core block
        488b01          mov rax,[rcx]           now
        48f76150        mul qword [rcx+80]      rdx = ticks
        4c8b4158        mov r8,[rcx+88]         last value that any core of this guest has seen
        493b10          cmp rdx,[r8]
        490f4210        cmovb rdx,[r8]
        498910          mov [r8],rdx
        4889d0          mov rax,rdx
        492b4108        sub rax,[r9+8]          virtual offset
        c3              ret
        """
    };

    /** AAPCS64. */
    private static final String[] AARCH64 = {
        // block(uc, x1=address, w2=size, x3=core block)
        """
        692840a9 ldp x9,x10,[x3]
        29010a8b add x9,x9,x10
        427c0253 lsr w2,w2,#2
        690800a9 stp x9,x2,[x3]
        6a0c40f9 ldr x10,[x3,#24]
        610800f9 str x1,[x3,#16]
        3f010aeb cmp x9,x10
        42000054 b.hs +8
        c0035fd6 ret
        691040f9 ldr x9,[x3,#32]
        20011fd6 br x9
        """,
        // exception(uc, w1=intno, x2=core block)
        """
        491440f9 ldr x9,[x2,#40]
        2ad14bb9 ldr w10,[x9,#3024]
        4a7d1a53 lsr w10,w10,#26
        4a751e12 and w10,w10,#0xfffffffc
        2ba140f9 ldr x11,[x9,#320]
        4c3440a9 ldp x12,x13,[x2]
        4e0840f9 ldr x14,[x2,#16]
        6b010ecb sub x11,x11,x14
        6bfd42d3 lsr x11,x11,#2
        7f010deb cmp x11,x13
        ab818b9a csel x11,x13,x11,hi
        5f810071 cmp w10,#0x20
        ab018b9a csel x11,x13,x11,eq
        8c010b8b add x12,x12,x11
        4c7c00a9 stp x12,xzr,[x2]
        80010054 b.eq +48
        2ae14bb9 ldr w10,[x9,#3040]
        5f050071 cmp w10,#1
        21010054 b.ne +36
        4a2440f9 ldr x10,[x2,#72]
        4a050091 add x10,x10,#1
        4a2400f9 str x10,[x2,#72]
        8c050091 add x12,x12,#1
        4c0000f9 str x12,[x2]
        401840f9 ldr x0,[x2,#48]
        491c40f9 ldr x9,[x2,#56]
        20011fd6 br x9
        492040f9 ldr x9,[x2,#64]
        20011fd6 br x9
        """,
        // counter(x0=env, x1=register info)
        """
        2e1040f9 ldr x14,[x1,#32]
        c90140f9 ldr x9,[x14]
        2a0140f9 ldr x10,[x9]
        2b2940f9 ldr x11,[x9,#80]
        4a7dcb9b umulh x10,x10,x11
        2c2d40f9 ldr x12,[x9,#88]
        8d0140f9 ldr x13,[x12]
        5f010deb cmp x10,x13
        aa318a9a csel x10,x13,x10,lo
        8a0100f9 str x10,[x12]
        cd0540f9 ldr x13,[x14,#8]
        40010dcb sub x0,x10,x13
        c0035fd6 ret
        """
    };

    static final Listings LISTINGS = new Listings(X86_64, AARCH64);

    /** The stubs for this host, or null when there are none or the host forbids executable pages: then Java does the work. */
    static @Nullable MachineCode forThisHost() {
        long[] entry = LISTINGS.install();
        return entry == null ? null : new MachineCode(entry[0], entry[1], entry[2]);
    }
}
