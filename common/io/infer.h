/*
 * Schemas under inference: a growing set of named types. Types of values are joined by
 * a rule that is commutative and associative, so any order and any splits of the data
 * give the same schema.
 *
 * The joins are those of Spark 3.5's full pass; where Spark's result depends on the order of
 * the rows (CSV: 64-bit integers beside longer ones), the one of a possible order is taken.
 * JSON objects, and arrays that hold containers, are STRING here (their JSON text); Spark has
 * structs and nested arrays.
 * Thread rule: one thread at a time.
 */
#ifndef Q_IO_INFER_H
#define Q_IO_INFER_H

#include "common/io/json_scan.h"
#include "common/io/reader.h"
#include "common/io/time_reader.h"

/* What a stage's plan can carry (plan/serial.c). */
#define Q_INFER_MAX_FIELDS 65536u

typedef struct q_infer_field {
    const char *name;
    uint32_t name_bytes;
    uint32_t hash;
    q_type type; /* VOID: only nulls so far */
} q_infer_field;

typedef struct q_infer {
    q_arena *arena; /* without budget */
    q_format format;
    const q_read_options *options;
    const q_time_reader *times;
    q_infer_field *fields;
    uint32_t n, cap;
    int32_t *slots; /* open addressing by name */
    uint32_t mask;
    bool malformed; /* JSON: a record that is none was met */
} q_infer;

/* times: how dates and timestamps in text are read. */
void q_infer_init(q_infer *f, q_format format, const q_read_options *options,
                  const q_time_reader *times, q_arena *arena);
/* The field's index; added as VOID when it is new. The name is copied. */
uint32_t q_infer_field_of(q_infer *f, const char *name, size_t n);
static inline bool q_infer_is(const q_infer *f, uint32_t field, const char *name, size_t n)
{
    return field < f->n && f->fields[field].name_bytes == n &&
           memcmp(f->fields[field].name, name, n) == 0;
}
void q_infer_add(q_infer *f, uint32_t field, q_type type);
/* All of an inferred schema's fields. */
void q_infer_add_schema(q_infer *f, const q_schema *s);
/* The schema so far: JSON sorted by name, with the corrupt-record column if there were malformed
 * records in PERMISSIVE; fields without any value are STRING (or ARRAY<STRING>) and marked
 * Q_ONLY_NULLS. DUPLICATE_COLUMN: names that differ only in letter case (and case does not count).
 */
q_code q_infer_schema_of(q_infer *f, bool case_sensitive, q_arena *a, q_schema *out, q_err *err);

/* The narrowest type that holds both. */
q_type q_infer_join(q_type x, q_type y);
/* Does a column of an inferred schema hold the value without becoming another one? */
static inline bool q_infer_holds(const q_field *column, q_type value)
{
    if (column->type.kind == Q_STRING)
        return column->nullable != Q_ONLY_NULLS || value.kind == Q_VOID || value.kind == Q_STRING;
    if (column->nullable == Q_ONLY_NULLS) /* arrays without any value */
        return value.kind == Q_VOID ||
               (value.kind == Q_ARRAY && (value.element == Q_VOID || value.element == Q_STRING));
    return q_type_eq(q_infer_join(column->type, value), column->type);
}
/* Nothing but nulls, or arrays of nothing but nulls: what dropFieldIfAllNull drops. */
static inline bool q_infer_no_value(q_type t)
{
    return t.kind == Q_VOID || (t.kind == Q_ARRAY && t.element == Q_VOID);
}
q_type q_infer_json(const q_infer *f, const q_json_value *v);
/* Of a token that is not NULL. */
q_type q_infer_text(const q_infer *f, const char *s, size_t n);

#endif
