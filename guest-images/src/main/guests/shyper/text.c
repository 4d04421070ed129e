#include "text.h"

/* The compiler calls these for copies of structures. */
void *memcpy(void *to, const void *from, u64 size);
void *memset(void *to, int value, u64 size);

void *memcpy(void *to, const void *from, u64 size)
{
    for (u64 i = 0; i < size; i++) {
        ((u8 *)to)[i] = ((const u8 *)from)[i];
    }
    return to;
}

void *memset(void *to, int value, u64 size)
{
    for (u64 i = 0; i < size; i++) {
        ((u8 *)to)[i] = (u8)value;
    }
    return to;
}

u64 length_of(const char *text)
{
    u64 length = 0;
    while (text[length]) {
        length++;
    }
    return length;
}

int same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

int contains(const char *text, const char *part)
{
    for (; *text; text++) {
        u64 i = 0;
        while (part[i] && text[i] == part[i]) {
            i++;
        }
        if (!part[i]) {
            return 1;
        }
    }
    return 0;
}

int copy_text(char *to, u64 size, const char *from)
{
    to[0] = 0;
    return append_text(to, size, from);
}

int append_text(char *to, u64 size, const char *from)
{
    u64 at = length_of(to);
    while (*from && at + 1 < size) {
        to[at++] = *from++;
    }
    to[at] = 0;
    return *from == 0;
}

static u32 digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return (u32)(c - '0');
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (u32)(c - 'a' + 10) : 99;
}

int parse_number(const char *text, u64 *number)
{
    u32 base = 10;
    if (text[0] == '0' && (text[1] | 0x20) == 'x') {
        base = 16;
        text += 2;
    } else if (text[0] == '0' && (text[1] | 0x20) == 'b') {
        base = 2;
        text += 2;
    }
    u64 value = 0;
    int digits = 0;
    for (; *text; text++) {
        if (*text == '_' && digits) {
            continue;
        }
        u32 digit = digit_of(*text);
        if (digit >= base || value > (~0UL >> 1) / base) {
            return 0;
        }
        value = value * base + digit;
        digits++;
    }
    *number = value;
    return digits > 0 && value <= ~0UL >> 1;
}

char *number_text(char *to, u64 number, u32 base)
{
    char reversed[64];
    int digits = 0;
    do {
        reversed[digits++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number);
    for (int i = 0; i < digits; i++) {
        to[i] = reversed[digits - 1 - i];
    }
    to[digits] = 0;
    return to;
}

void print(int where, const char *format, ...)
{
    static char line[2048];
    char number[65];
    line[0] = 0;
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    for (; *format; format++) {
        char plain[2] = {*format, 0};
        if (*format != '%') {
            append_text(line, sizeof(line), plain);
            continue;
        }
        format++;
        if (*format == 's') {
            append_text(line, sizeof(line), __builtin_va_arg(arguments, const char *));
        } else if (*format == 'd') {
            i64 value = __builtin_va_arg(arguments, i64);
            append_text(line, sizeof(line), value < 0 ? "-" : "");
            append_text(line, sizeof(line), number_text(number, value < 0 ? -(u64)value : (u64)value, 10));
        } else if (*format == 'u') {
            append_text(line, sizeof(line), number_text(number, __builtin_va_arg(arguments, u64), 10));
        } else if (*format == 'x') {
            append_text(line, sizeof(line), "0x");
            append_text(line, sizeof(line), number_text(number, __builtin_va_arg(arguments, u64), 16));
        } else {
            append_text(line, sizeof(line), "%");
        }
    }
    __builtin_va_end(arguments);
    sys_write(where, line, length_of(line));
}
