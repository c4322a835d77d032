/* Nearest names by edit distance. */
#include "common/base/nearest.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define LONGEST 128 /* bytes of a name that are compared */

void q_nearest_init(q_nearest *near, const char *wanted)
{
    memset(near, 0, sizeof *near);
    near->wanted = wanted;
}

static uint32_t min3(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Two swapped neighbours count as one edit (optimal string alignment). */
static uint32_t edit_distance(const char *a, const char *b)
{
    size_t n = strnlen(a, LONGEST), m = strnlen(b, LONGEST);
    uint32_t rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = (uint32_t)j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = (uint32_t)i;
        for (size_t j = 1; j <= m; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y));
            bool swapped = i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                           y == tolower((unsigned char)a[i - 2]);
            if (swapped && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        uint32_t *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[m];
}

void q_nearest_offer(q_nearest *near, const char *name)
{
    size_t len = strlen(near->wanted);
    uint32_t limit = len < 5 ? 1 : (uint32_t)(len + 1) / 3, d = edit_distance(near->wanted, name);
    if (d > limit || d >= len)
        return;
    for (uint32_t i = 0; i < near->n; i++) {
        if (strcasecmp(near->name[i], name) == 0)
            return;
    }
    uint32_t at = near->n < Q_NEAREST_MAX ? near->n++ : Q_NEAREST_MAX;
    while (at > 0 && near->distance[at - 1] > d) {
        if (at < Q_NEAREST_MAX) {
            near->name[at] = near->name[at - 1];
            near->distance[at] = near->distance[at - 1];
        }
        at--;
    }
    if (at < Q_NEAREST_MAX) {
        near->name[at] = name;
        near->distance[at] = d;
    }
}

void q_nearest_hint(const q_nearest *near, q_err *err)
{
    if (near->n == 1 || (near->n > 1 && near->distance[0] < near->distance[1]))
        q_err_hint(err, "did you mean `%s`?", near->name[0]);
    else if (near->n == 2 || (near->n > 2 && near->distance[1] < near->distance[2]))
        q_err_hint(err, "did you mean `%s` or `%s`?", near->name[0], near->name[1]);
    else if (near->n)
        q_err_hint(err, "did you mean `%s`, `%s` or `%s`?", near->name[0], near->name[1],
                   near->name[2]);
}
