/* Settings. */
#include "common/base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/log.h"
#include "common/base/nearest.h"

#define NONE INT64_MIN

#define BYTES        Q_SETTING_BYTES, NULL
#define MIB          Q_SETTING_MIB, NULL
#define MS           Q_SETTING_MS, NULL
#define SECONDS      Q_SETTING_SECONDS, NULL
#define INT          Q_SETTING_INT, NULL
#define BOOL         Q_SETTING_BOOL, NULL
#define STRING       Q_SETTING_STRING, NULL
#define CHOICE(list) Q_SETTING_CHOICE, list
#define S(id, name, environment, type, preset, min, max, scope, doc) \
    {name, environment, type, preset, min, max, scope, doc},
static const q_setting settings[] = {
#include "common/base/settings.def"
};
#undef S

typedef struct entry {
    struct entry *next; /* in the order of first setting */
    const char *key, *value;
    q_conf_origin origin;
    int setting; /* q_setting_id, -1: unknown */
    int64_t number;
} entry;

struct q_conf {
    q_arena arena;
    entry *first, **last;
    entry *known[Q_N_SETTINGS];
    const char **warnings;
    uint32_t n_warnings;
};

const q_setting *q_setting_at(q_setting_id id)
{
    return &settings[id];
}

const char *q_setting_type_name(q_setting_type t)
{
    static const char *const names[] = {"size",
                                        "size (bare number: MiB)",
                                        "time (bare number: ms)",
                                        "time (bare number: s)",
                                        "number",
                                        "true or false",
                                        "text",
                                        "choice"};
    return names[t];
}

static int find_setting(const char *key)
{
    for (int i = 0; i < Q_N_SETTINGS; i++) {
        if (strcmp(settings[i].name, key) == 0)
            return i;
    }
    return -1;
}

/* ---- values ------------------------------------------------------------- */

typedef struct unit {
    const char *name;
    int64_t factor;
} unit;

static const unit byte_units[] = {
    {"b", 1},
    {"k", 1 << 10},
    {"kb", 1 << 10},
    {"m", 1 << 20},
    {"mb", 1 << 20},
    {"g", 1 << 30},
    {"gb", 1 << 30},
    {"t", (int64_t)1 << 40},
    {"tb", (int64_t)1 << 40},
    {"p", (int64_t)1 << 50},
    {"pb", (int64_t)1 << 50},
};

static const unit time_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000},
};

/* A whole number and a unit's name in any case; spaces around are taken away. */
static bool parse_number(const char *text, int64_t bare, const unit *units, size_t n_units,
                         int64_t *out)
{
    int64_t v = 0, factor = bare;
    const char *p = text;
    char name[8] = "";
    while (isspace((unsigned char)*p))
        p++;
    if (!isdigit((unsigned char)*p))
        return false;
    for (; isdigit((unsigned char)*p); p++) {
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *p - '0', &v))
            return false;
    }
    size_t n = 0;
    while (n < sizeof name - 1 && isalpha((unsigned char)p[n])) {
        name[n] = (char)tolower((unsigned char)p[n]);
        n++;
    }
    for (p += n; isspace((unsigned char)*p); p++) {
    }
    bool found = n == 0;
    for (size_t i = 0; i < n_units && !found; i++) {
        found = strcmp(units[i].name, name) == 0;
        if (found)
            factor = units[i].factor;
    }
    return found && !*p && !__builtin_mul_overflow(v, factor, out);
}

bool q_parse_bytes(const char *text, int64_t unit_bytes, int64_t *bytes)
{
    return parse_number(text, unit_bytes, byte_units, sizeof byte_units / sizeof byte_units[0],
                        bytes);
}

bool q_parse_time(const char *text, int64_t unit_ms, int64_t *ms)
{
    return parse_number(text, unit_ms, time_units, sizeof time_units / sizeof time_units[0], ms);
}

static bool parse_int(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    while (isspace((unsigned char)*end))
        end++;
    return errno == 0 && end != text && !*end;
}

static bool parse_bool(const char *text, int64_t *out)
{
    *out = strcasecmp(text, "true") == 0;
    return *out || strcasecmp(text, "false") == 0;
}

/* Which of "a|b|c", in any case. */
static bool parse_choice(const char *text, const char *choices, int64_t *out)
{
    size_t n = strlen(text);
    *out = 0;
    for (const char *p = choices; n; p++, (*out)++) {
        size_t len = strcspn(p, "|");
        if (len == n && strncasecmp(p, text, n) == 0)
            return true;
        p += len;
        if (!*p)
            break;
    }
    return false;
}

static bool parse_value(const q_setting *s, const char *text, int64_t *out)
{
    *out = 0;
    switch (s->type) {
    case Q_SETTING_BYTES:
        return q_parse_bytes(text, 1, out);
    case Q_SETTING_MIB:
        return q_parse_bytes(text, 1 << 20, out);
    case Q_SETTING_MS:
        return q_parse_time(text, 1, out);
    case Q_SETTING_SECONDS:
        return q_parse_time(text, 1000, out);
    case Q_SETTING_INT:
        return parse_int(text, out);
    case Q_SETTING_BOOL:
        return parse_bool(text, out);
    case Q_SETTING_CHOICE:
        return parse_choice(text, s->choices, out);
    case Q_SETTING_STRING:
        break;
    }
    return true;
}

/* ---- what is accepted, in words ----------------------------------------- */

static void put_quantity(q_buf *b, const q_setting *s, int64_t v)
{
    static const unit bytes[] = {
        {"t", (int64_t)1 << 40}, {"g", 1 << 30}, {"m", 1 << 20}, {"k", 1 << 10}, {"b", 1}};
    static const unit times[] = {
        {"d", 86400000}, {"h", 3600000}, {"min", 60000}, {"s", 1000}, {"ms", 1}};
    bool size = s->type == Q_SETTING_BYTES || s->type == Q_SETTING_MIB;
    bool time = s->type == Q_SETTING_MS || s->type == Q_SETTING_SECONDS;
    const unit *units = size ? bytes : times;
    for (int i = 0; (size || time) && i < 5; i++) {
        if (v % units[i].factor == 0 && v) {
            q_buf_printf(b, "%lld%s", (long long)(v / units[i].factor), units[i].name);
            return;
        }
    }
    q_buf_printf(b, "%lld", (long long)v);
}

static void put_accepted(q_buf *b, const q_setting *s)
{
    static const char *const forms[] = {"a size like 512k, 128m or 1g",
                                        "a size like 512m or 1g",
                                        "a time like 100ms, 10s or 2min",
                                        "a time like 500ms, 120s or 2min",
                                        "a whole number",
                                        "true or false",
                                        "text",
                                        "one of "};
    q_buf_puts(b, forms[s->type]);
    if (s->type == Q_SETTING_CHOICE)
        q_buf_puts(b, s->choices);
    if (s->min != NONE) {
        q_buf_puts(b, s->max != NONE ? " from " : " of at least ");
        put_quantity(b, s, s->min);
    }
    if (s->max != NONE) {
        q_buf_puts(b, s->min != NONE ? " to " : " of at most ");
        put_quantity(b, s, s->max);
    }
}

static q_code bad_value(const q_setting *s, const char *value, q_err *err)
{
    q_buf accepted, shown;
    q_buf_init(&accepted);
    q_buf_init(&shown);
    put_accepted(&accepted, s);
    q_log_redact(&shown, value, strlen(value));
    q_err_set(err, Q_E_INVALID_CONF_VALUE, "%s=%s: %s is expected", s->name, q_buf_cstr(&shown),
              q_buf_cstr(&accepted));
    q_buf_fini(&accepted);
    q_buf_fini(&shown);
    return Q_E_INVALID_CONF_VALUE;
}

/* ---- names -------------------------------------------------------------- */

static void find_nearest(const char *key, q_nearest *near)
{
    q_nearest_init(near, key);
    for (int i = 0; i < Q_N_SETTINGS; i++)
        q_nearest_offer(near, settings[i].name);
    /* Names are long and share their families: only slips of the keyboard count as near. */
    while (near->n && near->distance[near->n - 1] > 3)
        near->n--;
}

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

q_code q_conf_check(const char *key, const char *value, int64_t *number, bool *unknown, q_err *err)
{
    int64_t v = 0;
    int i = find_setting(key);
    if (unknown)
        *unknown = i < 0;
    if (i < 0 && starts_with(key, "quern.")) {
        q_nearest near;
        find_nearest(key, &near);
        q_err_set(err, Q_E_INVALID_CONF_VALUE, "there is no setting %s", key);
        q_err_hint(err, "docs/SETTINGS.md lists them");
        q_nearest_hint(&near, err);
        return Q_E_INVALID_CONF_VALUE;
    }
    if (i >= 0) {
        const q_setting *s = &settings[i];
        bool ok = parse_value(s, value, &v) && (s->min == NONE || v >= s->min) &&
                  (s->max == NONE || v <= s->max);
        if (!ok)
            return bad_value(s, value, err);
    }
    if (number)
        *number = v;
    return Q_OK;
}

/* ---- the set ------------------------------------------------------------ */

q_conf *q_conf_new(void)
{
    q_conf *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    q_arena_init(&c->arena, NULL);
    c->last = &c->first;
    return c;
}

void q_conf_destroy(q_conf **cp)
{
    q_conf *c = *cp;
    if (!c)
        return;
    q_arena_fini(&c->arena);
    free(c->warnings);
    free(c);
    *cp = NULL;
}

static void warn(q_conf *c, const char *text)
{
    const char **more = realloc(c->warnings, (c->n_warnings + 1) * sizeof *more);
    if (!more)
        return;
    c->warnings = more;
    more[c->n_warnings++] = text;
}

const char *q_conf_warning(const q_conf *c, uint32_t i)
{
    return i < c->n_warnings ? c->warnings[i] : NULL;
}

static entry *find(const q_conf *c, const char *key)
{
    for (entry *e = c->first; e; e = e->next) {
        if (strcmp(e->key, key) == 0)
            return e;
    }
    return NULL;
}

static entry *add(q_conf *c, const char *key)
{
    entry *e = q_arena_new(&c->arena, entry);
    e->key = q_arena_strdup(&c->arena, key);
    e->setting = find_setting(key);
    if (e->setting >= 0) {
        c->known[e->setting] = e;
    } else {
        q_nearest near;
        find_nearest(key, &near);
        warn(c, q_arena_printf(&c->arena, "unknown setting %s is ignored%s%s%s", key,
                               near.n ? " (did you mean " : "", near.n ? near.name[0] : "",
                               near.n ? "?)" : ""));
    }
    *c->last = e;
    c->last = &e->next;
    return e;
}

q_code q_conf_set(q_conf *c, q_conf_origin origin, const char *key, const char *value, q_err *err)
{
    int64_t number;
    if (!*key)
        return q_err_set(err, Q_E_INVALID_CONF_VALUE, "a setting without a name (value `%s`)",
                         value);
    Q_TRY(q_conf_check(key, value, &number, NULL, err));
    entry *e = find(c, key);
    if (e && e->origin > origin)
        return Q_OK;
    if (!e)
        e = add(c, key);
    e->value = q_arena_strdup(&c->arena, value);
    e->origin = origin;
    e->number = number;
    return Q_OK;
}

q_code q_conf_set_pair(q_conf *c, q_conf_origin origin, const char *pair, q_err *err)
{
    const char *eq = strchr(pair, '=');
    if (!eq || eq == pair) {
        q_err_set(err, Q_E_USAGE, "bad setting `%s`: KEY=VALUE is expected", pair);
        q_err_hint(err, "for example --conf spark.executor.memory=2g");
        return Q_E_USAGE;
    }
    char *key = q_arena_strndup(&c->arena, pair, (size_t)(eq - pair));
    return q_conf_set(c, origin, key, eq + 1, err);
}

/* Kubernetes sets SPARK_MASTER_PORT=tcp://… in every pod beside a service `spark-master`. */
static bool is_service_link(const q_setting *s, const char *value)
{
    return s->type == Q_SETTING_INT && starts_with(value, "tcp://");
}

/* Spark images write their switches as yes and no. */
static const char *environment_word(const q_setting *s, const char *value)
{
    if (s->type != Q_SETTING_BOOL)
        return value;
    if (strcasecmp(value, "yes") == 0 || strcmp(value, "1") == 0)
        return "true";
    return strcasecmp(value, "no") == 0 || strcmp(value, "0") == 0 ? "false" : value;
}

q_code q_conf_load_environment(q_conf *c, q_err *err)
{
    for (int i = 0; i < Q_N_SETTINGS; i++) {
        const char *value = settings[i].environment ? getenv(settings[i].environment) : NULL;
        if (!value || !*value || is_service_link(&settings[i], value))
            continue;
        value = environment_word(&settings[i], value);
        q_code code = q_conf_set(c, Q_CONF_ENVIRONMENT, settings[i].name, value, err);
        if (code != Q_OK) {
            char source[64];
            snprintf(source, sizeof source, "environment variable %s", settings[i].environment);
            q_err_at_source(err, source);
            return code;
        }
    }
    return Q_OK;
}

bool q_conf_is_set(const q_conf *c, q_setting_id id)
{
    return c->known[id] != NULL;
}

const char *q_conf_str(const q_conf *c, q_setting_id id)
{
    return c->known[id] ? c->known[id]->value : settings[id].preset;
}

int64_t q_conf_int(const q_conf *c, q_setting_id id, int64_t unset)
{
    int64_t v = unset;
    if (c->known[id])
        return c->known[id]->number;
    if (settings[id].preset)
        parse_value(&settings[id], settings[id].preset, &v);
    return v;
}

bool q_conf_bool(const q_conf *c, q_setting_id id)
{
    return q_conf_int(c, id, 0) != 0;
}

const char *q_conf_get(const q_conf *c, const char *key)
{
    const entry *e = find(c, key);
    int i = e ? -1 : find_setting(key);
    return e ? e->value : i >= 0 ? settings[i].preset : NULL;
}

bool q_conf_at(const q_conf *c, uint32_t i, const char **key, const char **value)
{
    const entry *e = c->first;
    while (e && i--)
        e = e->next;
    if (!e)
        return false;
    *key = e->key;
    *value = e->value;
    return true;
}

q_conf_origin q_conf_origin_of(const q_conf *c, const char *key)
{
    const entry *e = find(c, key);
    return e ? e->origin : Q_CONF_DEFAULT;
}

/* ---- properties files (java.util.Properties, as spark-defaults.conf is read) ---- */

/* Undo backslashes in s[0..n); a line's end is already gone. */
static char *unescape(q_arena *a, const char *s, size_t n)
{
    char *out = q_arena_strndup(a, s, n), *to = out;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\' && i + 1 < n) {
            char c = s[++i];
            *to++ = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
        } else {
            *to++ = s[i];
        }
    }
    *to = 0;
    return out;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\r';
}

static q_code set_line(q_conf *c, const char *s, size_t n, q_err *err)
{
    size_t key = 0, value;
    while (key < n && !is_blank(s[key]) && s[key] != '=' && s[key] != ':')
        key += s[key] == '\\' && key + 1 < n ? 2 : 1;
    for (value = key; value < n && is_blank(s[value]); value++) {
    }
    if (value < n && (s[value] == '=' || s[value] == ':'))
        value++;
    while (value < n && is_blank(s[value]))
        value++;
    while (n > value && is_blank(s[n - 1]))
        n--;
    return q_conf_set(c, Q_CONF_FILE, unescape(&c->arena, s, key),
                      unescape(&c->arena, s + value, n - value), err);
}

static bool continues(const char *s, size_t n)
{
    size_t slashes = 0;
    while (slashes < n && s[n - 1 - slashes] == '\\')
        slashes++;
    return slashes % 2 == 1;
}

static q_code load_lines(q_conf *c, FILE *f, uint32_t *line_number, q_err *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    q_buf logical;
    q_code code = Q_OK;
    q_buf_init(&logical);
    while (code == Q_OK && (len = getline(&line, &cap, f)) >= 0) {
        size_t n = (size_t)len, from = 0;
        ++*line_number;
        while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
            n--;
        while (from < n && is_blank(line[from]))
            from++;
        bool comment = logical.len == 0 && from < n && (line[from] == '#' || line[from] == '!');
        if (comment || (from == n && logical.len == 0))
            continue;
        bool more = continues(line + from, n - from);
        q_buf_append(&logical, line + from, n - from - more);
        if (more)
            continue;
        code = set_line(c, q_buf_cstr(&logical), logical.len, err);
        q_buf_clear(&logical);
    }
    if (code == Q_OK && logical.len)
        code = set_line(c, q_buf_cstr(&logical), logical.len, err);
    q_buf_fini(&logical);
    free(line);
    return code;
}

q_code q_conf_load(q_conf *c, const char *path, q_err *err)
{
    uint32_t line = 0;
    FILE *f = fopen(path, "re");
    if (!f)
        return q_err_errno(err, Q_E_PATH_NOT_FOUND, errno, "cannot read the properties file %s",
                           path);
    q_code code = load_lines(c, f, &line, err);
    if (code == Q_OK && ferror(f))
        code = q_err_errno(err, Q_E_IO, errno, "cannot read the properties file %s", path);
    fclose(f);
    if (code != Q_OK && err) {
        q_err_at_source(err, path);
        err->line = line;
    }
    return code;
}
