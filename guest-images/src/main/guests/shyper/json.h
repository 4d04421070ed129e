/* A small JSON reader: a file becomes a tree of nodes that know their lines. Errors are printed with file and line. */
#ifndef JSON_H
#define JSON_H

#include "kernel.h"

enum { JSON_NODES = 2048, JSON_BYTES = 65536, NO_NODE = -1 };

enum json_kind { JSON_OBJECT, JSON_LIST, JSON_STRING, JSON_WORD };

struct json_node {
    enum json_kind kind;
    int line;
    int key;         /* offset of the member's name in the text, or NO_NODE */
    int text;        /* offset of a string, which ends with a zero, or of a word */
    int first, next; /* first thing inside, next beside; or NO_NODE */
};

struct json {
    const char *file;
    char text[JSON_BYTES];
    struct json_node nodes[JSON_NODES];
    int count;
    int position;
    int line;
    int depth;
};

/* Reads a file. Returns the top node, or NO_NODE after printing what is wrong. */
int json_read(struct json *json, const char *file);

/* A member of an object, or NO_NODE. */
int json_member(const struct json *json, int object, const char *name);

/* Number of things in a list or object; 0 for NO_NODE. */
int json_size(const struct json *json, int node);

/* The text of a string or word, or NULL for everything else. */
const char *json_text(const struct json *json, int node);

/* Complains: prints file, line of the node, what is wrong, and a detail behind it. Returns 0. */
int json_wrong(const struct json *json, int node, const char *what, const char *detail);

/* These print what is wrong and return 0 when a member that must be there is missing or of the wrong kind. */
int json_want_text(const struct json *json, int object, const char *name, const char **text);
int json_want_number(const struct json *json, int object, const char *name, u64 *number);
int json_want_list(const struct json *json, int object, const char *name, int *list);

/* Complains of every member that is not among the `known`, which end with NULL, or is there twice; returns whether there is none. */
int json_only(const struct json *json, int object, const char *const *known);

/* A number of its own: 12, "12", "0xc", "0b1100". */
int json_number(const struct json *json, int node, u64 *number);

#endif
