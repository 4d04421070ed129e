// A guest that asks PSCI for its version and then writes where nothing is: for docs/guide.md.
// aarch64-linux-gnu-gcc -c wild.S && aarch64-linux-gnu-objcopy -O binary -j .text wild.o wild.bin
    .text
start:
    b       boot
    nop
    .quad   0x80000                     // text_offset
    .quad   0x1000                      // image_size
    .quad   2, 0, 0, 0
    .ascii  "ARM\x64"
    .long   0
boot:
    mov     x0, #0x84000000             // PSCI_VERSION
    smc     #0
    mov     x3, #0x60000000             // no RAM and no device of this VM
    mov     x4, #42
    str     x4, [x3, #8]
    b       .
