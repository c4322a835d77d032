/* Tables of text. */
#include "cli/text_table.h"

#include <stdlib.h>

#include "common/base/assert.h"

static uint32_t width_of(const char *s)
{
    uint32_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static void add(q_text_table *t, const char *text)
{
    if (t->n_rows == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 64;
        t->cells = realloc(t->cells, t->cap * sizeof *t->cells);
        Q_ASSERT(t->cells);
    }
    t->cells[t->n_rows++] = text; /* counts cells until the end */
}

void q_text_table_init(q_text_table *t, const char *const *heads)
{
    *t = (q_text_table){0};
    q_arena_init(&t->arena, NULL);
    for (; heads[t->n_columns]; t->n_columns++) {
        const char *head = heads[t->n_columns];
        Q_ASSERT(t->n_columns < Q_TEXT_TABLE_COLUMNS);
        t->right[t->n_columns] = *head == '>';
        add(t, head + (*head == '>'));
    }
}

void q_text_table_cell(q_text_table *t, const char *fmt, ...)
{
    char text[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    for (char *p = text; *p; p++) {
        if ((unsigned char)*p < 0x20)
            *p = ' ';
    }
    add(t, *text ? q_arena_strdup(&t->arena, text) : "-");
}

void q_text_table_end(q_text_table *t, FILE *to)
{
    uint32_t widths[Q_TEXT_TABLE_COLUMNS] = {0}, n = t->n_columns;
    for (uint32_t i = 0; i < t->n_rows; i++) {
        uint32_t w = width_of(t->cells[i]);
        widths[i % n] = w > widths[i % n] ? w : widths[i % n];
    }
    for (uint32_t i = 0; i < t->n_rows; i++) {
        uint32_t c = i % n;
        int pad = (int)(widths[c] - width_of(t->cells[i]));
        fprintf(to, "%*s%s%*s%s", t->right[c] ? pad : 0, "", t->cells[i],
                t->right[c] || c + 1 == n ? 0 : pad, "", c + 1 == n ? "\n" : "  ");
    }
    free(t->cells);
    q_arena_fini(&t->arena);
}
