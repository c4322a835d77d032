/*
 * A JSON scanner that accepts what Spark 3.5's reader (Jackson) accepts, with its
 * leniencies as options: values one at a time, nested ones checked and skipped.
 * It looks only at [at, end) but may load up to 64 bytes behind end.
 * A scan that fails leaves a static text in `reason` and the place in `at`.
 * Thread rule: one thread at a time; nothing is allocated.
 */
#ifndef Q_IO_JSON_SCAN_H
#define Q_IO_JSON_SCAN_H

#include "common/column/number.h"
#include "common/io/source.h"

#define Q_JSON_MAX_DEPTH  1000 /* objects and arrays inside each other, the record included */
#define Q_JSON_MAX_NUMBER 1000 /* bytes of a number */

typedef enum q_json_kind {
    Q_JSON_NULL,
    Q_JSON_FALSE,
    Q_JSON_TRUE,
    Q_JSON_NUMBER,
    Q_JSON_WORD, /* NaN, Infinity, … without quotes */
    Q_JSON_STRING,
    Q_JSON_ARRAY,
    Q_JSON_OBJECT
} q_json_kind;

typedef struct q_json_value {
    uint8_t kind;    /* q_json_kind */
    bool escaped;    /* string: has backslashes, see q_json_unescape */
    bool plain;      /* string: valid UTF-8 without control characters, quote and backslash */
    const char *ptr; /* strings: between the quotes; else the whole value's text */
    size_t len;
    q_json_number number; /* NUMBER */
} q_json_value;

typedef struct q_json_scan {
    const char *at, *end;
    const q_read_options *options;
    const char *reason;
} q_json_scan;

/* The reason of a scan that met the end of its bytes. */
extern const char q_json_cut_short[];

void q_json_skip_space(q_json_scan *s); /* comments too, if allowed */
/* `depth` counts the containers that are open around the value. */
bool q_json_scan_value(q_json_scan *s, unsigned depth, q_json_value *out);
/* Members of the object at s->at: call until false; then s->reason tells an error (NULL: s->at is
 * behind the closing brace). *first is true before the first call. */
bool q_json_next_member(q_json_scan *s, bool *first, unsigned depth, q_json_value *key,
                        q_json_value *value);
bool q_json_next_element(q_json_scan *s, bool *first, unsigned depth, q_json_value *value);

/* What a walk through a container meets, in order. */
typedef enum q_json_event { Q_JSON_OPEN, Q_JSON_CLOSE, Q_JSON_NAME, Q_JSON_SCALAR } q_json_event;
/* OPEN and CLOSE: value->kind says which container; nothing else of it is set. */
typedef void q_json_visit(void *context, q_json_event event, const q_json_value *value);
/* s->at is at `{` or `[`: checks everything inside and moves behind the end; visit may be NULL. */
bool q_json_walk(q_json_scan *s, unsigned depth, q_json_visit *visit, void *context);

/* The string's text with escapes undone, at most value->len bytes; returns how many. */
size_t q_json_unescape(const q_json_value *value, char *out);

/* NaN, Infinity, +INF …: the double that a word, bare or in quotes, stands for. */
bool q_json_special_double(const char *s, size_t n, double *out);

#endif
