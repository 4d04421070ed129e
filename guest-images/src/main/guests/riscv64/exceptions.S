/*
 * Trap vector of S mode: save every general register, call
 *     void handle_exception(struct frame *frame)
 * and resume where frame->pc and frame->status say. Floating-point registers are not saved: C code is built without them.
 */
#define FRAME_SIZE 288

    .section .vectors, "ax"
    .balign 4
    .global vectors
vectors:
    addi    sp, sp, -FRAME_SIZE
    .irp    n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    sd      x\n, \n * 8(sp)
    .endr
    csrr    t0, sepc
    sd      t0, 256(sp)
    csrr    t0, sstatus
    sd      t0, 264(sp)
    csrr    t0, scause
    sd      t0, 272(sp)
    csrr    t0, stval
    sd      t0, 280(sp)
    mv      a0, sp
    call    handle_exception
    ld      t0, 256(sp)
    csrw    sepc, t0
    ld      t0, 264(sp)
    csrw    sstatus, t0
    .irp    n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ld      x\n, \n * 8(sp)
    .endr
    addi    sp, sp, FRAME_SIZE
    sret
