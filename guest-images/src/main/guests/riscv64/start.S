/*
 * Image header, boot of the first hart and of the harts that SBI starts.
 * Linux boot protocol: Documentation/arch/riscv/boot.rst; S mode, a0 = hart, a1 = device tree, MMU off.
 */
#define STACK_SIZE 8192
#define CORES 8

    .section .head, "ax"
    .option norvc
    .global image_start
image_start:
    j       boot                        // code0
    nop                                 // code1
    .quad   0x200000                    // text_offset: load at RAM + 2 MiB
    .quad   image_end - image_start     // image_size, stacks and tables included
    .quad   0                           // flags: little endian
    .long   2                           // version 0.2 of the header
    .long   0
    .quad   0
    .ascii  "RISCV\0\0\0"
    .ascii  "RSC\x05"
    .long   0
    .option rvc

    .text
boot:
    mv      s1, a0
    mv      s2, a1
    lla     t0, bss_start
    lla     t1, bss_end
1:  bgeu    t0, t1, 2f
    sd      zero, 0(t0)
    addi    t0, t0, 8
    j       1b
2:  li      tp, 0                       // number of this hart
    call    prepare_hart
    mv      a0, s1
    mv      a1, s2
    call    run_guest                   // never returns
3:  wfi
    j       3b

/* SBI's hart_start enters here; a1 = opaque = our number of this hart (1..7). */
    .global secondary_entry
secondary_entry:
    mv      tp, a1
    call    prepare_hart
    mv      a0, tp
    call    run_secondary               // never returns
4:  wfi
    j       4b

/* tp = number. Stack and trap vector; all interrupts masked and disabled, MMU off. */
prepare_hart:
    csrw    sie, zero
    csrci   sstatus, 2
    csrw    satp, zero
    lla     sp, stacks
    addi    t0, tp, 1
    li      t1, STACK_SIZE
    mul     t0, t0, t1
    add     sp, sp, t0
    lla     t0, vectors
    csrw    stvec, t0
    ret

    .section .bss.stacks, "aw", %nobits
    .balign 16
stacks:
    .skip   STACK_SIZE * CORES
