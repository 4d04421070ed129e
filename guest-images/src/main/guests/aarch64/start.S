/*
 * Image header, boot of the first core and of the cores that PSCI starts, drop from EL2 to EL1.
 * Linux boot protocol: Documentation/arch/arm64/booting.rst; X0 = device tree, MMU off.
 */
#define STACK_SIZE 8192
#define CORES 8

    .section .head, "ax"
    .global image_start
image_start:
    b       boot                        // code0
    nop                                 // code1
    .quad   0x80000                     // text_offset: load at RAM + 512 KiB
    .quad   image_end - image_start     // image_size, stacks and tables included
    .quad   0x2                         // flags: little endian, 4 KiB pages
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

    .text
boot:
    mov     x19, x0                     // device tree
    bl      leave_el2
    adrp    x1, bss_start
    add     x1, x1, :lo12:bss_start
    adrp    x2, bss_end
    add     x2, x2, :lo12:bss_end
1:  cmp     x1, x2
    b.hs    2f
    stp     xzr, xzr, [x1], #16
    b       1b
2:  mov     x20, xzr                    // core number
    bl      prepare_core
    mrs     x2, mpidr_el1               // Aff3 and Aff2 to Aff0, without the other fields
    and     x0, x2, #0xffffff
    lsr     x2, x2, #32
    bfi     x0, x2, #32, #8
    mov     x1, x19
    bl      run_guest                   // never returns
3:  wfi
    b       3b

/* PSCI CPU_ON enters here; X0 = context = our number of this core (1..7). */
    .global secondary_entry
secondary_entry:
    mov     x20, x0
    bl      leave_el2
    bl      prepare_core
    mov     x0, x20
    bl      run_secondary               // never returns
4:  wfi
    b       4b

/* X20 = core number. Stack, vectors, FP/SIMD on; TPIDR_EL1 holds the number. */
prepare_core:
    adrp    x1, stacks
    add     x1, x1, :lo12:stacks
    add     x2, x20, #1
    mov     x3, #STACK_SIZE
    madd    x1, x2, x3, x1
    mov     sp, x1
    adrp    x1, vectors
    add     x1, x1, :lo12:vectors
    msr     vbar_el1, x1
    mov     x1, #(3 << 20)              // CPACR_EL1.FPEN
    msr     cpacr_el1, x1
    msr     tpidr_el1, x20
    isb
    ret

/* Returns at EL1 with the MMU off and all interrupts masked. Clobbers X1, X2. */
leave_el2:
    mrs     x1, CurrentEL
    cmp     x1, #(2 << 2)
    b.ne    1f
    mov     x1, #(1 << 31)              // HCR_EL2.RW: EL1 is AArch64
    msr     hcr_el2, x1
    mov     x1, #3                      // EL1 may use the physical counter and timer
    msr     cnthctl_el2, x1
    msr     cntvoff_el2, xzr
    mov     x1, #0x33ff                 // CPTR_EL2: FP/SIMD not trapped, RES1 bits
    msr     cptr_el2, x1
    msr     hstr_el2, xzr
    mrs     x1, midr_el1
    msr     vpidr_el2, x1
    mrs     x1, mpidr_el1
    msr     vmpidr_el2, x1
    adrp    x1, el2_vectors
    add     x1, x1, :lo12:el2_vectors
    msr     vbar_el2, x1
    mov     x1, #0x0800                 // SCTLR_EL1: RES1 bits, MMU and caches off
    movk    x1, #0x30d0, lsl #16
    msr     sctlr_el1, x1
    mov     x1, #0x3c5                  // EL1h, DAIF masked
    msr     spsr_el2, x1
    msr     elr_el2, x30
    isb
    eret
1:  msr     daifset, #15
    msr     spsel, #1
    ret

/* Nobody lives at EL2 when we were entered there: HVC from EL1 answers NOT_SUPPORTED. */
    .section .vectors, "ax"
    .balign 2048
el2_vectors:
    .rept   16
    .balign 128
    mov     x0, #-1
    eret
    .endr

    .section .bss.stacks, "aw", %nobits
    .balign 16
stacks:
    .skip   STACK_SIZE * CORES
