/*
 * Settings: the rows of settings.def, with values from the environment, properties
 * files (spark-defaults.conf) and the command line, the later winning over the earlier
 * of this list however they are read.
 *
 * A bad value of a known setting is INVALID_CONF_VALUE (name, value, what is accepted).
 * An unknown spark.* key is kept with one warning; an unknown quern.* key is an error;
 * any other key is left out with a warning, as Spark does.
 * Ownership: a q_conf owns its strings; what getters return lives as long as it, or until
 * the same key is set again. Thread rule: one thread at a time; read-only from any.
 */
#ifndef Q_BASE_CONF_H
#define Q_BASE_CONF_H

#include "common/base/err.h"

typedef enum q_setting_id {
#define S(id, name, environment, type, preset, min, max, scope, doc) Q_SET_##id,
#include "common/base/settings.def"
#undef S
    Q_N_SETTINGS
} q_setting_id;

typedef enum q_setting_type {
    Q_SETTING_BYTES,
    Q_SETTING_MIB,
    Q_SETTING_MS,
    Q_SETTING_SECONDS,
    Q_SETTING_INT,
    Q_SETTING_BOOL,
    Q_SETTING_STRING,
    Q_SETTING_CHOICE
} q_setting_type;

typedef struct q_setting {
    const char *name, *environment; /* environment may be NULL */
    q_setting_type type;
    const char *choices; /* "a|b", CHOICE only */
    const char *preset;  /* default, NULL: unset */
    int64_t min, max;    /* bytes, ms or the number */
    const char *scope, *doc;
} q_setting;

/* Who gave a value; the later wins. */
typedef enum q_conf_origin {
    Q_CONF_DEFAULT,
    Q_CONF_ENVIRONMENT,
    Q_CONF_FILE,
    Q_CONF_ARGUMENT
} q_conf_origin;

typedef struct q_conf q_conf;

q_conf *q_conf_new(void);
void q_conf_destroy(q_conf **c);
q_code q_conf_set(q_conf *c, q_conf_origin origin, const char *key, const char *value, q_err *err);
/* "KEY=VALUE". */
q_code q_conf_set_pair(q_conf *c, q_conf_origin origin, const char *pair, q_err *err);
/* `key value`, `key=value` or `key: value` a line; # and ! comments; \ continues a line. */
q_code q_conf_load(q_conf *c, const char *path, q_err *err);
q_code q_conf_load_environment(q_conf *c, q_err *err);
/* The i-th warning met so far, NULL behind the last. */
const char *q_conf_warning(const q_conf *c, uint32_t i);

bool q_conf_is_set(const q_conf *c, q_setting_id id); /* by anybody, not by default */
/* Bytes, milliseconds, number or 0/1; `unset` if there is neither value nor default. */
int64_t q_conf_int(const q_conf *c, q_setting_id id, int64_t unset);
bool q_conf_bool(const q_conf *c, q_setting_id id);
const char *q_conf_str(const q_conf *c, q_setting_id id); /* NULL: unset */
/* Any key, also unknown ones; defaults included. */
const char *q_conf_get(const q_conf *c, const char *key);
/* The i-th value that was set (not defaults), false behind the last. */
bool q_conf_at(const q_conf *c, uint32_t i, const char **key, const char **value);
/* Who gave the key's value. */
q_conf_origin q_conf_origin_of(const q_conf *c, const char *key);

/* A value of a key, checked without keeping it: for SET and for a submission's settings.
 * *warning (may be NULL) tells whether the key is unknown. number (may be NULL): as q_conf_int. */
q_code q_conf_check(const char *key, const char *value, int64_t *number, bool *unknown, q_err *err);
const q_setting *q_setting_at(q_setting_id id);
const char *q_setting_type_name(q_setting_type t);

/* "1g", "512k", "128m", "100"; a bare number counts in `unit_bytes`. False: malformed or too big.
 */
bool q_parse_bytes(const char *text, int64_t unit_bytes, int64_t *bytes);
/* "120s", "100ms", "2min", "1h", "1d"; a bare number counts in `unit_ms`. */
bool q_parse_time(const char *text, int64_t unit_ms, int64_t *ms);

#endif
