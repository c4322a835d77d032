#!/usr/bin/env python3
"""Ask PySpark 3.5 anew for the names and types in tests/sql/names.tsv.

    python tests/sql/record_names.py < new-expressions >> tests/sql/names.tsv
    python tests/sql/record_names.py --all          rewrites the file

Without --all, expressions come one a line on stdin and their lines go to stdout.
"""
import os
import sys

from pyspark.sql import SparkSession

HERE = os.path.dirname(os.path.abspath(__file__))
VIEW = """create or replace temp view t as select * from values
 (cast(1 as tinyint), cast(2 as smallint), 3, 4L, cast(1.5 as float), 2.5D, 1.25BD,
  cast(3.5 as decimal(20,4)), 'abc', X'01', true, date'2024-01-31',
  timestamp'2024-01-31 10:11:12', timestamp_ntz'2024-01-31 10:11:12', array(1,2), array('x'),
  interval 1 day, interval 2 month, null)
 as t(ti,si,i,l,f,d,dc,dd,s,b,bo,dt,ts,tn,ai,as_,idt,iym,v)"""


def main():
    spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
             .config("spark.sql.session.timeZone", "UTC").getOrCreate())
    spark.sparkContext.setLogLevel("OFF")
    spark.sql(VIEW)
    path = os.path.join(HERE, "names.tsv")
    everything = "--all" in sys.argv[1:]
    with open(path) if everything else sys.stdin as lines:
        expressions = [line.rstrip("\n").split("\t")[0] for line in lines if line.strip()]
    answers = []
    for e in expressions:
        field = spark.sql(f"SELECT {e} FROM t").schema.fields[0]
        answers.append(f"{e}\t{field.name}\t{field.dataType.simpleString()}\n")
    if everything:
        with open(path, "w") as out:
            out.writelines(answers)
    else:
        sys.stdout.writelines(answers)


if __name__ == "__main__":
    main()
