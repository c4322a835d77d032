"""The file of past jobs over the life of the programs: one that an older master wrote is read and written on, one
that cannot be used keeps the master from starting, with the reason."""

import sqlite3
from contextlib import closing

import pytest

from harness import Cluster, Daemon, ok, start_quern, finish, wait_until
from test_http import fetch, get, ui_of

# Each version's statements as its release had them, columns of jobs last known: never to be changed.
JOBS_1 = """CREATE TABLE jobs (id INTEGER PRIMARY KEY, app_id TEXT NOT NULL, name TEXT, state TEXT NOT NULL, stage TEXT,
 submitted_us INTEGER NOT NULL, finished_us INTEGER NOT NULL, pipeline_id INTEGER NOT NULL, record BLOB NOT NULL,
 logs BLOB)"""
JOBS_2 = """CREATE TABLE jobs (id INTEGER PRIMARY KEY, app_id TEXT NOT NULL, name TEXT, state TEXT NOT NULL, stage TEXT,
 submitted_us INTEGER NOT NULL, finished_us INTEGER NOT NULL, pipeline_id INTEGER NOT NULL, record BLOB NOT NULL,
 logs BLOB, detail BLOB)"""
INDEXES_1 = """CREATE INDEX jobs_app_id ON jobs (app_id); CREATE INDEX jobs_unfinished ON jobs (id) WHERE finished_us = 0;
CREATE TABLE transitions (job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE, n INTEGER NOT NULL,
 at_us INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (job, n)) WITHOUT ROWID;"""
COLUMNS_1 = "id, app_id, name, state, stage, submitted_us, finished_us, pipeline_id, record, logs"
VERSIONS = {1: (JOBS_1, INDEXES_1, COLUMNS_1), 2: (JOBS_2, INDEXES_1, COLUMNS_1 + ", detail")}


def ask(path, statement):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(statement).fetchone()


def version_of(path):
    return ask(path, "PRAGMA user_version")[0]


def store_make(path, version, rows_of):
    jobs, others, columns = VERSIONS[version]
    db = sqlite3.connect(path)
    db.executescript(f"{jobs}; {others} PRAGMA journal_mode = WAL; PRAGMA user_version = {version}")
    db.execute("ATTACH ? AS source", (str(rows_of),))
    db.execute(f"INSERT INTO jobs ({columns}) SELECT {columns} FROM source.jobs")
    db.execute("INSERT INTO transitions SELECT * FROM source.transitions")
    db.commit()
    db.close()


def run_jobs(cluster, *names):
    for name in names:
        ok(finish(start_quern("sql", "SELECT 1 AS one", "--name", name, "--master", cluster.url)))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A store as this program writes it, and its jobs as its master listed them."""
    folder = tmp_path_factory.mktemp("written")
    with Cluster(folder, workers=1, master_words=("--store", folder / "jobs.db")) as own:
        run_jobs(own, "one", "two")
        jobs = fetch(ui_of(own.master) + "/api/quern/jobs")["jobs"]
    return folder / "jobs.db", jobs


def test_every_version_is_tested(written):
    assert sorted(VERSIONS) == list(range(1, version_of(written[0]) + 1))


@pytest.mark.parametrize("version", VERSIONS)
def test_stores_of_older_versions_are_read_and_written(written, tmp_path, version):
    path = tmp_path / "jobs.db"
    store_make(path, version, written[0])
    for start in range(2):  # what was written anew is read, too
        with Cluster(tmp_path / str(start), workers=1, master_words=("--store", path)) as own:
            ui = ui_of(own.master)
            listed = fetch(ui + "/api/quern/jobs")["jobs"]
            assert [(j["id"], j["name"], j["state"], j["rows_written"]) for j in listed[start:]] == \
                [(j["id"], j["name"], j["state"], j["rows_written"]) for j in written[1]]
            for job in listed:
                whole = fetch(f"{ui}/api/quern/jobs/{job['id']}")
                assert whole["app_id"] == job["app_id"] and ("stages" in whole) == (version > 1 or job["id"] > 2)
                assert fetch(f"{ui}/api/quern/jobs/{job['id']}/logs")["lines"]
                status = get(f"{ui}/api/v1/applications/{job['app_id']}/stages")[0]
                assert status == (200 if "stages" in whole else 404)
            assert own.quern("status", "1").code == 0
            run_jobs(own, f"later {start}")
            assert fetch(ui + "/api/quern/jobs")["jobs"][0]["id"] == 3 + start
    assert version_of(path) == version_of(written[0])


def refused(store, folder):
    """The words of a master that does not start because of its store."""
    master = Daemon("refused", "quern-master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0", "--store",
                    store, folder=folder)
    code = wait_until(lambda: master.process.poll() is not None and master.process, "the end").returncode
    assert code == 1 and "STORE" in master.log() and str(store) in master.log(), (code, master.log())
    return master.log()


def test_a_store_of_a_newer_program(written, tmp_path):
    path = tmp_path / "jobs.db"
    store_make(path, max(VERSIONS), written[0])
    ask(path, "PRAGMA user_version = 99")
    said = refused(path, tmp_path)
    assert "has version 99, this program knows 1 to" in said and "a newer quern-master" in said
    assert ask(path, "SELECT count(*) FROM jobs") == (2,) and version_of(path) == 99  # it is as it was


@pytest.mark.parametrize("damage", ["text", "pages", "schema"])
def test_a_damaged_store(written, tmp_path, damage):
    path = tmp_path / "jobs.db"
    data = bytearray(written[0].read_bytes())
    if damage == "text":
        data = b"not a database\n" * 1000
    else:
        begin = 100 if damage == "schema" else 4096
        data[begin:begin + 2048] = b"\xa5" * 2048
    path.write_bytes(data)
    said = refused(path, tmp_path)
    assert ("file is not a database" if damage == "text" else "malformed") in said
    assert "move the file away" in said
    assert path.read_bytes() == data


def test_a_store_that_another_master_has(tmp_path):
    path = tmp_path / "jobs.db"
    with Cluster(tmp_path / "first", workers=1, master_words=("--store", path)) as first:
        said = refused(path, tmp_path)
        assert "another process has it open" in said and "a store of its own" in said
        run_jobs(first, "undisturbed")


def test_a_store_where_nothing_can_be_written(tmp_path):
    assert "in a folder that is there" in refused(tmp_path / "none" / "jobs.db", tmp_path)
