/* The loops of the bench guest, exact to the instruction, and vectors that cost the least. X0 = rounds (at least 1). */
    .macro  entry name
    .global \name
\name:
    .endm

    .text
entry loop_svc
1:  svc     #0
    subs    x0, x0, #1
    b.ne    1b
    ret

entry loop_id_register
1:  mrs     x1, id_aa64pfr0_el1
    subs    x0, x0, #1
    b.ne    1b
    ret

entry loop_actlr
1:  mrs     x1, actlr_el1
    subs    x0, x0, #1
    b.ne    1b
    ret

entry loop_read
1:  ldr     w2, [x1]
    subs    x0, x0, #1
    b.ne    1b
    ret

entry loop_write
    mov     w2, #0xa0a0
    movk    w2, #0xa0a0, lsl #16
1:  str     w2, [x1]
    subs    x0, x0, #1
    b.ne    1b
    ret

/* 8 instructions a round */
entry loop_compute
    mov     x1, #1
    mov     x2, #3
1:  madd    x1, x1, x2, x0
    eor     x3, x1, x1, lsr #7
    add     x2, x2, x3, lsl #1
    orr     x2, x2, #1
    ror     x1, x1, #13
    sub     x3, x3, x1
    subs    x0, x0, #1
    b.ne    1b
    add     x0, x1, x3
    ret

/* 4 loads and 4 stores of 8 bytes a round, walking through the page X1 */
entry loop_memory
    mov     x2, #0
1:  add     x3, x1, x2
    ldp     x4, x5, [x3]
    ldp     x6, x7, [x3, #16]
    add     x4, x4, x7
    stp     x5, x4, [x3]
    stp     x7, x6, [x3, #16]
    add     x2, x2, #32
    and     x2, x2, #0xfe0
    subs    x0, x0, #1
    b.ne    1b
    ret

/* HVC with X7 = X1; the callee may change X0 to X17 but X7. */
entry loop_hvc
    stp     x19, x20, [sp, #-16]!
    mov     x19, x0
    mov     x20, x1
1:  mov     x0, #0
    mov     x7, x20
    hvc     #0
    subs    x19, x19, #1
    b.ne    1b
    ldp     x19, x20, [sp], #16
    ret

entry loop_smc
    stp     x19, x20, [sp, #-16]!
    mov     x19, x0
1:  mov     x0, #0x84000000             // PSCI_VERSION
    smc     #0
    subs    x19, x19, #1
    b.ne    1b
    ldp     x19, x20, [sp], #16
    ret

/* One load a round, each from the next page of the window; after the last one the TLB is emptied. */
entry loop_tlb_fill
    mov     x2, #0
1:  ldr     x3, [x1, x2]
    add     x2, x2, #0x1000
    and     x2, x2, #0x1ff000           // 512 pages
    cbnz    x2, 2f
    tlbi    vmalle1
    dsb     nsh
    isb
2:  subs    x0, x0, #1
    b.ne    1b
    ret

/* Tell the monitor, if there is one that listens. To Rust-Shyper every HVC is a hypercall: this one is SYS TEST, which does nothing. */
entry announce_begin
    mov     x7, #4
    hvc     #0x49
    ret

entry announce_end
    mov     x7, #4
    hvc     #0x4a
    ret

/* SVC returns at once; HVC or SMC without a level above is UNDEF here and is stepped over. */
    .section .vectors, "ax"
    .balign 2048
    .global bench_vectors
bench_vectors:
    .skip   0x200
    mrs     x16, esr_el1
    lsr     x16, x16, #26
    cmp     x16, #0x15
    b.eq    1f
    cbnz    x16, 2f
    mrs     x16, elr_el1
    add     x16, x16, #4
    msr     elr_el1, x16
1:  eret
2:  b       vectors + 0x200             // anything else: the failure report
    .balign 128
    .skip   0x580
