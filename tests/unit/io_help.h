/*
 * For the tests of readers and writers: schemas from short DDL, files as strings, rows
 * as text ("1|x|NULL", one line a row).
 */
#ifndef TESTS_UNIT_IO_HELP_H
#define TESTS_UNIT_IO_HELP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/column/datetime.h"
#include "common/column/number.h"
#include "common/io/options.h"
#include "common/io/reader.h"
#include "tests/unit/check.h"

#define MAX_FIELDS 64

static const q_session session_utc = {.time_zone = "UTC", .now_us = 1600000000000000};

static q_type type_of_name(const char *s)
{
    static const struct {
        const char *name;
        q_kind kind;
    } names[] = {{"boolean", Q_BOOLEAN},
                 {"tinyint", Q_TINYINT},
                 {"smallint", Q_SMALLINT},
                 {"int", Q_INT},
                 {"bigint", Q_BIGINT},
                 {"float", Q_FLOAT},
                 {"double", Q_DOUBLE},
                 {"string", Q_STRING},
                 {"binary", Q_BINARY},
                 {"date", Q_DATE},
                 {"void", Q_VOID},
                 {"timestamp", Q_TIMESTAMP},
                 {"timestamp_ntz", Q_TIMESTAMP_NTZ}};
    int p, scale;
    if (sscanf(s, "decimal(%d;%d)", &p, &scale) == 2)
        return Q_DECIMAL_OF(p, scale);
    if (strncmp(s, "array<", 6) == 0) {
        char element[32];
        snprintf(element, sizeof element, "%.*s", (int)strcspn(s + 6, ">"), s + 6);
        return q_type_array_of(type_of_name(element));
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(s, names[i].name) == 0)
            return Q_TYPE(names[i].kind);
    ck_abort_msg("no type %s", s);
}

/* "a bigint, b decimal(5;2)" */
static q_schema schema_of(q_arena *a, const char *ddl)
{
    q_schema s = {0, q_arena_array(a, q_field, MAX_FIELDS)};
    char *copy = q_arena_strdup(a, ddl), *save = NULL;
    for (char *f = strtok_r(copy, ",", &save); f; f = strtok_r(NULL, ",", &save)) {
        while (*f == ' ')
            f++;
        char *space = strchr(f, ' ');
        *space = 0;
        s.fields[s.n_fields++] = (q_field){f, type_of_name(space + 1), true};
    }
    return s;
}

/* "mode=FAILFAST;multiLine=true" */
static void options_of(q_arena *a, q_format format, const char *text, q_read_options *out)
{
    q_option options[32];
    uint32_t n = 0;
    q_err err;
    char *copy = q_arena_strdup(a, text), *save = NULL;
    for (char *o = strtok_r(copy, ";", &save); o; o = strtok_r(NULL, ";", &save)) {
        char *eq = strchr(o, '=');
        *eq = 0;
        options[n++] = (q_option){o, eq + 1};
    }
    q_code code = q_read_options_parse(format, options, n, a, out, NULL, &err);
    ck_assert_msg(code == Q_OK, "%s: %s", text, code ? err.msg : "");
}

static void put_value(q_buf *b, const q_column *c, uint32_t i)
{
    char text[64];
    char *end = text;
    if (q_column_is_null(c, i)) {
        q_buf_puts(b, "NULL");
        return;
    }
    switch ((q_kind)c->type.kind) {
    case Q_BOOLEAN:
        q_buf_puts(b, Q_VALUES(c, uint8_t)[i] ? "true" : "false");
        return;
    case Q_TINYINT:
        end = q_text_from_int64(text, Q_VALUES(c, int8_t)[i]);
        break;
    case Q_SMALLINT:
        end = q_text_from_int64(text, Q_VALUES(c, int16_t)[i]);
        break;
    case Q_INT:
        end = q_text_from_int64(text, Q_VALUES(c, int32_t)[i]);
        break;
    case Q_BIGINT:
        end = q_text_from_int64(text, Q_VALUES(c, int64_t)[i]);
        break;
    case Q_FLOAT:
        end = q_text_from_float(text, Q_VALUES(c, float)[i]);
        break;
    case Q_DOUBLE:
        end = q_text_from_double(text, Q_VALUES(c, double)[i]);
        break;
    case Q_DECIMAL:
        end = q_text_from_decimal(text, Q_VALUES(c, q_int128)[i], c->type.scale);
        break;
    case Q_DATE:
        end = text + q_date_text(Q_VALUES(c, int32_t)[i], text);
        break;
    case Q_TIMESTAMP:
    case Q_TIMESTAMP_NTZ:
        end = text + q_timestamp_text(Q_VALUES(c, int64_t)[i], &q_tz_utc, text);
        break;
    case Q_ARRAY:
        q_buf_putc(b, '[');
        for (uint32_t k = 0; k < Q_VALUES(c, q_list)[i].len; k++) {
            if (k)
                q_buf_putc(b, ',');
            put_value(b, c->child, Q_VALUES(c, q_list)[i].start + k);
        }
        q_buf_putc(b, ']');
        return;
    default:
        q_buf_append(b, Q_VALUES(c, q_str)[i].ptr, Q_VALUES(c, q_str)[i].len);
        return;
    }
    q_buf_append(b, text, (size_t)(end - text));
}

static void put_rows(q_buf *b, const q_batch *batch)
{
    for (uint32_t i = 0; i < batch->n_rows; i++) {
        for (uint32_t c = 0; c < batch->n_columns; c++) {
            if (c)
                q_buf_putc(b, '|');
            put_value(b, &batch->columns[c], i);
        }
        q_buf_putc(b, '\n');
    }
}

/* One file and how to read it. */
typedef struct fixture {
    q_arena arena;
    q_source source;
    q_file file;
    char *data; /* a copy with the slack that readers need */
    size_t n;
    uint32_t columns[MAX_FIELDS], n_columns;
    q_buf rows;
    q_err err;
    q_read_report report; /* summed up over splits */
} fixture;

static void fixture_init(fixture *f, q_format format, const char *ddl, const char *options,
                         const char *data, size_t n)
{
    memset(f, 0, sizeof *f);
    q_arena_init(&f->arena, NULL);
    f->source = (q_source){.format = (uint8_t)format, .name = "input", .n_files = 1};
    f->file = (q_file){.path = "/in/data", .bytes = n};
    f->source.files = &f->file;
    f->source.schema = schema_of(&f->arena, ddl);
    options_of(&f->arena, format, options, &f->source.options);
    f->data = malloc(n + 64);
    memcpy(f->data, data, n);
    memset(f->data + n, '"', 64);
    f->n = n;
    f->n_columns = f->source.schema.n_fields;
    for (uint32_t i = 0; i < f->n_columns; i++)
        f->columns[i] = i;
    q_buf_init(&f->rows);
}

static void fixture_fini(fixture *f)
{
    q_buf_fini(&f->rows);
    free(f->data);
    q_arena_fini(&f->arena);
}

typedef struct split_read { /* what reading a split gave */
    q_buf rows;
    uint64_t first, next;
    q_read_report report;
} split_read;

static q_code read_split(fixture *f, const q_split *split, split_read *p)
{
    q_buf_clear(&p->rows);
    q_reader *r;
    q_code code =
        q_reader_new(split, f->columns, f->n_columns, &session_utc, &f->arena, &r, &f->err);
    if (code != Q_OK)
        return code;
    q_batch batch;
    do {
        code = q_reader_next(r, &batch, &f->err);
        if (code == Q_OK)
            put_rows(&p->rows, &batch);
    } while (code == Q_OK && batch.n_rows);
    q_reader_landing(r, &p->first, &p->next);
    p->report = *q_reader_report(r);
    q_reader_destroy(&r);
    return code;
}

static void split_add(fixture *f, const split_read *p)
{
    q_buf_append(&f->rows, p->rows.data, p->rows.len);
    f->report.n_records += p->report.n_records;
    f->report.n_bad += p->report.n_bad;
    f->report.n_bad_fields += p->report.n_bad_fields;
    if (p->report.n_kept && !f->report.n_kept) {
        f->report.n_kept = 1;
        f->report.first[0] = p->report.first[0];
    }
}

/* Read the file in splits that end at cuts[0..n_cuts) and at its end, as a job does: splits alone
 * first, then their landings checked. Rows are in f->rows. */
__attribute__((unused)) static q_code read_splits(fixture *f, const uint64_t *cuts, uint32_t n_cuts)
{
    uint64_t expected = 0;
    split_read p = {0};
    q_buf_clear(&f->rows);
    f->report = (q_read_report){0};
    for (uint32_t i = 0; i <= n_cuts; i++) {
        q_split split = {.source = &f->source,
                         .begin = i ? cuts[i - 1] : 0,
                         .end = i < n_cuts ? cuts[i] : f->n,
                         .data = f->data,
                         .data_bytes = f->n};
        q_code code = read_split(f, &split, &p);
        uint64_t next = p.next;
        if (code == Q_OK || code == Q_E_MALFORMED_RECORD) {
            q_landing landing = q_landing_check(&split, expected, p.first, &next);
            if (landing != Q_LANDING_GOOD) {
                split.begin = landing == Q_LANDING_EMPTY ? split.end : expected;
                split.landed = true;
                code = read_split(f, &split, &p);
            }
            if (landing == Q_LANDING_REREAD) {
                ck_assert_uint_eq(p.first, expected);
                next = p.next;
            } else if (landing == Q_LANDING_EMPTY) {
                ck_assert_uint_eq(p.rows.len, 0);
            }
        }
        if (code != Q_OK) {
            q_buf_fini(&p.rows);
            return code;
        }
        split_add(f, &p);
        expected = next;
    }
    ck_assert_uint_eq(expected, f->n);
    q_buf_fini(&p.rows);
    return Q_OK;
}

static uint32_t random_below(uint64_t *state, uint32_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % n;
}

/* Files of random pieces, in random splits: the rows and the counts of the whole file. */
__attribute__((unused)) static void check_random_cuts(q_format format, const char *ddl,
                                                      const char *options,
                                                      const char *const *pieces, uint32_t n_pieces,
                                                      uint64_t seed)
{
    uint64_t random = seed;
    for (uint32_t file = 0; file < 400; file++) {
        q_buf text;
        q_buf_init(&text);
        for (uint32_t i = random_below(&random, 12) + 1; i; i--)
            q_buf_puts(&text, pieces[random_below(&random, n_pieces)]);
        fixture f;
        fixture_init(&f, format, ddl, options, text.data, text.len);
        ck_assert_int_eq(read_splits(&f, NULL, 0), Q_OK);
        char *whole = strdup(q_buf_cstr(&f.rows));
        const q_read_report report = f.report;
        for (uint32_t trial = 0; trial < 50; trial++) {
            uint64_t cuts[5] = {0}, at = 0;
            uint32_t n_cuts = 0;
            while (n_cuts < 5 &&
                   (at += 1 + random_below(&random, (uint32_t)text.len / 2 + 1)) < text.len)
                cuts[n_cuts++] = at;
            ck_assert_int_eq(read_splits(&f, cuts, n_cuts), Q_OK);
            ck_assert_msg(
                strcmp(q_buf_cstr(&f.rows), whole) == 0 && f.report.n_bad == report.n_bad &&
                    f.report.n_records == report.n_records,
                "file %u of seed %llu cut at %llu %llu %llu %llu %llu:\n%s\ngives (%llu bad)\n%s"
                "instead of (%llu bad)\n%s",
                file, (unsigned long long)seed, (unsigned long long)cuts[0],
                (unsigned long long)cuts[1], (unsigned long long)cuts[2],
                (unsigned long long)cuts[3], (unsigned long long)cuts[4], q_buf_cstr(&text),
                (unsigned long long)f.report.n_bad, q_buf_cstr(&f.rows),
                (unsigned long long)report.n_bad, whole);
        }
        free(whole);
        fixture_fini(&f);
        q_buf_fini(&text);
    }
}

#endif
