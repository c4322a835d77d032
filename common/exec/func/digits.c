/* Decimal digits of numbers. */
#include "common/exec/func/digits.h"

#include <math.h>
#include <stdlib.h>

#include "common/column/number.h"

static void trim_zeros(q_digits *d)
{
    while (d->n > 0 && d->d[d->n - 1] == '0')
        d->n--;
    if (d->n == 0)
        d->exponent = 0;
}

void q_digits_of_double(double v, q_digits *out)
{
    char text[Q_NUMBER_TEXT_ROOM + 1];
    char *end = q_text_from_double(text, fabs(v));
    char *e = memchr(text, 'E', (size_t)(end - text));
    int before_point = 0;
    bool leading = true;
    *end = 0;
    out->n = out->exponent = 0;
    for (char *p = text; p < (e ? e : end); p++) {
        if (*p == '.') {
            before_point = out->n;
            leading = out->n == 0;
        } else if (out->n || *p != '0') {
            out->d[out->n++] = *p;
        } else if (leading && p > text + 1) { /* a zero behind the point */
            out->exponent--;
        }
    }
    out->exponent += before_point + (e ? atoi(e + 1) : 0);
    trim_zeros(out);
}

void q_digits_of_integer(q_int128 v, int scale, q_digits *out)
{
    unsigned __int128 rest = v < 0 ? 0 - (unsigned __int128)v : (unsigned __int128)v;
    char reversed[48];
    int n = 0;
    for (; rest; rest /= 10)
        reversed[n++] = (char)('0' + (int)(rest % 10));
    for (int i = 0; i < n; i++)
        out->d[i] = reversed[n - 1 - i];
    out->n = n;
    out->exponent = n - scale;
    trim_zeros(out);
}

void q_digits_round(q_digits *d, int keep, q_digits_rounding mode)
{
    if (keep >= d->n)
        return;
    bool up = keep >= 0 && d->d[keep] >= '5';
    if (mode == Q_DIGITS_HALF_EVEN && up && d->d[keep] == '5' && keep + 1 == d->n)
        up = keep > 0 && (d->d[keep - 1] & 1);
    d->n = keep > 0 ? keep : 0;
    if (!up) {
        trim_zeros(d);
        return;
    }
    while (d->n > 0 && d->d[d->n - 1] == '9')
        d->n--;
    if (d->n > 0) {
        d->d[d->n - 1]++;
        return;
    }
    d->d[d->n++] = '1';
    d->exponent++;
}
