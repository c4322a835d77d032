/*
 * The syntax tree of a Spark SQL script, as the parser leaves it: names are not
 * resolved, functions not looked up, types not checked. One tagged struct per
 * family (expression, table expression, query, statement); each node carries
 * the byte span of its text and nothing else about its place: line, column and
 * excerpt are derived when an error is printed (q_sql_err_at in parse.h).
 *
 * Ownership: every node, array and string lives in the arena given to the
 * parser and is read-only after it returns. Strings are NUL-terminated; those
 * that may hold NUL bytes themselves (string and binary literals) say so and
 * have a length. Absent optional children are NULL, absent lists have n == 0.
 *
 * Depth: no tree of expressions is higher than Q_SQL_MAX_HEIGHT and no text
 * nests deeper than Q_SQL_MAX_NESTING, so consumers may recurse freely.
 *
 * Grammar after Spark 3.5 (SqlBaseParser.g4, read for behaviour); tagged nodes
 * with offset and length after chibicc.
 */
#ifndef Q_SQL_AST_H
#define Q_SQL_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define Q_SQL_MAX_BYTES   (4u << 20) /* longest script */
#define Q_SQL_MAX_NESTING 200 /* parentheses, sub-queries, prefix operators, CASE … in the text */
#define Q_SQL_MAX_HEIGHT  1000 /* height of an expression, set-operation or join tree */

/* Bytes [offset, offset + len) of the script's text. */
typedef struct q_sql_span {
    uint32_t offset;
    uint32_t len;
} q_sql_span;

typedef struct q_sql_expr q_sql_expr;
typedef struct q_sql_query q_sql_query;
typedef struct q_sql_from q_sql_from;
typedef struct q_sql_window q_sql_window;
typedef struct q_sql_statement q_sql_statement;

/* One part of a name, quotes removed. */
typedef struct q_sql_name {
    const char *text;
    q_sql_span at;
    bool quoted; /* was written in backticks */
} q_sql_name;

/* A dotted name: a, t.a, db.t.a. n >= 1 wherever the grammar requires a name. */
typedef struct q_sql_names {
    const q_sql_name *part;
    uint32_t n;
    q_sql_span at;
} q_sql_names;

/* ---- types ---------------------------------------------------------------- */

typedef enum q_sql_type_kind {
    Q_SQL_TYPE_VOID,
    Q_SQL_TYPE_BOOLEAN,
    Q_SQL_TYPE_TINYINT,  /* BYTE */
    Q_SQL_TYPE_SMALLINT, /* SHORT */
    Q_SQL_TYPE_INT,      /* INTEGER */
    Q_SQL_TYPE_BIGINT,   /* LONG */
    Q_SQL_TYPE_FLOAT,    /* REAL */
    Q_SQL_TYPE_DOUBLE,
    Q_SQL_TYPE_DECIMAL, /* DEC, NUMERIC: precision, scale; (10,0) when not written */
    Q_SQL_TYPE_STRING,
    Q_SQL_TYPE_VARCHAR, /* length */
    Q_SQL_TYPE_CHAR,    /* CHARACTER: length */
    Q_SQL_TYPE_BINARY,
    Q_SQL_TYPE_DATE,
    Q_SQL_TYPE_TIMESTAMP, /* also TIMESTAMP_LTZ */
    Q_SQL_TYPE_TIMESTAMP_NTZ,
    Q_SQL_TYPE_ARRAY, /* element */
} q_sql_type_kind;

typedef struct q_sql_type {
    q_sql_type_kind kind;
    uint8_t precision;                /* DECIMAL: 1..38 */
    uint8_t scale;                    /* DECIMAL: 0..precision */
    uint32_t length;                  /* VARCHAR, CHAR: characters, >= 1 */
    const struct q_sql_type *element; /* ARRAY */
    q_sql_span at;
} q_sql_type;

/* `name TYPE [NOT NULL] [COMMENT 'text']` of a schema or a view's column list. */
typedef struct q_sql_column_def {
    q_sql_name name;
    const q_sql_type *type; /* NULL in the list of a view AS query */
    const char *comment;    /* NULL when absent */
    bool not_null;
    q_sql_span at;
} q_sql_column_def;

/* ---- literals ------------------------------------------------------------- */

/* Fields of EXTRACT-like forms and of intervals, greatest first. */
typedef enum q_sql_unit {
    Q_SQL_UNIT_YEAR,
    Q_SQL_UNIT_QUARTER, /* only in date arithmetic functions */
    Q_SQL_UNIT_MONTH,
    Q_SQL_UNIT_WEEK,
    Q_SQL_UNIT_DAY,
    Q_SQL_UNIT_DAYOFYEAR, /* only in date arithmetic functions */
    Q_SQL_UNIT_HOUR,
    Q_SQL_UNIT_MINUTE,
    Q_SQL_UNIT_SECOND,
    Q_SQL_UNIT_MILLISECOND,
    Q_SQL_UNIT_MICROSECOND,
} q_sql_unit;

/* One `value unit` of an interval as written; value without quotes, sign included. */
typedef struct q_sql_interval_part {
    const char *value;
    q_sql_unit unit;
} q_sql_interval_part;

/*
 * INTERVAL '3' DAY, INTERVAL 1 DAY 2 HOURS, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '1 day 2 hours'.
 * Either a number of months or a number of microseconds, never both (Spark's ANSI intervals).
 * from..to is the extent of Spark's type: YEAR and MONTH for months; DAY (weeks count as days),
 * HOUR, MINUTE, SECOND for micros. A DATE plus an interval with from == to == DAY stays a DATE.
 */
typedef struct q_sql_interval {
    bool year_month; /* months counts, else micros */
    q_sql_unit from, to;
    int32_t months;
    int64_t micros;
    const q_sql_interval_part *part; /* as written; one part when range */
    uint32_t n_parts;
    bool range; /* written as `'…' unit TO unit`: part[0].unit TO range_to */
    q_sql_unit range_to;
} q_sql_interval;

typedef enum q_sql_literal_kind {
    Q_SQL_LIT_NULL,
    Q_SQL_LIT_BOOLEAN,       /* .boolean */
    Q_SQL_LIT_TINYINT,       /* .integer; 1Y */
    Q_SQL_LIT_SMALLINT,      /* .integer; 1S */
    Q_SQL_LIT_INT,           /* .integer; 1 */
    Q_SQL_LIT_BIGINT,        /* .integer; 1L or too large for INT */
    Q_SQL_LIT_DECIMAL,       /* .decimal; 1.5, 1BD, or an integer too large for BIGINT */
    Q_SQL_LIT_FLOAT,         /* .floating, exactly representable as float; 1.5F */
    Q_SQL_LIT_DOUBLE,        /* .floating; 1e3, 1D */
    Q_SQL_LIT_STRING,        /* .text, escapes decoded, UTF-8 unless the script is not */
    Q_SQL_LIT_BINARY,        /* .text, hex decoded; X'1F' */
    Q_SQL_LIT_DATE,          /* .text as written: DATE '2024-01-31' (checked by the binder) */
    Q_SQL_LIT_TIMESTAMP,     /* .text as written: TIMESTAMP '…' or TIMESTAMP_LTZ '…' */
    Q_SQL_LIT_TIMESTAMP_NTZ, /* .text as written: TIMESTAMP_NTZ '…' */
    Q_SQL_LIT_INTERVAL,      /* .interval */
} q_sql_literal_kind;

typedef struct q_sql_literal {
    q_sql_literal_kind kind;
    union {
        bool boolean;
        int64_t integer;
        double floating; /* finite */
        struct {
            const char *digits; /* plain decimal, "-12.50": no exponent, sign only when negative */
            uint8_t precision;  /* 1..38 */
            uint8_t scale;      /* 0..precision */
        } decimal;
        struct {
            const char *bytes; /* may hold NUL; a NUL follows the last byte */
            uint32_t len;
        } text;
        const q_sql_interval *interval;
    };
} q_sql_literal;

/* ---- expressions ---------------------------------------------------------- */

typedef enum q_sql_op {
    /* unary */
    Q_SQL_OP_NOT,
    Q_SQL_OP_NEG,
    Q_SQL_OP_POS,
    Q_SQL_OP_BITNOT,
    Q_SQL_OP_IS_NULL,
    Q_SQL_OP_IS_NOT_NULL,
    Q_SQL_OP_IS_TRUE,
    Q_SQL_OP_IS_NOT_TRUE,
    Q_SQL_OP_IS_FALSE,
    Q_SQL_OP_IS_NOT_FALSE,
    Q_SQL_OP_IS_UNKNOWN,
    Q_SQL_OP_IS_NOT_UNKNOWN,
    /* binary */
    Q_SQL_OP_OR,
    Q_SQL_OP_AND,
    Q_SQL_OP_EQ,   /* = == */
    Q_SQL_OP_NSEQ, /* <=>, IS NOT DISTINCT FROM (IS DISTINCT FROM is NOT over it, as in Spark) */
    Q_SQL_OP_NEQ,  /* <> != */
    Q_SQL_OP_LT,
    Q_SQL_OP_LE,
    Q_SQL_OP_GT,
    Q_SQL_OP_GE,
    Q_SQL_OP_BITOR,
    Q_SQL_OP_BITXOR,
    Q_SQL_OP_BITAND,
    Q_SQL_OP_ADD,
    Q_SQL_OP_SUB,
    Q_SQL_OP_CONCAT, /* || */
    Q_SQL_OP_MUL,
    Q_SQL_OP_DIV,    /* / : never integer division */
    Q_SQL_OP_MOD,    /* % */
    Q_SQL_OP_INTDIV, /* DIV */
} q_sql_op;

typedef enum q_sql_expr_kind {
    Q_SQL_LITERAL, /* .literal */
    Q_SQL_COLUMN,  /* .column: a, t.a (or a field of a struct column: the binder decides) */
    Q_SQL_STAR,    /* .star: *, t.*, * EXCEPT (a, b); in a select list or as a call's argument */
    Q_SQL_UNARY,   /* .unary */
    Q_SQL_BINARY,  /* .binary; chains of AND / OR are balanced, as in Spark */
    Q_SQL_BETWEEN, /* .between */
    Q_SQL_IN,      /* .in: expr [NOT] IN (list) */
    Q_SQL_LIKE,    /* .like: LIKE, ILIKE, RLIKE */
    Q_SQL_CASE,    /* .cases */
    Q_SQL_CAST,    /* .cast: CAST, TRY_CAST, :: */
    Q_SQL_CALL,    /* .call: functions, aggregates, window functions and special forms */
    Q_SQL_INDEX,   /* .index: operand[index] */
    Q_SQL_FIELD,   /* .field: operand.name where operand is not itself a name */
} q_sql_expr_kind;

typedef enum q_sql_like_kind {
    Q_SQL_LIKE_LIKE,
    Q_SQL_LIKE_ILIKE,
    Q_SQL_LIKE_RLIKE
} q_sql_like_kind;

typedef struct q_sql_when {
    const q_sql_expr *when;
    const q_sql_expr *then;
} q_sql_when;

/* `expr [ASC|DESC] [NULLS FIRST|LAST]`, defaults filled in (ASC: nulls first, DESC: nulls last). */
typedef struct q_sql_order {
    const q_sql_expr *expr;
    bool descending;
    bool nulls_first;
    q_sql_span at;
} q_sql_order;

/* How a call was written. Arguments are in the order of the plain function in every form. */
typedef enum q_sql_call_form {
    Q_SQL_CALL_PLAIN,     /* f(a, b) */
    Q_SQL_CALL_NO_PARENS, /* current_date, current_timestamp, current_user, user */
    Q_SQL_CALL_EXTRACT,   /* EXTRACT(f FROM x): extract('f', x) */
    Q_SQL_CALL_SUBSTRING, /* SUBSTRING(a FROM b FOR c): substring(a, b[, c]) */
    Q_SQL_CALL_TRIM,      /* TRIM([side] [x] FROM y): trim|ltrim|rtrim(y[, x]) — source first */
    Q_SQL_CALL_POSITION,  /* POSITION(a IN b): position(a, b) */
    Q_SQL_CALL_OVERLAY,   /* OVERLAY(a PLACING b FROM c FOR d): overlay(a, b, c[, d]) */
    Q_SQL_CALL_TIMESTAMPADD,  /* DATEADD/DATE_ADD/TIMESTAMPADD(unit, n, t): timestampadd('UNIT', n,
                                 t) */
    Q_SQL_CALL_TIMESTAMPDIFF, /* DATEDIFF/DATE_DIFF/TIMESTAMPDIFF(unit, a, b): timestampdiff('UNIT',
                                 a, b) */
} q_sql_call_form;

typedef enum q_sql_nulls {
    Q_SQL_NULLS_UNSAID, /* as RESPECT, but nothing was written */
    Q_SQL_NULLS_IGNORE,
    Q_SQL_NULLS_RESPECT,
} q_sql_nulls;

typedef struct q_sql_call {
    q_sql_names name;             /* as written (case kept); qualified names are possible */
    const q_sql_expr *const *arg; /* count(*) has one Q_SQL_STAR argument */
    uint32_t n_args;
    q_sql_call_form form;
    q_sql_unit unit; /* TIMESTAMPADD, TIMESTAMPDIFF; arg[0] is its name as written */
    bool distinct;   /* f(DISTINCT a) */
    q_sql_nulls nulls;
    const q_sql_order
        *within_group;        /* percentile_cont(p) WITHIN GROUP (ORDER BY x), NULL if none */
    const q_sql_expr *filter; /* FILTER (WHERE …), NULL if none */
    const q_sql_window *over; /* NULL: not a window call */
} q_sql_call;

struct q_sql_expr {
    q_sql_expr_kind kind;
    uint16_t height; /* 1 for a leaf; at most Q_SQL_MAX_HEIGHT */
    q_sql_span at;
    union {
        q_sql_literal literal;
        q_sql_names column;
        struct {
            q_sql_names qualifier;     /* n == 0: plain * */
            const q_sql_names *except; /* * EXCEPT (a, t.b) */
            uint32_t n_except;
        } star;
        struct {
            q_sql_op op;
            const q_sql_expr *operand;
        } unary;
        struct {
            q_sql_op op;
            q_sql_span op_at; /* the operator's own text */
            const q_sql_expr *left, *right;
        } binary;
        struct {
            const q_sql_expr *operand, *low, *high;
            bool negated;
        } between;
        struct {
            const q_sql_expr *operand;
            const q_sql_expr *const *item;
            uint32_t n_items; /* >= 1 */
            bool negated;
        } in;
        struct {
            q_sql_like_kind op;
            bool negated;
            const q_sql_expr *operand, *pattern;
            uint32_t escape; /* code point; '\\' unless ESCAPE 'c' was written */
        } like;
        struct {
            const q_sql_expr *operand; /* CASE operand WHEN …, NULL in a searched CASE */
            const q_sql_when *when;
            uint32_t n_whens;            /* >= 1 */
            const q_sql_expr *otherwise; /* NULL: no ELSE */
        } cases;
        struct {
            const q_sql_expr *operand;
            const q_sql_type *type;
            bool try; /* TRY_CAST */
        } cast;
        q_sql_call call;
        struct {
            const q_sql_expr *operand, *index;
        } index;
        struct {
            const q_sql_expr *operand;
            q_sql_name name;
        } field;
    };
};

/* ---- windows -------------------------------------------------------------- */

typedef enum q_sql_bound_kind {
    Q_SQL_BOUND_UNBOUNDED_PRECEDING,
    Q_SQL_BOUND_PRECEDING, /* expr PRECEDING */
    Q_SQL_BOUND_CURRENT_ROW,
    Q_SQL_BOUND_FOLLOWING, /* expr FOLLOWING */
    Q_SQL_BOUND_UNBOUNDED_FOLLOWING,
} q_sql_bound_kind;

typedef struct q_sql_bound {
    q_sql_bound_kind kind;
    const q_sql_expr *expr; /* PRECEDING and FOLLOWING only */
    q_sql_span at;
} q_sql_bound;

typedef enum q_sql_frame_unit {
    Q_SQL_FRAME_UNSAID, /* the function's default frame */
    Q_SQL_FRAME_ROWS,
    Q_SQL_FRAME_RANGE,
} q_sql_frame_unit;

/* `(PARTITION BY … ORDER BY … ROWS …)`, or only a reference to a named window. */
struct q_sql_window {
    q_sql_name ref; /* OVER w, OVER (w), WINDOW a AS b; ref.text NULL for a written-out window */
    const q_sql_expr *const *partition;
    uint32_t n_partition;
    const q_sql_order *order;
    uint32_t n_order;
    q_sql_frame_unit frame;
    q_sql_bound start, end; /* with frame said; `ROWS x` alone ends at CURRENT ROW */
    q_sql_span at;
};

/* `WINDOW name AS (…)` */
typedef struct q_sql_named_window {
    q_sql_name name;
    const q_sql_window *window;
} q_sql_named_window;

/* ---- queries -------------------------------------------------------------- */

/* `expr [[AS] alias]` of a select list. */
typedef struct q_sql_item {
    const q_sql_expr *expr;
    q_sql_name alias; /* alias.text NULL: none written */
    q_sql_span at;
} q_sql_item;

typedef enum q_sql_group_kind {
    Q_SQL_GROUP_NONE,
    Q_SQL_GROUP_EXPRS, /* expressions; an integer literal is an ordinal of the select list */
    Q_SQL_GROUP_ALL,   /* GROUP BY ALL */
} q_sql_group_kind;

typedef struct q_sql_select {
    bool distinct;
    const q_sql_item *item;
    uint32_t n_items;       /* >= 1 */
    const q_sql_from *from; /* NULL: one row without columns */
    const q_sql_expr *where;
    q_sql_group_kind group;
    const q_sql_expr *const *group_expr;
    uint32_t n_group_exprs;
    const q_sql_expr *having;
    const q_sql_named_window *window; /* WINDOW clause */
    uint32_t n_windows;
    q_sql_span group_at; /* of the GROUP BY clause */
} q_sql_select;

typedef struct q_sql_row {
    const q_sql_expr *const *value;
    uint32_t n_values; /* >= 1; rows may differ in number: the binder reports it */
    q_sql_span at;
} q_sql_row;

typedef struct q_sql_values {
    const q_sql_row *row;
    uint32_t n_rows; /* >= 1 */
} q_sql_values;

typedef enum q_sql_setop {
    Q_SQL_UNION,
    Q_SQL_INTERSECT, /* parsed, not supported by the binder */
    Q_SQL_EXCEPT,    /* parsed (also MINUS), not supported by the binder */
} q_sql_setop;

/* `name [(a, b)] AS (query)` */
typedef struct q_sql_cte {
    q_sql_name name;
    const q_sql_name *column;
    uint32_t n_columns;
    const q_sql_query *query;
    q_sql_span at;
} q_sql_cte;

typedef enum q_sql_body_kind {
    Q_SQL_BODY_SELECT, /* .select */
    Q_SQL_BODY_VALUES, /* .values (columns col1, col2, … unless .alias names them) */
    Q_SQL_BODY_TABLE,  /* .table: TABLE name */
    Q_SQL_BODY_SETOP,  /* .set */
    Q_SQL_BODY_QUERY,  /* .query: a parenthesised query */
} q_sql_body_kind;

/* `name [AS] alias [(a, b)]`; name.text NULL: no alias. */
typedef struct q_sql_alias {
    q_sql_name name;
    const q_sql_name *column;
    uint32_t n_columns;
} q_sql_alias;

/*
 * A query expression with its own WITH, ORDER BY, LIMIT and OFFSET. The sides
 * of a set operation are queries too (without those parts unless parenthesised).
 */
struct q_sql_query {
    const q_sql_cte *cte;
    uint32_t n_ctes;
    q_sql_body_kind kind;
    uint16_t height; /* of the set-operation tree */
    union {
        q_sql_select select;
        struct {
            q_sql_values rows;
            q_sql_alias alias; /* VALUES (1) AS t(a) */
        } values;
        q_sql_names table;
        struct {
            q_sql_setop op;
            bool all;
            q_sql_span op_at;
            const q_sql_query *left, *right;
        } set;
        const q_sql_query *query;
    };
    const q_sql_order *order;
    uint32_t n_order;
    bool order_all; /* ORDER BY ALL: order[0] holds direction and nulls, its expr the name ALL */
    const q_sql_expr *limit; /* NULL: none, also for LIMIT ALL */
    const q_sql_expr *offset;
    q_sql_span at;
};

/* ---- table expressions ---------------------------------------------------- */

typedef enum q_sql_from_kind {
    Q_SQL_FROM_TABLE,    /* .table: a view's name or a CTE's */
    Q_SQL_FROM_FILE,     /* .file: json.`path` */
    Q_SQL_FROM_QUERY,    /* .query: (SELECT …) */
    Q_SQL_FROM_VALUES,   /* .values: VALUES (…) */
    Q_SQL_FROM_FUNCTION, /* .function: range(10) */
    Q_SQL_FROM_JOIN,     /* .join; alias is empty unless the join was parenthesised */
} q_sql_from_kind;

typedef enum q_sql_join_kind {
    Q_SQL_JOIN_INNER,
    Q_SQL_JOIN_CROSS, /* CROSS JOIN, and `FROM a, b` */
    Q_SQL_JOIN_LEFT,
    Q_SQL_JOIN_RIGHT,
    Q_SQL_JOIN_FULL,
    Q_SQL_JOIN_LEFT_SEMI,
    Q_SQL_JOIN_LEFT_ANTI,
} q_sql_join_kind;

struct q_sql_from {
    q_sql_from_kind kind;
    uint16_t height; /* of the join tree */
    union {
        q_sql_names table;
        struct {
            q_sql_name format; /* json, csv, … as written */
            q_sql_name path;
        } file;
        const q_sql_query *query;
        q_sql_values values;
        struct {
            q_sql_names name;
            const q_sql_expr *const *arg;
            uint32_t n_args;
        } function;
        struct {
            q_sql_join_kind op;
            bool natural;
            q_sql_span op_at; /* from the first word of the join to JOIN (or the comma) */
            const q_sql_from *left, *right;
            const q_sql_expr *on; /* NULL: none */
            const q_sql_name *using_column;
            uint32_t n_using;
        } join;
    };
    q_sql_alias alias;
    q_sql_span at;
};

/* ---- statements ----------------------------------------------------------- */

/* `key 'value'`, `key = value`, `a.b true`: dots kept in the key, value as text. */
typedef struct q_sql_option {
    const char *key;   /* as written, case kept (compare case-insensitively) */
    const char *value; /* NUL-terminated text */
    q_sql_span key_at, value_at;
} q_sql_option;

typedef struct q_sql_options {
    const q_sql_option *option;
    uint32_t n;
} q_sql_options;

typedef enum q_sql_statement_kind {
    Q_SQL_ST_QUERY,             /* .query */
    Q_SQL_ST_CREATE_VIEW_AS,    /* .create_view with query */
    Q_SQL_ST_CREATE_VIEW_USING, /* .create_view with provider, options, perhaps columns */
    Q_SQL_ST_DROP_VIEW,         /* .drop_view */
    Q_SQL_ST_INSERT_DIRECTORY,  /* .insert */
    Q_SQL_ST_DESCRIBE_TABLE,    /* .describe.name */
    Q_SQL_ST_DESCRIBE_QUERY,    /* .describe.query */
    Q_SQL_ST_DESCRIBE_FUNCTION, /* .describe.name */
    Q_SQL_ST_SHOW_FUNCTIONS,    /* .show */
    Q_SQL_ST_SHOW_TABLES,       /* .show */
    Q_SQL_ST_SHOW_VIEWS,        /* .show */
    Q_SQL_ST_EXPLAIN,           /* .explain */
    Q_SQL_ST_SET,               /* .set */
    Q_SQL_ST_RESET,             /* .set.key, NULL: all */
} q_sql_statement_kind;

/* EXPLAIN's modes, a set of bits; Spark's own first, quern's layers after them. */
enum {
    Q_SQL_EXPLAIN_SIMPLE = 1, /* nothing said */
    Q_SQL_EXPLAIN_EXTENDED = 2,
    Q_SQL_EXPLAIN_FORMATTED = 4,
    Q_SQL_EXPLAIN_CODEGEN = 8,
    Q_SQL_EXPLAIN_COST = 16,
    Q_SQL_EXPLAIN_LOGICAL = 32,
    Q_SQL_EXPLAIN_OPTIMIZED = 64,
    Q_SQL_EXPLAIN_STAGES = 128,
    Q_SQL_EXPLAIN_PHYSICAL = 256,
};

struct q_sql_statement {
    q_sql_statement_kind kind;
    union {
        const q_sql_query *query;
        struct {
            q_sql_names name;
            bool or_replace, if_not_exists;
            const q_sql_column_def *column; /* AS: names and comments; USING: with types */
            uint32_t n_columns;
            const q_sql_query *query; /* AS */
            q_sql_names provider;     /* USING json */
            q_sql_options options;
            const char *comment; /* COMMENT 'text' of the view, NULL if none */
        } create_view;
        struct {
            q_sql_names name;
            bool if_exists;
        } drop_view;
        struct {
            bool local;
            const char *path; /* NULL: not given here (perhaps as an option `path`) */
            q_sql_span path_at;
            q_sql_names provider;
            q_sql_options options;
            const q_sql_query *query; /* a WITH before INSERT is part of it */
        } insert;
        struct {
            q_sql_names name; /* DESCRIBE FUNCTION `+` or 'x' are names too */
            const q_sql_query *query;
            bool extended;
        } describe;
        struct {
            const char *pattern; /* LIKE 'p' or a bare name, NULL: all */
            q_sql_span pattern_at;
        } show;
        struct {
            unsigned modes; /* Q_SQL_EXPLAIN_* */
            const q_sql_statement *statement;
        } explain;
        struct {
            const char *key; /* NULL: SET or RESET alone */
            const char
                *value; /* NULL: SET key (show it). As written, trimmed, quotes kept, as Spark */
            q_sql_span key_at, value_at;
        } set;
    };
    q_sql_span at; /* without the semicolon */
};

struct q_sql_text;

typedef struct q_sql_script {
    const char *sql; /* the text that was parsed; borrowed from the caller of the parser */
    size_t sql_len;
    const struct q_sql_text
        *text; /* how sql came from the user's own text; NULL: it is that text */
    const q_sql_statement *statement;
    uint32_t n_statements; /* 0 for an empty script */
} q_sql_script;

/* Equal structure; places, and letter case of column and function names, apart. NULL equals NULL.
 */
bool q_sql_expr_equal(const q_sql_expr *x, const q_sql_expr *y);

#endif
