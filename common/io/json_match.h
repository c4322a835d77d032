/*
 * The matching loop of templates, included by json_match.c once with vector and once
 * with scalar primitives: NAME, GAP_EQUAL(p, slot, end), SCAN_STRING(p, end, high).
 */

/* A string's text at p: stores the view, returns the closing quote; NULL: leave it to the general
 * path. */
static inline const char *NAME(string)(q_reader *r, const q_json_slot *s, const char *p,
                                       const char *end, uint32_t row, bool store)
{
    uint32_t high = 0;
    const char *stop = SCAN_STRING(p, end, &high);
    if (__builtin_expect(stop >= end || *stop != '"' || (size_t)(stop - p) > UINT32_MAX, 0))
        return stop < end && *stop == '\\' ? odd_string(r, s, p, end, row, store) : NULL;
    if (__builtin_expect(high != 0, 0) && !q_utf8_valid(p, (size_t)(stop - p)))
        return NULL;
    if (store)
        ((q_str *)s->values)[row] = (q_str){p, (uint32_t)(stop - p), Q_STR_PLAIN};
    return stop;
}

const char *NAME(q_json_match)(q_reader *r, const q_json_template *t, const char *p,
                               const char *end, uint32_t row)
{
    for (const q_json_slot *s = t->slots;; s++) {
        if (__builtin_expect(!GAP_EQUAL(p, s, end), 0))
            return NULL;
        p += s->gap_bytes;
        switch ((q_json_op)s->op) {
        case Q_OP_END:
            return p <= end ? p : NULL;
        case Q_OP_STRING:
            p = NAME(string)(r, s, p, end, row, true);
            break;
        case Q_OP_SKIP_STRING:
            p = NAME(string)(r, s, p, end, row, false);
            break;
        case Q_OP_INT64:
            p = int64_value(p, end, &((int64_t *)s->values)[row]);
            break;
        case Q_OP_INT32:
            p = int32_value(p, end, &((int32_t *)s->values)[row]);
            break;
        case Q_OP_DOUBLE:
            p = double_value(p, end, &((double *)s->values)[row]);
            break;
        case Q_OP_BOOLEAN:
            p = boolean_value(p, &((uint8_t *)s->values)[row]);
            break;
        default:
            p = other_value(r, s, p, end, row);
        }
        if (__builtin_expect(!p, 0))
            return NULL;
    }
}
