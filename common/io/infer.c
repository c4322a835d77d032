/* The set of fields under inference. */
#include "common/io/infer.h"

#include <stdlib.h>
#include <strings.h>
#include <xxhash.h>

void q_infer_init(q_infer *f, q_format format, const q_read_options *options,
                  const q_time_reader *times, q_arena *arena)
{
    *f =
        (q_infer){.arena = arena, .format = format, .options = options, .times = times, .mask = 63};
    f->slots = q_arena_alloc(arena, 64 * sizeof *f->slots);
    memset(f->slots, 0xFF, 64 * sizeof *f->slots);
}

static uint32_t slot_of(const q_infer *f, uint32_t hash, const char *name, size_t n)
{
    uint32_t at = hash & f->mask;
    while (f->slots[at] >= 0 && !q_infer_is(f, (uint32_t)f->slots[at], name, n))
        at = (at + 1) & f->mask;
    return at;
}

static void grow(q_infer *f)
{
    uint32_t cap = f->cap ? 2 * f->cap : 16;
    q_infer_field *fields = q_arena_array(f->arena, q_infer_field, cap);
    if (f->n)
        memcpy(fields, f->fields, f->n * sizeof *fields);
    f->fields = fields;
    f->cap = cap;
    if (2 * cap <= f->mask + 1)
        return;
    f->mask = 4 * cap - 1;
    f->slots = q_arena_alloc(f->arena, 4 * cap * sizeof *f->slots);
    memset(f->slots, 0xFF, 4 * cap * sizeof *f->slots);
    for (uint32_t i = 0; i < f->n; i++)
        f->slots[slot_of(f, fields[i].hash, fields[i].name, fields[i].name_bytes)] = (int32_t)i;
}

uint32_t q_infer_field_of(q_infer *f, const char *name, size_t n)
{
    uint32_t hash = (uint32_t)XXH3_64bits(name, n);
    uint32_t at = slot_of(f, hash, name, n);
    if (f->slots[at] >= 0)
        return (uint32_t)f->slots[at];
    if (f->n == f->cap) {
        grow(f);
        at = slot_of(f, hash, name, n);
    }
    f->slots[at] = (int32_t)f->n;
    f->fields[f->n] = (q_infer_field){.name = q_arena_strndup(f->arena, name, n),
                                      .name_bytes = (uint32_t)n,
                                      .hash = hash,
                                      .type = Q_TYPE(Q_VOID)};
    return f->n++;
}

/* ---- joining ---- */

static q_type as_decimal(q_type t)
{
    return t.kind == Q_DECIMAL ? t : t.kind == Q_INT ? Q_DECIMAL_OF(10, 0) : Q_DECIMAL_OF(20, 0);
}

static q_type join_decimals(q_type x, q_type y)
{
    int scale = x.scale > y.scale ? x.scale : y.scale;
    int range_x = x.precision - x.scale, range_y = y.precision - y.scale;
    int range = range_x > range_y ? range_x : range_y;
    return range + scale > 38 ? Q_TYPE(Q_DOUBLE) : Q_DECIMAL_OF(range + scale, scale);
}

static bool is_exact(q_type t)
{
    return t.kind == Q_INT || t.kind == Q_BIGINT || t.kind == Q_DECIMAL;
}

static q_type join_ordered(q_type x, q_type y)
{
    if (is_exact(x) && is_exact(y)) {
        if (x.kind != Q_DECIMAL && y.kind != Q_DECIMAL)
            return Q_TYPE(Q_BIGINT);
        return join_decimals(as_decimal(x), as_decimal(y));
    }
    if ((is_exact(x) || x.kind == Q_DOUBLE) && (is_exact(y) || y.kind == Q_DOUBLE))
        return Q_TYPE(Q_DOUBLE);
    if (x.kind == Q_ARRAY && y.kind == Q_ARRAY)
        return q_type_array_of(q_infer_join(q_type_element(x), q_type_element(y)));
    if ((x.kind == Q_DATE || x.kind == Q_TIMESTAMP) && (y.kind == Q_DATE || y.kind == Q_TIMESTAMP))
        return Q_TYPE(Q_TIMESTAMP);
    return Q_TYPE(Q_STRING);
}

q_type q_infer_join(q_type x, q_type y)
{
    if (q_type_eq(x, y) || y.kind == Q_VOID)
        return x;
    return x.kind == Q_VOID ? y : join_ordered(x, y);
}

void q_infer_add(q_infer *f, uint32_t field, q_type type)
{
    q_type *t = &f->fields[field].type;
    if (!q_type_eq(*t, type))
        *t = q_infer_join(*t, type);
}

void q_infer_add_schema(q_infer *f, const q_schema *s)
{
    for (uint32_t i = 0; i < s->n_fields; i++) {
        const q_field *field = &s->fields[i];
        bool corrupt = f->format == Q_FORMAT_JSON && field->type.kind == Q_STRING &&
                       strcmp(field->name, f->options->corrupt_column) == 0;
        bool array = field->type.kind == Q_ARRAY;
        q_type none = array ? q_type_array_of(Q_TYPE(Q_VOID)) : Q_TYPE(Q_VOID);
        if (corrupt)
            f->malformed = true;
        else
            q_infer_add(f, q_infer_field_of(f, field->name, strlen(field->name)),
                        field->nullable == Q_ONLY_NULLS ? none : field->type);
    }
}

/* ---- the schema ---- */

/* Java's order of strings, UTF-16: characters beyond U+FFFF come before U+E000 and up. */
static int compare_names(const void *x, const void *y)
{
    const unsigned char *a = (const unsigned char *)((const q_field *)x)->name;
    const unsigned char *b = (const unsigned char *)((const q_field *)y)->name;
    while (*a && *a == *b)
        a++, b++;
    if (*a >= 0xEE && *b >= 0xEE && (*a >= 0xF0) != (*b >= 0xF0))
        return *a >= 0xF0 ? -1 : 1;
    return (*a > *b) - (*a < *b);
}

static int compare_folded(const void *x, const void *y)
{
    return strcasecmp((*(const q_field *const *)x)->name, (*(const q_field *const *)y)->name);
}

static q_code check_names(const q_schema *s, q_err *err)
{
    const q_field **sorted = calloc(s->n_fields + 1, sizeof *sorted);
    q_code code = Q_OK;
    if (!sorted)
        return q_budget_error(NULL, s->n_fields * sizeof *sorted, err);
    for (uint32_t i = 0; i < s->n_fields; i++)
        sorted[i] = &s->fields[i];
    qsort(sorted, s->n_fields, sizeof *sorted, compare_folded);
    for (uint32_t i = 1; i < s->n_fields && code == Q_OK; i++) {
        if (compare_folded(&sorted[i - 1], &sorted[i]) == 0) {
            code = q_err_set(
                err, Q_E_DUPLICATE_COLUMN,
                "the data has the columns `%s` and `%s`, which differ only in letter case",
                sorted[i - 1]->name, sorted[i]->name);
            q_err_hint(err, "give a schema with the one to be read");
        }
    }
    free(sorted);
    return code;
}

static void add_field(q_schema *s, const char *name, q_type type, q_arena *a)
{
    q_type none = type.kind == Q_ARRAY ? q_type_array_of(Q_TYPE(Q_STRING)) : Q_TYPE(Q_STRING);
    bool no_value = q_infer_no_value(type);
    s->fields[s->n_fields++] =
        (q_field){q_arena_strdup(a, name), no_value ? none : type, no_value ? Q_ONLY_NULLS : true};
}

q_code q_infer_schema_of(q_infer *f, bool case_sensitive, q_arena *a, q_schema *out, q_err *err)
{
    bool json = f->format == Q_FORMAT_JSON;
    *out = (q_schema){0, q_arena_array(a, q_field, f->n + 1)};
    for (uint32_t i = 0; i < f->n; i++) {
        const q_infer_field *field = &f->fields[i];
        bool corrupt = strcmp(field->name, f->options->corrupt_column) == 0 && f->malformed;
        bool dropped = q_infer_no_value(field->type) && f->options->drop_field_if_all_null;
        if (!json || (field->name_bytes && !corrupt && !dropped))
            add_field(out, field->name, field->type, a);
    }
    if (f->malformed && f->options->mode == Q_MODE_PERMISSIVE && !f->options->bad_records_path)
        add_field(out, f->options->corrupt_column, Q_TYPE(Q_STRING), a);
    if (out->n_fields > Q_INFER_MAX_FIELDS) {
        q_err_set(err, Q_E_UNABLE_TO_INFER_SCHEMA, "the data has %u columns, more than %u",
                  out->n_fields, Q_INFER_MAX_FIELDS);
        q_err_hint(err, "give a schema with those that are needed");
        return Q_E_UNABLE_TO_INFER_SCHEMA;
    }
    if (json)
        qsort(out->fields, out->n_fields, sizeof *out->fields, compare_names);
    return case_sensitive ? Q_OK : check_names(out, err);
}

q_code q_schema_merge(const q_source *source, const q_schema *x, const q_schema *y, q_arena *a,
                      q_schema *out, q_err *err)
{
    q_infer f;
    q_arena scratch;
    q_arena_init(&scratch, NULL);
    q_infer_init(&f, (q_format)source->format, &source->options, NULL, &scratch);
    q_infer_add_schema(&f, x);
    q_infer_add_schema(&f, y);
    q_code code = q_infer_schema_of(&f, true, a, out, err);
    q_arena_fini(&scratch);
    return code;
}
