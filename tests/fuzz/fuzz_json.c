/* JSON files from anywhere: read or refused alike by templates (vector and scalar) and the general
 * path, whole and in any splits; what is read can be written. */
#include "common/column/utf8.h"
#include "common/io/json_reader.h"
#include "common/io/writer.h"
#include "tests/fuzz/io_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static q_field fields[] = {{"a", {.kind = Q_BIGINT}, true},
                           {"b", {.kind = Q_STRING}, true},
                           {"c", {.kind = Q_DOUBLE}, true},
                           {"d", {.kind = Q_BOOLEAN}, true},
                           {"e", {.kind = Q_DATE}, true},
                           {"f", {.kind = Q_TIMESTAMP}, true},
                           {"g", {.kind = Q_DECIMAL, .precision = 9, .scale = 2}, true},
                           {"h", {.kind = Q_ARRAY, .element = Q_STRING}, true},
                           {"i", {.kind = Q_INT}, true},
                           {"j", {.kind = Q_BINARY}, true},
                           {"_corrupt_record", {.kind = Q_STRING}, true}};
#define N_FIELDS (sizeof fields / sizeof *fields)

static void prepare(q_reader *r, int way)
{
    q_json_match *const ways[] = {NULL, q_json_match_scalar, q_json_match_vector};
    ((q_json_reader *)r->format)->match = ways[way];
}

static void write_all(const q_split *split, const uint32_t *columns, uint32_t n)
{
    q_arena task;
    q_reader *r;
    q_writer *w;
    q_batch batch;
    q_write_options o;
    q_buf out;
    q_err err;
    q_field chosen[N_FIELDS];
    q_schema schema = {n, chosen};
    for (uint32_t i = 0; i < n; i++)
        chosen[i] = fields[columns[i]];
    q_arena_init(&task, NULL);
    q_buf_init(&out);
    if (q_write_options_parse(Q_FORMAT_JSON, NULL, 0, &task, &o, NULL, &err) != Q_OK ||
        q_writer_new(&schema, Q_FORMAT_JSON, &o, Q_WRITE_RECORDS, &fuzz_session, &w, &err) !=
            Q_OK ||
        q_reader_new(split, columns, n, &fuzz_session, &task, &r, &err) != Q_OK)
        abort();
    while (q_reader_next(r, &batch, &err) == Q_OK && batch.n_rows) {
        q_buf_clear(&out);
        if (q_writer_append(w, &batch, &out, &err) != Q_OK || !q_utf8_valid(out.data, out.len))
            abort();
    }
    q_reader_destroy(&r);
    q_writer_destroy(&w);
    q_buf_fini(&out);
    q_arena_fini(&task);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 6 || size > 1 << 16)
        return 0;
    uint8_t flags = data[0], more = data[1];
    uint64_t n = size - 6, cuts[2] = {data[4] * n / 255, data[5] * n / 255};
    q_arena a;
    q_err err;
    q_source source = {.format = Q_FORMAT_JSON, .name = "fuzz", .schema = {N_FIELDS, fields}};
    uint32_t columns[N_FIELDS], n_columns = 0;
    q_arena_init(&a, NULL);
    if (q_read_options_parse(Q_FORMAT_JSON, NULL, 0, &a, &source.options, NULL, &err) != Q_OK)
        abort();
    source.options.multi_line = flags & 1;
    source.options.mode = (flags >> 1 & 3) % 3;
    source.options.allow_unquoted_names = flags & 8;
    source.options.allow_leading_zeros = flags & 16;
    source.options.allow_backslash_any = flags & 32;
    source.options.allow_control_chars = flags & 64;
    source.options.allow_single_quotes = flags & 128;
    source.inferred = more & 1;
    for (uint32_t i = 0; i < N_FIELDS; i++)
        if ((data[2] | data[3] << 8) >> i & 1)
            columns[n_columns++] = i;
    char *copy = calloc(1, n + 64);
    memcpy(copy, data + 6, n);
    memcpy(copy + n, copy, n < 64 ? n : 64); /* what is behind the end may look like anything */
    q_split split = {.source = &source, .end = n, .data = copy, .data_bytes = n};
    fuzz_read reads[3] = {0};
    for (int way = 0; way < 3; way++)
        fuzz_read_split(&split, columns, n_columns, prepare, way, &reads[way]);
    for (int way = 1; way < 3; way++)
        if (reads[way].code != reads[0].code || reads[way].n_rows != reads[0].n_rows ||
            (reads[0].code == Q_OK && reads[way].rows_hash != reads[0].rows_hash) ||
            (reads[0].code == Q_OK &&
             memcmp(&reads[way].report, &reads[0].report, sizeof reads[0].report) != 0))
            abort();
    if (cuts[0] && cuts[0] <= cuts[1] && !source.inferred) /* no split is cut at 0 */
        fuzz_check_cuts(&split, columns, n_columns, prepare, cuts, 2, &reads[2]);
    if (reads[2].code == Q_OK)
        write_all(&split, columns, n_columns);
    free(copy);
    q_arena_fini(&a);
    return 0;
}
