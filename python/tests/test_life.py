"""Beginnings and ends: cancelling, time limits, lost masters, clusters of one's own, keys."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import textwrap
import time

import harness
import pytest
from conftest import ROOT, items

import quern
from quern import AsyncClient, Client, errors


@pytest.fixture
def idle(tmp_path):
    """A master without workers: its jobs wait."""
    with harness.Cluster(tmp_path / "idle", workers=0) as c:
        yield c.url


async def until(probe):
    while not await probe():
        await asyncio.sleep(0.01)


async def test_cancelling_the_task_cancels_the_job(idle):
    async with AsyncClient(idle) as client:
        job = await client.submit("SELECT * FROM input", {"input": items(10)})
        waiting = asyncio.ensure_future(job.rows())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await until(lambda: state_is(client, job.id, "CANCELLED"))
        with pytest.raises(errors.JobCancelledError):
            await job.wait()
        shielded = await client.submit("SELECT * FROM input", {"input": items(10)})
        await shielded.cancel()
        assert shielded.state == "CANCELLED" and (await client.job(shielded.id)).state == "CANCELLED"


async def state_is(client, job, state):
    return (await client.job(job)).state == state


async def test_cancelled_while_it_is_submitted(idle):
    async with AsyncClient(idle) as client:
        await client.ping()
        submitting = asyncio.ensure_future(client.submit("SELECT 1", name="halfway"))
        while not client._connection.on_accepted:
            await asyncio.sleep(0)
        submitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await submitting

        async def gone():
            found = [j for j in await client.jobs() if j.name == "halfway"]
            return found and found[0].state == "CANCELLED"

        await until(gone)


async def test_a_time_limit(idle):
    async with AsyncClient(idle) as client:
        job = await client.submit("SELECT 1", timeout=0.2)
        with pytest.raises(quern.JobTimeoutError) as caught:
            await job.wait()
        assert isinstance(caught.value, TimeoutError) and isinstance(caught.value, quern.QuernError)
        await until(lambda: state_is(client, job.id, "CANCELLED"))


async def test_leaving_the_block_cancels(idle):
    async with AsyncClient(idle) as client:
        async with await client.submit("SELECT 1") as job:
            pass
        await until(lambda: state_is(client, job.id, "CANCELLED"))
    async with AsyncClient(idle) as other:
        left = await other.submit("SELECT 1")
    async with AsyncClient(idle) as client:  # closing the client cancels what it did not detach
        await until(lambda: state_is(client, left.id, "CANCELLED"))


async def test_a_lost_master(private):
    async with AsyncClient(private.url, connect_timeout=1) as client:
        job = await client.submit("SELECT 1 AS a")
        assert await job.rows() == [{"a": 1}]
        for worker in private.workers:
            worker.kill()
        waiting = await client.submit("SELECT * FROM input", {"input": items(10)})
        private.master.kill()
        with pytest.raises(errors.UnreachableError) as caught:
            await waiting.rows()
        assert caught.value.retryable
        with pytest.raises(errors.UnreachableError, match=private.url):
            await client.ping()
        assert await job.rows() == [{"a": 1}]  # what came is still there


async def test_the_last_words_of_a_master(private):
    """A master that ends says what became of the job and closes: the client hears it, however late it reads."""
    async with AsyncClient(private.url, connect_timeout=1) as client:
        private.workers[0].kill()
        waiting = await client.submit("SELECT 1 AS a")
        private.master.signal(signal.SIGTERM)
        assert private.master.process.wait() == 0  # the event loop stands still meanwhile
        with pytest.raises(errors.QuernError) as caught:
            await waiting.rows()
        assert not isinstance(caught.value, errors.UnreachableError), caught.value


async def test_it_connects_again(tmp_path):
    with harness.Cluster(tmp_path / "one", workers=0) as first:
        client = AsyncClient(first.url, connect_timeout=60)
        await client.ping()
        port = first.url.rsplit(":", 1)[1]
        first.master.kill()
    again = harness.Daemon("again", "quern-master", "--host", "127.0.0.1", "--port", port,
                           "--webui-port", "0", folder=tmp_path)  # fmt: skip
    try:
        await client.ping()
        await client.close()
    finally:
        again.kill()


async def test_the_event_loop_stays_free(url):
    """While 200,000 records go and come back nobody else waits long: no step takes a tenth of the work."""
    async with AsyncClient(url) as client:
        records = items(200_000)
        gaps, running = [], True

        async def pulse():
            last = time.thread_time()
            while running:
                await asyncio.sleep(0)
                now = time.thread_time()  # of this thread: a busy machine does not count
                gaps.append(now - last)
                last = now

        gc.collect()
        gc.freeze()  # what the tests loaded (pandas, …) is not ours to walk through in a step
        beat = asyncio.ensure_future(pulse())
        began = time.thread_time()
        job = await client.submit(ROOT / "jobs" / "stage3.sql", {"input": records})
        rows = await job.rows()  # in a variable: to free them all at once is a step, too
        assert len(rows) == 200_000
        work = time.thread_time() - began
        running = False
        await beat
        gc.unfreeze()
        assert max(gaps) < work / 10, (max(gaps), work)


async def test_progress_params_and_conf(url):
    told = []
    async with AsyncClient(url) as client:
        job = await client.submit(
            "SELECT ${n} + id AS x, '${word}' AS w FROM input",
            {"input": items(2)},
            params={"n": 10, "word": "hi"},
            conf={"spark.sql.session.timeZone": "UTC", "spark.no.such.key": 1},
            name="with a name",
            on_progress=told.append,
        )
        seen = [p async for p in job.updates()]
        assert await job.rows() == [{"x": 10, "w": "hi"}, {"x": 11, "w": "hi"}]
        assert seen[-1].state == told[-1].state == "COMPLETED"
        info = await client.job(job.id)
        assert (info.name, info.state, info.rows_out) == ("with a name", "COMPLETED", 2)
        assert any("spark.no.such.key" in w for w in job.warnings)
        with pytest.raises(errors.InvalidConfValueError):
            await client.submit("SELECT 1", conf={"spark.executor.memory": "much"})
        with pytest.raises(errors.UnresolvedVariableError):
            await client.sql("SELECT ${nothing} AS x")


async def test_output_and_detached(url, tmp_path):
    async with AsyncClient(url) as client:
        job = await client.submit("SELECT id FROM input", {"input": items(3)}, output=tmp_path / "out")
        assert (await job.wait()).rows_out == 3
        assert (tmp_path / "out" / "_SUCCESS").exists()
        with pytest.raises(errors.PathAlreadyExistsError):
            await client.sql("SELECT 1 AS a", output=tmp_path / "out")
        (tmp_path / "in.json").write_text('{"a": 1}\n')
        left = await client.submit(
            "SELECT * FROM t", {"t": tmp_path / "in.json"}, output=tmp_path / "two", detach=True
        )
    async with AsyncClient(url) as client:
        await (await client.attach(left.id)).wait()
        assert (tmp_path / "two" / "_SUCCESS").exists()
        assert (await (await client.attach(left.app_id)).wait()) is not None  # long over
        with pytest.raises(errors.NotFoundError):
            await client.attach("app-none")


async def test_several_statements(url):
    async with AsyncClient(url) as client:
        job = await client.submit("SELECT 1 AS a; SELECT 2 AS b")
        assert await job.rows() == [{"b": 2}] and await job.rows(statement=0) == [{"a": 1}]
        batches = [b async for b in (await client.submit("SELECT 1 AS a; SELECT 2 AS b")).iter_batches()]
        assert [(b.statement, b.records()) for b in batches] == [(0, [{"a": 1}]), (1, [{"b": 2}])]
        job = await client.submit("SELECT 1 AS a; SELECT x", conf={"quern.script.keepGoing": True})
        with pytest.raises(errors.UnresolvedColumnError):
            await job.rows()
        assert await job.rows(statement=0) == [{"a": 1}]


async def test_a_progress_callback_that_fails(url):
    failures = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: failures.append(context["exception"]))

    def fail(progress):
        raise ZeroDivisionError

    async with AsyncClient(url) as client:
        job = await client.submit("SELECT 1 AS a", on_progress=fail)
        assert await job.rows() == [{"a": 1}]
    assert failures and all(isinstance(e, ZeroDivisionError) for e in failures)


# ---- clusters of one's own ----


def running(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_local_cluster_ends_with_the_client():
    with Client("local[2]") as client:
        assert client.sql("SELECT count(*) AS n FROM input", {"input": items(100)}) == [{"n": 100}]
        pids = [d.process.pid for d in client._client._embedded.daemons]
        assert sum(w.cores for w in client.workers()) == 2
        assert all(map(running, pids))
    assert not any(map(running, pids))
    with pytest.raises(errors.UnreachableError, match="closed"):
        client.ping()


CHILD = """
import os, sys
from quern import Client
client = Client("local")
client.sql("SELECT 1")
print(*[d.process.pid for d in client._client._embedded.daemons], flush=True)
sys.stdin.read() if sys.argv[1] == "wait" else os._exit(3) if sys.argv[1] == "exit" else None
"""


@pytest.mark.parametrize("how", ["kill", "exit", "forget"])
def test_no_cluster_is_left_over(how):
    """However the program ends: kill -9, without clean-up, or without closing the client."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, "wait" if how == "kill" else how],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    pids = [int(p) for p in child.stdout.readline().split()]
    assert len(pids) == 2
    if how == "kill":
        child.send_signal(signal.SIGKILL)
    child.communicate()
    harness.wait_until(lambda: not any(map(running, pids)), "the end of the local cluster")


def test_without_programs(monkeypatch, tmp_path):
    monkeypatch.setenv("QUERN_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.PathNotFoundError, match="quern-master was not found"):
        Client("local").ping()
    (tmp_path / "quern-master").write_text("#!/bin/sh\necho I cannot >&2\nexit 1\n")
    (tmp_path / "quern-worker").write_text("#!/bin/sh\nexit 1\n")
    os.chmod(tmp_path / "quern-master", 0o755)
    os.chmod(tmp_path / "quern-worker", 0o755)
    with pytest.raises(errors.UnreachableError, match="I cannot"):
        Client("local").ping()


# ---- keys ----


def test_keys(tmp_path):
    for name in ("master", "client", "stranger"):
        subprocess.run([harness.BIN / "quern", "keygen", tmp_path / name], check=True, stdout=subprocess.DEVNULL)
    (tmp_path / "allowed").mkdir()
    (tmp_path / "client").rename(tmp_path / "allowed" / "client")
    words = ["--key", tmp_path / "master_secret", "--allowed-keys", tmp_path / "allowed"]
    daemon = harness.Daemon("master", "quern-master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0",
                            *words, folder=tmp_path)  # fmt: skip
    try:
        url = daemon.wait_log(r"spark://127\.0\.0\.1:\d+").group(0)

        def conf(own):
            return {"quern.key.file": tmp_path / f"{own}_secret", "quern.key.master": tmp_path / "master"}

        with Client(url, conf=conf("client")) as client:
            client.ping()
        with pytest.raises(errors.RejectedError):
            Client(url, conf=conf("stranger")).ping()
        with pytest.raises(errors.QuernError):
            Client(url, connect_timeout=2).ping()
        with pytest.raises(errors.PathNotFoundError):
            Client(url, conf=conf("nobody"))
        with pytest.raises(errors.InvalidConfValueError, match="_secret"):
            Client(url, conf={**conf("client"), "quern.key.file": tmp_path / "master"})
    finally:
        daemon.kill()


def test_the_address_from_the_environment(url, monkeypatch):
    monkeypatch.setenv("SPARK_MASTER_URL", url)
    with Client() as client:
        assert client.master == url
        client.ping()


def test_ctrl_c(idle):
    """Interrupted while it waits, the blocking client cancels the job."""
    code = textwrap.dedent(
        """
        import sys
        from quern import Client
        with Client(sys.argv[1]) as client:
            job = client.submit("SELECT 1", name="interrupted")
            try:
                print("waiting", flush=True)
                job.rows()
            except KeyboardInterrupt:
                print("interrupted", flush=True)
        """
    )
    child = subprocess.Popen([sys.executable, "-c", code, idle], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "waiting\n"
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate()
    assert out == "interrupted\n"
    with Client(idle) as client:
        assert [j.state for j in client.jobs() if j.name == "interrupted"] == ["CANCELLED"]
