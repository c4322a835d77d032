/* Java's regular expressions translated for PCRE2: no pattern may crash, and what is translated
 * must compile or be refused. Input: pattern, a NUL byte, a text to match. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "common/column/utf8.h"
#include "common/exec/func/regexp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void match(pcre2_code *code, const uint8_t *text, size_t n)
{
    pcre2_match_data *md = pcre2_match_data_create_from_pattern(code, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(context, 10000);
    pcre2_match(code, text, n, 0, 0, md, context);
    pcre2_match_context_free(context);
    pcre2_match_data_free(md);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t *zero = n ? memchr(data, 0, n) : NULL;
    size_t len = zero ? (size_t)(zero - data) : n;
    q_buf java;
    bool classes;
    q_err err;
    if (len > 300 || !q_utf8_valid((const char *)data, len))
        return 0;
    q_buf_init(&java);
    if (q_regexp_translate((const char *)data, len, &java, &classes, &err) == Q_OK) {
        int error;
        size_t at;
        pcre2_code *code = pcre2_compile((PCRE2_SPTR)(java.len ? java.data : ""), java.len,
                                         PCRE2_UTF, &error, &at, NULL);
        if (code && zero && q_utf8_valid((const char *)zero + 1, n - len - 1))
            match(code, zero + 1, n - len - 1);
        pcre2_code_free(code);
    }
    q_buf_fini(&java);
    return 0;
}
