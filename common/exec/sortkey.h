/*
 * Normalised sort keys: ORDER BY values as unsigned numbers or byte strings whose plain
 * comparison is the requested order (DESC inverted, NULLS FIRST/LAST encoded, NaN above
 * all, -0.0 = 0.0). (After Blasgen, Casey, Eswaran: "An encoding method for multifield
 * sorting and indexing", 1977; also DuckDB's sort keys.)
 *
 * Word form: exactly one key of a type of at most 64 bits; NULL rows are told apart by the
 * validity of `nulls` and stand before or after all words (q_sortkey_spec.nulls_first).
 * Byte form: everything else; complete, NULLs included; strings escaped so that no key is
 * a prefix of another.
 * Thread rule: none (pure functions).
 */
#ifndef Q_EXEC_SORTKEY_H
#define Q_EXEC_SORTKEY_H

#include "common/plan/logical.h"

typedef struct q_sortkey_spec {
    bool words;       /* word form */
    bool nulls_first; /* word form: where NULL rows stand */
} q_sortkey_spec;

q_sortkey_spec q_sortkey_of(const q_order_key *order, uint32_t n_order);
/* Word form: words[i] for each row (0 for NULL rows). */
void q_sortkey_words(const q_order_key *key, const q_column *values, uint64_t *words);
/* Byte form: keys[i] spans of memory in `a`. */
q_code q_sortkey_bytes(const q_order_key *order, uint32_t n_order, q_column *const *values,
                       uint32_t n_rows, q_arena *a, q_str *keys, q_err *err);
/* Stable order of rows by words: fills `order` with a permutation of 0..n-1 (radix sort with
 * constant digits skipped, insertion sort when short). tmp: n words + n rows of scratch in `a`. */
q_code q_sort_words(const uint64_t *words, uint32_t n, uint32_t *order, q_arena *a, q_err *err);
/* The same with rows already chosen: sorts (words[i], order[i]) pairs in place, stable. */
q_code q_sort_word_pairs(uint64_t *words, uint32_t *order, uint32_t n, q_arena *a, q_err *err);
q_code q_sort_bytes(const q_str *keys, uint32_t n, uint32_t *order, q_arena *a, q_err *err);

#endif
