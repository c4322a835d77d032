"""Stage 3 in Sail, server and client in one process: python run_sail.py INPUT OUTPUT STAGE3_SQL"""
import os
import sys
import tempfile

from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession

from columns import DDL, array_lines

source, output, job = sys.argv[1:]
server = SparkConnectServer()
server.start()
spark = SparkSession.builder.remote(f"sc://127.0.0.1:{server.listening_address[1]}").getOrCreate()


def run(path):
    reader = spark.read.schema(DDL)
    rows = reader.option("header", True).csv(path) if path.endswith(".csv") else reader.json(path)
    rows.createOrReplaceTempView("input")
    with open(job, encoding="utf-8") as file:
        spark.sql(file.read()).write.json(output)


if source.endswith(".json"):
    # it reads newline JSON only
    with tempfile.TemporaryDirectory(dir=os.path.dirname(output)) as folder:
        lines = os.path.join(folder, "lines.ndjson")
        with open(lines, "wb") as file:
            file.write(array_lines(source))
        run(lines)
else:
    run(source)
