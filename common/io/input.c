/* Files as readers want them. */
#include "common/io/input.h"

#include <stdlib.h>

#include <string.h>

#include "common/io/files.h"
#include "common/io/mapped.h"
#include "common/io/recode.h"

struct q_input {
    q_mapped *mapped;
    bool whole;
    q_inflated text;
};

static bool is_compressed(const q_source *source, uint32_t file)
{
    return strcmp(q_file_compression(source, file), "none") != 0;
}

bool q_input_is_whole(const q_source *source, uint32_t file)
{
    return is_compressed(source, file) || !q_encoding_is_utf8(source->options.encoding);
}

q_code q_input_text(const q_source *source, uint32_t file, const char *data, uint64_t bytes,
                    q_budget *budget, q_inflated *out, q_err *err)
{
    const char *encoding = source->options.encoding;
    if (!is_compressed(source, file))
        return q_recode(encoding, data, bytes, budget, out, err);
    Q_TRY(q_inflate(q_file_compression(source, file), source->files[file].path, data, bytes, budget,
                    out, err));
    if (q_encoding_is_utf8(encoding))
        return Q_OK;
    q_inflated packed = *out;
    q_code code = q_recode(encoding, packed.data, packed.bytes, budget, out, err);
    q_inflated_fini(&packed);
    return code;
}

q_code q_input_open(const q_source *source, uint32_t file, q_budget *budget, q_input **out,
                    q_err *err)
{
    q_input *in = calloc(1, sizeof *in);
    *out = NULL;
    if (!in)
        return q_budget_error(NULL, sizeof *in, err);
    q_code code = q_mapped_open(&source->files[file], &in->mapped, err);
    if (code == Q_OK && q_input_is_whole(source, file)) {
        code = q_input_text(source, file, q_mapped_data(in->mapped), q_mapped_bytes(in->mapped),
                            budget, &in->text, err);
        in->whole = code == Q_OK;
    }
    if (code != Q_OK)
        q_input_close(&in);
    *out = in;
    return code;
}

void q_input_close(q_input **in)
{
    if (!*in)
        return;
    if ((*in)->whole)
        q_inflated_fini(&(*in)->text);
    q_mapped_close(&(*in)->mapped);
    free(*in);
    *in = NULL;
}

const char *q_input_data(const q_input *in)
{
    return in->whole ? in->text.data : q_mapped_data(in->mapped);
}

uint64_t q_input_bytes(const q_input *in)
{
    return in->whole ? in->text.bytes : q_mapped_bytes(in->mapped);
}

void q_input_prefetch(const q_input *in, uint64_t begin, uint64_t end)
{
    if (!in->whole)
        q_mapped_prefetch(in->mapped, begin, end);
}

q_code q_input_check(const q_input *in, q_err *err)
{
    return q_mapped_check(in->mapped, err);
}
