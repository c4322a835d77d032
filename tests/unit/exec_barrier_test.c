/*
 * A window barrier end to end: tasks keep rows and send states, runs or rows; the merge
 * replies; the rows get the same columns as q_window_evaluate gives for all rows at once,
 * however the rows were split. Bodies and replies that are damaged are refused.
 */
#include "common/exec/window.h"
#include "common/exec/window_merge.h"
#include "common/exec/window_task.h"

#include "tests/unit/exec_util.h"

#define MAX_TASKS  7
#define N_COLUMNS  5
#define N_GROUPS   7
#define N_PARTS    4
#define MOST_CALLS 8

/* All rows of a stage, and a barrier over them. */
typedef struct stage {
    q_arena arena;
    uint32_t n;
    q_column *columns[N_COLUMNS]; /* two partition keys, two order keys, a value */
    q_expr *refs[N_COLUMNS];
    q_partition partitions[N_PARTS];
    q_window_group groups[N_GROUPS];
    q_barrier barrier;
} stage;

static const q_window_frame whole = {
    .unit = Q_FRAME_ROWS, .start = Q_BOUND_UNBOUNDED_PRECEDING, .end = Q_BOUND_UNBOUNDED_FOLLOWING};

static void add_call(stage *s, q_window_group *g, q_function_id f, q_type type, uint32_t n_args,
                     q_expr *const *args)
{
    q_window_call *c = &g->calls[g->n_calls];
    *c = (q_window_call){.call = q_expr_call(&s->arena, f, type, n_args, args), .frame = whole};
    g->columns[g->n_calls++] = s->barrier.n_columns;
    s->barrier.types[s->barrier.n_columns++] = type;
}

static q_window_group *add_group(stage *s, q_window_class class, uint32_t partition)
{
    q_window_group *g = &s->groups[s->barrier.n_groups++];
    *g = (q_window_group){.window_class = (uint8_t) class, .partition = partition};
    g->order = q_arena_array(&s->arena, q_order_key, 2);
    g->calls = q_arena_array(&s->arena, q_window_call, MOST_CALLS);
    g->columns = q_arena_array(&s->arena, uint32_t, MOST_CALLS);
    return g;
}

static void add_order(q_window_group *g, q_expr *x)
{
    g->order[g->n_order++] = (q_order_key){x, xu_below(2), xu_below(2)};
}

static void add_ranks(stage *s, q_window_group *g)
{
    q_expr *buckets = q_expr_int(&s->arena, Q_TYPE(Q_INT), 1 + xu_below(9));
    add_call(s, g, Q_FN_PERCENT_RANK, Q_TYPE(Q_DOUBLE), 0, NULL);
    add_call(s, g, Q_FN_RANK, Q_TYPE(Q_INT), 0, NULL);
    add_call(s, g, Q_FN_ROW_NUMBER, Q_TYPE(Q_INT), 0, NULL);
    add_call(s, g, Q_FN_DENSE_RANK, Q_TYPE(Q_INT), 0, NULL);
    add_call(s, g, Q_FN_CUME_DIST, Q_TYPE(Q_DOUBLE), 0, NULL);
    add_call(s, g, Q_FN_NTILE, Q_TYPE(Q_INT), 1, &buckets);
}

static void add_aggregates(stage *s, q_window_group *g)
{
    q_expr *value = s->refs[4], *key = s->refs[2];
    add_call(s, g, Q_FN_COUNT, Q_TYPE(Q_BIGINT), 0, NULL);
    add_call(s, g, Q_FN_MIN, value->type, 1, &value);
    add_call(s, g, Q_FN_LAST, value->type, 1, &value);
    add_call(s, g, Q_FN_COUNT, Q_TYPE(Q_BIGINT), 1, &key);
    g->calls[3].filter = q_expr_call(&s->arena, Q_FN_ISNOTNULL, Q_TYPE(Q_BOOLEAN), 1, &value);
    add_call(s, g, Q_FN_MODE, key->type, 1, &key);
    if (value->type.kind == Q_DOUBLE) {
        add_call(s, g, Q_FN_SUM, value->type, 1, &value);
        add_call(s, g, Q_FN_AVG, value->type, 1, &value);
    }
}

static void add_rows_group(stage *s, q_window_group *g)
{
    q_expr *value = s->refs[4];
    q_expr *lag[3] = {value, q_expr_int(&s->arena, Q_TYPE(Q_INT), 2),
                      q_expr_null(&s->arena, value->type)};
    add_call(s, g, Q_FN_LAG, value->type, 3, lag);
    add_call(s, g, Q_FN_MAX, value->type, 1, &value);
    g->calls[1].frame =
        (q_window_frame){.unit = Q_FRAME_ROWS,
                         .start = Q_BOUND_PRECEDING,
                         .end = Q_BOUND_CURRENT_ROW,
                         .start_offset = q_expr_int(&s->arena, Q_TYPE(Q_BIGINT), 3)};
    g->calls[1].filter = q_expr_call(&s->arena, Q_FN_ISNOTNULL, Q_TYPE(Q_BOOLEAN), 1, &s->refs[3]);
    add_call(s, g, Q_FN_RANK, Q_TYPE(Q_INT), 0, NULL);
}

static q_type random_type(void)
{
    return xu_types[xu_below(XU_N_TYPES)];
}

static void stage_init(stage *s, uint32_t n)
{
    memset(s, 0, sizeof *s);
    q_arena_init(&s->arena, NULL);
    s->n = n;
    q_type types[N_COLUMNS] = {xu_below(2) ? Q_TYPE(Q_STRING) : random_type(), Q_TYPE(Q_BOOLEAN),
                               xu_below(2) ? Q_TYPE(Q_DOUBLE) : random_type(), random_type(),
                               xu_below(2) ? Q_TYPE(Q_DOUBLE) : random_type()};
    for (uint32_t k = 0; k < N_COLUMNS; k++) {
        s->columns[k] = xu_column(&s->arena, types[k], n, xu_below(3));
        s->refs[k] = q_expr_column(&s->arena, k, types[k], true);
    }
    s->partitions[0] = (q_partition){1, &s->refs[0]};
    s->partitions[1] = (q_partition){2, &s->refs[0]};
    s->partitions[2] = (q_partition){0, NULL};
    s->partitions[3] = (q_partition){1, &s->refs[1]};
    s->barrier = (q_barrier){.n_partitions = N_PARTS,
                             .partitions = s->partitions,
                             .groups = s->groups,
                             .types = q_arena_array(&s->arena, q_type, N_GROUPS * MOST_CALLS)};
    add_aggregates(s, add_group(s, Q_WINDOW_STATES, xu_below(N_PARTS)));
    add_aggregates(s, add_group(s, Q_WINDOW_STATES, xu_below(N_PARTS)));
    q_window_group *g = add_group(s, Q_WINDOW_RANKS, xu_below(N_PARTS));
    add_order(g, s->refs[2]);
    add_ranks(s, g);
    g = add_group(s, Q_WINDOW_RANKS, xu_below(N_PARTS));
    add_order(g, s->refs[3]);
    add_order(g, s->refs[2]);
    add_ranks(s, g);
    g = add_group(s, Q_WINDOW_RANKS, 2);
    add_order(g, s->refs[3]);
    add_ranks(s, g);
    g = add_group(s, Q_WINDOW_ROWS, xu_below(N_PARTS));
    add_order(g, s->refs[2]);
    add_rows_group(s, g);
    g = add_group(s, Q_WINDOW_ROWS, 2);
    add_order(g, s->refs[3]);
    add_order(g, s->refs[2]);
    add_rows_group(s, g);
}

/* ---- the expected columns ---- */

static bool same_partition(const stage *s, const q_partition *p, uint32_t x, uint32_t y)
{
    for (uint32_t k = 0; k < p->n_keys; k++) {
        const q_column *c = s->columns[p->keys[k]->column];
        bool nx = q_column_is_null(c, x), ny = q_column_is_null(c, y);
        if (nx != ny || (!nx && xu_cmp(c, x, c, y) != 0))
            return false;
    }
    return true;
}

static uint32_t partition_rows(const stage *s, const q_partition *p, uint32_t *numbers)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t k = 0;
        while (k < i && !same_partition(s, p, k, i))
            k++;
        numbers[i] = k < i ? numbers[k] : n++;
    }
    return n;
}

static q_column *value_of(stage *s, const q_expr *x)
{
    q_column *c = q_arena_new(&s->arena, q_column);
    if (x->kind == Q_X_COLUMN)
        return s->columns[x->column];
    if (x->kind == Q_X_LITERAL) {
        XU_OK(q_column_repeat(c, x->value, 0, s->n, &s->arena, err));
        return c;
    }
    XU_OK(q_column_init(c, Q_TYPE(Q_BOOLEAN), s->n, &s->arena, err)); /* x IS NOT NULL */
    for (uint32_t i = 0; i < s->n; i++)
        Q_VALUES(c, uint8_t)[i] = !q_column_is_null(s->columns[x->args[0]->column], i);
    return c;
}

static void expect_group(stage *s, const q_window_group *g, q_column *out)
{
    uint32_t *numbers = q_arena_array(&s->arena, uint32_t, s->n + 1);
    q_column *order[2], **args[MOST_CALLS], *filters[MOST_CALLS] = {NULL};
    q_window_group ordered = *g;
    q_window_input in = {.n_rows = s->n, .partition = numbers, .order = order, .filters = filters};
    in.n_partitions = partition_rows(s, &s->partitions[g->partition], numbers);
    for (uint32_t k = 0; k < g->n_order; k++)
        order[k] = value_of(s, g->order[k].expr);
    for (uint32_t c = 0; c < g->n_calls; c++) {
        const q_expr *call = g->calls[c].call;
        args[c] = q_arena_array(&s->arena, q_column *, 3);
        for (uint32_t k = 0; k < call->n_args; k++)
            args[c][k] = value_of(s, call->args[k]);
        if (g->calls[c].filter)
            filters[c] = value_of(s, g->calls[c].filter);
    }
    in.args = (q_column *const *const *)args;
    XU_OK(q_window_evaluate(&ordered, &in, &xu_session, &s->arena, out, err));
}

/* ---- the barrier ---- */

typedef struct tasks {
    uint32_t n;
    uint32_t cuts[MAX_TASKS + 1];
    q_arena arenas[MAX_TASKS];
    q_window_task *task[MAX_TASKS];
    q_buf body[MAX_TASKS], reply[MAX_TASKS];
    q_window_merge *merge;
} tasks;

/* Rows in batches, whose memory goes away once they are added. */
static void add_rows(stage *s, q_window_task *w, uint32_t from, uint32_t to)
{
    while (from < to) {
        uint32_t n = 1 + xu_below(xu_below(3) ? 20 : 2048);
        n = n < to - from ? n : to - from;
        q_arena batch;
        q_column columns[N_COLUMNS];
        q_arena_init(&batch, NULL);
        for (uint32_t k = 0; k < N_COLUMNS; k++) {
            columns[k] = *xu_part(&batch, s->columns[k], from, from + n);
            columns[k].bytes_stable = false;
            XU_OK(q_column_stabilise(&columns[k], &batch, err));
            columns[k].bytes_stable = false;
        }
        q_batch b = {.n_rows = n, .n_columns = N_COLUMNS, .columns = columns};
        XU_OK(q_window_task_add(w, &b, err));
        q_arena_fini(&batch);
        from += n;
    }
}

static void tasks_start(stage *s, tasks *t, uint32_t n)
{
    memset(t, 0, sizeof *t);
    t->n = n;
    memcpy(t->cuts, xu_cuts(&s->arena, s->n, n), sizeof *t->cuts * (n + 1));
    for (uint32_t i = 0; i < n; i++) {
        q_arena_init(&t->arenas[i], NULL);
        q_buf_init(&t->body[i]);
        q_buf_init(&t->reply[i]);
        XU_OK(q_window_task_new(&s->barrier, &xu_session, &t->arenas[i], &t->task[i], err));
        add_rows(s, t->task[i], t->cuts[i], t->cuts[i + 1]);
        XU_OK(q_window_task_finish(t->task[i], &t->body[i], err));
    }
    XU_OK(q_window_merge_new(&s->barrier, &xu_session, n, NULL, &t->merge, err));
}

static void tasks_fini(tasks *t)
{
    q_window_merge_destroy(&t->merge);
    for (uint32_t i = 0; i < t->n; i++) {
        q_window_task_destroy(&t->task[i]);
        q_buf_fini(&t->body[i]);
        q_buf_fini(&t->reply[i]);
        q_arena_fini(&t->arenas[i]);
    }
}

static void merge_all(tasks *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        XU_OK(q_window_merge_add(t->merge, i, t->body[i].data, t->body[i].len, err));
    XU_OK(q_window_merge_finish(t->merge, err));
    for (uint32_t i = 0; i < t->n; i++)
        XU_OK(q_window_merge_reply(t->merge, i, &t->reply[i], err));
}

/* A task's rows as they go on, against rows from `row` on of what is expected. */
static uint32_t check_task(stage *s, tasks *t, uint32_t i, q_column *const *want, uint32_t row)
{
    XU_OK(q_window_task_attach(t->task[i], t->reply[i].data, t->reply[i].len, err));
    for (uint32_t b = 0; b < q_window_task_batches(t->task[i]); b++) {
        q_arena scratch;
        q_batch got;
        q_arena_init(&scratch, NULL);
        XU_OK(q_window_task_next(t->task[i], b, &scratch, &got, err));
        ck_assert_uint_eq(got.n_columns, N_COLUMNS + s->barrier.n_columns);
        for (uint32_t k = 0; k < got.n_rows; k++, row++) {
            for (uint32_t c = 0; c < N_COLUMNS; c++)
                ck_assert(xu_same(&got.columns[c], k, s->columns[c], row));
            for (uint32_t c = 0; c < s->barrier.n_columns; c++)
                ck_assert(xu_same(&got.columns[N_COLUMNS + c], k, want[c], row));
        }
        q_arena_fini(&scratch);
    }
    return row;
}

START_TEST(as_all_rows_at_once)
{
    static const uint32_t sizes[] = {0, 1, 5, 60, 300, 900};
    for (int round = 0; round < 12; round++) {
        stage s;
        tasks t;
        q_column *want[N_GROUPS * MOST_CALLS], out[MOST_CALLS];
        stage_init(&s, sizes[xu_below(6)]);
        for (uint32_t g = 0; g < s.barrier.n_groups; g++) {
            const q_window_group *group = &s.groups[g];
            expect_group(&s, group, out);
            for (uint32_t c = 0; c < group->n_calls; c++)
                want[group->columns[c]] = q_arena_copy(&s.arena, &out[c], sizeof out[c]);
        }
        tasks_start(&s, &t, 1 + (uint32_t)_i);
        merge_all(&t);
        uint32_t row = 0;
        for (uint32_t i = 0; i < t.n; i++)
            row = check_task(&s, &t, i, want, row);
        ck_assert_uint_eq(row, s.n);
        tasks_fini(&t);
        q_arena_fini(&s.arena);
    }
}
END_TEST

/* Damaged bytes give an error or another result, never a crash. */
static void damage(q_buf *b)
{
    if (!b->len)
        return;
    switch (xu_below(3)) {
    case 0:
        b->len = xu_below((uint32_t)b->len);
        break;
    case 1:
        b->data[xu_below((uint32_t)b->len)] ^= (char)(1 << xu_below(8));
        break;
    default:
        b->data[xu_below((uint32_t)b->len)] = (char)xu_random();
        break;
    }
}

START_TEST(damaged_bodies)
{
    int refused = 0;
    for (int round = 0; round < 400; round++) {
        stage s;
        tasks t;
        q_err e = {0};
        q_code code = Q_OK;
        stage_init(&s, 30);
        tasks_start(&s, &t, 2);
        damage(&t.body[xu_below(2)]);
        for (uint32_t i = 0; i < 2 && code == Q_OK; i++)
            code = q_window_merge_add(t.merge, i, t.body[i].data, t.body[i].len, &e);
        if (code == Q_OK)
            code = q_window_merge_finish(t.merge, &e);
        for (uint32_t i = 0; i < 2 && code == Q_OK; i++)
            code = q_window_merge_reply(t.merge, i, &t.reply[i], &e);
        refused += code != Q_OK;
        tasks_fini(&t);
        q_arena_fini(&s.arena);
    }
    ck_assert_int_gt(refused, 50);
}
END_TEST

START_TEST(damaged_replies)
{
    int refused = 0;
    for (int round = 0; round < 300; round++) {
        stage s;
        tasks t;
        q_err e = {0};
        stage_init(&s, 30);
        tasks_start(&s, &t, 2);
        merge_all(&t);
        damage(&t.reply[0]);
        q_code code = q_window_task_attach(t.task[0], t.reply[0].data, t.reply[0].len, &e);
        for (uint32_t b = 0; code == Q_OK && b < q_window_task_batches(t.task[0]); b++) {
            q_batch got;
            code = q_window_task_next(t.task[0], b, &s.arena, &got, &e);
        }
        refused += code != Q_OK;
        tasks_fini(&t);
        q_arena_fini(&s.arena);
    }
    ck_assert_int_gt(refused, 30);
}
END_TEST

START_TEST(budget_exceeded)
{
    stage s;
    q_budget b;
    q_arena a;
    q_window_task *w = NULL;
    q_err e = {0};
    stage_init(&s, 2000);
    q_budget_init(&b, "spark.executor.memory", 600000);
    q_arena_init(&a, &b);
    q_code code = q_window_task_new(&s.barrier, &xu_session, &a, &w, &e);
    q_batch batch = {.n_rows = 2000, .n_columns = N_COLUMNS};
    batch.columns = q_arena_array(&s.arena, q_column, N_COLUMNS);
    for (uint32_t k = 0; k < N_COLUMNS; k++)
        batch.columns[k] = *s.columns[k];
    for (int i = 0; i < 50 && code == Q_OK; i++)
        code = q_window_task_add(w, &batch, &e);
    ck_assert_int_eq(code, Q_E_OUT_OF_MEMORY);
    q_window_task_destroy(&w);
    q_arena_fini(&a);
    q_arena_fini(&s.arena);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("exec barrier");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, as_all_rows_at_once, 0, MAX_TASKS);
    tcase_add_test(t, damaged_bodies);
    tcase_add_test(t, damaged_replies);
    tcase_add_test(t, budget_exceeded);
    suite_add_tcase(s, t);
    return xu_main(s);
}
