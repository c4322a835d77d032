/* The tables of reader and writer options, and what walks them. */
#include "common/io/options.h"

#include <stdlib.h>
#include <strings.h>

#include "common/io/recode.h"

typedef enum option_kind {
    O_BOOL,
    O_CHAR,   /* one byte, or empty for none */
    O_TEXT,   /* empty is a value */
    O_FORMAT, /* text; empty is an error */
    O_SEPARATOR,
    O_MODE,
    O_CODEC, /* compression */
    O_RATIO,
    O_INT,
    O_ENCODING,
    O_UTF8,     /* writing: UTF-8 only */
    O_LINE_END, /* reading: any of \n, \r\n, \r is understood; others are refused */
    O_STOP_AT_DELIMITER,
    O_SILENT /* names the source itself, or harmless */
} option_kind;

enum { JSON = 1, CSV = 2, BOTH = 3 };

typedef struct option_row {
    const char *name, *alias;
    uint8_t formats, kind;
    uint16_t offset;
    const char *initial; /* default, as text; NULL: none */
} option_row;

#define R(field) offsetof(q_read_options, field)
static const option_row read_rows[] = {
    {"mode", NULL, BOTH, O_MODE, R(mode), "PERMISSIVE"},
    {"multiLine", "wholeFile", BOTH, O_BOOL, R(multi_line), "false"},
    {"columnNameOfCorruptRecord", NULL, BOTH, O_FORMAT, R(corrupt_column), "_corrupt_record"},
    {"badRecordsPath", NULL, BOTH, O_FORMAT, R(bad_records_path), NULL},
    {"compression", "codec", BOTH, O_CODEC, R(compression), NULL},
    {"samplingRatio", NULL, BOTH, O_RATIO, R(sampling_ratio), "1.0"},
    {"dateFormat", NULL, BOTH, O_FORMAT, R(date_format), NULL},
    {"timestampFormat", NULL, BOTH, O_FORMAT, R(timestamp_format), NULL},
    {"timestampNTZFormat", NULL, BOTH, O_FORMAT, R(timestamp_ntz_format), NULL},
    {"timeZone", NULL, BOTH, O_FORMAT, R(time_zone), NULL},
    {"encoding", "charset", BOTH, O_ENCODING, R(encoding), NULL},
    {"lineSep", NULL, BOTH, O_LINE_END, 0, NULL},
    {"path", "paths", BOTH, O_SILENT, 0, NULL},
    {"locale", NULL, BOTH, O_SILENT, 0, NULL},
    {"enableDateTimeParsingFallback", NULL, BOTH, O_SILENT, 0, NULL},

    {"primitivesAsString", NULL, JSON, O_BOOL, R(primitives_as_string), "false"},
    {"prefersDecimal", NULL, BOTH, O_BOOL, R(prefers_decimal), "false"},
    {"inferTimestamp", NULL, JSON, O_BOOL, R(infer_timestamp), "false"},
    {"dropFieldIfAllNull", NULL, JSON, O_BOOL, R(drop_field_if_all_null), "false"},
    {"allowComments", NULL, JSON, O_BOOL, R(allow_comments), "false"},
    {"allowSingleQuotes", NULL, JSON, O_BOOL, R(allow_single_quotes), "true"},
    {"allowUnquotedFieldNames", NULL, JSON, O_BOOL, R(allow_unquoted_names), "false"},
    {"allowNonNumericNumbers", NULL, JSON, O_BOOL, R(allow_non_numeric), "true"},
    {"allowNumericLeadingZeros", NULL, JSON, O_BOOL, R(allow_leading_zeros), "false"},
    {"allowBackslashEscapingAnyCharacter", NULL, JSON, O_BOOL, R(allow_backslash_any), "false"},
    {"allowUnquotedControlChars", NULL, JSON, O_BOOL, R(allow_control_chars), "false"},

    {"sep", "delimiter", CSV, O_SEPARATOR, R(separator), ","},
    {"header", NULL, CSV, O_BOOL, R(header), "false"},
    {"inferSchema", NULL, CSV, O_BOOL, R(infer_schema), "false"},
    {"enforceSchema", NULL, CSV, O_BOOL, R(enforce_schema), "true"},
    {"preferDate", NULL, CSV, O_BOOL, R(prefer_date), "true"},
    {"ignoreLeadingWhiteSpace", NULL, CSV, O_BOOL, R(ignore_leading_space), "false"},
    {"ignoreTrailingWhiteSpace", NULL, CSV, O_BOOL, R(ignore_trailing_space), "false"},
    {"quote", NULL, CSV, O_CHAR, R(quote), "\""},
    {"escape", NULL, CSV, O_CHAR, R(escape), "\\"},
    {"charToEscapeQuoteEscaping", NULL, CSV, O_CHAR, R(escape_of_escape), ""},
    {"comment", NULL, CSV, O_CHAR, R(comment), ""},
    {"nullValue", NULL, CSV, O_TEXT, R(null_value), ""},
    {"emptyValue", NULL, CSV, O_TEXT, R(empty_value), ""},
    {"nanValue", NULL, CSV, O_TEXT, R(nan_value), "NaN"},
    {"positiveInf", NULL, CSV, O_TEXT, R(positive_inf), "Inf"},
    {"negativeInf", NULL, CSV, O_TEXT, R(negative_inf), "-Inf"},
    {"maxColumns", NULL, CSV, O_INT, R(max_columns), "20480"},
    {"maxCharsPerColumn", NULL, CSV, O_INT, R(max_chars_per_column), "-1"},
    {"unescapedQuoteHandling", NULL, CSV, O_STOP_AT_DELIMITER, 0, NULL},
};
#undef R

#define W(field) offsetof(q_write_options, field)
static const option_row write_rows[] = {
    {"compression", "codec", BOTH, O_CODEC, W(compression), "none"},
    {"lineSep", NULL, BOTH, O_FORMAT, W(line_sep), "\n"},
    {"dateFormat", NULL, BOTH, O_FORMAT, W(date_format), NULL},
    {"timestampFormat", NULL, BOTH, O_FORMAT, W(timestamp_format), NULL},
    {"timestampNTZFormat", NULL, BOTH, O_FORMAT, W(timestamp_ntz_format), NULL},
    {"timeZone", NULL, BOTH, O_FORMAT, W(time_zone), NULL},
    {"encoding", "charset", BOTH, O_UTF8, 0, NULL},
    {"path", NULL, BOTH, O_SILENT, 0, NULL},
    {"locale", NULL, BOTH, O_SILENT, 0, NULL},

    {"ignoreNullFields", NULL, JSON, O_BOOL, W(ignore_null_fields), "true"},

    {"header", NULL, CSV, O_BOOL, W(header), "false"},
    {"quoteAll", NULL, CSV, O_BOOL, W(quote_all), "false"},
    {"escapeQuotes", NULL, CSV, O_BOOL, W(escape_quotes), "true"},
    {"ignoreLeadingWhiteSpace", NULL, CSV, O_BOOL, W(ignore_leading_space), "true"},
    {"ignoreTrailingWhiteSpace", NULL, CSV, O_BOOL, W(ignore_trailing_space), "true"},
    {"quote", NULL, CSV, O_CHAR, W(quote), "\""},
    {"escape", NULL, CSV, O_CHAR, W(escape), "\\"},
    {"sep", "delimiter", CSV, O_SEPARATOR, W(separator), ","},
    {"nullValue", NULL, CSV, O_TEXT, W(null_value), ""},
    {"emptyValue", NULL, CSV, O_TEXT, W(empty_value), "\"\""},
};
#undef W

typedef struct table {
    const option_row *rows;
    size_t n;
} table;
static const table read_table = {read_rows, sizeof read_rows / sizeof *read_rows};
static const table write_table = {write_rows, sizeof write_rows / sizeof *write_rows};

/* ---- values ---- */

static q_code bad_value(const option_row *r, const char *value, const char *accepted, q_err *err)
{
    q_err_set(err, Q_E_INVALID_OPTION, "option %s cannot be '%.100s'", r->name, value);
    q_err_hint(err, "accepted: %s", accepted);
    return Q_E_INVALID_OPTION;
}

static q_code set_bool(const option_row *r, const char *value, bool *out, q_err *err)
{
    if (strcasecmp(value, "true") && strcasecmp(value, "false"))
        return bad_value(r, value, "true, false", err);
    *out = strcasecmp(value, "true") == 0;
    return Q_OK;
}

/* One backslash escape as Spark's separator option takes it; returns the bytes used, 0 when bad. */
static size_t unescape(const char *s, char *out)
{
    static const char from[] = "trbfn\"'\\0", to[] = "\t\r\b\f\n\"'\\";
    if (s[0] != '\\' || !s[1]) {
        *out = s[0];
        return s[0] && s[0] != '\\';
    }
    if (strncmp(s, "\\u0000", 6) == 0)
        return 0;
    const char *at = strchr(from, s[1]);
    if (!at || s[1] == '0')
        return 0;
    *out = to[at - from];
    return 2;
}

static q_code set_separator(const option_row *r, const char *value, q_arena *a, const char **out,
                            q_err *err)
{
    char *text = q_arena_strdup(a, value);
    size_t n = 0;
    for (const char *s = value; *s;) {
        size_t used = unescape(s, text + n);
        if (!used)
            return bad_value(r, value,
                             "one or more characters; \\t for a tab, \\\\ for a backslash", err);
        s += used;
        n++;
    }
    text[n] = 0;
    if (!n || strpbrk(text, "\r\n"))
        return bad_value(r, value, "one or more characters other than line ends", err);
    *out = text;
    return Q_OK;
}

static q_code set_char(const option_row *r, const char *value, char *out, q_err *err)
{
    char c = 0;
    if (*value && strcmp(value, "\\u0000") != 0 && strcmp(value, "\\") != 0) {
        size_t used = unescape(value, &c);
        if (!used || value[used] || (unsigned char)c >= 0x80)
            return bad_value(r, value, "one ASCII character, or nothing for none", err);
    } else if (strcmp(value, "\\") == 0) {
        c = '\\';
    }
    *out = c;
    return Q_OK;
}

static const char *const mode_names[] = {"PERMISSIVE", "DROPMALFORMED", "FAILFAST"};

static bool mode_of_name(const char *value, uint8_t *out)
{
    for (uint8_t i = 0; i < 3; i++) {
        if (strcasecmp(value, mode_names[i]) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static q_code set_encoding(const option_row *r, const char *value, q_arena *a, const char **out,
                           q_err *err)
{
    if (!q_encoding_is_known(value))
        return bad_value(r, value, "UTF-8 and what `iconv -l` names, as ISO-8859-1", err);
    *out = q_encoding_is_utf8(value) ? NULL : q_arena_strdup(a, value);
    return Q_OK;
}

static q_code set_codec(const option_row *r, const char *value, const char **out, q_err *err)
{
    static const char *const names[][2] = {
        {"none", "none"}, {"uncompressed", "none"}, {"gzip", "gzip"}, {"zstd", "zstd"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(value, names[i][0]) == 0) {
            *out = names[i][1];
            return Q_OK;
        }
    }
    return bad_value(r, value, "none, gzip, zstd", err);
}

static q_code set_ratio(const option_row *r, const char *value, double *out, q_err *err)
{
    char *end;
    double v = strtod(value, &end);
    if (end == value || *end || !(v > 0 && v <= 1))
        return bad_value(r, value, "a number above 0 and up to 1", err);
    *out = v;
    return Q_OK;
}

static q_code set_int(const option_row *r, const char *value, int64_t *out, q_err *err)
{
    char *end;
    long long v = strtoll(value, &end, 10);
    if (end == value || *end || v < -1 || v == 0 || v > INT32_MAX)
        return bad_value(r, value, "a whole number above 0, or -1 for no limit", err);
    *out = v;
    return Q_OK;
}

static q_code set_value(const option_row *r, const char *value, q_arena *a, void *options,
                        q_err *err)
{
    void *field = (char *)options + r->offset;
    switch ((option_kind)r->kind) {
    case O_BOOL:
        return set_bool(r, value, field, err);
    case O_CHAR:
        return set_char(r, value, field, err);
    case O_FORMAT:
        if (!*value)
            return bad_value(r, value, "a text that is not empty", err);
        /* fall through */
    case O_TEXT:
        *(const char **)field = q_arena_strdup(a, value);
        return Q_OK;
    case O_SEPARATOR:
        return set_separator(r, value, a, field, err);
    case O_MODE: /* as in Spark, with a warning (parse_options) */
        if (!mode_of_name(value, field))
            *(uint8_t *)field = Q_MODE_PERMISSIVE;
        return Q_OK;
    case O_ENCODING:
        return set_encoding(r, value, a, field, err);
    case O_CODEC:
        return set_codec(r, value, field, err);
    case O_RATIO:
        return set_ratio(r, value, field, err);
    case O_INT:
        return set_int(r, value, field, err);
    case O_UTF8:
        return strcasecmp(value, "utf-8") && strcasecmp(value, "utf8")
                   ? bad_value(r, value, "UTF-8", err)
                   : Q_OK;
    case O_LINE_END:
        return strcmp(value, "\n") && strcmp(value, "\r\n") && strcmp(value, "\r")
                   ? bad_value(r, value, "\\n, \\r\\n, \\r", err)
                   : Q_OK;
    case O_STOP_AT_DELIMITER:
        return strcasecmp(value, "STOP_AT_DELIMITER")
                   ? bad_value(r, value, "STOP_AT_DELIMITER", err)
                   : Q_OK;
    case O_SILENT:
        return Q_OK;
    }
    return Q_OK;
}

/* ---- parsing ---- */

static const option_row *find_row(const table *t, q_format format, const char *name)
{
    int want = format == Q_FORMAT_JSON ? JSON : CSV;
    for (size_t i = 0; i < t->n; i++) {
        const option_row *r = &t->rows[i];
        if ((r->formats & want) &&
            (strcasecmp(r->name, name) == 0 || (r->alias && strcasecmp(r->alias, name) == 0)))
            return r;
    }
    return NULL;
}

static q_code set_defaults(const table *t, q_arena *a, void *out, q_err *err)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->rows[i].initial)
            Q_TRY(set_value(&t->rows[i], t->rows[i].initial, a, out, err));
    return Q_OK;
}

static q_code parse_options(const table *t, q_format format, const q_option *options, uint32_t n,
                            q_arena *a, void *out, q_option_warnings *warnings, q_err *err)
{
    q_option_warnings w = {0, q_arena_array(a, const char *, n)};
    Q_TRY(set_defaults(t, a, out, err));
    for (uint32_t i = 0; i < n; i++) {
        const option_row *r = find_row(t, format, options[i].key);
        const char *value = options[i].value ? options[i].value : "";
        uint8_t mode;
        if (r)
            Q_TRY(set_value(r, value, a, out, err));
        if (r && r->kind == O_MODE && !mode_of_name(value, &mode))
            w.texts[w.n++] = q_arena_printf(
                a, "mode %.100s is not known, PERMISSIVE is taken; there are also %s and %s", value,
                mode_names[Q_MODE_DROPMALFORMED], mode_names[Q_MODE_FAILFAST]);
        else if (!r)
            w.texts[w.n++] =
                q_arena_printf(a, "option %.100s is not known for %s and has no effect",
                               options[i].key, format == Q_FORMAT_JSON ? "json" : "csv");
    }
    if (warnings)
        *warnings = w;
    return Q_OK;
}

q_code q_read_options_parse(q_format format, const q_option *options, uint32_t n, q_arena *a,
                            q_read_options *out, q_option_warnings *warnings, q_err *err)
{
    memset(out, 0, sizeof *out);
    return parse_options(&read_table, format, options, n, a, out, warnings, err);
}

q_code q_read_options_check(const q_read_options *o, const q_schema *declared, q_err *err)
{
    for (uint32_t i = 0; i < declared->n_fields; i++) {
        const q_field *f = &declared->fields[i];
        char type[Q_TYPE_NAME_BYTES];
        if (f->type.kind == Q_STRING || strcmp(f->name, o->corrupt_column) != 0)
            continue;
        q_err_set(err, Q_E_INVALID_OPTION,
                  "the column `%.100s` for malformed records must be a "
                  "STRING, not %s",
                  f->name, q_type_sql(f->type, type));
        q_err_hint(err, "or name another one in the option columnNameOfCorruptRecord");
        return Q_E_INVALID_OPTION;
    }
    return Q_OK;
}

q_code q_write_options_parse(q_format format, const q_option *options, uint32_t n, q_arena *a,
                             q_write_options *out, q_option_warnings *warnings, q_err *err)
{
    memset(out, 0, sizeof *out);
    return parse_options(&write_table, format, options, n, a, out, warnings, err);
}

/* ---- wire: the fields in the table's order ---- */

static void pack_options(const table *t, q_buf *b, const void *options)
{
    q_pack_array(b, (uint32_t)t->n);
    for (size_t i = 0; i < t->n; i++) {
        const void *field = (const char *)options + t->rows[i].offset;
        switch ((option_kind)t->rows[i].kind) {
        case O_BOOL:
            q_pack_bool(b, *(const bool *)field);
            break;
        case O_CHAR:
        case O_MODE:
            q_pack_uint(b, *(const uint8_t *)field);
            break;
        case O_TEXT:
        case O_FORMAT:
        case O_SEPARATOR:
        case O_CODEC:
        case O_ENCODING:
            q_pack_cstr(b, *(const char *const *)field);
            break;
        case O_RATIO:
            q_pack_double(b, *(const double *)field);
            break;
        case O_INT:
            q_pack_int(b, *(const int64_t *)field);
            break;
        default:
            q_pack_nil(b);
        }
    }
}

/* Nothing stands for the default, as in options that were never parsed (sources without a file). */
static void unpack_text(q_unpack *u, q_arena *a, const char **out, const char *initial)
{
    size_t n;
    const char *s = q_unpack_str(u, &n);
    *out = s ? q_arena_strndup(a, s, n) : initial;
}

static void unpack_field(q_unpack *u, q_arena *a, const option_row *r, void *field)
{
    switch ((option_kind)r->kind) {
    case O_BOOL:
        *(bool *)field = q_unpack_bool(u);
        break;
    case O_CHAR:
    case O_MODE:
        *(uint8_t *)field = (uint8_t)q_unpack_uint(u);
        break;
    case O_TEXT:
    case O_FORMAT:
    case O_SEPARATOR:
    case O_CODEC:
    case O_ENCODING:
        unpack_text(u, a, field, r->initial);
        break;
    case O_RATIO:
        *(double *)field = q_unpack_double(u);
        break;
    case O_INT:
        *(int64_t *)field = q_unpack_int(u);
        break;
    default:
        q_unpack_skip(u);
    }
}

static bool unpack_options(const table *t, q_unpack *u, q_arena *a, void *options)
{
    if (q_unpack_array(u) != t->n)
        u->failed = true;
    for (size_t i = 0; i < t->n && !u->failed; i++)
        unpack_field(u, a, &t->rows[i], (char *)options + t->rows[i].offset);
    return q_unpack_ok(u);
}

void q_read_options_pack(q_buf *b, const q_read_options *o)
{
    pack_options(&read_table, b, o);
}

bool q_read_options_unpack(q_unpack *u, q_arena *a, q_read_options *out)
{
    memset(out, 0, sizeof *out);
    bool ok = unpack_options(&read_table, u, a, out);
    return ok && out->mode <= Q_MODE_FAILFAST && *out->separator;
}

void q_write_options_pack(q_buf *b, const q_write_options *o)
{
    pack_options(&write_table, b, o);
}

bool q_write_options_unpack(q_unpack *u, q_arena *a, q_write_options *out)
{
    memset(out, 0, sizeof *out);
    return unpack_options(&write_table, u, a, out) && *out->separator;
}

/* ---- names ---- */

static bool ends_with(const char *s, size_t n, const char *ending)
{
    size_t m = strlen(ending);
    return n > m && strncasecmp(s + n - m, ending, m) == 0;
}

bool q_format_of_name(const char *path, q_format *format, const char **compression)
{
    static const struct {
        const char *ending;
        q_format format;
    } formats[] = {{".json", Q_FORMAT_JSON},
                   {".ndjson", Q_FORMAT_JSON},
                   {".jsonl", Q_FORMAT_JSON},
                   {".csv", Q_FORMAT_CSV}};
    size_t n = strlen(path);
    *compression = NULL;
    if (ends_with(path, n, ".gz"))
        *compression = "gzip", n -= 3;
    else if (ends_with(path, n, ".zst"))
        *compression = "zstd", n -= 4;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (ends_with(path, n, formats[i].ending)) {
            *format = formats[i].format;
            return true;
        }
    }
    return false;
}
