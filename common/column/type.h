/*
 * SQL types. q_type is a small value: copy it. Array element types are kept by
 * kind only (one level: ARRAY<primitive>), so a type needs no memory of its own.
 */
#ifndef Q_COLUMN_TYPE_H
#define Q_COLUMN_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/buf.h"

/* Numbers are part of the wire contract. */
typedef enum q_kind {
    Q_VOID = 0, /* the type of NULL */
    Q_BOOLEAN = 1,
    Q_TINYINT = 2,  /* 8 bit */
    Q_SMALLINT = 3, /* 16 bit */
    Q_INT = 4,      /* 32 bit */
    Q_BIGINT = 5,   /* 64 bit */
    Q_FLOAT = 6,
    Q_DOUBLE = 7,
    Q_DECIMAL = 8, /* 128-bit integer scaled by 10^scale */
    Q_STRING = 9,  /* UTF-8 */
    Q_BINARY = 10,
    Q_DATE = 11,      /* int32, days since 1970-01-01 (proleptic Gregorian) */
    Q_TIMESTAMP = 12, /* int64, microseconds since 1970-01-01 00:00:00 UTC (with local time zone) */
    Q_TIMESTAMP_NTZ = 13, /* int64, microseconds, no zone */
    Q_INTERVAL_DT = 14,   /* int64, microseconds: INTERVAL DAY TO SECOND */
    Q_INTERVAL_YM = 15,   /* int32, months: INTERVAL YEAR TO MONTH */
    Q_ARRAY = 16,
    Q_N_KINDS
} q_kind;

typedef struct q_type {
    uint8_t kind;      /* q_kind */
    uint8_t element;   /* q_kind of an array's elements */
    uint8_t precision; /* decimal (also of decimal elements), 1..38 */
    int8_t scale;      /* decimal, 0..38 */
} q_type;

#define Q_TYPE(k) ((q_type){.kind = (k)})
#define Q_DECIMAL_OF(p, s) \
    ((q_type){.kind = Q_DECIMAL, .precision = (uint8_t)(p), .scale = (int8_t)(s)})

static inline bool q_type_eq(q_type a, q_type b)
{
    return a.kind == b.kind && a.element == b.element && a.precision == b.precision &&
           a.scale == b.scale;
}
static inline bool q_type_is_integer(q_type t)
{
    return t.kind >= Q_TINYINT && t.kind <= Q_BIGINT;
}
static inline bool q_type_is_fractional(q_type t)
{
    return t.kind >= Q_FLOAT && t.kind <= Q_DECIMAL;
}
static inline bool q_type_is_numeric(q_type t)
{
    return t.kind >= Q_TINYINT && t.kind <= Q_DECIMAL;
}
static inline bool q_type_is_stringlike(q_type t) /* values are q_str views */
{
    return t.kind == Q_STRING || t.kind == Q_BINARY;
}
static inline q_type q_type_element(q_type t)
{
    return (q_type){.kind = t.element, .precision = t.precision, .scale = t.scale};
}
q_type q_type_array_of(q_type element);

/* Bytes of one value in a column's `values` (0 for VOID). */
size_t q_type_width(q_type t);
/* Spark's simple name: "bigint", "decimal(10,2)", "array<string>". Returns out. */
#define Q_TYPE_NAME_BYTES 48
const char *q_type_name(q_type t, char out[Q_TYPE_NAME_BYTES]);
/* As Spark's error messages quote it: "BIGINT", "DECIMAL(10,2)". */
const char *q_type_sql(q_type t, char out[Q_TYPE_NAME_BYTES]);

#endif
