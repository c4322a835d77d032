/* Files, splits, mappings, compression, output directories: on a real file system. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io/compress.h"
#include "common/io/files.h"
#include "common/io/input.h"
#include "common/io/mapped.h"
#include "common/io/output.h"
#include "common/io/paths.h"
#include "common/io/split.h"
#include "tests/unit/io_help.h"

static char root[64];
static q_arena arena;
static q_err err;

static void setup(void)
{
    strcpy(root, "/tmp/quern-io-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    q_arena_init(&arena, NULL);
}

static void teardown(void)
{
    char command[256];
    q_arena_fini(&arena);
    snprintf(command, sizeof command, "chmod -R u+w %s; rm -rf %s", root, root);
    ck_assert_int_eq(system(command), 0);
}

static const char *at(const char *name)
{
    return q_arena_printf(&arena, "%s/%s", root, name);
}

static const char *put(const char *name, const char *text, size_t n)
{
    const char *path = at(name);
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    fclose(f);
    return path;
}

static char *get(const char *path)
{
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "no %s", path);
    char *text = calloc(1, 4096);
    (void)!fread(text, 1, 4095, f);
    fclose(f);
    return text;
}

/* Names of a directory's entries, sorted, joined by spaces. */
static const char *list(const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, alphasort);
    char *text = q_arena_zalloc(&arena, 4096);
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.')
            strcat(strcat(text, *text ? " " : ""), entries[i]->d_name);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return text;
}

/* ---- files ---- */

static const char *expanded(const char *path)
{
    const q_file *files;
    uint32_t n;
    q_code code = q_files_expand(path, &arena, &files, &n, &err);
    if (code != Q_OK)
        return q_code_name(code);
    char *text = q_arena_zalloc(&arena, 4096);
    for (uint32_t i = 0; i < n; i++)
        sprintf(text + strlen(text), "%s%s:%llu", i ? " " : "", strrchr(files[i].path, '/') + 1,
                (unsigned long long)files[i].bytes);
    return text;
}

START_TEST(test_files_expand)
{
    mkdir(at("d"), 0777);
    mkdir(at("d/sub"), 0777);
    put("d/b.json", "22", 2);
    put("d/a.json", "1", 1);
    put("d/c.csv", "", 0);
    put("d/_SUCCESS", "", 0);
    put("d/.hidden", "", 0);
    put("d/sub/x.json", "333", 3);
    put("odd[1].json", "1", 1);
    ck_assert_str_eq(expanded(at("d/b.json")), "b.json:2");
    ck_assert_str_eq(expanded(at("d")), "a.json:1 b.json:2 c.csv:0");
    ck_assert_str_eq(expanded(at("d/")), "a.json:1 b.json:2 c.csv:0");
    ck_assert_str_eq(expanded(at("d/*.json")), "a.json:1 b.json:2");
    ck_assert_str_eq(expanded(at("d/*")), "a.json:1 b.json:2 c.csv:0 x.json:3");
    ck_assert_str_eq(expanded(at("d/{b,a}.json")), "a.json:1 b.json:2");
    ck_assert_str_eq(expanded(at("d/[ab].json")), "a.json:1 b.json:2");
    ck_assert_str_eq(expanded(at("*/sub")), "x.json:3");
    ck_assert_str_eq(expanded(at("odd[1].json")), "odd[1].json:1");
    ck_assert_str_eq(expanded(q_arena_printf(&arena, "file://%s", at("d/a.json"))), "a.json:1");
    ck_assert_str_eq(expanded(q_arena_printf(&arena, "file:%s", at("d/a.json"))), "a.json:1");
    ck_assert_str_eq(expanded(at("d/sub/x.json/y")), "PATH_NOT_FOUND");
    ck_assert_str_eq(expanded(at("none")), "PATH_NOT_FOUND");
    ck_assert_ptr_nonnull(strstr(err.msg, "path does not exist: /tmp/quern-io-"));
    ck_assert_str_eq(expanded(at("none*")), "PATH_NOT_FOUND");
    ck_assert_str_eq(expanded(""), "PATH_NOT_FOUND");
    mkfifo(at("pipe"), 0666);
    ck_assert_str_eq(expanded(at("pipe")), "IO");
}
END_TEST

START_TEST(test_files_relative)
{
    char here[PATH_MAX];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    put("r.json", "1", 1);
    ck_assert_int_eq(chdir(root), 0);
    const q_file *files;
    uint32_t n;
    ck_assert_int_eq(q_files_expand("r.json", &arena, &files, &n, &err), Q_OK);
    ck_assert_str_eq(files[0].path, at("r.json"));
    ck_assert_int_eq(chdir(here), 0);
}
END_TEST

START_TEST(test_format_of_name)
{
    static const struct {
        const char *name;
        int format; /* -1: none */
        const char *codec;
    } names[] = {{"/a/b.json", Q_FORMAT_JSON, NULL},
                 {"b.NDJSON", Q_FORMAT_JSON, NULL},
                 {"b.jsonl.gz", Q_FORMAT_JSON, "gzip"},
                 {"b.csv.zst", Q_FORMAT_CSV, "zstd"},
                 {"b.txt", -1, NULL},
                 {"json", -1, NULL},
                 {".json", -1, NULL},
                 {"x.gz", -1, "gzip"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        q_format format;
        const char *codec;
        bool known = q_format_of_name(names[i].name, &format, &codec);
        ck_assert_int_eq(known ? (int)format : -1, names[i].format);
        ck_assert(codec == names[i].codec || strcmp(codec, names[i].codec) == 0);
    }
}
END_TEST

/* ---- splits ---- */

static const char *splits(const uint64_t *bytes, uint32_t n_files, uint32_t target, uint64_t min,
                          const char *name)
{
    q_file files[8];
    const q_split_range *ranges;
    uint32_t n;
    q_source s = {.files = files, .n_files = n_files};
    for (uint32_t i = 0; i < n_files; i++)
        files[i] = (q_file){.path = name, .bytes = bytes[i]};
    ck_assert_int_eq(q_split_files(&s, target, min, &arena, &ranges, &n, &err), Q_OK);
    char *text = q_arena_zalloc(&arena, 4096);
    for (uint32_t i = 0; i < n; i++)
        sprintf(text + strlen(text), "%s%u:%lld-%lld", i ? " " : "", ranges[i].file,
                (long long)ranges[i].begin, (long long)ranges[i].end);
    return text;
}

START_TEST(test_splits)
{
    ck_assert_str_eq(splits((uint64_t[]){100}, 1, 4, 1, "a.json"),
                     "0:0-25 0:25-50 0:50-75 0:75-100");
    ck_assert_str_eq(splits((uint64_t[]){100}, 1, 4, 40, "a.json"), "0:0-50 0:50-100");
    ck_assert_str_eq(splits((uint64_t[]){100}, 1, 1, 1, "a.json"), "0:0-100");
    ck_assert_str_eq(splits((uint64_t[]){10, 0, 30}, 3, 4, 1, "a.json"),
                     "0:0-10 2:0-10 2:10-20 2:20-30");
    ck_assert_str_eq(splits((uint64_t[]){100, 50}, 2, 8, 1, "a.json.gz"), "0:0--1 1:0--1");
    ck_assert_str_eq(splits((uint64_t[]){0}, 1, 8, 1, "a.json"), "");
    ck_assert_str_eq(splits(NULL, 0, 8, 1, "a.json"), "");
    ck_assert_str_eq(splits((uint64_t[]){5}, 1, 0, 0, "a.json"), "0:0-5");
}
END_TEST

/* ---- mappings ---- */

static q_file file_at(const char *path)
{
    const q_file *files;
    uint32_t n;
    ck_assert_int_eq(q_files_expand(path, &arena, &files, &n, &err), Q_OK);
    return files[0];
}

START_TEST(test_mapped_sizes)
{
    static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 65536};
    char *text = malloc(65536);
    memset(text, 'x', 65536);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        q_mapped *m;
        q_file f = file_at(put("m", text, sizes[i]));
        ck_assert_int_eq(q_mapped_open(&f, &m, &err), Q_OK);
        ck_assert_uint_eq(q_mapped_bytes(m), sizes[i]);
        ck_assert_int_eq(memcmp(q_mapped_data(m), text, sizes[i]), 0);
        for (size_t k = 0; k < 64; k++)
            ck_assert_int_eq(q_mapped_data(m)[sizes[i] + k], 0);
        q_mapped_prefetch(m, 0, UINT64_MAX);
        ck_assert_int_eq(q_mapped_check(m, &err), Q_OK);
        q_mapped_close(&m);
    }
    free(text);
}
END_TEST

START_TEST(test_mapped_changed)
{
    q_mapped *m;
    q_file f = file_at(put("m", "abc", 3));
    put("m", "abcd", 4);
    ck_assert_int_eq(q_mapped_open(&f, &m, &err), Q_E_INPUT_CHANGED);
    f = file_at(at("m"));
    f.mtime_ns++;
    ck_assert_int_eq(q_mapped_open(&f, &m, &err), Q_E_INPUT_CHANGED);
    f.mtime_ns = 0;
    ck_assert_int_eq(q_mapped_open(&f, &m, &err), Q_OK);
    FILE *more = fopen(f.path, "ab");
    fputs("x", more);
    fclose(more);
    ck_assert_int_eq(q_mapped_check(m, &err), Q_E_INPUT_CHANGED);
    q_mapped_close(&m);
    f.path = at("none");
    ck_assert_int_eq(q_mapped_open(&f, &m, &err), Q_E_PATH_NOT_FOUND);
    f.path = root;
    f.bytes = 0;
    ck_assert_int_eq(q_mapped_open(&f, &m, &err), Q_E_IO);
}
END_TEST

/* Somebody cuts the file while it is read: zeros instead of a signal, and it is told. */
START_TEST(test_mapped_truncated)
{
    size_t n = 1 << 20;
    char *text = malloc(n);
    memset(text, 'x', n);
    q_file f = file_at(put("m", text, n));
    q_mapped *m, *other;
    ck_assert_int_eq(q_mapped_open(&f, &m, &err), Q_OK);
    q_file g = file_at(put("other", "abc", 3));
    ck_assert_int_eq(q_mapped_open(&g, &other, &err), Q_OK);
    ck_assert_int_eq(truncate(f.path, 4096), 0);
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (unsigned char)q_mapped_data(m)[i];
    ck_assert_uint_eq(sum, 4096 * 'x');
    ck_assert_int_eq(q_mapped_check(m, &err), Q_E_INPUT_CHANGED);
    ck_assert_ptr_nonnull(strstr(err.msg, "became shorter"));
    ck_assert_int_eq(q_mapped_check(other, &err), Q_OK);
    q_mapped_close(&m);
    q_mapped_close(&other);
    free(text);
}
END_TEST

/* ---- compression ---- */

static void check_codec(const char *codec, const char *text, size_t n, size_t piece)
{
    q_compressor *c;
    q_buf packed;
    q_budget budget;
    q_inflated back;
    q_buf_init(&packed);
    q_budget_init(&budget, "spark.executor.memory", 64 << 20);
    ck_assert_int_eq(q_compressor_new(codec, &c, &err), Q_OK);
    for (size_t from = 0; from < n; from += piece)
        ck_assert_int_eq(
            q_compressor_add(c, text + from, n - from < piece ? n - from : piece, &packed, &err),
            Q_OK);
    ck_assert_int_eq(q_compressor_finish(c, &packed, &err), Q_OK);
    q_compressor_destroy(&c);
    ck_assert_int_eq(q_inflate(codec, "in", packed.data, packed.len, &budget, &back, &err), Q_OK);
    ck_assert_uint_eq(back.bytes, n);
    ck_assert_int_eq(memcmp(back.data, text, n), 0);
    q_inflated_fini(&back);
    ck_assert_uint_eq(budget.used_bytes, 0);
    /* every way of being cut off is an error (nothing at all is an empty file) */
    for (size_t cut = 1; cut < packed.len; cut += 1 + packed.len / 50) {
        ck_assert_int_eq(q_inflate(codec, "in", packed.data, cut, &budget, &back, &err),
                         Q_E_MALFORMED_RECORD);
        ck_assert_uint_eq(budget.used_bytes, 0);
    }
    /* two in a row */
    size_t len = packed.len;
    q_buf_reserve(&packed, len);
    memcpy(packed.data + len, packed.data, len);
    ck_assert_int_eq(q_inflate(codec, "in", packed.data, 2 * len, &budget, &back, &err), Q_OK);
    ck_assert_uint_eq(back.bytes, 2 * n);
    q_inflated_fini(&back);
    q_buf_fini(&packed);
}

START_TEST(test_codecs)
{
    const char *codec = _i ? "zstd" : "gzip";
    size_t n = 3 << 20;
    char *text = malloc(n);
    uint32_t x = 1;
    for (size_t i = 0; i < n; i++)
        text[i] = (char)('a' + ((x = x * 1664525 + 1013904223) >> 30));
    check_codec(codec, "", 0, 1);
    check_codec(codec, "hello", 5, 2);
    check_codec(codec, text, n, 100000);
    q_inflated back;
    ck_assert_int_eq(q_inflate(codec, "in.gz", "garbage!", 8, NULL, &back, &err),
                     Q_E_MALFORMED_RECORD);
    ck_assert_ptr_nonnull(strstr(err.msg, "in.gz is not a complete"));
    q_budget small;
    q_budget_init(&small, "spark.executor.memory", 2 << 20);
    q_compressor *c;
    q_buf packed;
    q_buf_init(&packed);
    ck_assert_int_eq(q_compressor_new(codec, &c, &err), Q_OK);
    ck_assert_int_eq(q_compressor_add(c, text, n, &packed, &err), Q_OK);
    ck_assert_int_eq(q_compressor_finish(c, &packed, &err), Q_OK);
    ck_assert_int_eq(q_inflate(codec, "in", packed.data, packed.len, &small, &back, &err),
                     Q_E_OUT_OF_MEMORY);
    ck_assert_ptr_nonnull(strstr(err.hint, "spark.executor.memory"));
    ck_assert_uint_eq(small.used_bytes, 0);
    q_compressor_destroy(&c);
    q_buf_fini(&packed);
    free(text);
    ck_assert_int_eq(q_compressor_new("lzma", &c, &err), Q_E_INVALID_OPTION);
}
END_TEST

START_TEST(test_input)
{
    q_compressor *c;
    q_buf packed;
    q_input *in;
    q_buf_init(&packed);
    ck_assert_int_eq(q_compressor_new("gzip", &c, &err), Q_OK);
    ck_assert_int_eq(q_compressor_add(c, "hello", 5, &packed, &err), Q_OK);
    ck_assert_int_eq(q_compressor_finish(c, &packed, &err), Q_OK);
    q_compressor_destroy(&c);
    q_file files[3] = {file_at(put("x.json.gz", packed.data, packed.len)),
                       file_at(put("y.json", "plain", 5)), file_at(put("z.json.gz", "bad", 3))};
    q_source s = {.files = files, .n_files = 3};
    ck_assert_int_eq(q_input_open(&s, 0, NULL, &in, &err), Q_OK);
    ck_assert_uint_eq(q_input_bytes(in), 5);
    ck_assert_str_eq(q_input_data(in), "hello");
    ck_assert_int_eq(q_input_check(in, &err), Q_OK);
    q_input_close(&in);
    ck_assert_int_eq(q_input_open(&s, 1, NULL, &in, &err), Q_OK);
    ck_assert_str_eq(q_input_data(in), "plain");
    q_input_close(&in);
    ck_assert_int_eq(q_input_open(&s, 2, NULL, &in, &err), Q_E_MALFORMED_RECORD);
    q_buf_fini(&packed);
}
END_TEST

/* ---- output ---- */

static q_sink_spec sink(const char *name, q_save_mode mode, const char *codec)
{
    return (q_sink_spec){.format = Q_FORMAT_JSON,
                         .mode = (uint8_t)mode,
                         .path = at(name),
                         .options = {.compression = codec}};
}

static const char *write_part(const q_sink_spec *s, const char *attempt, uint32_t task,
                              const char *text)
{
    q_part *p;
    const char *name;
    uint64_t bytes;
    ck_assert_int_eq(q_part_open(s, attempt, task, 1 << 20, &p, &err), Q_OK);
    q_buf_puts(q_part_buffer(p), text);
    ck_assert_int_eq(q_part_flush(p, &err), Q_OK);
    ck_assert_int_eq(q_part_commit(&p, &arena, &name, &bytes, &err), Q_OK);
    ck_assert_ptr_null(p);
    return name;
}

START_TEST(test_output_commit)
{
    q_sink_spec s = sink("out/deep", Q_SAVE_ERROR_IF_EXISTS, "none");
    bool skip;
    ck_assert_int_eq(q_output_begin(&s, &skip, &err), Q_OK);
    ck_assert(!skip);
    const char *parts[2] = {write_part(&s, "job1-0-0-0", 0, "a\n"),
                            write_part(&s, "job1-0-1-1", 1, "b\n")};
    write_part(&s, "job1-0-1-0", 1, "a lost attempt\n");
    ck_assert_int_eq(strncmp(parts[1], "job1-0-1-1/part-00001-", 22), 0);
    ck_assert_str_eq(list(s.path), "_temporary");
    ck_assert_int_eq(q_output_commit(&s, "job1", parts, 2, &err), Q_OK);
    const char *now = list(s.path);
    ck_assert_int_eq(strncmp(now, "_SUCCESS part-00000-", 20), 0);
    ck_assert_uint_eq(strlen(now), 8 + 2 * (1 + 5 + 6 + 36 + 10));
    char *text = get(q_arena_printf(&arena, "%s/%s", s.path, strchr(parts[1], '/') + 1));
    ck_assert_str_eq(text, "b\n");
    free(text);
    /* again, as after a crash */
    ck_assert_int_eq(q_output_commit(&s, "job1", parts, 2, &err), Q_OK);
    ck_assert_str_eq(list(s.path), now);
    ck_assert_int_eq(q_output_begin(&s, &skip, &err), Q_E_PATH_ALREADY_EXISTS);
    s.mode = Q_SAVE_IGNORE;
    ck_assert_int_eq(q_output_begin(&s, &skip, &err), Q_OK);
    ck_assert(skip);
    s.mode = Q_SAVE_APPEND;
    ck_assert_int_eq(q_output_begin(&s, &skip, &err), Q_OK);
    parts[0] = write_part(&s, "job2-0-0-0", 0, "c\n");
    ck_assert_int_eq(q_output_commit(&s, "job2", parts, 1, &err), Q_OK);
    ck_assert_uint_eq(strlen(list(s.path)), strlen(now) + 58);
}
END_TEST

START_TEST(test_output_overwrite)
{
    q_sink_spec s = sink("out", Q_SAVE_OVERWRITE, "none");
    bool skip;
    mkdir(at("out"), 0777);
    mkdir(at("out/old_dir"), 0777);
    put("out/old.json", "old", 3);
    put("out/old_dir/x", "old", 3);
    ck_assert_int_eq(q_output_begin(&s, &skip, &err), Q_OK);
    const char *parts[1] = {write_part(&s, "job1-0-0-0", 0, "new\n")};
    /* a job that fails leaves everything */
    q_output_abort(&s, "job1");
    ck_assert_str_eq(list(s.path), "old.json old_dir");
    ck_assert_int_eq(q_output_begin(&s, &skip, &err), Q_OK);
    parts[0] = write_part(&s, "job1-0-0-0", 0, "new\n");
    const char *other = write_part(&s, "job11-0-0-0", 0, "another job's\n");
    ck_assert_int_eq(q_output_commit(&s, "job1", parts, 1, &err), Q_OK);
    ck_assert_int_eq(strncmp(list(s.path), "_SUCCESS _temporary part-00000-", 31), 0);
    ck_assert_int_eq(q_output_commit(&s, "job11", &other, 1, &err), Q_OK);
    ck_assert_int_eq(strncmp(list(s.path), "_SUCCESS part-00000-", 20), 0);
    char *text = get(q_arena_printf(&arena, "%s/%s", s.path, strchr(other, '/') + 1));
    ck_assert_str_eq(text, "another job's\n");
    free(text);
}
END_TEST

START_TEST(test_output_abort)
{
    q_sink_spec s = sink("out", Q_SAVE_ERROR_IF_EXISTS, "none");
    bool skip;
    q_part *p;
    ck_assert_int_eq(q_output_begin(&s, &skip, &err), Q_OK);
    ck_assert_int_eq(q_part_open(&s, "job1-0-0-0", 0, 0, &p, &err), Q_OK);
    q_part_abort(&p);
    write_part(&s, "job1-0-1-0", 1, "x");
    q_output_abort(&s, "job1");
    ck_assert_int_ne(access(s.path, F_OK), 0);
}
END_TEST

START_TEST(test_output_refuses)
{
    bool skip;
    q_part *p;
    q_sink_spec file = sink("file", Q_SAVE_OVERWRITE, "none");
    put("file", "x", 1);
    ck_assert_int_eq(q_output_begin(&file, &skip, &err), Q_E_PATH_ALREADY_EXISTS);
    q_sink_spec below = sink("file/below", Q_SAVE_OVERWRITE, "none");
    ck_assert_int_ne(q_output_begin(&below, &skip, &err), Q_OK);
    ck_assert_int_eq(q_part_open(&below, "job1-0-0-0", 0, 0, &p, &err), Q_E_IO);
    ck_assert_ptr_null(p);
    q_sink_spec s = sink("out", Q_SAVE_ERROR_IF_EXISTS, "none");
    ck_assert_int_eq(q_output_begin(&s, &skip, &err), Q_OK);
    static const char *const bad[] = {"../job1-x/part-0", "job1-0/../x", "job2-0-0-0/part-1",
                                      "job1-0-0-0",       "/etc/part-",  "job1-0/part-/x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_eq(q_output_commit(&s, "job1", &bad[i], 1, &err), Q_E_PROTOCOL);
    const char *gone = "job1-0-0-0/part-00000-x.json";
    ck_assert_int_eq(q_output_commit(&s, "job1", &gone, 1, &err), Q_E_PATH_NOT_FOUND);
    ck_assert_str_eq(list(s.path), "_temporary");
}
END_TEST

/* A job whose process was killed leaves a marker that nobody holds; one that lives holds its own.
 */
START_TEST(test_output_stale_marker)
{
    q_sink_spec dead = sink("out", Q_SAVE_ERROR_IF_EXISTS, "none");
    q_sink_spec alive = dead, next = dead;
    const char *marker;
    int dead_lock, lock;
    bool skip;
    dead.job = "dead";
    alive.job = "alive";
    next.job = "next";
    ck_assert_int_eq(q_output_begin(&dead, &skip, &err), Q_OK);
    ck_assert_int_eq(q_output_mark(&dead, &dead_lock, &marker, &arena, &err), Q_OK);
    ck_assert(q_output_is_marked(&dead, marker));
    ck_assert(!q_output_is_marked(&dead, "other-marker"));
    write_part(&dead, "dead-0-0-0", 0, "half a resu");
    ck_assert_int_eq(q_output_mark(&alive, &lock, &marker, &arena, &err), Q_OK);
    write_part(&alive, "alive-0-0-0", 0, "x");
    ck_assert_int_eq(q_output_begin(&next, &skip, &err), Q_OK);
    ck_assert_str_eq(list(at("out/_temporary")), "alive-0-0-0 alive-marker dead-0-0-0 dead-marker");
    close(dead_lock);
    ck_assert_int_eq(q_output_begin(&next, &skip, &err), Q_OK);
    ck_assert_str_eq(list(at("out/_temporary")), "alive-0-0-0 alive-marker");
    const char *part = write_part(&next, "next-0-0-0", 0, "y");
    ck_assert_int_eq(q_output_commit(&next, "next", &part, 1, &err), Q_OK);
    q_output_abort(&alive, "alive");
    close(lock);
    ck_assert_int_eq(strncmp(list(next.path), "_SUCCESS part-00000-", 20), 0);
}
END_TEST

/* Another directory of the same name: nothing is made there and nothing is touched. */
START_TEST(test_output_elsewhere)
{
    q_sink_spec s = sink("out", Q_SAVE_OVERWRITE, "none");
    q_part *p;
    const char *part = "job1-0-0-0/part-00000-x.json";
    ck_assert_int_eq(q_part_open(&s, "job1-0-0-0", 0, 0, &p, &err), Q_E_PATH_NOT_FOUND);
    ck_assert_int_ne(access(s.path, F_OK), 0);
    ck_assert_int_eq(q_output_commit(&s, "job1", &part, 1, &err), Q_E_PATH_NOT_FOUND);
    mkdir(at("out"), 0777);
    put("out/old.json", "old", 3);
    ck_assert_int_eq(q_output_commit(&s, "job1", &part, 1, &err), Q_E_PATH_NOT_FOUND);
    ck_assert_str_eq(list(s.path), "old.json");
}
END_TEST

START_TEST(test_path_is_within)
{
    mkdir(at("data"), 0777);
    mkdir(at("data/sub"), 0777);
    mkdir(at("data2"), 0777);
    put("data/sub/in.json", "{}", 2);
    put("data2/in.json", "{}", 2);
    ck_assert_int_eq(symlink(at("data"), at("alias")), 0);
    ck_assert_int_eq(symlink(at("data/sub/in.json"), at("data2/link.json")), 0);
    ck_assert(q_path_is_within(at("data/sub/in.json"), at("data")));
    ck_assert(q_path_is_within(at("data/sub/in.json"), at("alias")));
    ck_assert(q_path_is_within(at("alias/sub/in.json"), at("data/sub")));
    ck_assert(q_path_is_within(at("data/sub/in.json"), at("data2/../data/./sub//")));
    ck_assert(q_path_is_within(at("data2/link.json"), at("alias")));
    ck_assert(q_path_is_within(at("data"), at("alias")));
    ck_assert(!q_path_is_within(at("data2/in.json"), at("data")));
    ck_assert(!q_path_is_within(at("data2/link.json"), at("data2")));
    ck_assert(!q_path_is_within(at("data/sub/in.json"), at("data/missing")));
    ck_assert(!q_path_is_within(at("missing.json"), at("data")));
}
END_TEST

/* No room: the limit on file sizes stands in for a full disk. */
START_TEST(test_output_no_room)
{
    q_sink_spec s = sink("out", Q_SAVE_ERROR_IF_EXISTS, "none");
    struct rlimit old, small;
    q_part *p;
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 1 << 20;
    signal(SIGXFSZ, SIG_IGN);
    bool skip;
    ck_assert_int_eq(q_output_begin(&s, &skip, &err), Q_OK);
    ck_assert_int_eq(q_part_open(&s, "job1-0-0-0", 0, 0, &p, &err), Q_OK);
    setrlimit(RLIMIT_FSIZE, &small);
    q_code code = Q_OK;
    for (int i = 0; i < 5 && code == Q_OK; i++) {
        char block[600 << 10];
        memset(block, 'x', sizeof block);
        q_buf_append(q_part_buffer(p), block, sizeof block);
        code = q_part_flush(p, &err);
    }
    setrlimit(RLIMIT_FSIZE, &old);
    ck_assert_int_eq(code, Q_E_IO);
    ck_assert_ptr_nonnull(strstr(err.msg, "cannot write"));
    q_part_abort(&p);
    ck_assert_str_eq(list(at("out/_temporary/job1-0-0-0")), "");
}
END_TEST

/* Whether this file system frees reserved space at a truncate (some that lie over another do not).
 */
static bool frees_reserved_space(void)
{
    const char *path = at("reserved");
    struct stat st;
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, "text", 4), 4);
    bool frees = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 8 << 20) == 0 && ftruncate(fd, 4) == 0 &&
                 stat(path, &st) == 0 && st.st_blocks * 512 < 1 << 20;
    close(fd);
    unlink(path);
    return frees;
}

START_TEST(test_output_large)
{
    const char *codec = _i ? "gzip" : "none";
    q_sink_spec s = sink("out", Q_SAVE_ERROR_IF_EXISTS, codec);
    q_part *p;
    const char *name;
    uint64_t bytes;
    struct stat st;
    bool skip;
    ck_assert_int_eq(q_output_begin(&s, &skip, &err), Q_OK);
    ck_assert_int_eq(q_part_open(&s, "job1-0-0-0", 7, 64 << 20, &p, &err), Q_OK);
    for (int i = 0; i < 400000; i++) {
        q_buf_puts(q_part_buffer(p), "0123456789012345678901234567890\n");
        if (i % 1000 == 0)
            ck_assert_int_eq(q_part_flush(p, &err), Q_OK);
    }
    ck_assert_int_eq(q_part_commit(&p, &arena, &name, &bytes, &err), Q_OK);
    const char *path = q_arena_printf(&arena, "%s/_temporary/%s", s.path, name);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq((uint64_t)st.st_size, bytes);
    if (_i == 0) {
        ck_assert_uint_eq(bytes, 400000 * 32);
        if (frees_reserved_space()) /* blocks may be counted ahead while they are being written */
            ck_assert_uint_lt((uint64_t)st.st_blocks * 512, 48 << 20);
    } else {
        ck_assert_ptr_nonnull(strstr(name, "-c000.json.gz"));
        q_file f = file_at(path);
        q_source source = {.files = &f, .n_files = 1};
        q_input *in;
        ck_assert_int_eq(q_input_open(&source, 0, NULL, &in, &err), Q_OK);
        ck_assert_uint_eq(q_input_bytes(in), 400000 * 32);
        q_input_close(&in);
    }
}
END_TEST

/* ---- bad records ---- */

START_TEST(test_bad_records_path)
{
    fixture f;
    const char *data = "{\"a\":1}\n{\"a\":\"x\"}\n{\"a\":2\n{\"a\":3}\n";
    fixture_init(&f, Q_FORMAT_JSON, "a bigint",
                 q_arena_printf(&arena, "badRecordsPath=%s", at("bad/here")), data, strlen(data));
    ck_assert_int_eq(read_splits(&f, NULL, 0), Q_OK);
    ck_assert_str_eq(q_buf_cstr(&f.rows), "1\n3\n");
    ck_assert_uint_eq(f.report.n_bad, 2);
    const char *names = list(at("bad/here/bad_records"));
    ck_assert_int_eq(strncmp(names, "part-", 5), 0);
    char *text = get(q_arena_printf(&arena, "%s/bad/here/bad_records/%s", root, names));
    ck_assert_str_eq(
        text,
        "{\"path\":\"/in/data\",\"record\":\"{\\\"a\\\":\\\"x\\\"}\",\"reason\":\"column `a` of "
        "type "
        "BIGINT cannot hold \\\"x\\\"\"}\n"
        "{\"path\":\"/in/data\",\"record\":\"{\\\"a\\\":2\",\"reason\":\"the input ends inside a "
        "record\"}\n");
    free(text);
    fixture_fini(&f);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("io_files");
    TCase *t = tcase_create("io_files");
    tcase_set_timeout(t, 0);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, test_files_expand);
    tcase_add_test(t, test_files_relative);
    tcase_add_test(t, test_format_of_name);
    tcase_add_test(t, test_splits);
    tcase_add_test(t, test_mapped_sizes);
    tcase_add_test(t, test_mapped_changed);
    tcase_add_test(t, test_mapped_truncated);
    tcase_add_loop_test(t, test_codecs, 0, 2);
    tcase_add_test(t, test_input);
    tcase_add_test(t, test_output_commit);
    tcase_add_test(t, test_output_overwrite);
    tcase_add_test(t, test_output_abort);
    tcase_add_test(t, test_output_refuses);
    tcase_add_test(t, test_output_no_room);
    tcase_add_test(t, test_output_stale_marker);
    tcase_add_test(t, test_output_elsewhere);
    tcase_add_test(t, test_path_is_within);
    tcase_add_loop_test(t, test_output_large, 0, 2);
    tcase_add_test(t, test_bad_records_path);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
