/*
 * What a job reads and writes, as data: described by the front end, opened by
 * readers and writers on whatever machine runs the task. Values and strings
 * live in the plan's arena; read-only.
 */
#ifndef Q_IO_SOURCE_H
#define Q_IO_SOURCE_H

#include "common/column/column.h"

typedef enum q_format { Q_FORMAT_JSON, Q_FORMAT_CSV } q_format;
typedef enum q_parse_mode { Q_MODE_PERMISSIVE, Q_MODE_DROPMALFORMED, Q_MODE_FAILFAST } q_parse_mode;

/* One `key = value` of OPTIONS (…), spelled as the user wrote it. */
typedef struct q_option {
    const char *key, *value;
} q_option;

/* Reader options, checked and typed: io/options.h makes them from q_option (names, defaults and
 * meaning are Spark's) and packs them for the wire. Values borrow from the plan's arena. */
typedef struct q_read_options {
    uint8_t mode;    /* q_parse_mode */
    bool multi_line; /* JSON: records may span lines (an array is recognised anyway); CSV: fields
                        too */
    const char *corrupt_column;   /* columnNameOfCorruptRecord; default "_corrupt_record" */
    const char *bad_records_path; /* badRecordsPath; NULL: none */
    const char *compression;      /* NULL: by name's ending */
    const char *encoding;         /* of the text; NULL: UTF-8 */
    double sampling_ratio;        /* accepted for Spark's sake; inference is always exact */
    /* NULL: the rules of Spark's default patterns (ISO) */
    const char *date_format, *timestamp_format, *timestamp_ntz_format;
    const char *time_zone; /* NULL: the session's */

    /* JSON */
    bool primitives_as_string, prefers_decimal, infer_timestamp, drop_field_if_all_null;
    bool allow_comments, allow_single_quotes, allow_unquoted_names, allow_non_numeric,
        allow_leading_zeros, allow_backslash_any, allow_control_chars;

    /* CSV */
    bool header, infer_schema, enforce_schema, prefer_date, ignore_leading_space,
        ignore_trailing_space;
    char quote, escape, comment; /* 0: none */
    char escape_of_escape;       /* charToEscapeQuoteEscaping */
    const char *separator;       /* 1+ bytes */
    const char *null_value, *empty_value, *nan_value, *positive_inf, *negative_inf;
    int64_t max_columns, max_chars_per_column; /* -1: no limit */
} q_read_options;

/* One file of a source as found at planning time. */
typedef struct q_file {
    const char *path; /* absolute */
    uint64_t bytes;
    int64_t mtime_ns;
} q_file;

typedef enum q_source_kind {
    Q_SOURCE_FILES, /* files that tasks open themselves */
    Q_SOURCE_ROWS   /* batches the master holds: records from a client, or an earlier stage's result
                     */
} q_source_kind;

typedef struct q_source {
    uint8_t kind;     /* q_source_kind */
    uint8_t format;   /* q_format (files and streams) */
    const char *name; /* view or path, for messages */
    uint32_t n_files;
    const q_file *files;
    q_schema schema; /* full schema, declared or inferred */
    bool inferred;   /* schema comes from a sample: tasks verify it (SCHEMA_CHANGED) */
    q_read_options options;
    uint32_t rows_id; /* Q_SOURCE_ROWS: which data set of the master's */
} q_source;

/* Writer: a directory of part files, or one stream. */
typedef enum q_save_mode {
    Q_SAVE_ERROR_IF_EXISTS,
    Q_SAVE_OVERWRITE,
    Q_SAVE_IGNORE,
    Q_SAVE_APPEND
} q_save_mode;

typedef struct q_write_options {
    const char *compression; /* "none" (default), "gzip", "zstd" */
    const char *line_sep;    /* "\n" */
    const char *date_format, *timestamp_format, *timestamp_ntz_format; /* NULL: Spark's defaults */
    const char *time_zone;                                             /* NULL: the session's */
    bool ignore_null_fields;                                           /* JSON, default true */
    /* CSV */
    bool header, quote_all, escape_quotes, ignore_leading_space, ignore_trailing_space;
    char quote, escape;
    const char *separator, *null_value, *empty_value;
} q_write_options;

typedef struct q_sink_spec {
    uint8_t format;   /* q_format */
    uint8_t mode;     /* q_save_mode */
    const char *path; /* directory */
    const char *job;  /* unique name of the job that writes, for its temporary files */
    q_write_options options;
} q_sink_spec;

#endif
