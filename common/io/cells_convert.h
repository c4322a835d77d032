/* What cells_json.c and cells_text.c share: storing a converted value. */
#ifndef Q_IO_CELLS_CONVERT_H
#define Q_IO_CELLS_CONVERT_H

#include "common/io/cells.h"

/* The row may have been NULL before (a name that came twice). */
static inline q_cell_result q_cell_ok(q_cell_column *col, uint32_t row)
{
    if (col->has_nulls)
        q_bit_set(col->bits, row);
    return Q_CELL_OK;
}
static inline q_cell_result q_cell_bad(q_cell_column *col, uint32_t row)
{
    q_cell_null(col, row);
    return Q_CELL_BAD;
}
static inline q_cell_result q_cell_string(q_cell_column *col, uint32_t row, const char *s, size_t n,
                                          uint32_t flags)
{
    Q_VALUES(&col->column, q_str)[row] = (q_str){s, (uint32_t)n, flags};
    return q_cell_ok(col, row);
}
/* Bad when it does not fit the column's integer type. */
q_cell_result q_cell_integer(q_cell_column *col, uint32_t row, int64_t v);
/* DATE, TIMESTAMP, TIMESTAMP_NTZ and DECIMAL from text. */
q_cell_result q_cell_of_text_form(q_cells *c, q_cell_column *col, uint32_t row, const char *s,
                                  size_t n);

#endif
