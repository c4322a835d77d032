/* Messages from and to msgpack, driven by the tables that messages.def makes. */
#include "proto/message.h"

#include "common/base/assert.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* ---- tables ------------------------------------------------------------- */

#define W2M Q_MSG_W2M
#define M2W Q_MSG_M2W
#define C2M Q_MSG_C2M
#define M2C Q_MSG_M2C
#define REQ true
#define OPT false

/* One function for each layout, so that fields can say offsetof(self, …). */
// clang-format off
#define RECORD(rec, text)                                                                          \
    static const q_msg_layout *record_##rec(void)                                                  \
    {                                                                                              \
        typedef q_rec_##rec self;                                                                  \
        static const char layout_name[] = #rec, layout_doc[] = text;                               \
        static const q_msg_field fields[] = {
#define RECORD_END(rec)                                                                            \
        };                                                                                         \
        _Static_assert(COUNT(fields) <= 64, "seen fields are kept in 64 bits");                    \
        static const q_msg_layout layout = {layout_name, sizeof(self), COUNT(fields), fields,      \
                                            0, 0, false, layout_doc};                              \
        return &layout;                                                                            \
    }
#define MESSAGE(NAME, msg, no, dirs, frames, text)                                                 \
    static const q_msg_layout *message_##msg(void)                                                 \
    {                                                                                              \
        typedef q_msg_##msg self;                                                                  \
        static const char layout_name[] = #NAME, layout_doc[] = text;                              \
        enum { layout_number = (no), layout_directions = (dirs), layout_payload = (frames) };      \
        static const q_msg_field fields[] = {
#define MESSAGE_END(msg)                                                                           \
        };                                                                                         \
        _Static_assert(COUNT(fields) <= 64, "seen fields are kept in 64 bits");                    \
        static const q_msg_layout layout = {layout_name,   sizeof(self),      COUNT(fields), fields, \
                                            layout_number, layout_directions, layout_payload,      \
                                            layout_doc};                                           \
        return &layout;                                                                            \
    }
#define F(kind, field, key, need, most, text)                                                      \
    {#field, key, Q_FT_##kind, need, most, offsetof(self, field), NULL, text},
#define LIST(rec, field, key, need, most, text)                                                    \
    {#field, key, Q_FT_LIST, need, most, offsetof(self, field), record_##rec, text},
#define OBJ(rec, field, key, need, text)                                                           \
    {#field, key, Q_FT_OBJ, need, 0, offsetof(self, field), record_##rec, text},
#include "proto/messages.def"
// clang-format on

typedef const q_msg_layout *layout_fn(void);

static layout_fn *const messages[] = {
#define RECORD(rec, text)
#define RECORD_END(rec)
#define MESSAGE(NAME, msg, no, dirs, frames, text) message_##msg,
#define MESSAGE_END(msg)
#define F(kind, field, key, need, most, text)
#define LIST(rec, field, key, need, most, text)
#define OBJ(rec, field, key, need, text)
#include "proto/messages.def"
};

static layout_fn *const records[] = {
#define RECORD(rec, text) record_##rec,
#define RECORD_END(rec)
#define MESSAGE(NAME, msg, no, dirs, frames, text)
#define MESSAGE_END(msg)
#define F(kind, field, key, need, most, text)
#define LIST(rec, field, key, need, most, text)
#define OBJ(rec, field, key, need, text)
#include "proto/messages.def"
};

const q_msg_layout *q_message_layout(uint32_t i)
{
    return i < COUNT(messages) ? messages[i]() : NULL;
}

const q_msg_layout *q_record_layout(uint32_t i)
{
    return i < COUNT(records) ? records[i]() : NULL;
}

static const q_msg_layout *layout_of(uint64_t number)
{
    for (uint32_t i = 0; i < COUNT(messages); i++) {
        if (messages[i]()->number == number)
            return messages[i]();
    }
    return NULL;
}

const char *q_message_name(q_msg_type type)
{
    const q_msg_layout *l = layout_of(type);
    return l ? l->name : "UNKNOWN";
}

void q_message_init(q_message *m, q_msg_type type)
{
    memset(m, 0, sizeof *m);
    m->type = type;
}

const char *q_pairs_get(const q_pairs *p, const char *key)
{
    for (uint32_t i = 0; i < p->n; i++) {
        if (strcmp(p->items[i].key, key) == 0)
            return p->items[i].value;
    }
    return NULL;
}

/* All list structs look like this one (typed pointers have one representation). */
typedef struct any_list {
    uint32_t n;
    void *items;
} any_list;

#define READ(ctype, at)                     \
    __extension__({                         \
        ctype read_;                        \
        memcpy(&read_, (at), sizeof read_); \
        read_;                              \
    })

/* ---- encoding ----------------------------------------------------------- */

static q_code too_big(q_err *err, const q_msg_layout *l, const q_msg_field *f, uint64_t have)
{
    return q_err_set(err, Q_E_PROTOCOL_LIMIT, "%s: field `%s` is %llu, at most %llu is allowed",
                     l->name, f->name, (unsigned long long)have, (unsigned long long)f->limit);
}

/* What the field's limit is compared with: value, bytes or count. */
static uint64_t extent(const q_msg_field *f, const void *at)
{
    switch (f->type) {
    case Q_FT_U32:
        return READ(uint32_t, at);
    case Q_FT_U64:
        return READ(uint64_t, at);
    case Q_FT_I64:
        return READ(int64_t, at) != 0;
    case Q_FT_BOOL:
        return READ(bool, at);
    case Q_FT_F64:
        return READ(double, at) != 0;
    case Q_FT_STR: {
        const char *s = READ(const char *, at);
        return s ? strlen(s) : 0;
    }
    case Q_FT_BIN:
        return READ(q_bytes, at).len;
    case Q_FT_STRS:
    case Q_FT_MAP:
    case Q_FT_LIST:
        return READ(any_list, at).n;
    case Q_FT_ERR:
    case Q_FT_OBJ:
        return READ(const void *, at) != NULL;
    }
    Q_UNREACHABLE("field type");
}

static bool present(const q_msg_field *f, const void *at)
{
    if (f->required)
        return true;
    if (f->type == Q_FT_STR) /* "" is not the same as absent */
        return READ(const char *, at) != NULL;
    return extent(f, at) != 0;
}

static q_code pack_layout(q_buf *b, const q_msg_layout *l, const void *obj, q_err *err);

static q_code pack_element(q_buf *b, const q_msg_layout *l, const q_msg_field *f, const char *s,
                           q_err *err)
{
    size_t n = s ? strlen(s) : 0;
    if (n > Q_MSG_MAX_ELEMENT)
        return q_err_set(err, Q_E_PROTOCOL_LIMIT,
                         "%s: a text of %zu bytes in `%s`, at most %u are allowed", l->name, n,
                         f->name, Q_MSG_MAX_ELEMENT);
    q_pack_str(b, s ? s : "", n);
    return Q_OK;
}

static q_code pack_pairs(q_buf *b, const q_msg_layout *l, const q_msg_field *f, q_pairs p,
                         q_err *err)
{
    q_pack_map(b, p.n);
    for (uint32_t i = 0; i < p.n; i++) {
        Q_TRY(pack_element(b, l, f, p.items[i].key, err));
        Q_TRY(pack_element(b, l, f, p.items[i].value, err));
    }
    return Q_OK;
}

static q_code pack_strings(q_buf *b, const q_msg_layout *l, const q_msg_field *f, q_strings s,
                           q_err *err)
{
    q_pack_array(b, s.n);
    for (uint32_t i = 0; i < s.n; i++)
        Q_TRY(pack_element(b, l, f, s.items[i], err));
    return Q_OK;
}

static q_code pack_list(q_buf *b, const q_msg_field *f, any_list list, q_err *err)
{
    const q_msg_layout *l = f->record();
    q_pack_array(b, list.n);
    for (uint32_t i = 0; i < list.n; i++)
        Q_TRY(pack_layout(b, l, (char *)list.items + l->bytes * i, err));
    return Q_OK;
}

static q_code pack_object(q_buf *b, const q_msg_layout *l, const q_msg_field *f, const void *obj,
                          q_err *err)
{
    if (!obj)
        return q_err_set(err, Q_E_INTERNAL, "%s sent without its `%s`", l->name, f->name);
    if (f->type == Q_FT_OBJ)
        return pack_layout(b, f->record(), obj, err);
    q_err_pack(b, obj);
    return Q_OK;
}

static q_code pack_field(q_buf *b, const q_msg_layout *l, const q_msg_field *f, const void *at,
                         q_err *err)
{
    uint64_t have = extent(f, at);
    if (f->limit && have > f->limit)
        return too_big(err, l, f, have);
    switch (f->type) {
    case Q_FT_U32:
    case Q_FT_U64:
        q_pack_uint(b, have);
        break;
    case Q_FT_I64:
        q_pack_int(b, READ(int64_t, at));
        break;
    case Q_FT_BOOL:
        q_pack_bool(b, have);
        break;
    case Q_FT_F64:
        q_pack_double(b, READ(double, at));
        break;
    case Q_FT_STR:
        q_pack_str(b, READ(const char *, at), have);
        break;
    case Q_FT_BIN:
        q_pack_bin(b, READ(q_bytes, at).data, have);
        break;
    case Q_FT_STRS:
        return pack_strings(b, l, f, READ(q_strings, at), err);
    case Q_FT_MAP:
        return pack_pairs(b, l, f, READ(q_pairs, at), err);
    case Q_FT_LIST:
        return pack_list(b, f, READ(any_list, at), err);
    case Q_FT_ERR:
    case Q_FT_OBJ:
        return pack_object(b, l, f, READ(const void *, at), err);
    }
    return Q_OK;
}

static uint32_t count_present(const q_msg_layout *l, const void *obj)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n_fields; i++)
        n += present(&l->fields[i], (const char *)obj + l->fields[i].offset);
    return n;
}

static q_code pack_fields(q_buf *b, const q_msg_layout *l, const void *obj, q_err *err)
{
    for (uint32_t i = 0; i < l->n_fields; i++) {
        const q_msg_field *f = &l->fields[i];
        const void *at = (const char *)obj + f->offset;
        if (!present(f, at))
            continue;
        q_pack_cstr(b, f->key);
        Q_TRY(pack_field(b, l, f, at, err));
    }
    return Q_OK;
}

static q_code pack_layout(q_buf *b, const q_msg_layout *l, const void *obj, q_err *err)
{
    q_pack_map(b, count_present(l, obj));
    return pack_fields(b, l, obj, err);
}

q_code q_message_pack(q_buf *out, const q_message *m, q_err *err)
{
    const q_msg_layout *l = layout_of(m->type);
    Q_ASSERT(l);
    size_t start = out->len;
    q_pack_map(out, count_present(l, &m->u) + 2);
    q_pack_cstr(out, "v");
    q_pack_uint(out, Q_PROTOCOL_VERSION);
    q_pack_cstr(out, "t");
    q_pack_uint(out, l->number);
    Q_TRY(pack_fields(out, l, &m->u, err));
    if (out->failed)
        return q_budget_error(NULL, out->cap, err);
    if (out->len - start > Q_MSG_MAX_HEADER_BYTES)
        return q_err_set(err, Q_E_PROTOCOL_LIMIT, "%s of %zu bytes, at most %u are allowed",
                         l->name, out->len - start, Q_MSG_MAX_HEADER_BYTES);
    return Q_OK;
}

q_code q_message_encode(q_frames *out, const q_message *m, q_err *err)
{
    q_buf b;
    q_buf_init(&b);
    q_code code = q_message_pack(&b, m, err);
    if (code == Q_OK) {
        q_frames_add_buf(out, &b);
        if (out->failed)
            code = q_budget_error(NULL, sizeof(q_frame), err);
    }
    q_buf_fini(&b);
    return code;
}

/* ---- decoding ----------------------------------------------------------- */

typedef struct decoder {
    q_unpack in;
    q_arena *a;
    q_err *err;
    const char *message; /* name, for errors */
} decoder;

static q_code bad_field(decoder *d, const q_msg_field *f, const char *what)
{
    return q_err_set(d->err, Q_E_PROTOCOL, "malformed %s: field `%s` %s", d->message, f->name,
                     what);
}

static q_code bad_type(decoder *d, const q_msg_field *f)
{
    return bad_field(d, f, "has the wrong type");
}

static q_code check_limit(decoder *d, const q_msg_field *f, uint64_t have)
{
    if (!f->limit || have <= f->limit)
        return Q_OK;
    return q_err_set(d->err, Q_E_PROTOCOL_LIMIT, "%s: field `%s` is %llu, at most %llu is allowed",
                     d->message, f->name, (unsigned long long)have, (unsigned long long)f->limit);
}

static q_code no_memory(decoder *d, size_t bytes)
{
    return q_budget_error(d->a->budget, bytes, d->err);
}

/* A text, NUL-terminated in the arena. */
static q_code take_text(decoder *d, const q_msg_field *f, uint64_t most, const char **out)
{
    size_t n;
    const char *s = q_unpack_str(&d->in, &n);
    if (!s)
        return bad_type(d, f);
    if (n > most)
        return q_err_set(d->err, Q_E_PROTOCOL_LIMIT,
                         "%s: a text of %zu bytes in `%s`, at most %llu are allowed", d->message, n,
                         f->name, (unsigned long long)most);
    if (memchr(s, 0, n))
        return bad_field(d, f, "has a zero byte");
    *out = q_arena_strndup(d->a, s, n);
    return *out ? Q_OK : no_memory(d, n);
}

static q_code take_layout(decoder *d, const q_msg_layout *l, void *obj);

static q_code take_number(decoder *d, const q_msg_field *f, void *at)
{
    uint64_t v = q_unpack_uint(&d->in);
    uint32_t v32 = (uint32_t)v;
    if (!q_unpack_ok(&d->in))
        return bad_type(d, f);
    if (f->type == Q_FT_U32 && v > UINT32_MAX)
        return bad_field(d, f, "is above 32 bits");
    Q_TRY(check_limit(d, f, v));
    if (f->type == Q_FT_U32)
        memcpy(at, &v32, sizeof v32);
    else
        memcpy(at, &v, sizeof v);
    return Q_OK;
}

static q_code take_scalar(decoder *d, const q_msg_field *f, void *at)
{
    if (f->type == Q_FT_BOOL) {
        bool v = q_unpack_bool(&d->in);
        memcpy(at, &v, sizeof v);
    } else if (f->type == Q_FT_I64) {
        int64_t v = q_unpack_int(&d->in);
        memcpy(at, &v, sizeof v);
    } else {
        double v = q_unpack_double(&d->in);
        memcpy(at, &v, sizeof v);
    }
    return q_unpack_ok(&d->in) ? Q_OK : bad_type(d, f);
}

static q_code take_bin(decoder *d, const q_msg_field *f, void *at)
{
    q_bytes v;
    v.data = q_unpack_bin(&d->in, &v.len);
    if (!v.data)
        return bad_type(d, f);
    Q_TRY(check_limit(d, f, v.len));
    memcpy(at, &v, sizeof v);
    return Q_OK;
}

/* The array behind a list field: n elements, zeroed. */
static q_code take_array(decoder *d, const q_msg_field *f, uint32_t n, size_t bytes, any_list *out)
{
    if (!q_unpack_ok(&d->in))
        return bad_type(d, f);
    Q_TRY(check_limit(d, f, n));
    out->n = n;
    out->items = q_arena_zalloc(d->a, bytes * n + 1);
    return out->items ? Q_OK : no_memory(d, bytes * n);
}

static q_code take_strings(decoder *d, const q_msg_field *f, void *at)
{
    any_list v;
    Q_TRY(take_array(d, f, q_unpack_array(&d->in), sizeof(const char *), &v));
    for (uint32_t i = 0; i < v.n; i++)
        Q_TRY(take_text(d, f, Q_MSG_MAX_ELEMENT, (const char **)v.items + i));
    memcpy(at, &v, sizeof v);
    return Q_OK;
}

static q_code take_pairs(decoder *d, const q_msg_field *f, void *at)
{
    any_list v;
    Q_TRY(take_array(d, f, q_unpack_map(&d->in), sizeof(q_pair), &v));
    for (uint32_t i = 0; i < v.n; i++) {
        q_pair *p = (q_pair *)v.items + i;
        Q_TRY(take_text(d, f, Q_MSG_MAX_ELEMENT, &p->key));
        Q_TRY(take_text(d, f, Q_MSG_MAX_ELEMENT, &p->value));
    }
    memcpy(at, &v, sizeof v);
    return Q_OK;
}

static q_code take_list(decoder *d, const q_msg_field *f, void *at)
{
    const q_msg_layout *l = f->record();
    any_list v;
    Q_TRY(take_array(d, f, q_unpack_array(&d->in), l->bytes, &v));
    for (uint32_t i = 0; i < v.n; i++)
        Q_TRY(take_layout(d, l, (char *)v.items + l->bytes * i));
    memcpy(at, &v, sizeof v);
    return Q_OK;
}

static q_code take_object(decoder *d, const q_msg_field *f, void *at)
{
    bool error = f->type == Q_FT_ERR;
    size_t bytes = error ? sizeof(q_err) : f->record()->bytes;
    void *v = q_arena_zalloc(d->a, bytes);
    if (!v)
        return no_memory(d, bytes);
    memcpy(at, &v, sizeof v);
    if (!error)
        return take_layout(d, f->record(), v);
    q_err_unpack(&d->in, v);
    return q_unpack_ok(&d->in) ? Q_OK : bad_type(d, f);
}

static q_code take_field(decoder *d, const q_msg_field *f, void *at)
{
    switch (f->type) {
    case Q_FT_U32:
    case Q_FT_U64:
        return take_number(d, f, at);
    case Q_FT_I64:
    case Q_FT_BOOL:
    case Q_FT_F64:
        return take_scalar(d, f, at);
    case Q_FT_STR: {
        const char *s = NULL;
        Q_TRY(take_text(d, f, f->limit, &s));
        memcpy(at, &s, sizeof s);
        return Q_OK;
    }
    case Q_FT_BIN:
        return take_bin(d, f, at);
    case Q_FT_STRS:
        return take_strings(d, f, at);
    case Q_FT_MAP:
        return take_pairs(d, f, at);
    case Q_FT_LIST:
        return take_list(d, f, at);
    case Q_FT_ERR:
    case Q_FT_OBJ:
        return take_object(d, f, at);
    }
    Q_UNREACHABLE("field type");
}

/* Fields usually come in the table's order: look from the one after the last found. */
static const q_msg_field *find_field(const q_msg_layout *l, const char *key, size_t n,
                                     uint32_t from)
{
    for (uint32_t k = 0; k < l->n_fields; k++) {
        const q_msg_field *f = &l->fields[(from + k) % l->n_fields];
        if (strlen(f->key) == n && memcmp(f->key, key, n) == 0)
            return f;
    }
    return NULL;
}

static q_code check_required(decoder *d, const q_msg_layout *l, uint64_t seen)
{
    for (uint32_t i = 0; i < l->n_fields; i++) {
        if (l->fields[i].required && !(seen >> i & 1))
            return bad_field(d, &l->fields[i], "is missing");
    }
    return Q_OK;
}

/* Unknown keys are skipped; a header's "v" and "t" are among them here, no field has these keys. */
static q_code take_layout(decoder *d, const q_msg_layout *l, void *obj)
{
    uint64_t seen = 0;
    uint32_t next = 0, n = q_unpack_map(&d->in);
    for (uint32_t i = 0; i < n && q_unpack_ok(&d->in); i++) {
        size_t len;
        const char *key = q_unpack_str(&d->in, &len);
        const q_msg_field *f = key ? find_field(l, key, len, next) : NULL;
        if (!key)
            break;
        if (!f) {
            q_unpack_skip(&d->in);
            continue;
        }
        next = (uint32_t)(f - l->fields);
        if (seen >> next & 1)
            return bad_field(d, f, "is there twice");
        seen |= (uint64_t)1 << next++;
        if (!f->required && q_unpack_nil(&d->in))
            continue;
        Q_TRY(take_field(d, f, (char *)obj + f->offset));
    }
    if (!q_unpack_ok(&d->in))
        return q_err_set(d->err, Q_E_PROTOCOL, "malformed %s: its bytes are no msgpack map",
                         d->message);
    return check_required(d, l, seen);
}

/* "v" and "t" are the first two pairs of every header, in this order. */
static q_code take_type(decoder *d, uint64_t *number)
{
    static const char *const keys[] = {"v", "t"};
    uint64_t values[2] = {0, 0};
    q_unpack u = d->in;
    uint32_t n = q_unpack_map(&u);
    for (uint32_t i = 0; i < 2; i++) {
        size_t len;
        const char *key = q_unpack_str(&u, &len);
        if (n < 2 || !key || len != 1 || *key != *keys[i])
            return q_err_set(d->err, Q_E_PROTOCOL, "not a message: no header map");
        values[i] = q_unpack_uint(&u);
        if (!q_unpack_ok(&u))
            return q_err_set(d->err, Q_E_PROTOCOL, "not a message: no header map");
        if (i == 0 && values[0] != Q_PROTOCOL_VERSION)
            return q_err_set(d->err, Q_E_PROTOCOL_VERSION,
                             "the peer speaks protocol version %llu, this program version %d",
                             (unsigned long long)values[0], Q_PROTOCOL_VERSION);
    }
    *number = values[1];
    return Q_OK;
}

static const char *direction_name(unsigned directions)
{
    return directions & (Q_MSG_W2M | Q_MSG_C2M) ? "to a master" : "from a master";
}

static q_code check_frames(const q_frame *frames, uint32_t n_frames, const q_msg_layout *l,
                           q_err *err)
{
    if (n_frames > 1 && !l->payload)
        return q_err_set(err, Q_E_PROTOCOL, "%s takes no payload, but has %u frames", l->name,
                         n_frames - 1);
    for (uint32_t i = 1; i < n_frames; i++) {
        if (frames[i].len > Q_MSG_MAX_FRAME_BYTES)
            return q_err_set(err, Q_E_PROTOCOL_LIMIT, "%s: a frame of %zu bytes, at most %u",
                             l->name, frames[i].len, Q_MSG_MAX_FRAME_BYTES);
    }
    return Q_OK;
}

q_code q_message_decode(const q_frame *frames, uint32_t n_frames, unsigned directions, q_arena *a,
                        q_message *out, q_err *err)
{
    if (!n_frames || n_frames - 1 > Q_MSG_MAX_FRAMES || frames[0].len > Q_MSG_MAX_HEADER_BYTES)
        return q_err_set(err, Q_E_PROTOCOL_LIMIT, "a message of %u frames, header %zu bytes",
                         n_frames, n_frames ? frames[0].len : (size_t)0);
    decoder d = {.a = a, .err = err, .message = "message"};
    uint64_t number = 0;
    q_unpack_init(&d.in, frames[0].data, frames[0].len);
    Q_TRY(take_type(&d, &number));
    const q_msg_layout *l = layout_of(number);
    if (!l)
        return q_err_set(err, Q_E_PROTOCOL, "unknown message number %llu",
                         (unsigned long long)number);
    d.message = l->name;
    if (!(l->directions & directions))
        return q_err_set(err, Q_E_PROTOCOL, "%s is not sent %s", l->name,
                         direction_name(directions));
    Q_TRY(check_frames(frames, n_frames, l, err));
    q_message_init(out, (q_msg_type)number);
    Q_TRY(take_layout(&d, l, &out->u));
    if (d.in.at != d.in.end)
        return q_err_set(err, Q_E_PROTOCOL, "malformed %s: bytes behind its header", l->name);
    return Q_OK;
}
