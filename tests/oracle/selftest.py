"""Tests of the suite's own comparison: that it finds what differs and nothing else.

    python3 tests/oracle/selftest.py
"""
import math
import unittest

import run
import suite
import tables
import typed


def a_test(sql="SELECT 1", **flags):
    return suite.Test("area", "name", flags, [sql], "area.sql:1")


def rows_differ(kind, expected, got, sql="SELECT 1", **flags):
    answer = {"schema": [["c", kind]], "rows": [[v] for v in expected]}
    return bool(run.compare_rows(a_test(sql, **flags), answer, [[v] for v in got]))


class Values(unittest.TestCase):
    def test_doubles_compare_by_bits(self):
        self.assertFalse(rows_differ("double", ["1e+22"], ["1.0E22"]))
        self.assertFalse(rows_differ("double", ["NaN"], ["NaN"]))
        self.assertTrue(rows_differ("double", ["0.0"], ["-0.0"]))
        self.assertTrue(rows_differ("double", ["0.3"], ["0.30000000000000004"]))
        self.assertTrue(rows_differ("double", ["1.0"], [1.0]))
        self.assertTrue(rows_differ("double", ["NaN"], [None]))
        self.assertTrue(rows_differ("double", ["NaN"], ["nan"]))

    def test_zeros_flag(self):
        self.assertFalse(rows_differ("double", ["0.0"], ["-0.0"], zeros="same"))
        self.assertTrue(rows_differ("double", ["0.0"], ["1.0"], zeros="same"))

    def test_tolerance(self):
        self.assertFalse(rows_differ("double", ["0.3"], ["0.30000000000000004"], float="ulp 1"))
        self.assertTrue(rows_differ("double", ["0.3"], ["0.3000000000000001"], float="ulp 1"))
        self.assertFalse(rows_differ("double", ["1.0", "2.0"], ["2.0000000001", "1.0"], float="rel 1e-9"))
        self.assertTrue(rows_differ("double", ["1.0"], ["1.01"], float="rel 1e-9"))
        self.assertTrue(rows_differ("double", ["Infinity"], ["1.7976931348623157e308"], float="ulp 1"))
        self.assertTrue(rows_differ("double", ["1.0"], ["1.0", "1.0"], float="rel 1e-9"))

    def test_floats_compare_as_float32(self):
        self.assertFalse(rows_differ("float", ["0.1"], ["0.10000000149011612"]))
        self.assertTrue(rows_differ("float", ["0.1"], ["0.1001"]))

    def test_exact_kinds(self):
        self.assertTrue(rows_differ("int", [1], [True]))
        self.assertTrue(rows_differ("int", [1], ["1"]))
        self.assertTrue(rows_differ("tinyint", [1], [300]))
        self.assertTrue(rows_differ("decimal(3,2)", ["1.50"], ["1.5"]))
        self.assertTrue(rows_differ("string", ["é"], ["e\u0301"]))
        self.assertTrue(rows_differ("boolean", [True], [1]))

    def test_arrays(self):
        self.assertFalse(rows_differ("array<double>", [["1.0", None]], [["1.0", None]]))
        self.assertTrue(rows_differ("array<double>", [["1.0", None]], [["1.0"]]))
        self.assertTrue(rows_differ("array<int>", [None], [[]]))
        self.assertFalse(rows_differ("struct<a:int,b:map<string,double>>", [[1, [["k", "2.0"]]]], [[1, [["k", "2.00"]]]]))


class Rows(unittest.TestCase):
    def test_multisets_count(self):
        self.assertFalse(rows_differ("int", [1, 2, 2], [2, 1, 2]))
        self.assertTrue(rows_differ("int", [1, 2, 2], [1, 1, 2]))
        self.assertTrue(rows_differ("int", [1], []))

    def test_order_counts_with_order_by(self):
        self.assertTrue(rows_differ("int", [1, 2], [2, 1], "SELECT c FROM t ORDER BY c"))
        self.assertFalse(rows_differ("int", [1, 2], [2, 1], "SELECT c FROM t ORDER BY c", ordered="no"))
        self.assertFalse(rows_differ("int", [1, 2], [2, 1], "SELECT c FROM (SELECT c FROM t ORDER BY c)"))
        self.assertFalse(rows_differ("int", [1, 2], [2, 1], "SELECT rank() OVER (ORDER BY c) FROM t"))

    def test_every_difference_is_seen(self):
        self.assertEqual(run.compare_schemas([["a", "int"]], [["a", "int"]]), [])
        self.assertTrue(run.compare_schemas([["a", "int"]], [["a", "bigint"]]))
        self.assertTrue(run.compare_schemas([["a", "int"]], [["A", "int"]]))
        self.assertTrue(run.compare_schemas([["a", "int"]], []))
        self.assertTrue(run.compare_schemas([["a", "int"]], None))


class Errors(unittest.TestCase):
    def differs(self, expected, got, start=10, sql="SELECT 1\nFROM nothing", **flags):
        return bool(run.compare_errors(a_test(sql, **flags), expected, run.Output({"error": got}), start))

    def test_class(self):
        self.assertFalse(self.differs({"class": "A.B"}, {"class": "A"}))
        self.assertFalse(self.differs({"class": "A.B"}, {"class": "A.B"}))
        self.assertTrue(self.differs({"class": "A.B"}, {"class": "A.C"}))
        self.assertTrue(self.differs({"class": "A"}, {"class": "B"}))
        self.assertTrue(self.differs({"class": "A"}, {"class": None}))
        self.assertFalse(self.differs({"class": "NESTED_AGGREGATE_FUNCTION"}, {"class": "MISPLACED_AGGREGATE"}))
        self.assertFalse(self.differs({"class": None}, {"class": "B"}, error="B"))

    def test_position(self):
        expected = {"class": "A", "line": 2, "column": 5}
        self.assertFalse(self.differs(expected, {"class": "A", "line": 11, "column": 5}))
        self.assertTrue(self.differs(expected, {"class": "A", "line": 11, "column": 4}))
        self.assertTrue(self.differs(expected, {"class": "A", "line": 10, "column": 5}))
        self.assertTrue(self.differs(expected, {"class": "A"}))
        self.assertFalse(self.differs(expected, {"class": "A"}, position="no"))

    def test_position_in_a_fragment(self):
        expected = {"class": "A", "line": 1, "column": 8, "end": [2, 3]}
        at = lambda line, column: {"class": "A", "line": line, "column": column}
        self.assertFalse(self.differs(expected, at(10, 8), sql="SELECT f(a,\nb), g(c)"))
        self.assertFalse(self.differs(expected, at(11, 1), sql="SELECT f(a,\nb), g(c)"))
        self.assertTrue(self.differs(expected, at(10, 1), sql="SELECT f(a,\nb), g(c)"))
        self.assertTrue(self.differs(expected, at(11, 5), sql="SELECT f(a,\nb), g(c)"))

    def test_position_of_a_syntax_error(self):
        expected = {"class": "A", "line": 1, "column": 13}
        at = lambda line, column: {"class": "A", "line": line, "column": column}
        self.assertFalse(self.differs(expected, at(10, 14), sql="SELECT 1 IN ()"))
        self.assertFalse(self.differs(expected, at(10, 15), sql="SELECT 1 IN ()"))
        self.assertTrue(self.differs(expected, at(10, 12), sql="SELECT 1 IN ()"))
        self.assertTrue(self.differs(expected, at(10, 16), sql="SELECT 1 IN ()"))
        self.assertTrue(self.differs(expected, at(11, 13), sql="SELECT 1 IN ()"))

    def test_words(self):
        self.assertFalse(self.differs({"class": "A"}, {"class": "A", "message": "no x, try y"}, mentions="x, y"))
        self.assertTrue(self.differs({"class": "A"}, {"class": "A", "message": "no x"}, mentions="x, y"))

    def test_rows_instead_of_an_error(self):
        test, expected = a_test(), {"error": {"class": "A"}}
        answer = run.Answer([run.Output({"schema": []})], 1)
        self.assertTrue(run.differences(test, expected, answer))
        answer = run.Answer([run.Output({"error": {"class": "A"}})], 1)
        self.assertTrue(run.differences(test, {"schema": [["a", "int"]], "rows": []}, answer))


class Answers(unittest.TestCase):
    def test_every_test_has_a_current_answer(self):
        for area in suite.load_areas():
            recorded = suite.load_expected(area.name)
            self.assertEqual(recorded.get("_tables"), tables.digest(), area.name)
            current = {test.name: test.digest(area.session) for test in area.tests}
            answered = {name: a["sql"] for name, a in recorded.items() if not name.startswith("_")}
            self.assertEqual(answered, current, f"{area.name}: run record.py --new")


class Texts(unittest.TestCase):
    def test_unclosed(self):
        for sql in ("SELECT 'a", 'SELECT "a\'', "SELECT `a", "SELECT 1 /* ' */ /* b"):
            self.assertTrue(suite.is_unclosed(sql), sql)
        for sql in ("SELECT 'a\\'', \"'\"", "SELECT `a'`", "SELECT 1 /* ' */ -- '", "SELECT 1 / 2 * 3"):
            self.assertFalse(suite.is_unclosed(sql), sql)

    def test_split_statements(self):
        sql = "-- c ;\nSELECT ';' ; SELECT `a;b` /* ; */;\n\n-- end\n"
        self.assertEqual(suite.split_statements(sql), ["SELECT ';'", "SELECT `a;b` /* ; */"])

    def test_shortest_texts(self):
        self.assertEqual(typed.format_float(0.10000000149011612), "0.1")
        self.assertEqual(typed.format_float(math.inf), "Infinity")
        self.assertEqual(typed.format_double(-0.0), "-0.0")

    def test_outputs(self):
        outputs, garbage = run.parse_outputs('{"schema":[["marker","string"]]}\n["@@oracle x"]\n{"error":{}}\nnoise\n')
        self.assertEqual([o.marker() for o in outputs], ["x", None])
        self.assertEqual(garbage, ["noise"])


if __name__ == "__main__":
    unittest.main()
