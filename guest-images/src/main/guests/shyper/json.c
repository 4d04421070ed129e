#include "json.h"
#include "text.h"

enum { DEEPEST = 32 };

static int value(struct json *json);

static int fail(const struct json *json, const char *what)
{
    print(ERRORS, "%s:%d: not JSON: %s\n", json->file, (i64)json->line, what);
    return NO_NODE;
}

static char peek(struct json *json)
{
    for (;; json->position++) {
        char c = json->text[json->position];
        if (c == '\n') {
            json->line++;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            return c;
        }
    }
}

static int add(struct json *json, enum json_kind kind)
{
    if (json->count == JSON_NODES) {
        return fail(json, "the file has too many values");
    }
    json->nodes[json->count] = (struct json_node){kind, json->line, NO_NODE, NO_NODE, NO_NODE, NO_NODE};
    return json->count++;
}

/* Behind the opening quote. Escapes are undone in place; the closing quote becomes the end. */
static int string(struct json *json)
{
    int start = json->position;
    int to = start;
    for (;;) {
        char c = json->text[json->position];
        if (c == 0 || c == '\n') {
            return fail(json, "a string has no closing quote");
        }
        json->position++;
        if (c == '"') {
            json->text[to] = 0;
            return start;
        }
        if (c == '\\') {
            c = json->text[json->position++];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
            if (c != '\n' && c != '\t' && c != '"' && c != '\\' && c != '/') {
                return fail(json, "a backslash is followed by \" \\ / n or t here");
            }
        }
        json->text[to++] = c;
    }
}

static int is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.';
}

static int word(struct json *json)
{
    int start = json->position;
    while (is_word(json->text[json->position])) {
        json->position++;
    }
    if (json->position == start) {
        return fail(json, "a value is missing: \"text\", number, {...} or [...]");
    }
    return start;
}

/* The things inside { } or [ ]; the opening character is behind us. */
static int inside(struct json *json, int node, char end)
{
    int last = NO_NODE;
    char c = peek(json);
    while (c != end) {
        int key = NO_NODE;
        if (end == '}') {
            if (c != '"') {
                return fail(json, "the name of a member in quotes, or } is missing");
            }
            json->position++;
            key = string(json);
            if (key == NO_NODE) {
                return NO_NODE;
            }
            if (peek(json) != ':') {
                return fail(json, "a colon is missing after a member's name");
            }
            json->position++;
        }
        int inner = value(json);
        if (inner == NO_NODE) {
            return NO_NODE;
        }
        json->nodes[inner].key = key;
        if (last == NO_NODE) {
            json->nodes[node].first = inner;
        } else {
            json->nodes[last].next = inner;
        }
        last = inner;
        c = peek(json);
        if (c == ',') {
            json->position++;
            c = peek(json);
            if (c == end) {
                return fail(json, "a comma is followed by another value");
            }
        } else if (c != end) {
            return fail(json, "a comma or the closing bracket is missing");
        }
    }
    json->position++;
    return node;
}

static int value(struct json *json)
{
    char c = peek(json);
    if (c == '{' || c == '[') {
        int node = add(json, c == '{' ? JSON_OBJECT : JSON_LIST);
        if (node == NO_NODE || json->depth == DEEPEST) {
            return node == NO_NODE ? node : fail(json, "values are nested too deeply");
        }
        json->position++;
        json->depth++;
        node = inside(json, node, c == '{' ? '}' : ']');
        json->depth--;
        return node;
    }
    int node = add(json, c == '"' ? JSON_STRING : JSON_WORD);
    if (node == NO_NODE) {
        return NO_NODE;
    }
    if (c == '"') {
        json->position++;
        json->nodes[node].text = string(json);
    } else {
        json->nodes[node].text = word(json);
    }
    return json->nodes[node].text == NO_NODE ? NO_NODE : node;
}

int json_read(struct json *json, const char *file)
{
    json->file = file;
    json->count = 0;
    json->position = 0;
    json->line = 1;
    json->depth = 0;
    i64 opened = sys_open(file, O_RDONLY);
    if (opened < 0) {
        print(ERRORS, "%s: the file cannot be opened (error %d)\n", file, -opened);
        return NO_NODE;
    }
    u64 size = 0;
    i64 got = 0;
    do {
        got = sys_read((int)opened, json->text + size, JSON_BYTES - 1 - size);
        size += got > 0 ? (u64)got : 0;
    } while (got > 0);
    sys_close((int)opened);
    if (got < 0 || size == JSON_BYTES - 1) {
        print(ERRORS, "%s: %s\n", file, got < 0 ? "the file cannot be read" : "the file is longer than 65534 bytes");
        return NO_NODE;
    }
    json->text[size] = 0;
    int top = value(json);
    if (top != NO_NODE && peek(json) != 0) {
        return fail(json, "there is more behind the end of the value");
    }
    return top;
}

int json_member(const struct json *json, int object, const char *name)
{
    if (object == NO_NODE || json->nodes[object].kind != JSON_OBJECT) {
        return NO_NODE;
    }
    int node = json->nodes[object].first;
    while (node != NO_NODE && !same(json->text + json->nodes[node].key, name)) {
        node = json->nodes[node].next;
    }
    return node;
}

int json_size(const struct json *json, int node)
{
    int size = 0;
    if (node != NO_NODE) {
        for (int inner = json->nodes[node].first; inner != NO_NODE; inner = json->nodes[inner].next) {
            size++;
        }
    }
    return size;
}

/* A word ends where its characters end: what follows it belongs to the file's structure and stays. */
const char *json_text(const struct json *json, int node)
{
    static char copy[64];
    if (node == NO_NODE || json->nodes[node].kind == JSON_OBJECT || json->nodes[node].kind == JSON_LIST) {
        return NULL;
    }
    const char *text = json->text + json->nodes[node].text;
    if (json->nodes[node].kind == JSON_STRING) {
        return text;
    }
    u64 length = 0;
    while (is_word(text[length]) && length + 1 < sizeof(copy)) {
        copy[length] = text[length];
        length++;
    }
    copy[length] = 0;
    return copy;
}

int json_wrong(const struct json *json, int node, const char *what, const char *detail)
{
    i64 line = node == NO_NODE ? 1 : json->nodes[node].line;
    print(ERRORS, "%s:%d: %s%s\n", json->file, line, what, detail);
    return 0;
}

int json_want_text(const struct json *json, int object, const char *name, const char **text)
{
    int node = json_member(json, object, name);
    if (node == NO_NODE || json->nodes[node].kind != JSON_STRING) {
        return json_wrong(json, node == NO_NODE ? object : node, "a string is missing: ", name);
    }
    *text = json_text(json, node);
    return 1;
}

int json_want_number(const struct json *json, int object, const char *name, u64 *number)
{
    int node = json_member(json, object, name);
    if (node == NO_NODE) {
        return json_wrong(json, object, "a number is missing: ", name);
    }
    return json_number(json, node, number);
}

int json_want_list(const struct json *json, int object, const char *name, int *list)
{
    *list = json_member(json, object, name);
    if (*list == NO_NODE || json->nodes[*list].kind != JSON_LIST) {
        return json_wrong(json, *list == NO_NODE ? object : *list, "a list [...] is missing: ", name);
    }
    return 1;
}

int json_only(const struct json *json, int object, const char *const *known)
{
    int well = 1;
    for (int node = json->nodes[object].first; node != NO_NODE; node = json->nodes[node].next) {
        const char *key = json->text + json->nodes[node].key;
        const char *const *name = known;
        while (*name && !same(*name, key)) {
            name++;
        }
        int before = json_member(json, object, key);
        if (*name == NULL) {
            well = json_wrong(json, node, "unknown key: ", key);
            print(ERRORS, "  known here:");
            for (name = known; *name; name++) {
                print(ERRORS, " %s", *name);
            }
            print(ERRORS, "\n");
        } else if (before != node) {
            well = json_wrong(json, node, "the key is there already: ", key);
            print(ERRORS, "  in line %d\n", (i64)json->nodes[before].line);
        }
    }
    return well;
}

int json_number(const struct json *json, int node, u64 *number)
{
    const char *text = json_text(json, node);
    if (text == NULL || !parse_number(text, number)) {
        return json_wrong(json, node, "not a number like 12, \"0xc\" or \"0b1100\": ", text == NULL ? "{ or [" : text);
    }
    return 1;
}
