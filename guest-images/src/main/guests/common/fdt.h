/* What every reader of a flattened device tree needs (Devicetree Specification v0.4, chapter 5). Included once, after runtime.h. */
enum { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_NOP = 4 };
#define FDT_MAGIC 0xd00dfeed

static uint32_t big32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static bool starts_with(const char *text, const char *prefix)
{
    while (*prefix && *text == *prefix) {
        text++;
        prefix++;
    }
    return !*prefix;
}

static size_t length(const char *text)
{
    size_t n = 0;
    while (text[n]) {
        n++;
    }
    return n;
}
