/*
 * Records of which quoted values may hold line ends. A split that starts in the middle
 * cannot know whether a line end is inside quotes: it takes the first line from which a
 * few records scan with the number of values that the file's first record has, and the
 * landing tells whether that was right.
 */
#include "common/io/csv_reader.h"

#define TRIAL_RECORDS 3
#define TRIAL_BYTES   ((size_t)64 << 10) /* no line is tried behind this many bytes */

/* Skips empty lines and comments. */
static const char *skip_ignored(const q_csv_reader *c, const char *p, char comment)
{
    while (p < c->end) {
        if (*p == '\n' || *p == '\r') {
            p++;
        } else if (comment && *p == comment) {
            while (p < c->end && *p != '\n' && *p != '\r')
                p++;
        } else {
            break;
        }
    }
    return p;
}

/* Values of the file's first record; 0 when there is none. */
static uint32_t first_width(q_reader *r)
{
    q_csv_reader *c = r->format;
    c->scan.at = skip_ignored(c, c->at, r->options->comment);
    c->scan.end = c->end;
    return c->scan.at < c->end && q_csv_scan_record(&c->scan) ? c->scan.n_tokens : 0;
}

static bool is_plausible(q_reader *r, const char *p, uint32_t width)
{
    q_csv_reader *c = r->format;
    c->scan.at = p;
    c->scan.end = c->end;
    for (int i = 0; i < TRIAL_RECORDS; i++) {
        c->scan.at = skip_ignored(c, c->scan.at, r->options->comment);
        if (c->scan.at >= c->end)
            return true;
        if (!q_csv_scan_record(&c->scan) || c->scan.n_tokens != width)
            return false;
    }
    return true;
}

static const char *guess_record(q_reader *r, const char *from)
{
    q_csv_reader *c = r->format;
    uint32_t width = first_width(r);
    const char *first = NULL;
    for (const char *p = from - 1; (size_t)(p - from) + 1 < TRIAL_BYTES; p++) {
        p = memchr(p, '\n', (size_t)(c->end - p));
        if (!p)
            break;
        const char *start = skip_ignored(c, p + 1, r->options->comment);
        if (!first)
            first = start;
        if (is_plausible(r, start, width))
            return start;
    }
    return first ? first : c->end;
}

void q_csv_start_multi(q_reader *r)
{
    q_csv_reader *c = r->format;
    if (r->split.begin == 0) {
        r->first = 0;
        return;
    }
    const char *from = r->split.data + r->split.begin;
    if (from >= c->end)
        c->at = c->end;
    else if (from > c->at)
        c->at = r->split.landed ? from : guess_record(r, from);
    if (c->at >= c->end || q_reader_offset(r, c->at) >= r->split.end)
        r->done = true;
    else
        r->first = q_reader_offset(r, c->at);
}

q_code q_csv_next_multi(q_reader *r, bool *found, q_err *err)
{
    q_csv_reader *c = r->format;
    *found = false;
    if (r->done)
        return Q_OK;
    c->at = skip_ignored(c, c->at, r->options->comment);
    uint64_t offset = q_reader_offset(r, c->at);
    bool over = offset >= r->split.end && r->split.end < r->split.data_bytes && !c->header;
    if (c->at >= c->end || over) {
        r->done = true;
        r->next = offset;
        return Q_OK;
    }
    *found = true;
    c->record = c->at;
    Q_TRY(q_csv_scan_next(r, c->at, c->end, err));
    c->at = c->scan.at;
    c->record_bytes = (size_t)(c->at - c->record);
    while (c->record_bytes &&
           (c->record[c->record_bytes - 1] == '\n' || c->record[c->record_bytes - 1] == '\r'))
        c->record_bytes--;
    return Q_OK;
}
