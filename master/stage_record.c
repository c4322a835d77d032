/* Stages for a job's record. */
#include "master/stage_record.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/io/writer.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static const char *kind_of(const q_stage *stage)
{
    static const char *const kinds[] = {"rows", "aggregate", "sort", "files"};
    return kinds[stage->sink.kind];
}

static const char *source_name(const q_source *s)
{
    return s->kind == Q_SOURCE_ROWS && !s->name ? "rows" : s->name ? base_name(s->name) : "?";
}

void stage_record_begin(q_job *job, const q_stage *stage, const q_run *run)
{
    char name[160];
    const char *first = stage->n_branches ? source_name(stage->branches[0].source) : "nothing";
    if (job->record.off)
        return;
    int n = snprintf(name, sizeof name, "read %.60s", first);
    if (stage->n_branches > 1)
        n += snprintf(name + n, sizeof name - (size_t)n, " and %u more", stage->n_branches - 1);
    if (stage->n_barriers)
        n += snprintf(name + n, sizeof name - (size_t)n, ", windows");
    if (stage->sink.kind == Q_SINK_FILES)
        snprintf(name + n, sizeof name - (size_t)n, ", write %.60s",
                 base_name(stage->sink.files->path));
    else
        snprintf(name + n, sizeof name - (size_t)n, ", %s", kind_of(stage));
    q_job_record_stage(&job->record, run->stage_index, run->n_tasks, kind_of(stage), name,
                       q_clock_wall_us());
}

/* ---- partitions of windows ---- */

static int by_rows(const void *a, const void *b, void *rows)
{
    int64_t x = ((const int64_t *)rows)[*(const uint32_t *)a];
    int64_t y = ((const int64_t *)rows)[*(const uint32_t *)b];
    return x < y ? 1 : x > y ? -1 : 0;
}

/* The numbers of the partitions, the largest first; NULL: no memory. */
static uint32_t *sorted(const int64_t *rows, uint32_t n)
{
    uint32_t *order = malloc(sizeof *order * (n + 1));
    for (uint32_t i = 0; order && i < n; i++)
        order[i] = i;
    if (order)
        qsort_r(order, n, sizeof *order, by_rows, (void *)rows);
    return order;
}

/* Keys of partition i as CSV has them. */
static void key_text(q_writer *w, uint32_t n_keys, const q_column *keys, uint32_t i, char *out,
                     size_t size)
{
    q_arena a;
    q_buf text;
    q_code code = w ? Q_OK : Q_E_INTERNAL;
    q_arena_init(&a, NULL);
    q_buf_init(&text);
    q_column *row = q_arena_array(&a, q_column, n_keys);
    for (uint32_t k = 0; k < n_keys && code == Q_OK; k++)
        code = q_column_slice(&row[k], &keys[k], i, 1, &a, NULL);
    if (code == Q_OK)
        code = q_writer_append(w, &(q_batch){1, n_keys, row, NULL}, &text, NULL);
    const char *line = code == Q_OK ? q_buf_cstr(&text) : "?";
    snprintf(out, size, "%.*s", (int)strcspn(line, "\n"), line);
    q_buf_fini(&text);
    q_arena_fini(&a);
}

static q_writer *key_writer(const q_partition *p, const q_session *session, q_arena *a)
{
    static const q_write_options options = {.compression = "none",
                                            .line_sep = "\n",
                                            .separator = ",",
                                            .quote = '"',
                                            .escape = '\\',
                                            .null_value = "NULL",
                                            .empty_value = "\"\""};
    q_writer *w = NULL;
    q_schema *schema = q_arena_new(a, q_schema);
    *schema = (q_schema){p->n_keys, q_arena_array(a, q_field, p->n_keys + 1)};
    for (uint32_t k = 0; k < p->n_keys; k++)
        schema->fields[k] = (q_field){"", p->keys[k]->type, true};
    q_writer_new(schema, Q_FORMAT_CSV, &options, Q_WRITE_RECORDS, session, &w, NULL);
    return w;
}

static void sizes_record(q_job *job, uint32_t stage, const q_partition *p, q_column *keys,
                         const int64_t *rows, uint32_t n, const q_session *session)
{
    q_arena a;
    q_arena_init(&a, NULL);
    uint32_t *order = sorted(rows, n), kept = n < Q_RECORD_PARTITIONS ? n : Q_RECORD_PARTITIONS;
    q_record_partition *out = q_arena_array(&a, q_record_partition, kept + 1);
    q_writer *w = key_writer(p, session, &a);
    for (uint32_t i = 0; order && i < kept; i++) {
        out[i].stage = stage;
        out[i].rows = (uint64_t)rows[order[i]];
        key_text(w, p->n_keys, keys, order[i], out[i].key, sizeof out[i].key);
    }
    if (order)
        q_job_record_partitions(&job->record, out, kept, (uint64_t)rows[order[n / 2]], 0);
    q_writer_destroy(&w);
    free(order);
    q_arena_fini(&a);
}

void stage_record_merged(q_job *job, const q_stage *stage, uint32_t barrier,
                         const q_window_merge *m, const q_session *session, const q_run *run)
{
    const q_barrier *b = &stage->barriers[barrier];
    q_arena a;
    if (job->record.off)
        return;
    q_arena_init(&a, NULL);
    for (uint32_t i = 0; i < b->n_partitions; i++) {
        uint32_t n;
        q_column *keys;
        const int64_t *rows;
        if (b->partitions[i].n_keys &&
            q_window_merge_sizes(m, i, &a, &n, &keys, &rows, NULL) == Q_OK && rows && n)
            sizes_record(job, run->stage_index, &b->partitions[i], keys, rows, n, session);
    }
    q_arena_fini(&a);
}

/* ---- splits ---- */

static void split_name(const q_stage *stage, const q_run_task *t, uint32_t i, char *out,
                       size_t size)
{
    const q_source *s = stage->branches[t->split.branch].source;
    if (s->kind == Q_SOURCE_FILES && t->split.file < s->n_files)
        snprintf(out, size, "%.40s bytes %llu-%llu", base_name(s->files[t->split.file].path),
                 (unsigned long long)t->split.begin, (unsigned long long)t->split.end);
    else
        snprintf(out, size, "part %u", i);
}

static int by_size(const void *a, const void *b)
{
    const q_record_partition *x = a, *y = b;
    if (x->rows != y->rows)
        return x->rows < y->rows ? 1 : -1;
    return x->bytes < y->bytes ? 1 : x->bytes > y->bytes ? -1 : 0;
}

static void splits_record(q_job *job, const q_stage *stage, const q_run *run)
{
    q_record_partition *p = calloc(run->n_tasks, sizeof *p);
    if (!p)
        return;
    for (uint32_t i = 0; i < run->n_tasks; i++) {
        const q_run_task *t = &run->tasks[i];
        p[i].stage = run->stage_index;
        p[i].rows = t->metrics.rows_in;
        p[i].bytes = t->metrics.bytes_in;
        split_name(stage, t, i, p[i].key, sizeof p[i].key);
    }
    qsort(p, run->n_tasks, sizeof *p, by_size);
    q_job_record_partitions(&job->record, p,
                            run->n_tasks < Q_RECORD_PARTITIONS ? run->n_tasks : Q_RECORD_PARTITIONS,
                            p[run->n_tasks / 2].rows, p[run->n_tasks / 2].bytes);
    free(p);
}

void stage_record_end(q_job *job, const q_stage *stage, const q_run *run, bool ok)
{
    if (job->record.off)
        return;
    q_job_record_stage_end(&job->record, run->stage_index, ok, q_clock_wall_us());
    if (ok && run->n_tasks && (!stage->n_barriers || run->n_phases == 1))
        splits_record(job, stage, run);
}
