#!/usr/bin/env python3
"""Ask PySpark 3.5 for every cast between SQL types; prints kernel_cast_cases.inc.

    python3 tests/unit/kernel_cast_cases.py > tests/unit/kernel_cast_cases.inc

Rows: value as text, source type, target type, TRY_CAST?, CAST(result AS STRING).
TRY_CAST rows only where they differ from CAST.
"""
from pyspark.sql import SparkSession

VALUES = {
    'string': ["0", "-1", "+7", " 12 ", "1.5", "-1.5", "1.", ".", " ", "", "1e3", "127", "128",
        "-129", "32768", "2147483648", "9223372036854775807", "9223372036854775808", "NaN",
        "nan", "inf", "-Infinity", "true", "T", "no", "abc", "1e40", "1.005", "99999.995",
        "2020-01-31", "2020-1-3 4:5:6.5", "2020-02-30", "0.1d", "1e-320", "3.4028236e38"],
    'boolean': ["true", "false"],
    'tinyint': ["0", "127", "-128"],
    'smallint': ["300", "-32768"],
    'int': ["0", "1", "-1", "2147483647", "-2147483648", "70000", "258"],
    'bigint': ["9223372036854775807", "-9223372036854775808", "4294967296", "16777217",
        "1577836800"],
    'float': ["0.1", "-1.9", "1e20", "NaN", "-Infinity", "3.4e38", "16777216", "300.7", "-0.0",
        "1.4e-45"],
    'double': ["0.1", "-1.9", "1e20", "-1e20", "NaN", "Infinity", "300.7", "1e-5", "12345678.9",
        "123.455", "-0.0", "2147483648.5", "9.3e18", "1577836800.5", "4.9e-324"],
    'decimal(10,2)': ["0.00", "123.45", "-99999999.99", "1.50"],
    'decimal(38,18)': ["0", "0.000000000000000001", "-12345678901234567890.5", "128.999"],
    'decimal(38,0)': ["99999999999999999999999999999999999999", "-300", "9223372036854775808"],
    'date': ["2020-01-31", "1969-12-31", "0001-01-01", "9999-12-31"],
    'timestamp': ["2020-01-01 00:00:00.5", "1969-12-31 23:59:59.999999",
        "2262-04-11 23:47:16.854775", "1970-01-01 00:00:00"],
    'timestamp_ntz': ["2020-01-01 00:00:00.5", "1969-12-31 23:59:59.999999"],
}
TARGETS = [
    "boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(5,2)",
    "decimal(38,18)", "decimal(20,0)", "string", "date", "timestamp", "timestamp_ntz",
]


def answers(spark, function, values, source, target):
    """Texts of the casts, or None where Spark has no such cast."""
    calls = [f"cast({function}(cast('{v}' as {source}) as {target}) as string) c{i}"
             for i, v in enumerate(values)]
    try:
        return list(spark.sql("select " + ", ".join(calls)).collect()[0])
    except Exception as e:
        if "CAST_WITHOUT_SUGGESTION" in str(e) or "CAST_WITH_" in str(e):
            return None
        raise


def row(value, source, target, is_try, text):
    text = "NULL" if text is None else f'"{text}"'
    print(f'{{"{value}", "{source}", "{target}", {str(is_try).lower()}, {text}}},')


def main():
    spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
             .config("spark.sql.session.timeZone", "UTC").getOrCreate())
    for source, values in VALUES.items():
        for target in TARGETS:
            plain = answers(spark, "cast", values, source, target)
            if plain is None:
                continue
            for value, text in zip(values, plain):
                row(value, source, target, False, text)
            tried = answers(spark, "try_cast", values, source, target) or plain
            for value, text, other in zip(values, tried, plain):
                if text != other:
                    row(value, source, target, True, text)


main()
