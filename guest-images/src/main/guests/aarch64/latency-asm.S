/* The vector whose first instruction ends the latency, and whose EOIR ends the interrupt. */
#define GICC_IAR_OFFSET 0x0c
#define GICC_EOIR_OFFSET 0x10

    .section .vectors, "ax"
    .balign 2048
    .global latency_vectors
latency_vectors:
    .skip   0x200
    b       vectors + 0x200             // synchronous: the failure report
    .balign 128
    stp     x0, x1, [sp, #-48]!         // IRQ
    stp     x2, x3, [sp, #16]
    str     x4, [sp, #32]
    mov     x0, #0x08010000             // GICC
    ldr     w1, [x0, #GICC_IAR_OFFSET]
    and     w2, w1, #1023
    cmp     w2, #1020
    b.hs    2f                          // spurious
    adrp    x2, mailbox
    add     x2, x2, :lo12:mailbox
    ldp     x3, x4, [x2, #0x20]         // device, device_access
    cbz     x3, 1f
    cbz     x4, 3f
    ldr     w4, [x2, #0x30]             // device_value
    str     w4, [x3]
    b       1f
3:  ldr     w4, [x3]
1:  ldr     x4, [x2, #0x38]             // result counts
    add     x4, x4, #1
    str     x4, [x2, #0x38]
    dsb     sy                          // the device has lowered its line before the interrupt ends
    str     w1, [x0, #GICC_EOIR_OFFSET]
2:  ldr     x4, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp], #48
    eret
    .balign 2048
