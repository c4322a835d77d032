/* jansson's values from what the daemons have. */
#include "common/http/json.h"

#include <string.h>

/* Length of the valid sequence at s, 0 if there is none. */
static size_t sequence(const unsigned char *s, size_t n)
{
    if (s[0] < 0x80)
        return 1;
    size_t len = s[0] >= 0xF0 && s[0] <= 0xF4   ? 4
                 : s[0] >= 0xE0 && s[0] <= 0xEF ? 3
                 : s[0] >= 0xC2 && s[0] <= 0xDF ? 2
                                                : 0;
    if (!len || len > n)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return len;
}

static json_t *repaired(const char *text, size_t n)
{
    q_buf b;
    q_buf_init(&b);
    for (size_t i = 0; i < n;) {
        size_t len = sequence((const unsigned char *)text + i, n - i);
        if (len)
            q_buf_append(&b, text + i, len);
        else
            q_buf_puts(&b, "\xEF\xBF\xBD");
        i += len ? len : 1;
    }
    json_t *v = json_stringn_nocheck(b.data ? b.data : "", b.len);
    q_buf_fini(&b);
    return v;
}

json_t *q_json_textn(const char *text, size_t n)
{
    json_t *v = json_stringn(text, n);
    return v ? v : repaired(text, n);
}

json_t *q_json_text(const char *text)
{
    return text ? q_json_textn(text, strlen(text)) : json_null();
}

void q_json_set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new_nocheck(object, key, value);
}

void q_json_set_text(json_t *object, const char *key, const char *text)
{
    q_json_set(object, key, q_json_text(text));
}

void q_json_set_int(json_t *object, const char *key, int64_t value)
{
    q_json_set(object, key, json_integer(value));
}

void q_json_set_known(json_t *object, const char *key, int64_t value)
{
    q_json_set(object, key, value ? json_integer(value) : json_null());
}

void q_json_set_bool(json_t *object, const char *key, bool value)
{
    q_json_set(object, key, json_boolean(value));
}

void q_json_append_int(json_t *array, int64_t value)
{
    json_array_append_new(array, json_integer(value));
}

static int print(const char *data, size_t n, void *out)
{
    q_buf_append(out, data, n);
    return 0;
}

void q_json_print(q_buf *out, json_t *value)
{
    json_dump_callback(value, print, out, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(value);
}
