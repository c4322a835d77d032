/*
 * What names mean while one job's statements are bound: temporary views, settings,
 * and the callbacks through which the job opens sources. One catalog per job; the
 * statements of a script change it in order (CREATE VIEW, DROP VIEW, SET, RESET).
 *
 * Ownership: everything put in is copied into, or must live as long as, the arena
 * given at q_catalog_init (the job's); nothing is freed one by one. Names of views
 * and of spark.* settings are compared as Spark does (views without letter case,
 * settings with it). Thread rule: one thread at a time.
 */
#ifndef Q_PLAN_CATALOG_H
#define Q_PLAN_CATALOG_H

#include "common/base/index.h"
#include "common/base/session.h"
#include "common/plan/fold.h"
#include "common/plan/logical.h"
#include "common/plan/vec.h"

/* What the job provides. Any callback may be NULL: what needs it is then UNSUPPORTED_FEATURE. */
typedef struct q_catalog_hooks {
    void *ctx; /* first argument of each */

    /* A source for CREATE VIEW … USING, json.`path` and the like: probe the files named by the
     * option `path` (or by path_or_view when there is none), take `declared` as the schema or, when
     * it is NULL, infer one. Options are as written. Result in `a`. Errors: PATH_NOT_FOUND,
     * INVALID_OPTION, UNABLE_TO_INFER_SCHEMA, … */
    q_code (*resolve)(void *ctx, q_arena *a, const char *path_or_view, q_format format,
                      const q_option *options, uint32_t n_options, const q_schema *declared,
                      q_source **out, q_err *err);

    /* The sink of INSERT OVERWRITE DIRECTORY: check and type the options. path is the one of the
     * statement or of the option `path`; mode is Q_SAVE_OVERWRITE. */
    q_code (*sink)(void *ctx, q_arena *a, const char *path, q_format format,
                   const q_option *options, uint32_t n_options, q_sink_spec **out, q_err *err);

    /* Value of a constant expression (exec's q_expr_fold). NULL: constants are not folded. */
    q_fold_fn *fold;

    /* EXPLAIN STAGES / PHYSICAL: append the text of an optimised plan. mode is one of
     * Q_SQL_EXPLAIN_STAGES, Q_SQL_EXPLAIN_PHYSICAL. */
    q_code (*explain)(void *ctx, unsigned mode, const q_plan *plan, q_buf *out, q_err *err);
} q_catalog_hooks;

/* A temporary view: a source, or a bound query whose plan is shared by its users. */
typedef struct q_view {
    const char *name;
    const q_source *source;       /* NULL for a query */
    const q_plan *plan;           /* bound, not optimised; a SCAN of all columns for a source */
    const char *comment;          /* NULL: none */
    const char **column_comments; /* per field of plan->schema, entries may be NULL; NULL: none */
    struct q_view *next;
} q_view;

typedef struct q_conf_entry {
    const char *key, *value; /* value NULL: reset, as if it were not there */
} q_conf_entry;

typedef struct q_conf_list {
    q_vec entries; /* q_conf_entry *, in the order in which they came */
    q_index keys;  /* of entries */
} q_conf_list;

typedef struct q_catalog {
    q_arena *arena;
    q_catalog_hooks hooks;
    q_session session;  /* follows SET of spark.sql.session.timeZone and caseSensitive */
    q_session defaults; /* the session at the start, for RESET */
    q_view *views;      /* newest first */
    q_conf_list conf, conf_defaults;
} q_catalog;

/* session's strings are copied; now_us must be set (current_timestamp folds from it). */
void q_catalog_init(q_catalog *c, q_arena *a, const q_session *session,
                    const q_catalog_hooks *hooks);

/* Bind a view's name to a source (a preset `input`, records in memory), replacing one of that
 * name. The source is borrowed. */
void q_catalog_add_source(q_catalog *c, const char *view, const q_source *source);
/* A scan of all columns of a source. */
q_plan *q_catalog_scan(q_arena *a, const q_source *source);
/* Add or replace a view made by a statement; `view` is in the arena. */
void q_catalog_put_view(q_catalog *c, q_view *view);
const q_view *q_catalog_view(const q_catalog *c, const char *name); /* NULL: none */
bool q_catalog_drop_view(q_catalog *c, const char *name);           /* false: there was none */
/* Up to two view names nearest to `name`, for hints; returns how many. */
uint32_t q_catalog_nearest(const q_catalog *c, const char *name, const char *out[2]);

/* A preset setting (--conf): RESET comes back to it. */
q_code q_catalog_preset(q_catalog *c, const char *key, const char *value, q_err *err);
/* SET key=value. Settings the planner knows are checked (INVALID_CONF_VALUE) and take effect in
 * c->session; all others are kept as they are. */
q_code q_catalog_set(q_catalog *c, const char *key, const char *value, q_err *err);
const char *q_catalog_get(const q_catalog *c, const char *key); /* NULL: not set */
/* All that are set, ordered by key, in the arena; returns how many. */
uint32_t q_catalog_settings(const q_catalog *c, q_arena *a, q_conf_entry ***out);
void q_catalog_reset(q_catalog *c, const char *key); /* NULL: all */

#endif
