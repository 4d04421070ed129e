/* Strings and output. */
#ifndef TEXT_H
#define TEXT_H

#include "kernel.h"

enum { OUTPUT = 1, ERRORS = 2 };

u64 length_of(const char *text);
int same(const char *a, const char *b);
int contains(const char *text, const char *part);

/* Copies at most size - 1 characters and ends them with a zero; returns whether all went in. */
int copy_text(char *to, u64 size, const char *from);

/* Appends to what is there already; returns whether all went in. */
int append_text(char *to, u64 size, const char *from);

/* Reads 1234, 0x4d2 or 0b101 (with _ between digits); returns 0 when it is none of these or too large. */
int parse_number(const char *text, u64 *number);

/* The number in the given base, 2 to 16, with its zero; needs 65 characters. */
char *number_text(char *to, u64 number, u32 base);

/* Prints to OUTPUT or ERRORS: %s text, %d signed, %u unsigned, %x hexadecimal with 0x, %% itself. */
void print(int where, const char *format, ...);

#endif
