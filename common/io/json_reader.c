/* The JSON reader: layout and life. */
#include "common/io/json_reader.h"
#include "common/io/lines.h"

static void reader_fini(q_reader *r)
{
    q_json_reader *j = r->format;
    for (uint32_t i = 0; i < Q_TEMPLATES; i++)
        q_json_template_fini(&j->templates[i]);
}

static const q_reader_ops lines_ops = {q_json_fill_lines, reader_fini, q_json_observe};
static const q_reader_ops stream_ops = {q_json_fill_stream, reader_fini, q_json_observe};

static q_json_layout layout_of(const q_reader *r, const q_json_reader *j)
{
    q_json_scan scan = {.at = j->at, .end = j->end, .options = r->options};
    q_json_skip_space(&scan);
    if (scan.at < scan.end && *scan.at == '[')
        return Q_JSON_ARRAY_FILE;
    return r->options->multi_line ? Q_JSON_STREAM : Q_JSON_LINES;
}

static void init_names(q_reader *r, q_json_reader *j)
{
    const q_schema *schema = &r->split.source->schema;
    q_names_init(&j->names, schema, &r->own);
    j->cell_of = q_arena_array(&r->own, int32_t, schema->n_fields + 1);
    memset(j->cell_of, 0xFF, (schema->n_fields + 1) * sizeof *j->cell_of);
    for (uint32_t i = 0; i < r->cells.n; i++)
        if (&r->cells.columns[i] != r->corrupt)
            j->cell_of[r->cells.columns[i].field] = (int32_t)i;
    j->order_cap = schema->n_fields + 16;
    j->order = q_arena_array(&r->own, int32_t, j->order_cap);
    memset(j->order, 0xFF, j->order_cap * sizeof *j->order);
    j->seen_words = (uint32_t)q_bit_words(r->cells.n);
    j->seen = q_arena_array(&r->own, uint64_t, j->seen_words + 1);
}

q_code q_json_reader_init(q_reader *r, q_err *err)
{
    (void)err;
    const q_source *source = r->split.source;
    q_json_reader *j = q_arena_new(&r->own, q_json_reader);
    r->format = j;
    j->at = q_skip_bom(r->split.data, r->split.data_bytes);
    j->end = r->split.data + r->split.data_bytes;
    j->match = q_json_match_vector;
    init_names(r, j);
    if (source->inferred) {
        j->types = q_arena_new(&r->own, q_infer);
        q_infer_init(j->types, Q_FORMAT_JSON, r->options, &r->cells.times, &r->own);
    }
    j->layout = layout_of(r, j);
    r->ops = j->layout == Q_JSON_LINES ? &lines_ops : &stream_ops;
    if (j->layout == Q_JSON_LINES)
        q_json_start_lines(r);
    else
        q_json_start_stream(r);
    return Q_OK;
}
