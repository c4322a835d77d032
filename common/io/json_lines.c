/* Records that end with their line. */
#include "common/io/json_reader.h"
#include "common/io/lines.h"

void q_json_start_lines(q_reader *r)
{
    q_json_reader *j = r->format;
    q_line_range(&r->split, &r->first, &r->next);
    if (r->split.data + r->first > j->at) /* not so before a byte order mark */
        j->at = r->split.data + r->first;
    j->stop = r->split.data + r->next;
}

/* Are the elements of the array at scan->at all objects? The array is fully checked. */
static bool check_array(q_json_scan scan, const char **reason)
{
    bool first = true;
    q_json_value v;
    while (q_json_next_element(&scan, &first, 0, &v)) {
        if (v.kind != Q_JSON_OBJECT) {
            *reason = "a record must be an object";
            return false;
        }
    }
    *reason = scan.reason;
    return scan.reason == NULL;
}

static q_code line_array(q_reader *r, q_err *err)
{
    q_json_reader *j = r->format;
    q_json_scan *s = &j->line_array;
    while (r->row < Q_BATCH_ROWS) {
        q_json_value v;
        if (!q_json_next_element(s, &j->line_array_first, 0, &v)) {
            s->at = NULL;
            return Q_OK;
        }
        q_json_scan object = {.at = v.ptr, .end = v.ptr + v.len, .options = r->options};
        q_json_outcome outcome = q_json_record(r, &object);
        Q_TRY(q_json_settle(r, outcome, j->line, j->line_bytes, object.reason, err));
    }
    return Q_OK;
}

static q_code read_line(q_reader *r, q_err *err)
{
    q_json_reader *j = r->format;
    q_json_outcome outcome = Q_JSON_MALFORMED;
    j->at = q_json_match_rows(r, j->at, j->stop);
    if (r->row == Q_BATCH_ROWS || j->at >= j->stop)
        return Q_OK;
    j->line = q_take_line(&j->at, j->end, &j->line_bytes);
    if (q_is_blank(j->line, j->line_bytes))
        return Q_OK;
    q_json_scan scan = {.at = j->line, .end = j->line + j->line_bytes, .options = r->options};
    q_json_skip_space(&scan);
    char c = scan.at < scan.end ? *scan.at : 0;
    if (c == '{') {
        outcome = q_json_record(r, &scan);
        if (outcome == Q_JSON_ROW && scan.at == scan.end && j->at[-1] == '\n')
            q_json_remember(r, j->line, scan.at, j->at);
    } else if (c == '[' && check_array(scan, &scan.reason)) {
        j->line_array = scan;
        j->line_array_first = true;
        return Q_OK;
    } else if (c != '[') {
        scan.reason = "a record must be an object";
    }
    return q_json_settle(r, outcome, j->line, j->line_bytes, scan.reason, err);
}

q_code q_json_fill_lines(q_reader *r, q_err *err)
{
    q_json_reader *j = r->format;
    while (r->row < Q_BATCH_ROWS) {
        if (j->line_array.at) {
            Q_TRY(line_array(r, err));
        } else if (j->at >= j->stop) {
            r->done = true;
            break;
        } else {
            Q_TRY(read_line(r, err));
        }
    }
    return Q_OK;
}
