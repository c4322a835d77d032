/*
 * Arrays of records, and objects one after the other over any lines.
 *
 * Where a record starts is guessed from the bytes around a `{`. An unescaped quote ends
 * a string, and only `,`, `:`, `}`, `]` or white space can follow it: so a `{"` with
 * anything else behind the quote is not inside a string. A nested object is told from a
 * record by what stands before it (a stream: `}`) or, in arrays, by the first record's
 * first name; a wrong guess is found by the landing. After a malformed record, reading
 * goes on at the next such place.
 */
#include "common/io/json_reader.h"

static const char *skip_space(const char *p, const char *end)
{
    while (p < end && q_json_is_space(*p))
        p++;
    return p;
}

/* The byte before p that is not white space; 0 at the beginning. */
static char byte_before(const q_reader *r, const char *p)
{
    while (p > r->split.data && q_json_is_space(p[-1]))
        p--;
    return p > r->split.data ? p[-1] : 0;
}

static bool is_first_key(const q_json_reader *j, const char *p)
{
    return (size_t)(j->end - p) > j->first_key_bytes &&
           memcmp(p, j->first_key, j->first_key_bytes) == 0;
}

/* Does a record start at the brace p? */
static bool is_record_start(const q_reader *r, const char *p)
{
    const q_json_reader *j = r->format;
    const char *name = skip_space(p + 1, j->end);
    if (name + 1 >= j->end || *name != '"')
        return false;
    char before = byte_before(r, p);
    if (j->layout == Q_JSON_ARRAY_FILE) {
        if (before != ',' && before != '[')
            return false;
        if (j->first_key)
            return is_first_key(j, name);
    } else if (before != '}') {
        return false;
    }
    return !strchr(",:}] \t\r\n", name[1]);
}

/* Of a record's start: the bytes before it tell, so neighbours agree (is_split_end). */
static q_json_place place_of(const q_reader *r, const char *p)
{
    const q_json_reader *j = r->format;
    char before = byte_before(r, p);
    bool inside = j->layout == Q_JSON_ARRAY_FILE && (before == ',' || before == '[');
    return inside ? Q_JSON_COMMA : Q_JSON_OUTSIDE;
}

/* The first place at or after p where a record seems to start, or the end. */
static const char *guess_record(const q_reader *r, const char *p)
{
    const q_json_reader *j = r->format;
    for (; p < j->end; p++) {
        p = memchr(p, '{', (size_t)(j->end - p));
        if (!p)
            break;
        if (is_record_start(r, p))
            return p;
    }
    return j->end;
}

/* The name that an array's first record begins with. */
static void learn_first_key(q_reader *r)
{
    q_json_reader *j = r->format;
    const char *p = skip_space(j->at, j->end); /* at the array's bracket */
    p = skip_space(p + 1, j->end);
    if (p >= j->end || *p != '{')
        return;
    p = skip_space(p + 1, j->end);
    q_json_scan scan = {.at = p, .end = j->end, .options = r->options};
    q_json_value name;
    if (p < j->end && *p == '"' && q_json_scan_value(&scan, 1, &name)) {
        j->first_key = p;
        j->first_key_bytes = name.len + 2;
    }
}

void q_json_start_stream(q_reader *r)
{
    q_json_reader *j = r->format;
    if (j->layout == Q_JSON_ARRAY_FILE)
        learn_first_key(r);
    j->place = Q_JSON_OUTSIDE;
    if (r->split.begin == 0) {
        r->first = 0;
        return;
    }
    if (r->options->allow_comments) { /* the first split takes all: see step */
        r->done = true;
        return;
    }
    const char *from = r->split.data + r->split.begin;
    if (from > j->at) /* a byte order mark is behind begin */
        j->at = r->split.landed ? from : guess_record(r, from);
    if (q_reader_offset(r, j->at) >= r->split.end || j->at == j->end) {
        r->done = true;
        return;
    }
    r->first = q_reader_offset(r, j->at);
    j->place = place_of(r, j->at);
}

/* From p, which is not a record, to the next one. */
static q_code resync(q_reader *r, const char *p, const char *reason, q_err *err)
{
    q_json_reader *j = r->format;
    j->at = guess_record(r, p + (p < j->end));
    const char *stop = j->at;
    while (stop > p && q_json_is_space(stop[-1]))
        stop--;
    if (j->at < j->end && j->layout == Q_JSON_ARRAY_FILE) {
        stop -= stop > p && stop[-1] == ',';
        j->place = Q_JSON_COMMA;
    } else {
        j->place = Q_JSON_OUTSIDE;
    }
    return q_json_settle(r, Q_JSON_MALFORMED, p, (size_t)(stop - p), reason, err);
}

/* Templates know what stands between two records: a comma in arrays, none outside of them. */
static bool has_templates(const q_json_reader *j)
{
    return j->layout == Q_JSON_STREAM || j->place != Q_JSON_OUTSIDE;
}

/* A record that another one follows can be a template, the text between them included. */
static void remember(q_reader *r, const char *begin, const char *end)
{
    q_json_reader *j = r->format;
    const char *next = skip_space(end, j->end);
    if (!has_templates(j))
        return;
    if (j->place == Q_JSON_ELEMENT) {
        if (next >= j->end || *next != ',')
            return;
        next = skip_space(next + 1, j->end);
    }
    if (next < j->end && *next == '{')
        q_json_remember(r, begin, end, next);
}

/* Records by template; whatever follows the last one is at a record's place again. */
static void match_rows(q_reader *r)
{
    q_json_reader *j = r->format;
    const char *stop = j->end;
    if (r->split.end < r->split.data_bytes)
        stop = r->split.data + r->split.end;
    if (j->place != Q_JSON_ELEMENT && has_templates(j))
        j->at = q_json_match_rows(r, j->at, stop);
}

static q_code read_object(q_reader *r, q_err *err)
{
    q_json_reader *j = r->format;
    const char *p = j->at;
    q_json_scan scan = {.at = p, .end = j->end, .options = r->options};
    if (j->place == Q_JSON_ELEMENT)
        return resync(r, p, "',' or ']' is expected between the records of an array", err);
    q_json_outcome outcome = q_json_record(r, &scan);
    if (outcome == Q_JSON_MALFORMED)
        return resync(r, p, scan.reason, err);
    j->at = scan.at;
    if (j->place != Q_JSON_OUTSIDE)
        j->place = Q_JSON_ELEMENT;
    if (outcome == Q_JSON_ROW)
        remember(r, p, scan.at);
    return q_json_settle(r, outcome, p, (size_t)(scan.at - p), NULL, err);
}

/* A value that is not an object, or no JSON at all. */
static q_code read_other(q_reader *r, q_err *err)
{
    q_json_reader *j = r->format;
    const char *p = j->at;
    q_json_scan scan = {.at = p, .end = j->end, .options = r->options};
    q_json_value v;
    if (j->place == Q_JSON_OUTSIDE && j->layout == Q_JSON_ARRAY_FILE)
        return resync(r, p, "something follows the end of the array", err);
    if (j->place == Q_JSON_ELEMENT)
        return resync(r, p, "',' or ']' is expected between the records of an array", err);
    if (!q_json_scan_value(&scan, 1, &v))
        return resync(r, p, scan.reason, err);
    j->at = scan.at;
    if (j->place != Q_JSON_OUTSIDE)
        j->place = Q_JSON_ELEMENT;
    return q_json_settle(r, Q_JSON_MALFORMED, p, v.len, "a record must be an object", err);
}

static q_code read_end(q_reader *r, q_err *err)
{
    q_json_reader *j = r->format;
    r->done = true;
    r->next = r->split.data_bytes;
    if (j->place == Q_JSON_OUTSIDE)
        return Q_OK;
    return q_json_settle(r, Q_JSON_MALFORMED, j->end, 0, "the file ends before the array does",
                         err);
}

/* Brackets and commas between records; true when one was taken. */
static bool take_punctuation(q_json_reader *j)
{
    char c = *j->at;
    if (c == '[' && j->place == Q_JSON_OUTSIDE && j->layout == Q_JSON_ARRAY_FILE)
        j->place = Q_JSON_OPENED;
    else if (c == ']' && (j->place == Q_JSON_OPENED || j->place == Q_JSON_ELEMENT))
        j->place = Q_JSON_OUTSIDE;
    else if (c == ',' && j->place == Q_JSON_ELEMENT)
        j->place = Q_JSON_COMMA;
    else
        return false;
    j->at++;
    return true;
}

static q_code read_trailing_comma(q_reader *r, q_err *err)
{
    q_json_reader *j = r->format;
    j->place = Q_JSON_OUTSIDE;
    return q_json_settle(r, Q_JSON_MALFORMED, j->at++, 1, "a record is expected after ','", err);
}

/* Not where a comma is missing: that is this split's to complain about. Comments hide from a
 * neighbour what came before a record, so with them a file is one piece. */
static bool is_split_end(const q_reader *r, uint64_t offset)
{
    const q_json_reader *j = r->format;
    return offset >= r->split.end && r->split.end < r->split.data_bytes &&
           j->place != Q_JSON_ELEMENT && !r->options->allow_comments;
}

/* One step: punctuation, a record, the end of the split. */
static q_code step(q_reader *r, q_err *err)
{
    q_json_reader *j = r->format;
    q_json_scan scan = {.at = j->at, .end = j->end, .options = r->options};
    q_json_skip_space(&scan);
    j->at = scan.at;
    if (j->at >= j->end)
        return read_end(r, err);
    if (take_punctuation(j))
        return Q_OK;
    uint64_t offset = q_reader_offset(r, j->at);
    if (is_split_end(r, offset)) {
        r->done = true;
        r->next = offset;
        return Q_OK;
    }
    if (*j->at == '{') {
        const char *p = j->at;
        match_rows(r);
        if (j->at == p)
            return read_object(r, err);
        if (j->place == Q_JSON_OPENED)
            j->place = Q_JSON_COMMA;
        return Q_OK;
    }
    if (*j->at == ']' && j->place == Q_JSON_COMMA)
        return read_trailing_comma(r, err);
    return read_other(r, err);
}

q_code q_json_fill_stream(q_reader *r, q_err *err)
{
    while (r->row < Q_BATCH_ROWS && !r->done)
        Q_TRY(step(r, err));
    return Q_OK;
}
