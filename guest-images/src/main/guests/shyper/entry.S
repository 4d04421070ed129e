/* Where the kernel enters the program: the stack holds argc, argv and the environment. */
    .globl _start
    .type _start, %function
_start:
#if defined(__aarch64__)
    mov     x29, #0
    mov     x30, #0
    ldr     x0, [sp]
    add     x1, sp, #8
    bl      program
    mov     x8, #93
    svc     #0
#elif defined(__riscv)
    .option push
    .option norelax
    la      gp, __global_pointer$
    .option pop
    ld      a0, 0(sp)
    addi    a1, sp, 8
    call    program
    li      a7, 93
    ecall
#elif defined(__x86_64__)
    xor     %ebp, %ebp
    mov     (%rsp), %rdi
    lea     8(%rsp), %rsi
    and     $-16, %rsp
    call    program
    mov     %eax, %edi
    mov     $60, %eax
    syscall
#endif
    .section .note.GNU-stack, "", %progbits
