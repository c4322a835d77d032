/*
 * For the fuzz targets of readers: the first bytes of an input choose format options, columns
 * and cuts, the rest is the file. What is read is kept as one checksum of rows and report.
 */
#ifndef TESTS_FUZZ_IO_FUZZ_H
#define TESTS_FUZZ_IO_FUZZ_H

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/io/options.h"
#include "common/io/reader_base.h"

static const q_session fuzz_session = {.time_zone = "UTC", .now_us = 1600000000000000};

typedef struct fuzz_read {
    uint64_t rows_hash, n_rows, first, next;
    q_read_report report;
    q_code code;
} fuzz_read;

static uint64_t hash_column(const q_column *c, uint32_t from, uint32_t n, uint64_t h)
{
    for (uint32_t i = from; i < from + n; i++) {
        bool null = q_column_is_null(c, i);
        h = XXH3_64bits_withSeed(&null, 1, h);
        if (null)
            continue;
        if (q_type_is_stringlike(c->type)) {
            q_str s = Q_VALUES(c, q_str)[i];
            h = XXH3_64bits_withSeed(s.ptr, s.len, h + s.len);
        } else if (c->type.kind == Q_ARRAY) {
            q_list l = Q_VALUES(c, q_list)[i];
            h = hash_column(c->child, l.start, l.len, h + l.len);
        } else {
            size_t width = q_type_width(c->type);
            h = XXH3_64bits_withSeed((char *)c->values + width * i, width, h);
        }
    }
    return h;
}

/* Reads one split; `prepare` may change the reader before. Rows are hashed one by one, so that
 * splits can be compared with the whole. */
static void fuzz_read_split(const q_split *split, const uint32_t *columns, uint32_t n_columns,
                            void (*prepare)(q_reader *, int), int way, fuzz_read *out)
{
    q_arena task;
    q_reader *r;
    q_batch batch = {0};
    q_err err;
    q_arena_init(&task, NULL);
    out->code = q_reader_new(split, columns, n_columns, &fuzz_session, &task, &r, &err);
    if (out->code == Q_OK) {
        prepare(r, way);
        do {
            out->code = q_reader_next(r, &batch, &err);
            for (uint32_t i = 0; out->code == Q_OK && i < batch.n_rows; i++) {
                uint64_t h = 0;
                for (uint32_t c = 0; c < n_columns; c++)
                    h = hash_column(&batch.columns[c], i, 1, h);
                out->rows_hash = XXH3_64bits_withSeed(&h, sizeof h, out->rows_hash);
                out->n_rows++;
            }
        } while (out->code == Q_OK && batch.n_rows);
        q_reader_landing(r, &out->first, &out->next);
        out->report = *q_reader_report(r);
    }
    q_reader_destroy(&r);
    q_arena_fini(&task);
}

/* In splits, as a job reads: the same rows as the whole. */
__attribute__((unused)) static void fuzz_check_cuts(const q_split *whole, const uint32_t *columns,
                                                    uint32_t n_columns,
                                                    void (*prepare)(q_reader *, int),
                                                    const uint64_t *cuts, uint32_t n_cuts,
                                                    const fuzz_read *expected)
{
    fuzz_read sum = {0};
    uint64_t at = 0;
    for (uint32_t i = 0; i <= n_cuts; i++) {
        q_split s = *whole;
        s.begin = i ? cuts[i - 1] : 0;
        s.end = i < n_cuts ? cuts[i] : whole->data_bytes;
        fuzz_read before = sum;
        fuzz_read_split(&s, columns, n_columns, prepare, 2, &sum);
        q_landing landing = q_landing_check(&s, at, sum.first, &sum.next);
        if (landing != Q_LANDING_GOOD) {
            uint64_t next = sum.next;
            sum = before;
            sum.next = next;
        }
        if (landing == Q_LANDING_REREAD) {
            s.begin = at;
            s.landed = true;
            fuzz_read_split(&s, columns, n_columns, prepare, 2, &sum);
            if (sum.code == Q_OK && sum.first != at)
                abort();
        }
        if (landing != Q_LANDING_EMPTY && sum.code != Q_OK)
            break; /* FAILFAST */
        sum.code = Q_OK;
        at = sum.next;
    }
    if (sum.code != expected->code || (sum.code == Q_OK && sum.rows_hash != expected->rows_hash))
        abort();
}

#endif
