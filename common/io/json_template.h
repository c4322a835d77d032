/*
 * Template prediction: the JSON reader's main path.
 *
 * Records of a file mostly have the same members in the same order with the same spacing.
 * A template is what one record looked like: the literal bytes between the values (gaps:
 * `{"id": `, `, "name": "`, `", "value": `, … `}` and what follows up to the next record)
 * and what each value was and is to become. If all gaps of the next record are the same
 * bytes, its names and structure are the same, too, and only the values have to be read:
 * by their type, in place, without a general parser. The byte behind a value is the first
 * of the next gap, so a value that ends too early or goes on does not match.
 *
 * Whatever does not match (another shape, a value of another kind, an odd one) is left to
 * the general path, which decides alone what is an error; a record that it found clean
 * becomes a new template. Nothing here reports errors. The same rows come out either way.
 * (Prediction of the key order after Mison, Li et al., VLDB 2017, and the habit of
 * comparing whole gaps from a prototype of this reader.)
 */
#ifndef Q_IO_JSON_TEMPLATE_H
#define Q_IO_JSON_TEMPLATE_H

#include "common/io/cells.h"

#define Q_TEMPLATES      4   /* kept at a time */
#define Q_TEMPLATE_SLOTS 256 /* members of a record that can become one */

typedef enum q_json_op {
    Q_OP_END, /* behind the last value; no value follows this gap */
    Q_OP_STRING,
    Q_OP_INT64,
    Q_OP_INT32,
    Q_OP_DOUBLE,
    Q_OP_BOOLEAN,
    Q_OP_ANY, /* the general scanner and conversion for this value */
    Q_OP_SKIP_STRING,
    Q_OP_SKIP_NUMBER,
    Q_OP_SKIP_INT64, /* inferred schemas: must be one */
    Q_OP_SKIP_BOOLEAN,
    Q_OP_SKIP_ANY
} q_json_op;

typedef struct q_json_slot {
    _Alignas(32) char gap[32]; /* before the value; its first bytes if it is longer */
    const char *long_gap;      /* all of it, padded to blocks of 32; NULL: up to 32 bytes */
    uint32_t gap_bytes;
    uint32_t need;         /* bits of `gap` that count */
    uint8_t op;            /* q_json_op */
    int32_t field;         /* of the schema, -1 unknown */
    q_cell_column *column; /* NULL when skipped */
    void *values;
} q_json_slot;

typedef struct q_json_template {
    uint32_t n_slots; /* with the END slot; 0: none yet */
    q_json_slot *slots;
    uint32_t n_missing; /* columns that such records leave NULL */
    q_cell_column **missing;
    q_arena arena;
} q_json_template;

struct q_reader;

/* Reads the record at p into row `row` of the cells. Returns the start of the next one, NULL when
 * it is not of this shape (the row then holds anything). Nothing behind `end` is taken. */
typedef const char *q_json_match(struct q_reader *r, const q_json_template *t, const char *p,
                                 const char *end, uint32_t row);
q_json_match q_json_match_vector; /* the scalar one where there is no AVX2 */
q_json_match q_json_match_scalar;

/* Make a template of the clean record [begin, end) with what follows it up to `next`. False: it
 * cannot be one (names twice or unknown to an inferred schema, too many members). */
bool q_json_learn(struct q_reader *r, q_json_template *t, const char *begin, const char *end,
                  const char *next);
void q_json_template_fini(q_json_template *t);

#endif
