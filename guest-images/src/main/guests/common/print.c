/* Formatted output by console_char(). */
#include "runtime.h"

static void put_number(uint64_t value, unsigned base)
{
    char digits[20];
    int count = 0;
    do {
        unsigned digit = (unsigned)(value % base);
        digits[count++] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        value /= base;
    } while (value);
    while (count) {
        console_char(digits[--count]);
    }
}

static void put_text(const char *text, int width)
{
    for (; *text; text++, width--) {
        console_char(*text);
    }
    for (; width > 0; width--) {
        console_char(' ');
    }
}

static void put_decimal(int64_t value)
{
    if (value < 0) {
        console_char('-');
        put_number(-(uint64_t)value, 10);
    } else {
        put_number((uint64_t)value, 10);
    }
}

void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            console_char(*format);
            continue;
        }
        int width = 0;
        for (format++; *format == '-' || (*format >= '0' && *format <= '9'); format++) {
            width = *format == '-' ? 0 : width * 10 + (*format - '0');
        }
        switch (*format) {
        case 's': put_text(va_arg(arguments, const char *), width); break;
        case 'd': put_decimal(va_arg(arguments, int64_t)); break;
        case 'x': put_text("0x", 0); put_number(va_arg(arguments, uint64_t), 16); break;
        case 'c': console_char((char)va_arg(arguments, int64_t)); break;
        default: console_char('%'); break;
        }
    }
    va_end(arguments);
}
