/*
 * Messages: C structs for every row of messages.def, and their bytes.
 *
 * On the wire a message is [header][payload frame…]; the header is a msgpack map with
 * "v" (protocol version), "t" (message number) and the fields under their short keys.
 * docs/PROTOCOL.md has the tables.
 *
 * Sending: q_message_init, fill m.u.<name>, q_message_encode, then append payload frames.
 * Strings, lists and bins are borrowed while encoding.
 * Receiving: q_message_decode checks version, direction, types, limits and required
 * fields; strings are copied NUL-terminated and lists are made in the arena, bins point
 * into the header frame, payload stays in frames[1..].
 * Absent optional fields are 0, false, NULL or empty.
 * Errors: PROTOCOL_VERSION (names both versions), PROTOCOL, PROTOCOL_LIMIT, OUT_OF_MEMORY.
 * Thread rule: functions keep no state.
 */
#ifndef Q_PROTO_MESSAGE_H
#define Q_PROTO_MESSAGE_H

#include "common/base/arena.h"
#include "common/base/pack.h"
#include "proto/frames.h"

#define Q_PROTOCOL_VERSION 1

/* Limits, part of the contract. Bytes, unless said. */
#define Q_MSG_MAX_HEADER_BYTES (64u << 20)
#define Q_MSG_MAX_FRAME_BYTES  (1u << 30) /* one payload frame */
#define Q_MSG_MAX_FRAMES       65536u     /* payload frames of one message */
#define Q_MSG_MAX_PLAN         (32u << 20)
#define Q_MSG_MAX_SQL          (4u << 20)
#define Q_MSG_MAX_PATH         4096u
#define Q_MSG_MAX_TEXT         8192u
#define Q_MSG_MAX_ID           128u
#define Q_MSG_MAX_ELEMENT      (256u << 10) /* one string of a STRS or MAP */

typedef struct q_bytes {
    const void *data;
    size_t len;
} q_bytes;

typedef struct q_strings {
    uint32_t n;
    const char **items;
} q_strings;

typedef struct q_pair {
    const char *key, *value;
} q_pair;

typedef struct q_pairs {
    uint32_t n;
    q_pair *items;
} q_pairs;

/* Value of `key`, NULL if absent. */
const char *q_pairs_get(const q_pairs *p, const char *key);

/* The C type of each field type. */
typedef uint32_t q_field_u32;
typedef uint64_t q_field_u64;
typedef int64_t q_field_i64;
typedef bool q_field_bool;
typedef double q_field_f64;
typedef const char *q_field_str;
typedef q_bytes q_field_bin;
typedef q_strings q_field_strs;
typedef q_pairs q_field_map;
typedef const q_err *q_field_err;

#define Q_FIELD_U32  q_field_u32
#define Q_FIELD_U64  q_field_u64
#define Q_FIELD_I64  q_field_i64
#define Q_FIELD_BOOL q_field_bool
#define Q_FIELD_F64  q_field_f64
#define Q_FIELD_STR  q_field_str
#define Q_FIELD_BIN  q_field_bin
#define Q_FIELD_STRS q_field_strs
#define Q_FIELD_MAP  q_field_map
#define Q_FIELD_ERR  q_field_err

/* struct q_rec_<record> with q_rec_<record>_list, and struct q_msg_<message> */
#define RECORD(name, doc) typedef struct q_rec_##name {
#define RECORD_END(name)                 \
    }                                    \
    q_rec_##name;                        \
    typedef struct q_rec_##name##_list { \
        uint32_t n;                      \
        q_rec_##name *items;             \
    } q_rec_##name##_list;
#define MESSAGE(NAME, name, number, directions, payload, doc) typedef struct q_msg_##name {
#define MESSAGE_END(name) \
    }                     \
    q_msg_##name;
#define F(type, name, key, need, limit, doc)      Q_FIELD_##type name;
#define LIST(record, name, key, need, limit, doc) q_rec_##record##_list name;
#define OBJ(record, name, key, need, doc)         q_rec_##record *name; /* NULL: absent */
#include "proto/messages.def"

/* Q_MSG_REGISTER … */
typedef enum q_msg_type {
#define RECORD(name, doc)
#define RECORD_END(name)
#define MESSAGE(NAME, name, number, directions, payload, doc) Q_MSG_##NAME = number,
#define MESSAGE_END(name)
#define F(type, name, key, need, limit, doc)
#define LIST(record, name, key, need, limit, doc)
#define OBJ(record, name, key, need, doc)
#include "proto/messages.def"
} q_msg_type;

typedef struct q_message {
    q_msg_type type;
    union {
#define RECORD(name, doc)
#define RECORD_END(name)
#define MESSAGE(NAME, name, number, directions, payload, doc) q_msg_##name name;
#define MESSAGE_END(name)
#define F(type, name, key, need, limit, doc)
#define LIST(record, name, key, need, limit, doc)
#define OBJ(record, name, key, need, doc)
#include "proto/messages.def"
    } u;
} q_message;

/* Directions, a set. */
#define Q_MSG_W2M 1u
#define Q_MSG_M2W 2u
#define Q_MSG_C2M 4u
#define Q_MSG_M2C 8u

/* Zero, of this type. */
void q_message_init(q_message *m, q_msg_type type);
/* Append the header's bytes. */
q_code q_message_pack(q_buf *out, const q_message *m, q_err *err);
/* Append the header as a frame. */
q_code q_message_encode(q_frames *out, const q_message *m, q_err *err);
/* frames[0] is the header; `directions` are the ones this receiver accepts. */
q_code q_message_decode(const q_frame *frames, uint32_t n_frames, unsigned directions, q_arena *a,
                        q_message *out, q_err *err);

const char *q_message_name(q_msg_type type); /* "REGISTER"; "UNKNOWN" for a foreign number */

/* A whole error as a msgpack map. Unpacking: texts are cut to their room, an unknown code stays
 * as its number, OK becomes INTERNAL (an error is never "no error"). */
void q_err_pack(q_buf *out, const q_err *err);
void q_err_unpack(q_unpack *in, q_err *err);

/* ---- the tables, for the document's generator and tests ---- */

typedef enum q_field_type {
    Q_FT_U32,
    Q_FT_U64,
    Q_FT_I64,
    Q_FT_BOOL,
    Q_FT_F64,
    Q_FT_STR,
    Q_FT_BIN,
    Q_FT_STRS,
    Q_FT_MAP,
    Q_FT_ERR,
    Q_FT_LIST,
    Q_FT_OBJ
} q_field_type;

struct q_msg_layout;

typedef struct q_msg_field {
    const char *name, *key;
    q_field_type type;
    bool required;
    uint64_t limit;
    size_t offset;                              /* in the struct */
    const struct q_msg_layout *(*record)(void); /* LIST, OBJ */
    const char *doc;
} q_msg_field;

typedef struct q_msg_layout {
    const char *name;  /* "REGISTER", "attempt" */
    size_t bytes;      /* of the struct */
    uint32_t n_fields; /* at most 64 */
    const q_msg_field *fields;
    uint32_t number; /* messages only, as the rest */
    unsigned directions;
    bool payload;
    const char *doc;
} q_msg_layout;

/* The i-th message or record of messages.def; NULL behind the last. */
const q_msg_layout *q_message_layout(uint32_t i);
const q_msg_layout *q_record_layout(uint32_t i);

#endif
