/* Steps of the traps guest that need exact instructions. */
    .text

/* void el0_enter(pc, x0): runs at EL0 until the first exception; the handler then resumes at el0_return. */
    .global el0_enter
el0_enter:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    msr     elr_el1, x0
    mov     x2, #0x3c0                  // EL0t, DAIF masked
    msr     spsr_el1, x2
    mov     x0, x1
    eret
    .global el0_return
el0_return:
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret

/* void fp_fill(seed): Vn = seed + n in both halves. */
    .global fp_fill
fp_fill:
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    add     x1, x0, #\n
    dup     v\n\().2d, x1
    .endr
    ret

/* uint64_t fp_mismatches(seed) */
    .global fp_mismatches
fp_mismatches:
    mov     x1, x0
    mov     x0, #0
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    add     x2, x1, #\n
    mov     x3, v\n\().d[0]
    cmp     x3, x2
    cinc    x0, x0, ne
    mov     x3, v\n\().d[1]
    cmp     x3, x2
    cinc    x0, x0, ne
    .endr
    ret

/* bool exclusive_add(word): adds 1; false when 100 tries failed (single tries may fail, DDI 0487 B2.12). */
    .global exclusive_add
exclusive_add:
    mov     w4, #100
1:  ldxr    x1, [x0]
    add     x1, x1, #1
    stxr    w2, x1, [x0]
    cbz     w2, succeeded
    subs    w4, w4, #1
    b.ne    1b
    mov     w0, #0
    ret
succeeded:
    mov     w0, #1
    ret

/* bool exclusive_pair_swap(words): exchanges the two words. */
    .global exclusive_pair_swap
exclusive_pair_swap:
    mov     w4, #100
1:  ldaxp   x1, x2, [x0]
    stlxp   w3, x2, x1, [x0]
    cbz     w3, succeeded
    subs    w4, w4, #1
    b.ne    1b
    mov     w0, #0
    ret

    .global exclusive_after_clrex
exclusive_after_clrex:
    ldxr    x1, [x0]
    add     x1, x1, #1
    clrex
    stxr    w2, x1, [x0]
    cmp     w2, #0
    cset    w0, eq
    ret

    .global exclusive_after_svc
exclusive_after_svc:
    ldxr    x1, [x0]
    add     x1, x1, #1
    svc     #9
    stxr    w2, x1, [x0]
    cmp     w2, #0
    cset    w0, eq
    ret

/* bool registers_survive(device): X1 to X30 keep their values over an SVC, a device read and its return. */
    .global registers_survive
registers_survive:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    mov     x\n, #(0x1100 + \n)
    .endr
    svc     #10
    ldr     w0, [x0]
    mov     x0, #0
    .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    sub     x\n, x\n, #0x1000
    sub     x\n, x\n, #(0x100 + \n)
    orr     x0, x0, x\n
    .endr
    cmp     x0, #0
    cset    w0, eq
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret
