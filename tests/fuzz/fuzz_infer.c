/* Inference over JSON and CSV from anywhere: a reader with the schema of the whole file never finds
 * that it does not hold; a schema merged with itself stays as it is. */
#include "tests/fuzz/io_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void nothing(q_reader *r, int way)
{
    (void)r, (void)way;
}

static bool same_schema(const q_schema *x, const q_schema *y)
{
    bool same = x->n_fields == y->n_fields;
    for (uint32_t i = 0; same && i < x->n_fields; i++)
        same = strcmp(x->fields[i].name, y->fields[i].name) == 0 &&
               q_type_eq(x->fields[i].type, y->fields[i].type) &&
               x->fields[i].nullable == y->fields[i].nullable;
    return same;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 1 << 16)
        return 0;
    uint8_t flags = data[0], more = data[1];
    uint64_t n = size - 2;
    q_arena a;
    q_err err;
    q_format format = flags & 1 ? Q_FORMAT_CSV : Q_FORMAT_JSON;
    q_source source = {.format = (uint8_t)format, .name = "fuzz"};
    q_read_options *o = &source.options;
    q_arena_init(&a, NULL);
    if (q_read_options_parse(format, NULL, 0, &a, o, NULL, &err) != Q_OK)
        abort();
    o->multi_line = flags & 2;
    o->mode = (flags >> 2 & 3) % 3;
    o->header = flags & 16;
    o->infer_schema = flags & 32;
    o->prefers_decimal = flags & 64;
    o->infer_timestamp = flags & 128;
    o->primitives_as_string = more & 1;
    o->drop_field_if_all_null = more & 2;
    o->prefer_date = more & 4;
    char *copy = calloc(1, n + 64);
    memcpy(copy, data + 2, n);
    q_schema sample, merged;
    (void)q_infer_schema(&source, copy, n / 2, false, &fuzz_session, &a, &sample, &err);
    if (q_infer_schema(&source, copy, n, true, &fuzz_session, &a, &source.schema, &err) == Q_OK) {
        q_split split = {.source = &source, .end = n, .data = copy, .data_bytes = n};
        uint32_t columns[8], n_columns = 0;
        source.inferred = true;
        for (; n_columns < 8 && n_columns < source.schema.n_fields; n_columns++)
            columns[n_columns] = n_columns;
        fuzz_read read = {0};
        fuzz_read_split(&split, columns, n_columns, nothing, 0, &read);
        if (read.code == Q_E_SCHEMA_CHANGED)
            abort();
        if (q_schema_merge(&source, &source.schema, &source.schema, &a, &merged, &err) != Q_OK ||
            !same_schema(&merged, &source.schema))
            abort();
    }
    free(copy);
    q_arena_fini(&a);
    return 0;
}
