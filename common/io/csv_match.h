/*
 * The loop over unquoted CSV rows, included by csv_match.c once with vector and once
 * with scalar primitives: NAME, BLOCK_BITS(block, chars, odd).
 */

/* The next separator, line end or quote; NULL behind the data's end. */
static inline const char *NAME(next_stop)(stops *s, const char *end)
{
    while (!s->bits) {
        s->block += 64;
        if (s->block >= end)
            return NULL;
        uint64_t odd = 0;
        s->bits = BLOCK_BITS(s->block, &s->chars, &odd);
        if (odd)
            s->odd_end = s->block + 64;
    }
    const char *at = s->block + __builtin_ctzll(s->bits);
    s->bits &= s->bits - 1;
    return at < end ? at : NULL;
}

const char *NAME(q_csv_match)(q_reader *r, const char *p, const char *stop)
{
    q_csv_reader *c = r->format;
    const char *end = c->end;
    const uint32_t last = c->n_fields - 1;
    stops s = {.block = p - 64, .chars = c->chars};
    char separator = r->options->separator[0];
    while (p < stop && r->row < Q_BATCH_ROWS && !may_be_ignored(r, p)) {
        const char *token = p;
        for (uint32_t i = 0;; i++) {
            const char *at = NAME(next_stop)(&s, end);
            if (__builtin_expect(!at || (i < last && *at != separator), 0))
                return p;
            if (__builtin_expect(!put_token(r, &c->slots[i], token, at, end, token >= s.odd_end),
                                 0))
                return p;
            token = at + 1;
            if (i == last) {
                if (*at == '\r')
                    token = at = NAME(next_stop)(&s, end);
                if (__builtin_expect(!at || *at != '\n' || (token == at && at[-1] != '\r'), 0))
                    return p;
                p = at + 1;
                break;
            }
        }
        if (r->corrupt)
            q_cell_null(r->corrupt, r->row);
        r->row++;
        r->report.n_records++;
    }
    return p;
}
