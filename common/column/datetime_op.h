/*
 * Private to datetime_format*.c: a compiled pattern is a list of these.
 */
#ifndef Q_COLUMN_DATETIME_OP_H
#define Q_COLUMN_DATETIME_OP_H

#include "common/column/datetime_format.h"

typedef enum q_datetime_field {
    Q_FIELD_YEAR,
    Q_FIELD_YEAR_OF_ERA,
    Q_FIELD_ERA, /* 0 BC, 1 AD */
    Q_FIELD_QUARTER,
    Q_FIELD_MONTH,
    Q_FIELD_DAY,
    Q_FIELD_DAY_OF_YEAR,
    Q_FIELD_WEEKDAY,     /* 0 Monday */
    Q_FIELD_ALIGNED_DAY, /* 1-7: day of the month modulo 7 */
    Q_FIELD_HOUR,        /* H 0-23 */
    Q_FIELD_CLOCK_HOUR,  /* k 1-24 */
    Q_FIELD_HOUR_AMPM,   /* K 0-11 */
    Q_FIELD_CLOCK_AMPM,  /* h 1-12 */
    Q_FIELD_AMPM,        /* 0 AM, 1 PM */
    Q_FIELD_MINUTE,
    Q_FIELD_SECOND,
    Q_FIELD_NANO,
    Q_FIELD_OFFSET, /* seconds */
    Q_FIELD_ZONE,
    Q_N_FIELDS
} q_datetime_field;

typedef enum q_datetime_op_kind {
    Q_OP_LITERAL,
    Q_OP_NUMBER,
    Q_OP_TWO_DIGIT_YEAR, /* 2000 to 2099 */
    Q_OP_FRACTION,
    Q_OP_TEXT,       /* one of `names` */
    Q_OP_OFFSET,     /* X x Z */
    Q_OP_GMT_OFFSET, /* O ZZZZ: GMT+2 */
    Q_OP_ZONE_ID,
    Q_OP_ZONE_NAME,
    Q_OP_OPTIONAL, /* [: until ops[close] */
    Q_OP_CLOSE     /* ] */
} q_datetime_op_kind;

typedef enum q_datetime_sign { Q_SIGN_NONE, Q_SIGN_NORMAL, Q_SIGN_EXCEEDS_PAD } q_datetime_sign;

typedef struct q_datetime_op {
    uint8_t kind, field, sign;
    uint8_t min_width, max_width; /* digits */
    uint16_t reserved;            /* reading: digits that belong to the numbers glued behind */
    uint8_t offset_style; /* OFFSET: index in java's list: 1 +HHmm, 3 +HHMM, 4 +HH:MM, … */
    bool full;            /* GMT_OFFSET: +02:00, not +2 */
    const char *text;     /* LITERAL; OFFSET: text of zero */
    uint32_t len;
    const char *const *names; /* TEXT */
    uint8_t n_names;
    uint8_t first_name; /* value of names[0] */
    uint32_t close;     /* OPTIONAL: index of its CLOSE */
} q_datetime_op;

struct q_datetime_format {
    q_kind kind;
    uint32_t n_ops;
    const q_datetime_op *ops;
    size_t max_bytes;
};

#endif
