/* NS16550 output, polled. */
#include "runtime.h"

#define THR (*(volatile uint8_t *)(UART_BASE + 0))
#define LCR (*(volatile uint8_t *)(UART_BASE + 3))
#define LSR (*(volatile uint8_t *)(UART_BASE + 5))
#define LSR_THRE (1 << 5)

void console_init(void)
{
    LCR = 3; /* 8 bits; the divisor stays as firmware set it */
}

void console_char(char c)
{
    if (c == '\n') {
        console_char('\r');
    }
    while (!(LSR & LSR_THRE)) {
    }
    THR = (uint8_t)c;
}
