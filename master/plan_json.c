/* Plans as JSON. */
#include "master/plan_json.h"

#include "common/http/json.h"
#include "common/plan/print.h"

#define MAX_DETAIL 2000u /* bytes */
#define MAX_DEPTH  200u  /* jansson's own limit is 2048 */

static json_t *tree(const q_plan *p, uint32_t depth)
{
    q_buf b;
    json_t *o = json_object(), *children = json_array();
    q_buf_init(&b);
    q_plan_print_operator(p, &b);
    size_t name = 0;
    while (name < b.len && b.data[name] != ' ')
        name++;
    size_t from = name < b.len ? name + 1 : name, n = b.len - from;
    q_json_set(o, "name", q_json_textn(b.data, name));
    q_json_set(o, "detail", q_json_textn(b.data + from, n < MAX_DETAIL ? n : MAX_DETAIL));
    q_buf_fini(&b);
    for (uint32_t i = 0; i < p->n_children && depth < MAX_DEPTH; i++)
        json_array_append_new(children, tree(p->children[i], depth + 1));
    q_json_set(o, "children", children);
    return o;
}

void q_plan_json(const q_plan *p, q_buf *out)
{
    q_json_print(out, tree(p, 0));
}
