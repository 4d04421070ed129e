/* PL011 (DDI 0183) output, polled. */
#include "runtime.h"

#define UARTDR (UART_BASE + 0x00)
#define UARTFR (UART_BASE + 0x18)
#define UARTIBRD (UART_BASE + 0x24)
#define UARTFBRD (UART_BASE + 0x28)
#define UARTLCR_H (UART_BASE + 0x2c)
#define UARTCR (UART_BASE + 0x30)
#define FR_TXFF (1 << 5)

void console_init(void)
{
    write32(UARTCR, 0);
    write32(UARTIBRD, 13); /* 24 MHz / (16 x 115200) = 13 1/64 */
    write32(UARTFBRD, 1);
    write32(UARTLCR_H, 3 << 5 | 1 << 4); /* 8 bits, FIFOs on */
    write32(UARTCR, 1 << 9 | 1 << 8 | 1); /* receive, transmit, UART enable */
}

void console_char(char c)
{
    if (c == '\n') {
        console_char('\r');
    }
    while (read32(UARTFR) & FR_TXFF) {
    }
    write32(UARTDR, (uint8_t)c);
}
