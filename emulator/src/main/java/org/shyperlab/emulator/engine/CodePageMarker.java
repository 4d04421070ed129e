package org.shyperlab.emulator.engine;

/**
 * A faster twin of one function of the library, put in its place: tlb_reset_dirty_by_vaddr, which after the translation of a block
 * makes stores to its pages take the slow path, so that code that changes is noticed. The library's own walks through every entry of
 * all twelve TLBs; a page can only be in one slot of each, so this one looks there (and in the small victim TLBs). It was 8 % of a
 * Linux boot.
 */
final class CodePageMarker {
    /** The slot's distance from the function, in libunicorn2t64 2.1.1-2 for amd64. */
    private static final long SLOT_FROM_FUNCTION = 0x12a_3ed8 - 0x55_7760;

    /** (rdi=cpu, rsi=page of the code, rdx=length from the page's start); offsets are those of CPUNegativeOffsetState. */
    private static final String X86_64 = """
            4c8b9f28010000   mov r11,[rdi+0x128]    // env
            498dbb30ffffff   lea rdi,[r11-0xd0]    // first fast TLB descriptor: {mask, table}
            4d8d53f0         lea r10,[r11-0x10]    // end of the twelve
            488d5416ff       lea rdx,[rsi+rdx*1-0x1]
            4881e200f0ffff   and rdx,-4096    // last page that the code touches
            488b0f           mov rcx,[rdi]
            4885c9           test rcx,rcx
            783a             js 0x60
            4989f0           mov r8,rsi
            4c89c0           mov rax,r8
            48c1e806         shr rax,0x6
            4821c8           and rax,rcx
            48034708         add rax,[rdi+0x8]    // slot of the page
            4c8b4808         mov r9,[rax+0x8]    // its store address and flags
            41f7c190030000   test r9d,0x390    // invalid, device or watched already
            7510             jne 0x54
            4d31c1           xor r9,r8
            4981e100f0ffff   and r9,-4096
            7504             jne 0x54
            80480901         or byte [rax+0x9],0x1    // mark: stores take the slow path
            4981c000100000   add r8,0x1000
            4939d0           cmp r8,rdx
            76c9             jbe 0x29
            4883c710         add rdi,0x10
            4c39d7           cmp rdi,r10
            75b5             jne 0x1e
            4d8d93c8deffff   lea r10,[r11-0x2138]    // first victim TLB, eight entries each
            b90c000000       mov ecx,0xc
            4d8d8a00020000   lea r9,[r10+0x200]
            498b02           mov rax,[r10]
            a990030000       test eax,0x390
            7515             jne 0x9b
            482500f0ffff     and rax,-4096
            4839f0           cmp rax,rsi
            720a             jb 0x9b
            4839d0           cmp rax,rdx
            7705             ja 0x9b
            41804a0101       or byte [r10+0x1],0x1
            4983c240         add r10,0x40
            4d39ca           cmp r10,r9
            75d8             jne 0x7c
            4981c2b8000000   add r10,0xb8
            ffc9             dec ecx
            75c6             jne 0x75
            c3               ret
            """;

    private CodePageMarker() {}

    /** The listing, for a test that disassembles it. */
    static String listing() {
        return X86_64;
    }

    /** Puts the twin in place; see {@link LibraryTwin}. */
    static boolean install() {
        return LibraryTwin.replace(Unicorn.RESET_DIRTY_ADDRESS, SLOT_FROM_FUNCTION, X86_64);
    }
}
