#!/usr/bin/env python3
"""Stage 3 from a million dicts to a million dicts: quern's Python client beside Polars, in one run.

    bench/python_dicts.py [--count N] [--rounds N] [--master URL]

Each round runs both, one after the other, in processes of their own; medians are compared. Polars does
the same computation: pl.DataFrame(records), expressions and windows, to_dicts(). The cluster (local[*]
unless --master names one) is up before the clock starts, as it is for a pipeline; Polars is imported.
Exits 1 if quern takes more than --limit times Polars' wall time.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAGE3 = ROOT / "jobs" / "stage3.sql"


def records(count):
    rng = random.Random(7)
    return [
        {
            "id": i,
            "name": f"Item {i}",
            "category": rng.choice("ABCD"),
            "value": round(rng.uniform(10, 1000), 2),
            "quantity": rng.randint(1, 100),
            "is_active": rng.random() < 0.5,
            "created_at": f"2026-01-01T{i // 3600 % 24:02d}:{i // 60 % 60:02d}:{i % 60:02d}.{i % 1000000:06d}",
        }
        for i in range(count)
    ]


def polars_run(data):
    import polars as pl

    def run():
        df = pl.DataFrame(data)
        df = df.with_columns(
            (pl.col("value") * pl.col("quantity")).alias("total_value"),
            pl.lit("spark").alias("processed_by"),
            pl.lit(time.strftime("%Y-%m-%dT%H:%M:%S.000Z")).alias("processed_at"),
            pl.col("category").replace_strict({"A": 0.9, "B": 0.85, "C": 0.8}, default=0.95)
            .cast(pl.Float64).alias("discount_factor"),
        )
        n, rank = pl.len().over("category"), pl.col("value").rank("min").over("category")
        df = df.with_columns(
            (pl.col("total_value") * pl.col("discount_factor")).alias("discounted_value"),
            pl.col("value").mean().over("category").alias("category_avg_value"),
            pl.col("value").max().over("category").alias("category_max_value"),
            pl.col("value").min().over("category").alias("category_min_value"),
            n.alias("category_count"),
            pl.when(n > 1).then((rank - 1.0) / (n - 1.0)).otherwise(0.0).alias("value_percentile"),
        )
        p = pl.col("value_percentile")
        tier = pl.when(p > 0.9).then(pl.lit("premium")).when(p > 0.7).then(pl.lit("high"))
        tier = tier.when(p > 0.4).then(pl.lit("medium")).otherwise(pl.lit("standard"))
        return df.with_columns(tier.alias("tier")).to_dicts()

    return timed(run)


def quern_run(data, master):
    sys.path.insert(0, str(ROOT / "python" / "src"))
    import quern

    with quern.Client(master) as client:
        client.sql("SELECT 1")
        return timed(lambda: client.submit(STAGE3, {"input": data}).rows())


def timed(run):
    began, cpu = time.perf_counter(), time.process_time()
    rows = run()
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    check = [(r["id"], r["discounted_value"], r["value_percentile"], r["tier"]) for r in rows[:: len(rows) // 100 or 1]]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"wall": wall, "cpu": cpu, "peak_mib": peak, "rows": len(rows), "check": check}


def one(who, args):
    data = records(args.count)
    result = polars_run(data) if who == "polars" else quern_run(data, args.master)
    print(json.dumps(result))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=2.5)
    parser.add_argument("--master", default="local[*]")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.only:
        return one(args.only, args)
    os.environ.setdefault("QUERN_HOME", str(ROOT / "build"))
    words = [sys.executable, "-B", __file__, "--count", str(args.count), "--master", args.master]
    runs = {"polars": [], "quern": []}
    for _ in range(args.rounds):
        for who in runs:
            out = subprocess.run([*words, "--only", who], check=True, stdout=subprocess.PIPE).stdout
            runs[who].append(json.loads(out))
    if runs["polars"][0]["check"] != runs["quern"][0]["check"]:
        sys.exit("the two do not agree")
    wall = {}
    for who, results in runs.items():
        wall[who] = statistics.median(r["wall"] for r in results)
        cpu = statistics.median(r["cpu"] for r in results)
        peak = max(r["peak_mib"] for r in results)
        print(f"{who:8} {args.count:>9,} dicts  wall {wall[who]:6.2f} s  cpu (client) {cpu:6.2f} s  peak {peak:5} MiB")
    ratio = wall["quern"] / wall["polars"]
    print(f"ratio    {ratio:.2f} (at most {args.limit})")
    return 0 if ratio <= args.limit else 1


if __name__ == "__main__":
    sys.exit(main())
