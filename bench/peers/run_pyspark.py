"""Stage 3 in Spark: python run_pyspark.py INPUT OUTPUT STAGE3_SQL"""
import sys

from pyspark.sql import SparkSession

from columns import DDL

source, output, job = sys.argv[1:]
spark = (
    SparkSession.builder.master("local[*]")
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.memory", "4g")
    .config("spark.sql.shuffle.partitions", "2")
    .getOrCreate()
)
reader = spark.read.schema(DDL)
if source.endswith(".csv"):
    rows = reader.option("header", True).csv(source)
else:
    rows = reader.option("multiLine", source.endswith(".json")).json(source)
rows.createOrReplaceTempView("input")
with open(job, encoding="utf-8") as file:
    spark.sql(file.read()).write.json(output)
