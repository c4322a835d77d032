"""Stage status in a real PostgreSQL, and results written into it."""

import pytest
from harness import Cluster, lines, ok, quern, submit, wait_until

TABLES = """
CREATE TABLE pipelines (
    id serial PRIMARY KEY, name varchar(255) NOT NULL, description text,
    status varchar(20) DEFAULT 'pending', created_at timestamp DEFAULT now(),
    updated_at timestamp DEFAULT now(), input_file varchar(255), output_file varchar(255),
    prefect_flow_run_id varchar(255), records_processed integer DEFAULT 0, error_message text);
CREATE TABLE pipeline_stages (
    id serial PRIMARY KEY, pipeline_id integer NOT NULL REFERENCES pipelines (id),
    name varchar(255) NOT NULL, description text, status varchar(20) DEFAULT 'pending',
    started_at timestamp, completed_at timestamp, execution_time_seconds double precision,
    error_message text);
"""
# Every state a stage row passes through, in order, as somebody who watches would see it.
HISTORY = """
CREATE TABLE history (n serial, stage text, status text, message text, completed boolean);
CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO history (stage, status, message, completed)
    VALUES (NEW.name, NEW.status, NEW.error_message, NEW.completed_at IS NOT NULL);
    RETURN NEW;
END $$;
CREATE TRIGGER remember AFTER INSERT OR UPDATE ON pipeline_stages
    FOR EACH ROW EXECUTE FUNCTION remember();
"""
STAGE = "Spark Processing"


class Database:
    """One test's database with the pipeline's tables and one pipeline in it."""

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.dsn = server.create(name)

    def sql(self, text):
        return self.server.sql(text, self.name)

    def make_tables(self):
        self.sql(TABLES + HISTORY)
        return self.new_pipeline()

    def new_pipeline(self):
        ident = self.sql("INSERT INTO pipelines (name) VALUES ('nightly') RETURNING id")[0][0]
        self.sql(f"INSERT INTO pipeline_stages (pipeline_id, name) VALUES ({ident}, '{STAGE}')")
        self.sql("DELETE FROM history")
        return ident

    def stage(self, pipeline, columns="status, error_message"):
        return self.sql(f"SELECT {columns} FROM pipeline_stages WHERE pipeline_id = {pipeline}")

    def pipeline(self, pipeline, columns="status, records_processed, error_message"):
        return self.sql(f"SELECT {columns} FROM pipelines WHERE id = {pipeline}")[0]

    def history(self):
        return self.sql("SELECT status, message, completed FROM history ORDER BY n")

    def wait_stage(self, pipeline, status):
        wait_until(lambda: self.stage(pipeline, "status") == [[status]], f"stage {status}")


@pytest.fixture(scope="module")
def module_database(postgres):
    return Database(postgres, "status")


@pytest.fixture(scope="module")
def cluster(module_database, tmp_path_factory):
    """Two workers and a master that writes status."""
    folder = tmp_path_factory.mktemp("status")
    with Cluster(folder, workers=2, master_words=("--status-dsn", module_database.dsn)) as running:
        yield running


@pytest.fixture
def database(module_database):
    module_database.sql("DROP TABLE IF EXISTS pipelines, pipeline_stages, history CASCADE;"
                        "DROP FUNCTION IF EXISTS remember")
    return module_database


def test_a_completed_stage(cluster, database, small_items, tmp_path):
    pipeline = database.make_tables()
    before = database.pipeline(pipeline, "updated_at")
    ok(submit(small_items["json"], tmp_path / "out", "--pipeline-id", pipeline, master=cluster.url))
    database.wait_stage(pipeline, "completed")
    assert database.history() == [
        ["running", "Processing 1000 records", "f"],
        ["completed", "Successfully processed 1000 records", "t"]]
    times = "started_at <= completed_at AND execution_time_seconds > 0, started_at <= localtimestamp"
    assert database.stage(pipeline, times) == [["t", "t"]]
    assert database.pipeline(pipeline) == ["running", "1000", None]
    assert database.pipeline(pipeline, "updated_at") > before


def test_a_failed_job(cluster, database, small_items, tmp_path):
    pipeline = database.make_tables()
    job = tmp_path / "job.sql"
    job.write_text("SELECT CAST(name AS BIGINT) / 0, no_such_column FROM input")
    result = submit(small_items["json"], tmp_path / "out", "--pipeline-id", pipeline,
                    job=job, master=cluster.url)
    assert result.code == 1 and "UNRESOLVED_COLUMN" in result.err, result
    database.wait_stage(pipeline, "failed")
    message = database.stage(pipeline)[0][1]
    assert "no_such_column" in message
    status, _, pipeline_message = database.pipeline(pipeline)
    assert status == "failed" and "no_such_column" in pipeline_message
    assert database.stage(pipeline, "completed_at IS NOT NULL") == [["t"]]


def test_a_job_that_fails_while_it_runs(cluster, database, tmp_path):
    pipeline = database.make_tables()
    source = tmp_path / "items.json"
    source.write_text('{"id": 1}\n{"id": \n')
    job = tmp_path / "job.sql"
    job.write_text(f"CREATE TEMPORARY VIEW input (id BIGINT) USING json OPTIONS (path '{source}', "
                   f"mode 'FAILFAST'); INSERT OVERWRITE DIRECTORY '{tmp_path}/out' USING json "
                   "SELECT * FROM input")
    result = quern("submit", job, "--master", cluster.url, "--pipeline-id", pipeline)
    assert result.code == 1, result
    database.wait_stage(pipeline, "failed")
    assert [row[0] for row in database.history()][-1] == "failed"
    assert not (tmp_path / "out" / "_SUCCESS").exists()


@pytest.mark.parametrize("job_text, source", (
    ("SELECT * FROM input", "missing.json"),
    ("SELEC * FROM input", None),
))
def test_a_refused_submission_leaves_its_row(cluster, database, small_items, tmp_path, job_text, source):
    pipeline = database.make_tables()
    job = tmp_path / "job.sql"
    job.write_text(job_text)
    path = tmp_path / source if source else small_items["json"]
    result = submit(path, tmp_path / "out", "--pipeline-id", pipeline, job=job, master=cluster.url)
    assert result.code == 1, result
    database.wait_stage(pipeline, "failed")
    assert database.stage(pipeline)[0][1]
    assert database.pipeline(pipeline)[0] == "failed"


def test_the_row_is_inserted_where_there_is_none(cluster, database, small_items, tmp_path):
    pipeline = database.make_tables()
    database.sql("DELETE FROM pipeline_stages")
    ok(submit(small_items["json"], tmp_path / "out", "--pipeline-id", pipeline, master=cluster.url))
    database.wait_stage(pipeline, "completed")
    assert database.stage(pipeline, "name") == [[STAGE]]


def test_a_retried_stage_starts_over_in_its_row(cluster, database, small_items, tmp_path):
    pipeline = database.make_tables()
    submit(tmp_path / "missing.json", tmp_path / "out", "--pipeline-id", pipeline, master=cluster.url)
    database.wait_stage(pipeline, "failed")
    ok(submit(small_items["json"], tmp_path / "out", "--pipeline-id", pipeline, master=cluster.url))
    database.wait_stage(pipeline, "completed")
    assert ["running", "Processing 1000 records", "f"] in database.history()
    assert len(database.stage(pipeline)) == 1
    assert database.pipeline(pipeline, "status") == ["running"]


def test_missing_tables_are_created(cluster, database, small_items, tmp_path):
    ok(submit(small_items["json"], tmp_path / "out", "--pipeline-id", "41", master=cluster.url))
    exists = ("SELECT count(*) FROM information_schema.tables "
              "WHERE table_name IN ('pipelines', 'pipeline_stages')")
    wait_until(lambda: database.sql(exists) == [["2"]], "the tables")


def test_a_database_that_is_away(postgres, cluster, database, small_items, tmp_path):
    first, second = database.make_tables(), database.new_pipeline()
    postgres.stop()
    try:
        ok(submit(small_items["json"], tmp_path / "a", "--pipeline-id", first, master=cluster.url))
        failed = submit(tmp_path / "missing.json", tmp_path / "b", "--pipeline-id", second,
                        master=cluster.url)
        assert failed.code == 1, failed
        assert (tmp_path / "a" / "_SUCCESS").exists()
    finally:
        postgres.start()
    database.wait_stage(first, "completed")
    database.wait_stage(second, "failed")
    states = [row[0] for row in database.history()]
    assert states[:2] == ["running", "completed"] and states[-1] == "failed"


def table_target(database):
    return database.dsn + "?table=raw_items"


@pytest.mark.parametrize("where", ("local", "cluster"))
def test_results_in_a_table(cluster, database, small_items, tmp_path, where):
    master = cluster.url if where == "cluster" else "local[2]"
    database.sql("DROP TABLE IF EXISTS raw_items CASCADE")
    ok(submit(small_items["json"], table_target(database), master=master))
    assert database.sql("SELECT count(*), count(DISTINCT id), count(created_at) < 1000, "
                        "min(tier) FROM raw_items") == [["1000", "1000", "t", "high"]]
    ok(submit(small_items["json"], tmp_path / "out", master="local[1]"))
    import json
    rows = [json.loads(line) for line in lines(tmp_path / "out")]
    stored = database.sql("SELECT id, total_value, category_avg_value, tier FROM raw_items ORDER BY id")
    wanted = [(r["id"], r["total_value"], r["category_avg_value"], r["tier"]) for r in rows]
    assert [(int(a), float(b), float(c), d) for a, b, c, d in stored] == wanted


def test_a_table_with_a_view_on_it_is_refilled(cluster, database, small_items, tmp_path):
    database.sql("DROP TABLE IF EXISTS raw_items CASCADE;"
                 "CREATE TABLE raw_items (id bigint, name text);"
                 "INSERT INTO raw_items SELECT n, 'old' FROM generate_series(1, 5) n;"
                 "CREATE VIEW staged AS SELECT id, name FROM raw_items")
    for _ in range(2):
        ok(submit(small_items["json"], table_target(database), master=cluster.url))
        assert database.sql("SELECT count(*), count(*) FILTER (WHERE name = 'old') FROM staged") == \
            [["1000", "0"]]
    assert database.sql("SELECT count(tier) FROM raw_items") == [["1000"]]


def test_a_failed_job_leaves_the_table_as_it_was(cluster, database, small_items, tmp_path):
    database.sql("DROP TABLE IF EXISTS raw_items CASCADE; CREATE TABLE raw_items (id bigint);"
                 "INSERT INTO raw_items VALUES (7)")
    job = tmp_path / "job.sql"
    job.write_text("SELECT nothing FROM input")
    result = submit(small_items["json"], table_target(database), job=job, master=cluster.url)
    assert result.code == 1, result
    assert database.sql("SELECT id FROM raw_items") == [["7"]]


def test_an_unreachable_database_is_said(small_items):
    target = "postgres://postgres@127.0.0.1:1/none?table=raw_items"
    result = submit(small_items["json"], target, master="local[1]")
    assert result.code == 1 and "127.0.0.1" in result.err, result
