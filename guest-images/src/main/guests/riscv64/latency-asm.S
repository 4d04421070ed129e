/* The vectors whose first instruction ends the latency: for a PLIC, and for an interrupt file, where claiming is all. */
#define STOPEI 0x15c

    .macro  enter
    addi    sp, sp, -48
    sd      t0, 0(sp)
    sd      t1, 8(sp)
    sd      t2, 16(sp)
    sd      t3, 24(sp)
    csrr    t0, scause
    bgez    t0, unexpected_exception
    .endm

    .macro  leave
    ld      t3, 24(sp)
    ld      t2, 16(sp)
    ld      t1, 8(sp)
    ld      t0, 0(sp)
    addi    sp, sp, 48
    sret
    .endm

/* Lowers the device's line and counts. Keeps t0 and t1. */
    .macro  quieten
    lla     t2, mailbox
    ld      t3, 0x20(t2)                // device
    beqz    t3, 13f
    ld      t2, 0x28(t2)                // device_access
    beqz    t2, 12f
    addi    t2, t2, -1
    bnez    t2, 11f
    lla     t2, mailbox
    ld      t2, 0x30(t2)                // device_value
    sw      t2, 0(t3)
    j       13f
11: lbu     t3, 0(t3)
    j       13f
12: lw      t3, 0(t3)
13: lla     t2, mailbox
    ld      t3, 0x38(t2)                // result counts
    addi    t3, t3, 1
    sd      t3, 0x38(t2)
    .endm

    .section .vectors, "ax"
    .balign 4
    .global latency_vector_plic
latency_vector_plic:
    enter
    lla     t0, claim_register
    ld      t0, 0(t0)
    lw      t1, 0(t0)
    beqz    t1, 1f                      // spurious
    quieten
    fence                               // the device has lowered its line before the interrupt is complete
    sw      t1, 0(t0)
1:  leave

    .balign 4
    .global latency_vector_imsic
latency_vector_imsic:
    enter
    csrrw   t1, STOPEI, zero
    beqz    t1, 1f
    quieten
1:  leave

unexpected_exception:
    ld      t3, 24(sp)
    ld      t2, 16(sp)
    ld      t1, 8(sp)
    ld      t0, 0(sp)
    addi    sp, sp, 48
    j       vectors                     // the failure report

    .data
    .balign 8
    .global claim_register
claim_register:
    .quad   0
