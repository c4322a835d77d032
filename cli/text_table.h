/*
 * Small tables for people: columns as wide as their widest cell, two spaces between them, numbers
 * to the right; the last column is not padded. Thread rule: one thread.
 */
#ifndef Q_CLI_TEXT_TABLE_H
#define Q_CLI_TEXT_TABLE_H

#include <stdio.h>

#include "common/base/arena.h"

#define Q_TEXT_TABLE_COLUMNS 12

typedef struct q_text_table {
    q_arena arena;
    uint32_t n_columns, n_rows, cap;
    bool right[Q_TEXT_TABLE_COLUMNS];
    const char **cells; /* n_rows * n_columns; the first row is the head */
} q_text_table;

/* heads end with NULL; one that starts with '>' (not shown) is of a column of numbers. */
void q_text_table_init(q_text_table *t, const char *const *heads);
/* The next cell, row after row; printf-like. */
void q_text_table_cell(q_text_table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Prints it and ends it. */
void q_text_table_end(q_text_table *t, FILE *to);

#endif
