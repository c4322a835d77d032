/* collect_list: all values that are not NULL, in input order. */
#include "common/exec/agg/list.h"

const q_agg_ops q_agg_collect_list = {q_agg_list_bytes, q_agg_list_update, q_agg_list_partials,
                                      q_agg_list_save,  q_agg_list_merge,  q_agg_list_save};
