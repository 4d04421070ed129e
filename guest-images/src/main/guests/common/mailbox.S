/* struct mailbox of guest.h, at offset 0x40 of the image: right after the header. Described in guest-images/README.md. */
    .section .mailbox, "awx"
    .global mailbox
mailbox:
    .ascii  "SHYPMBOX"                  // 0x40 magic
    .quad   0                           // 0x48 selector
    .quad   0                           // 0x50 iterations
    .quad   0                           // 0x58 argument
    .quad   0                           // 0x60 device
    .quad   0                           // 0x68 device_access
    .quad   0                           // 0x70 device_value
    .quad   0                           // 0x78 result
