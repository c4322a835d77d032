/*
 * jansson, with what every answer needs: texts that may hold any bytes, times and sizes that may
 * be unknown, a buffer as the result. Setters take no ownership of texts.
 * Thread rule: one thread at a time.
 */
#ifndef Q_HTTP_JSON_H
#define Q_HTTP_JSON_H

#include <jansson.h>

#include "common/base/buf.h"

/* NULL gives null; bytes that are no UTF-8 become U+FFFD. */
json_t *q_json_text(const char *text);
json_t *q_json_textn(const char *text, size_t n);
void q_json_set_text(json_t *object, const char *key, const char *text);
void q_json_set_int(json_t *object, const char *key, int64_t value);
/* 0 gives null: times and numbers that are not known yet. */
void q_json_set_known(json_t *object, const char *key, int64_t value);
void q_json_set_bool(json_t *object, const char *key, bool value);
/* Takes value. */
void q_json_set(json_t *object, const char *key, json_t *value);
void q_json_append_int(json_t *array, int64_t value);
/* Appends compact text; takes value. */
void q_json_print(q_buf *out, json_t *value);

#endif
