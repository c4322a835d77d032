/* CSV files from anywhere: read or refused alike by bitmaps (vector and scalar) and the general
 * path, whole and in any splits. */
#include "common/io/csv_reader.h"
#include "tests/fuzz/io_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static q_field fields[] = {{"a", {.kind = Q_INT}, true},
                           {"b", {.kind = Q_STRING}, true},
                           {"c", {.kind = Q_DOUBLE}, true},
                           {"_corrupt_record", {.kind = Q_STRING}, true},
                           {"d", {.kind = Q_BOOLEAN}, true},
                           {"e", {.kind = Q_DATE}, true},
                           {"f", {.kind = Q_DECIMAL, .precision = 9, .scale = 2}, true}};
#define N_FIELDS (sizeof fields / sizeof *fields)

static void prepare(q_reader *r, int way)
{
    q_csv_match *const ways[] = {NULL, q_csv_match_scalar, q_csv_match_vector};
    q_csv_reader *c = r->format;
    if (c->match)
        c->match = ways[way];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 6 || size > 1 << 16)
        return 0;
    uint8_t flags = data[0], more = data[1];
    uint64_t n = size - 6, cuts[2] = {data[4] * n / 255, data[5] * n / 255};
    q_arena a;
    q_err err;
    q_source source = {
        .format = Q_FORMAT_CSV, .name = "fuzz", .schema = {data[2] % (N_FIELDS + 1), fields}};
    uint32_t columns[N_FIELDS], n_columns = 0;
    q_arena_init(&a, NULL);
    if (q_read_options_parse(Q_FORMAT_CSV, NULL, 0, &a, &source.options, NULL, &err) != Q_OK)
        abort();
    q_read_options *o = &source.options;
    o->multi_line = flags & 1;
    o->mode = (flags >> 1 & 3) % 3;
    o->header = flags & 8;
    o->ignore_leading_space = flags & 16;
    o->ignore_trailing_space = flags & 32;
    o->escape = flags & 64 ? '"' : '\\';
    o->comment = flags & 128 ? '#' : 0;
    o->separator = more & 1 ? "||" : more & 2 ? "\t" : ",";
    o->null_value = more & 4 ? "NA" : "";
    o->quote = more & 8 ? 0 : '"';
    o->enforce_schema = !(more & 16);
    o->infer_schema = source.inferred = more & 32;
    for (uint32_t i = 0; i < source.schema.n_fields; i++)
        if (data[3] >> i & 1)
            columns[n_columns++] = i;
    char *copy = calloc(1, n + 64);
    memcpy(copy, data + 6, n);
    memcpy(copy + n, copy, n < 64 ? n : 64);
    q_split split = {.source = &source, .end = n, .data = copy, .data_bytes = n};
    fuzz_read reads[3] = {0};
    for (int way = 0; way < 3; way++)
        fuzz_read_split(&split, columns, n_columns, prepare, way, &reads[way]);
    for (int way = 1; way < 3; way++)
        if (reads[way].code != reads[0].code || reads[way].n_rows != reads[0].n_rows ||
            (reads[0].code == Q_OK && reads[way].rows_hash != reads[0].rows_hash))
            abort();
    if (cuts[0] && cuts[0] <= cuts[1] && !source.inferred) /* no split is cut at 0 */
        fuzz_check_cuts(&split, columns, n_columns, prepare, cuts, 2, &reads[2]);
    free(copy);
    q_arena_fini(&a);
    return 0;
}
