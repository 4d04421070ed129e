/* The loops of the bench guest, exact to the instruction, and a trap vector that costs the least. a0 = rounds (at least 1). */
    .option norvc
    .macro  entry name
    .global \name
\name:
    .endm

    .text
/* ECALL with a7 = a1; the callee may change a0 and a1. */
entry loop_ecall
    mv      t0, a0
    mv      a7, a1
    li      a6, 0
1:  li      a0, 0
    ecall
    addi    t0, t0, -1
    bnez    t0, 1b
    ret

entry loop_ebreak
1:  ebreak
    addi    a0, a0, -1
    bnez    a0, 1b
    ret

entry loop_read
1:  lw      a2, 0(a1)
    addi    a0, a0, -1
    bnez    a0, 1b
    ret

entry loop_read_byte
1:  lbu     a2, 0(a1)
    addi    a0, a0, -1
    bnez    a0, 1b
    ret

entry loop_write
    li      a2, 1
1:  sw      a2, 0(a1)
    addi    a0, a0, -1
    bnez    a0, 1b
    ret

/* 8 instructions a round */
entry loop_compute
    li      a1, 1
    li      a2, 3
1:  mul     a1, a1, a2
    xor     a3, a1, a0
    slli    a4, a3, 1
    add     a2, a2, a4
    ori     a2, a2, 1
    sub     a3, a3, a1
    addi    a0, a0, -1
    bnez    a0, 1b
    add     a0, a1, a3
    ret

/* 4 loads and 4 stores of 8 bytes a round, walking through the page a1 */
entry loop_memory
    li      a2, 0
    li      t0, 0xfe0
1:  add     a3, a1, a2
    ld      a4, 0(a3)
    ld      a5, 8(a3)
    ld      a6, 16(a3)
    ld      a7, 24(a3)
    sd      a5, 0(a3)
    sd      a4, 8(a3)
    sd      a7, 16(a3)
    sd      a6, 24(a3)
    addi    a2, a2, 32
    and     a2, a2, t0
    addi    a0, a0, -1
    bnez    a0, 1b
    ret

/* One load a round, each from the next page of the window; after the last one the TLB is emptied. */
entry loop_tlb_fill
    li      t0, 0x200000                // 512 pages
    li      t1, 0x1000
    add     t2, a1, t0
    mv      a2, a1
1:  ld      a3, 0(a2)
    add     a2, a2, t1
    bne     a2, t2, 2f
    mv      a2, a1
    sfence.vma
2:  addi    a0, a0, -1
    bnez    a0, 1b
    ret

/* What a kernel does around an access to user memory: SUM on, a load from a1, SUM off. */
entry loop_user_access
    li      t0, 1 << 18
1:  csrs    sstatus, t0
    ld      a2, 0(a1)
    csrc    sstatus, t0
    addi    a0, a0, -1
    bnez    a0, 1b
    ret

/* Tell the monitor, if there is one that listens: calls of SBI's experimental extensions. */
entry announce_begin
    li      a7, 0x08000049
    ecall
    ret

entry announce_end
    li      a7, 0x0800004a
    ecall
    ret

/* EBREAK is stepped over. The loops leave t5 and t6 alone. */
    .section .vectors, "ax"
    .balign 4
    .global bench_vectors
bench_vectors:
    csrr    t5, scause
    addi    t5, t5, -3                  // breakpoint
    bnez    t5, 1f
    csrr    t6, sepc
    addi    t6, t6, 4
    csrw    sepc, t6
    sret
1:  j       vectors                     // anything else: the failure report
