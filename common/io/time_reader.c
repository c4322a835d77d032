/* Dates and timestamps in text. */
#include "common/io/time_reader.h"

static q_code compile(const char *option, const char *pattern, q_kind kind, q_arena *a,
                      const q_datetime_format **out, q_err *err)
{
    q_err why;
    *out = NULL;
    if (!pattern || q_datetime_format_new(pattern, strlen(pattern), Q_DATETIME_READ, kind, a, out,
                                          &why) == Q_OK)
        return Q_OK;
    return q_err_set(err, Q_E_INVALID_OPTION, "option %s cannot be '%.100s': %.300s", option,
                     pattern, why.msg);
}

q_code q_time_reader_init(q_time_reader *t, const q_read_options *o, const q_session *session,
                          q_arena *a, q_err *err)
{
    const char *zone = o->time_zone ? o->time_zone : session->time_zone;
    t->now_us = session->now_us;
    t->zone = zone ? q_tz_find(zone, strlen(zone)) : &q_tz_utc;
    if (!t->zone)
        return q_err_set(err, Q_E_INVALID_OPTION, "no time zone has the name '%s'", zone);
    Q_TRY(compile("dateFormat", o->date_format, Q_DATE, a, &t->date, err));
    Q_TRY(compile("timestampFormat", o->timestamp_format, Q_TIMESTAMP, a, &t->timestamp, err));
    return compile("timestampNTZFormat", o->timestamp_ntz_format, Q_TIMESTAMP_NTZ, a,
                   &t->timestamp_ntz, err);
}

bool q_time_read(const q_time_reader *t, q_kind kind, const char *s, size_t n, int64_t *out)
{
    const q_datetime_format *f = kind == Q_DATE        ? t->date
                                 : kind == Q_TIMESTAMP ? t->timestamp
                                                       : t->timestamp_ntz;
    int32_t days;
    if (f)
        return q_datetime_format_read(f, s, n, t->zone, out);
    if (kind == Q_TIMESTAMP)
        return q_timestamp_parse(s, n, t->zone, t->now_us, out);
    if (kind == Q_TIMESTAMP_NTZ)
        return q_timestamp_ntz_parse(s, n, false, out);
    if (!q_date_parse(s, n, &days))
        return false;
    *out = days;
    return true;
}
