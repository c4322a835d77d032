"""docker-compose.yml and the image in real containers, with no network but the project's own."""

import re
import shutil
import subprocess
import threading

import pytest
from compose import IMAGE, Project, docker, health, missing, state
from harness import ROOT, checksum, compare, generate, wait_until

JOBS = "/usr/share/quern/jobs"
RECORDS = 200_000

WHY_NOT = missing()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=f"compose tests: {WHY_NOT}")

# As people have it for Spark standalone images, but for the image lines.
STANDALONE = """
version: "3.8"
services:
  spark-master:
    image: {image}
    container_name: {name}-spark-master
    environment:
      - SPARK_MODE=master
      - SPARK_RPC_AUTHENTICATION_ENABLED=no
      - SPARK_RPC_ENCRYPTION_ENABLED=no
      - SPARK_LOCAL_STORAGE_ENCRYPTION_ENABLED=no
      - SPARK_SSL_ENABLED=no
    ports:
      - "127.0.0.1:0:8080"
      - "127.0.0.1:0:7077"
    volumes:
      - spark_logs:/opt/bitnami/spark/logs
    labels:
      com.datadoghq.ad.logs: '[{{"source": "spark", "service": "spark-master"}}]'
  spark-worker:
    image: {image}
    environment:
      - SPARK_MODE=worker
      - SPARK_MASTER_URL=spark://spark-master:7077
      - SPARK_WORKER_MEMORY=1G
      - SPARK_WORKER_CORES=1
      - SPARK_RPC_AUTHENTICATION_ENABLED=no
      - SPARK_RPC_ENCRYPTION_ENABLED=no
      - SPARK_LOCAL_STORAGE_ENCRYPTION_ENABLED=no
      - SPARK_SSL_ENABLED=no
    depends_on:
      - spark-master
    volumes:
      - spark_logs:/opt/bitnami/spark/logs
    labels:
      com.datadoghq.ad.logs: '[{{"source": "spark", "service": "spark-worker"}}]'
  app:
    image: {image}
    command: sleep infinity
    environment:
      - SPARK_MASTER_URL=spark://spark-master:7077
    depends_on:
      - spark-master
    volumes:
      - {data}:/app/data
volumes:
  spark_logs:
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """The repository's compose file with three workers, its sample job done."""
    folder = tmp_path_factory.mktemp("stack")
    with Project(folder, ROOT / "docker-compose.yml", SAMPLE_RECORDS=RECORDS) as project:
        project.run("up", "-d", "--no-build", "--scale", "spark-worker=3")
        assert project.wait_exit("sample") == 0, project.logs("sample")
        project.wait_alive(3)
        yield project


@pytest.fixture(scope="module")
def calm(stack, tmp_path_factory):
    """Checksum of the sample job as local[*] in one container computes it."""
    submit(stack, "/data/items", "/data/calm", master="local[*]")
    return checksum(stack.copy_out("spark-master", "/data/calm", tmp_path_factory.mktemp("calm") / "out"))


def submit_words(source, output, *more, master="spark://spark-master:7077"):
    return ["quern", "submit", f"{JOBS}/stage3.sql", "--master", master, "--input", source, "--output", output,
            "--overwrite", "--progress", "never", *more]


def submit(project, source, output, *more, master="spark://spark-master:7077"):
    return project.run("run", "--rm", "-T", "--no-deps", "sample",
                       *submit_words(source, output, *more, master=master))


def assert_right(source, output, count):
    """Every value as the independent computation has it."""
    assert compare(source, output) == (count, [])


def result(project, path, folder):
    if folder.exists():
        shutil.rmtree(folder)
    return checksum(project.copy_out("spark-master", path, folder))


def status_rows(project):
    postgres, = project.ids("postgres")
    sql = ("SELECT p.status, p.records_processed, s.name, s.status, s.error_message, s.completed_at >= s.started_at "
           "FROM pipelines p JOIN pipeline_stages s ON s.pipeline_id = p.id")
    return docker("exec", "-e", "PGPASSWORD=pipeline", postgres, "psql", "-h", "127.0.0.1", "-U", "pipeline",
                  "-d", "pipeline", "-A", "-t", "-c", sql).stdout.split("\n")[:-1]


def test_the_project_has_no_way_out(stack):
    assert docker("network", "inspect", "-f", "{{.Internal}}", f"{stack.name}_default").stdout.strip() == "true"


def test_the_sample_job(stack, calm, tmp_path):
    """Right by the independent computation, and the same bytes as local[*]."""
    items = stack.copy_out("spark-master", "/data/items", tmp_path / "items")
    out = stack.copy_out("spark-master", "/data/out", tmp_path / "out")
    lines = b"".join(part.read_bytes() for part in sorted(items.glob("part-*")))
    (tmp_path / "items.ndjson").write_bytes(lines)
    assert lines.count(b"\n") == RECORDS
    assert_right(tmp_path / "items.ndjson", out, RECORDS)
    assert checksum(out) == calm


def test_status_rows(stack):
    message = f"Successfully processed {RECORDS} records"
    assert status_rows(stack) == [f"running|{RECORDS}|Spark Processing|completed|{message}|t"]


def test_logs_of_all_workers_in_one_file(stack):
    """What the agent tails: line by line from three processes, and the console has them too."""
    master, = stack.ids("spark-master")
    files = docker("exec", master, "sh", "-c", "cd /opt/bitnami/spark/logs; head -n 100 spark-master.out; echo =;"
                   " cat spark-worker.out").stdout
    of_master, of_workers = files.split("\n=\n")
    record = re.compile(r"\d\d/\d\d/\d\d \d\d:\d\d:\d\d (INFO|WARN) (master|worker): ")
    assert all(record.match(line) for line in files.splitlines() if line != "=" and not line.startswith("    "))
    assert "master: listening on" in of_master
    assert len(re.findall(r"worker: 1 cores, 1024 MiB of memory, master spark://spark-master:7077", of_workers)) == 3
    assert "listening on" in stack.logs("spark-master")


def slow_job(project, output):
    """A job that has done some of its tasks and has others to do for a good while, since the workers get a
    hundredth of a processor each: its client."""
    docker("update", "--cpus", "0.01", *project.ids("spark-worker"))
    client = project.start("run", "--rm", "-T", "--no-deps", "sample",
                           *submit_words("/data/items", output, "--conf", "spark.default.parallelism=24"))
    halfway = re.compile(r"RUNNING.* ([1-9]|1\d)/24 ")
    wait_until(lambda: halfway.search(project.quern("status").stdout), "a job with some tasks done", client)
    return client


def finish(client):
    out, err = client.communicate()
    assert client.returncode == 0, out + err


def test_a_worker_killed_in_mid_job(stack, calm, tmp_path):
    """Nothing changes in the result; the master says that the worker is lost."""
    workers = stack.ids("spark-worker")
    client = slow_job(stack, "/data/killed")
    docker("kill", workers[0])
    docker("update", "--cpus", "2", *workers)
    finish(client)
    assert result(stack, "/data/killed", tmp_path / "out") == calm
    assert "LOST" in stack.quern("workers").stdout
    docker("start", workers[0])
    stack.wait_alive(3)


def test_a_file_that_only_the_client_sees(stack, tmp_path):
    """Input and output are in a folder that only the client's container mounts."""
    items = generate(tmp_path / "client", 5000, forms=("json",))["json"]
    (tmp_path / "client").chmod(0o777)
    stack.run("run", "--rm", "-T", "--no-deps", "-v", f"{tmp_path / 'client'}:/client", "sample",
              *submit_words("/client/items.json", "/client/out"))
    assert_right(items, tmp_path / "client" / "out", 5000)


def test_a_rolling_restart_under_load(stack, calm, tmp_path):
    """Each worker is restarted while jobs run; no job notices."""
    before = {c: state(c)["StartedAt"] for c in stack.ids("spark-worker")}
    restart = subprocess.Popen([ROOT / "deploy" / "rolling-restart.sh", "spark-worker", *stack.options],
                               env=stack.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = []
    reader = threading.Thread(target=lambda: said.append(restart.communicate()[0]))
    reader.start()
    jobs = 0
    while restart.poll() is None or jobs == 0:
        submit(stack, "/data/items", "/data/rolling")
        assert result(stack, "/data/rolling", tmp_path / "out") == calm
        jobs += 1
    reader.join()
    assert restart.returncode == 0, said
    after = {c: state(c)["StartedAt"] for c in stack.ids("spark-worker")}
    assert before.keys() == after.keys() and all(before[c] != after[c] for c in before)
    stack.wait_alive(3)
    print(f"{jobs} jobs while three workers were restarted")


def test_no_zombies(stack):
    """The daemon is the first process: orphans of `docker exec` are its to bury."""
    master, = stack.ids("spark-master")
    docker("exec", master, "sh", "-c", "(sleep 0 &) ; (sh -c 'exit 3' &)")
    def states():
        return docker("exec", master, "sh", "-c", "cat /proc/[0-9]*/stat 2>/dev/null || true").stdout
    wait_until(lambda: "(sleep)" not in states(), "the end of the orphans")
    assert ") Z " not in states()


def test_scaling(stack):
    """Five, then three again; those that go leave in order."""
    stack.run("up", "-d", "--no-build", "--no-recreate", "--scale", "spark-worker=5", "spark-worker")
    stack.wait_alive(5)
    stack.run("up", "-d", "--no-build", "--no-recreate", "--scale", "spark-worker=3", "spark-worker")
    stack.wait_alive(3)


def test_stop_in_order(stack):
    """The last test of the stack: workers, then the master, then the database; all end well."""
    stack.run("stop")
    states = {name: [state(c) for c in stack.ids(name)] for name in ("spark-worker", "spark-master", "postgres")}
    assert [s["ExitCode"] for group in states.values() for s in group] == [0] * 5
    ends = [max(s["FinishedAt"] for s in group) for group in states.values()]
    assert ends == sorted(ends), states


def test_a_file_for_spark_images(tmp_path):
    """Environment, ports, volumes and labels as for Spark's images; the app's folder is the app's alone."""
    data = tmp_path / "data"
    items = generate(data, 2000, forms=("json",))["json"]
    data.chmod(0o777)
    file = tmp_path / "spark.yml"
    with Project(tmp_path, file) as project:
        file.write_text(STANDALONE.format(image=IMAGE, name=project.name, data=data))
        project.run("up", "-d", "--scale", "spark-worker=2")
        project.wait_healthy("spark-master")
        project.wait_healthy("spark-worker", 2)
        project.wait_alive(2)
        app, = project.ids("app")
        docker("exec", app, *submit_words("/app/data/items.json", "/app/data/out"))
        assert_right(items, data / "out", 2000)
        master, = project.ids("spark-master")
        logs = docker("exec", master, "ls", "/opt/bitnami/spark/logs").stdout.split()
        assert logs == ["spark-master.out", "spark-worker.out"]


def run_image(*words, check=False):
    """A container that ends by itself: (exit code, all it printed)."""
    done = docker("run", "--rm", "--network", "none", *words, check=check)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("mode", ["master", "worker"])
def test_ssl_without_keys(mode):
    code, text = run_image("-e", f"SPARK_MODE={mode}", "-e", "SPARK_SSL_ENABLED=yes",
                           "-e", "SPARK_MASTER_URL=spark://spark-master:7077", IMAGE)
    assert code == 2 and "SPARK_SSL_ENABLED" in text and "QUERN_KEY_FILE" in text
    assert ("QUERN_KEY_MASTER" in text) == (mode == "worker")


def test_a_mode_that_is_none():
    code, text = run_image("-e", "SPARK_MODE=submit", IMAGE)
    assert code == 2 and "master or worker" in text


def test_command_lines_of_spark_images():
    """A worker started as Spark's class, as a user of the platform's choice."""
    container = started("-u", "12345:0", IMAGE, "/opt/spark/bin/spark-class",
                        "org.apache.spark.deploy.worker.Worker", "--cores", "3", "spark://somewhere:7077")
    try:
        wait_until(lambda: "3 cores" in log_of(container), "its line")
        assert "master spark://somewhere:7077" in log_of(container)
        assert "WARN worker: cannot open the log file" not in log_of(container)
    finally:
        docker("rm", "-f", container)
    code, text = run_image(IMAGE, "spark-class", "org.apache.spark.deploy.history.HistoryServer")
    assert code == 2 and "HistoryServer" in text


def started(*words):
    """A detached container of the image; the caller removes it."""
    return docker("run", "-d", "--network", "none", *words).stdout.strip()


def log_of(container):
    done = docker("logs", container)
    return done.stdout + done.stderr


def test_defaults_from_the_containers_limits():
    container = started("--cpus", "1", "--memory", "600m", "-e", "SPARK_MODE=worker",
                        "-e", "SPARK_MASTER_URL=spark://spark-master:7077", IMAGE)
    try:
        found = wait_until(lambda: re.search(r"(\d+) cores, (\d+) MiB of memory", log_of(container)), "its line")
        assert found.groups() == ("1", "300")
    finally:
        docker("rm", "-f", container)


def test_a_master_that_listens_at_one_address():
    """SPARK_MASTER_HOST, which compose files set to the service's name, is where the health check asks."""
    container = started("-e", "SPARK_MASTER_HOST=127.0.0.9", IMAGE)
    try:
        wait_until(lambda: health(container) != "starting", "a verdict")
        assert health(container) == "healthy", log_of(container)
        assert "listening on 127.0.0.9:7077" in log_of(container)
    finally:
        docker("rm", "-f", container)


def test_sizes_as_spark_images_take_them():
    for size, mib in (("1G", 1024), ("1g", 1024), ("1024m", 1024), ("512M", 512)):
        container = started("-e", "SPARK_MODE=worker", "-e", f"SPARK_WORKER_MEMORY={size}",
                            "-e", "SPARK_MASTER_URL=spark://spark-master:7077", IMAGE)
        try:
            wait_until(lambda: f"{mib} MiB of memory" in log_of(container), f"{size} as {mib} MiB")
        finally:
            docker("rm", "-f", container)


def test_an_unwritable_log_folder_costs_a_warning(tmp_path):
    (tmp_path / "logs").mkdir(mode=0o755)
    container = started("-v", f"{tmp_path / 'logs'}:/opt/bitnami/spark/logs", IMAGE)
    try:
        wait_until(lambda: health(container) == "healthy", "a healthy master")
        assert len(re.findall("WARN.*spark-master.out", log_of(container))) == 1
    finally:
        docker("rm", "-f", container)


def test_an_ordinary_user_and_no_compiler():
    code, text = run_image(IMAGE, "sh", "-c", "id -u; command -v cc gcc make python3 || echo none")
    assert (code, text.split()) == (0, ["1001", "none"])


def test_the_image_is_small():
    """At most 60 MB above its base."""
    def size(name):
        return int(docker("image", "inspect", "-f", "{{.Size}}", name).stdout)
    above = (size(IMAGE) - size("debian:bookworm-slim")) / 1e6
    print(f"{above:.1f} MB above the base")
    assert above <= 60
