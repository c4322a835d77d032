/* Views and settings of one job's statements. */
#include "common/plan/catalog.h"

#include <stdlib.h>
#include <strings.h>

#include "common/base/conf.h"
#include "common/base/nearest.h"
#include "common/column/tz.h"

void q_catalog_init(q_catalog *c, q_arena *a, const q_session *session,
                    const q_catalog_hooks *hooks)
{
    memset(c, 0, sizeof *c);
    c->arena = a;
    if (hooks)
        c->hooks = *hooks;
    c->session = *session;
    c->session.time_zone = q_arena_strdup(a, session->time_zone ? session->time_zone : "UTC");
    c->defaults = c->session;
}

/* ---- views ---------------------------------------------------------------- */

void q_catalog_put_view(q_catalog *c, q_view *view)
{
    q_catalog_drop_view(c, view->name);
    view->next = c->views;
    c->views = view;
}

q_plan *q_catalog_scan(q_arena *a, const q_source *source)
{
    q_plan *scan = q_arena_new(a, q_plan);
    uint32_t n = source->schema.n_fields;
    scan->op = Q_PLAN_SCAN;
    scan->schema = source->schema;
    if (!n)
        scan->schema.fields = q_arena_array(a, q_field, 1); /* none, but there */
    scan->u.scan.source = source;
    scan->u.scan.n_columns = n;
    scan->u.scan.columns = q_arena_array(a, uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        scan->u.scan.columns[i] = i;
    return scan;
}

void q_catalog_add_source(q_catalog *c, const char *name, const q_source *source)
{
    q_view *view = q_arena_new(c->arena, q_view);
    view->name = q_arena_strdup(c->arena, name);
    view->source = source;
    view->plan = q_catalog_scan(c->arena, source);
    q_catalog_put_view(c, view);
}

const q_view *q_catalog_view(const q_catalog *c, const char *name)
{
    for (const q_view *v = c->views; v; v = v->next) {
        if (strcasecmp(v->name, name) == 0)
            return v;
    }
    return NULL;
}

bool q_catalog_drop_view(q_catalog *c, const char *name)
{
    for (q_view **at = &c->views; *at; at = &(*at)->next) {
        if (strcasecmp((*at)->name, name) == 0) {
            *at = (*at)->next;
            return true;
        }
    }
    return false;
}

uint32_t q_catalog_nearest(const q_catalog *c, const char *name, const char *out[2])
{
    q_nearest near;
    q_nearest_init(&near, name);
    for (const q_view *v = c->views; v; v = v->next)
        q_nearest_offer(&near, v->name);
    uint32_t n = near.n < 2 ? near.n : 2;
    for (uint32_t i = 0; i < n; i++)
        out[i] = near.name[i];
    return n;
}

/* ---- settings ------------------------------------------------------------- */

/* The settings that change what a statement means. */
static q_code apply(q_catalog *c, const char *key, const char *value, q_err *err)
{
    int64_t number = 0;
    bool unknown;
    Q_TRY(q_conf_check(key, value, &number, &unknown, err));
    if (strcmp(key, "spark.sql.session.timeZone") == 0) {
        if (!q_tz_find(value, strlen(value)))
            return q_err_set(err, Q_E_INVALID_CONF_VALUE, "the value '%s' of %s is no time zone",
                             value, key);
        c->session.time_zone = q_arena_strdup(c->arena, value);
    } else if (strcmp(key, "spark.sql.caseSensitive") == 0) {
        c->session.case_sensitive = number != 0;
    } else if (strcmp(key, "spark.sql.ansi.enabled") == 0 && number) {
        return q_err_set(err, Q_E_UNSUPPORTED_FEATURE, "%s=true is not supported", key);
    }
    return Q_OK;
}

static q_conf_entry *find(const q_conf_list *list, const char *key)
{
    q_index_cursor c = q_index_at(q_hash_bytes(0, key, strlen(key)));
    for (uint32_t i; q_index_next(&list->keys, &c, &i);) {
        q_conf_entry *e = list->entries.items[i];
        if (strcmp(e->key, key) == 0)
            return e;
    }
    return NULL;
}

static void put(q_catalog *c, q_conf_list *list, const char *key, const char *value)
{
    q_conf_entry *e = find(list, key);
    if (!e) {
        e = q_arena_new(c->arena, q_conf_entry);
        e->key = q_arena_strdup(c->arena, key);
        q_index_add(&list->keys, c->arena, q_hash_bytes(0, key, strlen(key)), list->entries.n);
        q_vec_add(&list->entries, c->arena, e);
    }
    e->value = q_arena_strdup(c->arena, value);
}

static int by_key(const void *x, const void *y)
{
    return strcmp((*(q_conf_entry *const *)x)->key, (*(q_conf_entry *const *)y)->key);
}

uint32_t q_catalog_settings(const q_catalog *c, q_arena *a, q_conf_entry ***out)
{
    const q_vec *all = &c->conf.entries;
    uint32_t n = 0;
    *out = q_arena_array(a, q_conf_entry *, all->n + 1);
    for (uint32_t i = 0; i < all->n; i++) {
        q_conf_entry *e = all->items[i];
        if (e->value)
            (*out)[n++] = e;
    }
    qsort(*out, n, sizeof **out, by_key);
    return n;
}

q_code q_catalog_preset(q_catalog *c, const char *key, const char *value, q_err *err)
{
    Q_TRY(apply(c, key, value, err));
    c->defaults = c->session;
    put(c, &c->conf, key, value);
    put(c, &c->conf_defaults, key, value);
    return Q_OK;
}

q_code q_catalog_set(q_catalog *c, const char *key, const char *value, q_err *err)
{
    Q_TRY(apply(c, key, value, err));
    put(c, &c->conf, key, value);
    return Q_OK;
}

const char *q_catalog_get(const q_catalog *c, const char *key)
{
    const q_conf_entry *e = find(&c->conf, key);
    return e ? e->value : NULL;
}

static void reset_one(q_catalog *c, const char *key)
{
    const q_conf_entry *preset = find(&c->conf_defaults, key);
    q_conf_entry *now = find(&c->conf, key);
    if (now)
        now->value = preset ? preset->value : NULL;
    if (strcmp(key, "spark.sql.session.timeZone") == 0)
        c->session.time_zone = c->defaults.time_zone;
    else if (strcmp(key, "spark.sql.caseSensitive") == 0)
        c->session.case_sensitive = c->defaults.case_sensitive;
}

void q_catalog_reset(q_catalog *c, const char *key)
{
    if (key) {
        reset_one(c, key);
        return;
    }
    c->conf = (q_conf_list){0};
    for (uint32_t i = 0; i < c->conf_defaults.entries.n; i++) {
        const q_conf_entry *e = c->conf_defaults.entries.items[i];
        put(c, &c->conf, e->key, e->value);
    }
    c->session = c->defaults;
}
