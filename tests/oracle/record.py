"""Records what PySpark answers to every query: `python tests/oracle/record.py [--filter RE] [--new]`.

Needs `requirements.txt` and a Java 17 or 11; the runner needs neither.
"""
import argparse
import os
import pathlib
import tempfile
import time

os.environ["TZ"] = "UTC"
time.tzset()

import pyspark
from pyspark.sql import SparkSession
from pyspark.sql import types as T

import suite
import tables
import typed


def spark_session():
    builder = SparkSession.builder.master("local[2]").appName("oracle")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        # One reducer instead of 200: faster, and only the order of unordered rows depends on it.
        "spark.sql.shuffle.partitions": "1",
        "spark.driver.extraJavaOptions": "-Duser.timezone=UTC -Duser.language=en -Duser.country=US",
        "spark.sql.warehouse.dir": tempfile.mkdtemp(prefix="oracle-warehouse-"),
    }.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    return spark


def portable(column, kind):
    """SQL that turns a value Python cannot hold exactly (dates, binary) into text, on Spark's side."""
    if isinstance(kind, T.BinaryType):
        return f"lower(hex({column}))"
    if isinstance(kind, (T.DateType, T.TimestampType, T.TimestampNTZType, T.DayTimeIntervalType, T.YearMonthIntervalType)):
        return f"CAST({column} AS STRING)"
    if isinstance(kind, T.ArrayType) and portable("x", kind.elementType) != "x":
        return f"transform({column}, x -> {portable('x', kind.elementType)})"
    return column


def encode(value, kind):
    if value is None:
        return None
    if isinstance(kind, T.DoubleType):
        return typed.format_double(value)
    if isinstance(kind, T.FloatType):
        return typed.format_float(value)
    if isinstance(kind, T.DecimalType):
        # PySpark carries decimals as engineering notation, which may add a digit: 10E-9 for 1E-8
        return format(value, f".{kind.scale}f")
    if isinstance(kind, T.ArrayType):
        return [encode(v, kind.elementType) for v in value]
    if isinstance(kind, T.StructType):
        return [encode(v, f.dataType) for v, f in zip(value, kind.fields)]
    if isinstance(kind, T.MapType):
        return [[encode(k, kind.keyType), encode(v, kind.valueType)] for k, v in value.items()]
    return value


def answer_of(df):
    fields = df.schema.fields
    plain = df.toDF(*(f"c{i}" for i in range(len(fields))))
    text = plain.selectExpr(*(portable(f"c{i}", f.dataType) for i, f in enumerate(fields)))
    rows = [[encode(v, f.dataType) for v, f in zip(row, fields)] for row in text.collect()]
    return {"schema": [[f.name, f.dataType.simpleString()] for f in fields], "rows": rows}


def called(java, method):
    """What a Java object's method answers, None where the object has no such method."""
    try:
        return getattr(java, method)()
    except Exception:
        return None


def option(scala_option):
    return scala_option.get() if scala_option is not None and scala_option.isDefined() else None


def end_of_fragment(java, statement):
    """Line and column behind the part of the statement that Spark names, None if it names none."""
    contexts = called(java, "getQueryContext")
    stop = called(contexts[0], "stopIndex") if contexts else None
    if stop is None or not 0 <= stop < len(statement):
        return None
    before = statement[: stop + 1].split("\n")
    return [len(before), len(before[-1]) + 1]


def error_of(exception, statement):
    """The outermost class in the chain of causes: Spark wraps reader errors in exceptions without one."""
    java = getattr(exception, "_origin", None) or getattr(exception, "java_exception", None)
    if java is None:
        raise exception
    name, cause = None, java
    while cause is not None and name is None:
        name = called(cause, "getErrorClass")
        cause = called(cause, "getCause")
    if name and name.startswith("_LEGACY"):
        name = None
    line, position = option(called(java, "line")), option(called(java, "startPosition"))
    if position is None or points_at_the_statement(name, line, position):
        return {"error": {"class": name}}
    place = {"line": line, "column": position + 1}
    end = end_of_fragment(java, statement)
    return {"error": {"class": name, **place, **({"end": end} if end else {})}}


def points_at_the_statement(name, line, position):
    """Some analysis errors carry the position of the whole SELECT: it says nothing."""
    return (line, position) == (1, 0) and name != "PARSE_SYNTAX_ERROR"


def ask(session, test, data):
    statements = [s.replace("${data}", data) for s in test.spark_statements]
    try:
        for statement in statements[:-1]:
            session.sql(statement).collect()
        statement = statements[-1]
        return answer_of(session.sql(statement))
    except Exception as exception:  # whatever Spark raises is the answer
        return error_of(exception, statement)


def open_area(spark, area, data):
    session = spark.newSession()
    for statement in tables.view_statements(data) + area.session:
        session.sql(statement.replace("${data}", data))
    return session


def record_area(spark, area, data, args):
    old = suite.load_expected(area.name)
    current = old.get("_tables") == tables.digest()
    answers = {"_spark": pyspark.__version__, "_tables": tables.digest()}
    session, changed = None, []
    for test in area.tests:
        digest = test.digest(area.session)
        known = old.get(test.name)
        fresh = known is not None and known["sql"] == digest
        if not suite.matches(args.filter, test) or (args.new and fresh and current):
            if known is not None:
                answers[test.name] = known
            continue
        session = session or open_area(spark, area, data)
        answers[test.name] = {"sql": digest, **ask(session, test, data)}
        report(test, answers[test.name], known, args, changed)
    if answers != old:
        suite.save_expected(area.name, answers)
    print(f"{area.name}: {len(area.tests)} tests, {len(changed)} answers new or changed", flush=True)


def report(test, answer, known, args, changed):
    if known is None or {**known, "sql": 0} != {**answer, "sql": 0}:
        changed.append(test.name)
    error = answer.get("error")
    expects_error = "error" in test.flags or test.area.startswith("errors")
    if error is not None and not expects_error:
        print(f"  {test.name} ({test.where}): Spark refuses it: {error}")
    if error is None and expects_error:
        print(f"  {test.name} ({test.where}): Spark answers it: {str(answer)[:200]}")
    if error is not None and error["class"] is None and "error" not in test.flags:
        print(f"  {test.name} ({test.where}): Spark gives no class: add `-- error: CLASS`")
    if args.verbose:
        print(f"  {test.name}: {str({k: v for k, v in answer.items() if k != 'sql'})[:3000]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filter", help="only tests whose area.name this expression finds")
    parser.add_argument("--new", action="store_true", help="only tests without a current answer")
    parser.add_argument("--verbose", "-v", action="store_true", help="print the answers")
    args = parser.parse_args()
    spark = spark_session()
    with tempfile.TemporaryDirectory(prefix="oracle-data-") as data:
        tables.write(pathlib.Path(data))
        for area in suite.load_areas():
            record_area(spark, area, data, args)


if __name__ == "__main__":
    main()
