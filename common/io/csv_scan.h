/*
 * A CSV scanner with the rules of univocity as Spark 3.5 sets it up: quotes count only
 * at the beginning of a value; inside quotes the escape character (backslash) makes a
 * quote or itself literal; a quote inside quotes that is neither escaped nor followed by
 * a separator or line end makes the value raw up to the next separator, quotes included
 * (STOP_AT_DELIMITER). So "x""y" stays as it is unless escape is the quote, too.
 *
 * It looks only at [at, end) but may load up to 64 bytes behind end.
 * Thread rule: one thread at a time.
 */
#ifndef Q_IO_CSV_SCAN_H
#define Q_IO_CSV_SCAN_H

#include "common/base/arena.h"
#include "common/io/source.h"

typedef enum q_csv_kind {
    Q_CSV_EMPTY, /* nothing between separators (after trimming) */
    Q_CSV_BARE,  /* no quotes */
    Q_CSV_QUOTED /* quotes taken off, or raw because they were odd */
} q_csv_kind;

typedef struct q_csv_token {
    const char *ptr;
    size_t n;
    uint8_t kind;
} q_csv_token;

typedef struct q_csv_scan {
    const char *at, *end;
    const q_read_options *options;
    size_t separator_bytes;
    char escape_of_escape; /* 0: none */
    bool multi_line;     /* line ends inside quotes belong to the value; else [at, end) is a line */
    q_arena *arena;      /* values that are not spans of the input */
    q_csv_token *tokens; /* of the record last scanned */
    uint32_t n_tokens, cap;
    const char *reason; /* of a failure */
} q_csv_scan;

void q_csv_scan_init(q_csv_scan *s, const q_read_options *options, q_arena *arena);
void q_csv_scan_fini(q_csv_scan *s);
/* The record at s->at (< end); moves behind its line end. False: s->reason, or no memory (NULL). */
bool q_csv_scan_record(q_csv_scan *s);

#endif
