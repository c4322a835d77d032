/*
 * Server-sent events: every client of q_http_events gets what is published, from then on. Events
 * wait in a queue of each client's own; one whose queue passes Q_HTTP_EVENT_QUEUE is dropped and
 * may connect anew.
 * Thread rule: the loop's thread.
 */
#ifndef Q_HTTP_EVENTS_H
#define Q_HTTP_EVENTS_H

#include "common/http/http.h"

#define Q_HTTP_EVENT_QUEUE   ((size_t)1 << 20) /* bytes */
#define Q_HTTP_EVENT_CLIENTS 256u

/* data: one line of text (JSON without line breaks). */
void q_http_publish(q_http *h, const char *event, const char *data);
/* Whether data differs from what *told stands for (0: nothing); from then on it stands for data. */
bool q_http_is_news(const char *data, uint64_t *told);
/* Publish value (taken) when it differs from what *told stands for, as above. */
void q_http_publish_news(q_http *h, const char *event, struct json_t *value, uint64_t *told);
/* q_http_events with value (taken) as the first event. */
void q_http_events_json(q_http_request *r, const char *first_event, struct json_t *value);
/* Whether anybody listens. */
bool q_http_has_listeners(const q_http *h);

#endif
