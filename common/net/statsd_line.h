/*
 * One metric as a line of the DogStatsD protocol:
 *     spark.job.duration:1.25|d|#stage:Spark Processing,status:completed
 * The protocol knows no escapes: what would end a tag's value early (comma, bar, line ends, other
 * control bytes) becomes an underscore, and values are cut at 200 bytes, Datadog's limit.
 * Pure functions; any thread.
 */
#ifndef Q_NET_STATSD_LINE_H
#define Q_NET_STATSD_LINE_H

#include "common/base/buf.h"

typedef enum q_statsd_type { Q_STATSD_GAUGE, Q_STATSD_COUNT, Q_STATSD_DISTRIBUTION } q_statsd_type;

typedef struct q_statsd_tag {
    const char *key, *value; /* a NULL or empty value leaves the tag out; keys are literals */
} q_statsd_tag;

/* Append key:value behind a comma if anything stands in b behind `from`. */
void q_statsd_put_tag(q_buf *b, size_t from, const q_statsd_tag *tag);
/* The line, without its end. constant: tags in wire form that every line carries, NULL: none. A
 * value that is no finite number gives nothing. */
void q_statsd_put_line(q_buf *b, q_statsd_type type, const char *name, double value,
                       const q_statsd_tag *tags, size_t n_tags, const char *constant);

#endif
