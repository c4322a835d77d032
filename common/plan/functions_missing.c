/* The functions of Spark 3.5 that are not in functions.def, so that a call of one is told from a
 * misspelt name. */
#include "common/plan/functions.h"

#include <stdlib.h>
#include <strings.h>

/* In the order of the letters. What the binder or the parser knows by itself is not here. */
static const char *const missing[] = {
    "aes_decrypt",
    "aes_encrypt",
    "aggregate",
    "array_insert",
    "arrays_zip",
    "bitmap_bit_position",
    "bitmap_bucket_number",
    "bitmap_construct_agg",
    "bitmap_count",
    "bitmap_or_agg",
    "corr",
    "count_min_sketch",
    "covar_pop",
    "covar_samp",
    "current_catalog",
    "current_database",
    "current_schema",
    "current_user",
    "exists",
    "explode",
    "explode_outer",
    "filter",
    "flatten",
    "forall",
    "from_csv",
    "from_json",
    "get_json_object",
    "grouping",
    "grouping_id",
    "histogram_numeric",
    "hll_sketch_agg",
    "hll_sketch_estimate",
    "hll_union",
    "hll_union_agg",
    "inline",
    "inline_outer",
    "input_file_block_length",
    "input_file_block_start",
    "input_file_name",
    "java_method",
    "json_array_length",
    "json_object_keys",
    "json_tuple",
    "kurtosis",
    "luhn_check",
    "make_interval",
    "make_timestamp_ltz",
    "map",
    "map_concat",
    "map_contains_key",
    "map_entries",
    "map_filter",
    "map_from_arrays",
    "map_from_entries",
    "map_keys",
    "map_values",
    "map_zip_with",
    "mask",
    "monotonically_increasing_id",
    "named_struct",
    "parse_url",
    "posexplode",
    "posexplode_outer",
    "rand",
    "randn",
    "random",
    "reduce",
    "reflect",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "schema_of_csv",
    "schema_of_json",
    "sentences",
    "session_window",
    "shuffle",
    "skewness",
    "spark_partition_id",
    "sql_keywords",
    "stack",
    "str_to_map",
    "struct",
    "to_binary",
    "to_char",
    "to_csv",
    "to_json",
    "to_number",
    "to_timestamp_ltz",
    "to_timestamp_ntz",
    "to_varchar",
    "transform",
    "transform_keys",
    "transform_values",
    "try_aes_decrypt",
    "try_avg",
    "try_sum",
    "try_to_binary",
    "try_to_number",
    "user",
    "uuid",
    "version",
    "when",
    "window_time",
    "xpath",
    "xpath_boolean",
    "xpath_double",
    "xpath_float",
    "xpath_int",
    "xpath_long",
    "xpath_number",
    "xpath_short",
    "xpath_string",
    "zip_with",
};

#define N_MISSING (sizeof missing / sizeof missing[0])

static int by_name(const void *name, const void *element)
{
    return strcasecmp(name, *(const char *const *)element);
}

bool q_function_missing(const char *name)
{
    return bsearch(name, missing, N_MISSING, sizeof missing[0], by_name) != NULL;
}

const char *q_function_missing_name(uint32_t i)
{
    return i < N_MISSING ? missing[i] : NULL;
}

bool q_function_missing_hint(const char *name, q_err *err)
{
    if (!q_function_missing(name))
        return false;
    q_err_hint(err,
               "Spark has `%.200s`, quern does not yet: docs/FUNCTIONS.md has those that exist",
               name);
    return true;
}
