/*
 * Readers: one split of a file (or a stream's piece) to batches.
 *
 * A split is a byte range [begin, end) of one file, cut anywhere: a reader starts at
 * the first record that begins at or after `begin` (begin 0: at the start) and reads
 * all records that begin before `end`, even if the last one ends beyond. Neighbours
 * decide alike where a record starts: exactly where a newline ends each record, by a
 * guess in JSON arrays, objects that span lines, and CSV with quoted line ends. The
 * job checks each guess afterwards (q_landing_check) and reads a split again, with
 * `landed` set, when it was wrong; until then a split's rows and errors count only
 * provisionally. No serial pass over the file.
 *
 * The data is one span of memory that stays readable while the batches live (a mapped
 * file: io/mapped.h; or a stream's bytes), with >= 64 readable bytes behind its end
 * (any content): string values are spans of it, or bytes in the task's arena where
 * escapes had to be undone.
 * Thread rule: one thread at a time.
 */
#ifndef Q_IO_READER_H
#define Q_IO_READER_H

#include "common/base/session.h"
#include "common/io/source.h"

/* Bad records, for the job's report: counts plus the first few. */
#define Q_BAD_RECORDS_KEPT 5
typedef struct q_bad_record {
    uint64_t byte;   /* offset of the record in the file */
    uint64_t record; /* 1-based within the split; the job's report adds the splits before it */
    char reason[120];
    char excerpt[80];
} q_bad_record;
typedef struct q_read_report {
    uint64_t n_records;    /* records read, bad ones included */
    uint64_t n_bad;        /* malformed records, and those with bad fields */
    uint64_t n_bad_fields; /* values that did not fit their type (NULL in PERMISSIVE) */
    uint64_t n_kept;
    q_bad_record first[Q_BAD_RECORDS_KEPT];
} q_read_report;

typedef struct q_split {
    const q_source *source;
    uint32_t file;       /* index in source->files */
    uint64_t begin, end; /* bytes of the (uncompressed) file */
    bool landed;         /* a record is known to start at begin: no guess */
    const char *data;    /* the whole file's bytes; see above */
    uint64_t data_bytes;
} q_split;

typedef struct q_reader q_reader;

/* columns[i]: index into source->schema of the i-th output column (only these are materialised,
 * and only these make a record bad in DROPMALFORMED and FAILFAST; when the corrupt-record column is
 * among them, all are looked at). columns may be empty: batches then have rows and no columns.
 * arena: the task's, for unescaped strings. The split is copied, what it points to is borrowed. */
q_code q_reader_new(const q_split *split, const uint32_t *columns, uint32_t n_columns,
                    const q_session *session, q_arena *arena, q_reader **out, q_err *err);
void q_reader_destroy(q_reader **r);
/* Next batch (1..Q_BATCH_ROWS rows) into *out, n_rows 0 at the end. Columns are valid until the
 * next call; string bytes are stable. Errors: MALFORMED_RECORD in FAILFAST, SCHEMA_CHANGED when
 * source->inferred and the data does not fit (after the whole split was looked at). */
q_code q_reader_next(q_reader *r, q_batch *out, q_err *err);
const q_read_report *q_reader_report(const q_reader *r);
/* Where the first record of this split begins and where the next one after its last begins, in
 * bytes of the file; data_bytes at the file's end; *first is UINT64_MAX when the guess found no
 * record in the split. Valid after the last batch, and after MALFORMED_RECORD (then only first). */
void q_reader_landing(const q_reader *r, uint64_t *first, uint64_t *next);
/* Schema seen in this split when it differs from source->schema (after SCHEMA_CHANGED). */
const q_schema *q_reader_observed(const q_reader *r);

/* What to do with a split that reported first and next, when the split before it (in the same file,
 * checked itself) said that its next record begins at `expected`. */
typedef enum q_landing {
    Q_LANDING_GOOD,  /* it counts; *next is where its successor must begin */
    Q_LANDING_EMPTY, /* no record begins in it: drop what it read; *next is set to `expected` */
    Q_LANDING_REREAD /* read again with begin = expected and landed = true */
} q_landing;
q_landing q_landing_check(const q_split *split, uint64_t expected, uint64_t first, uint64_t *next);

/* Infer a schema from data[begin,end) (a sample, or all), as Spark's full pass would: names in
 * Spark's order (JSON: sorted by name; CSV: header's order). The result's memory is in `a`. */
q_code q_infer_schema(const q_source *source, const char *data, uint64_t bytes, bool whole_file,
                      const q_session *session, q_arena *a, q_schema *out, q_err *err);
/* The schema of both (a task's observation merged into the plan's): commutative, associative. */
q_code q_schema_merge(const q_source *source, const q_schema *x, const q_schema *y, q_arena *a,
                      q_schema *out, q_err *err);

#endif
