/*
 * Reader and writer options: Spark's names (any letter case) to typed values with
 * Spark's defaults, from one table in options.c. A bad value is INVALID_OPTION and
 * names the option and what it accepts; names nobody knows are collected as warnings.
 * Ownership: results borrow from the arena. Thread rule: pure functions.
 */
#ifndef Q_IO_OPTIONS_H
#define Q_IO_OPTIONS_H

#include "common/base/pack.h"
#include "common/io/source.h"

/* Options that have no effect, each a sentence for the user. */
typedef struct q_option_warnings {
    uint32_t n;
    const char **texts;
} q_option_warnings;

/* warnings may be NULL. `path` and `dbtable`-like keys that name the source itself are skipped. */
q_code q_read_options_parse(q_format format, const q_option *options, uint32_t n, q_arena *a,
                            q_read_options *out, q_option_warnings *warnings, q_err *err);
/* Do they fit a declared schema? INVALID_OPTION: the corrupt-record column is not a STRING. */
q_code q_read_options_check(const q_read_options *o, const q_schema *declared, q_err *err);
q_code q_write_options_parse(q_format format, const q_option *options, uint32_t n, q_arena *a,
                             q_write_options *out, q_option_warnings *warnings, q_err *err);

/* For plans on the wire. */
void q_read_options_pack(q_buf *b, const q_read_options *o);
bool q_read_options_unpack(q_unpack *u, q_arena *a, q_read_options *out);
void q_write_options_pack(q_buf *b, const q_write_options *o);
bool q_write_options_unpack(q_unpack *u, q_arena *a, q_write_options *out);

/* Format and compression by a file name's ending: .json .ndjson .jsonl .csv, each also with .gz or
 * .zst behind it. False when the ending says nothing; *compression may be NULL (none). */
bool q_format_of_name(const char *path, q_format *format, const char **compression);

#endif
