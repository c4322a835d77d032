/* Cutting files. */
#include "common/io/split.h"

#include "common/io/input.h"

/* How many splits a file of `bytes` makes. */
static uint64_t splits_of(uint64_t bytes, uint64_t size)
{
    uint64_t n = bytes / size; /* the last one takes the rest if that is less than half a split */
    return n + (bytes % size > size / 2 || n == 0);
}

q_code q_split_files(const q_source *s, uint32_t target, uint64_t min_bytes, q_arena *a,
                     const q_split_range **ranges, uint32_t *n, q_err *err)
{
    uint64_t total = 0, count = 0, k = 0;
    for (uint32_t f = 0; f < s->n_files; f++)
        total += s->files[f].bytes;
    uint64_t size = total / (target ? target : 1) + 1;
    if (size < min_bytes)
        size = min_bytes;
    for (uint32_t f = 0; f < s->n_files; f++)
        if (s->files[f].bytes)
            count += q_input_is_whole(s, f) ? 1 : splits_of(s->files[f].bytes, size);
    if (count > UINT32_MAX / sizeof(q_split_range))
        return q_err_set(err, Q_E_OUT_OF_MEMORY, "%llu splits", (unsigned long long)count);
    q_split_range *out = q_arena_array(a, q_split_range, count + 1);
    for (uint32_t f = 0; f < s->n_files; f++) {
        uint64_t bytes = s->files[f].bytes;
        bool whole = bytes && q_input_is_whole(s, f);
        uint64_t pieces = !bytes ? 0 : whole ? 1 : splits_of(bytes, size);
        for (uint64_t i = 0; i < pieces; i++)
            out[k++] = (q_split_range){
                f, (uint64_t)((unsigned __int128)bytes * i / pieces),
                whole ? UINT64_MAX : (uint64_t)((unsigned __int128)bytes * (i + 1) / pieces)};
    }
    *ranges = out;
    *n = (uint32_t)count;
    return Q_OK;
}
