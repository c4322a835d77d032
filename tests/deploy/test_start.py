"""How the daemons start and end where something manages them: switches of Spark images, systemd's
notifications. No container engine is needed."""

import os
import re
import socket
import subprocess

import pytest
from harness import BIN, Cluster, Daemon, clean_environment, ok, quern, submit

SWITCHES = {
    "SPARK_RPC_AUTHENTICATION_ENABLED": "spark.authenticate",
    "SPARK_RPC_ENCRYPTION_ENABLED": "spark.network.crypto.enabled",
    "SPARK_SSL_ENABLED": "spark.ssl.enabled",
}


def start_fails(program, *words, **environment):
    done = subprocess.run([BIN / program, "--webui-port", "0", *words], capture_output=True, text=True,
                          env=clean_environment(**environment))
    assert done.returncode == 2, done
    return done.stderr


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_promise_without_keys_is_refused(switch, tmp_path):
    """Each program says which switch, which setting and which keys."""
    text = start_fails("quern-master", "--port", "0", **{switch: "yes"})
    assert switch in text and SWITCHES[switch] in text
    assert "QUERN_KEY_FILE" in text and "QUERN_KEY_MASTER" not in text
    text = start_fails("quern-worker", "spark://127.0.0.1:1", **{switch: "yes"})
    assert switch in text and "QUERN_KEY_FILE" in text and "QUERN_KEY_MASTER" in text
    ok(quern("keygen", tmp_path / "worker"))
    text = start_fails("quern-worker", "spark://127.0.0.1:1",
                       **{switch: "yes", "QUERN_KEY_FILE": tmp_path / "worker_secret"})
    assert "the master's public one" in text and "the own one" not in text
    client = quern("workers", "--master", "spark://127.0.0.1:1", env=clean_environment(**{switch: "true"}))
    assert client.code == 2 and "keys are missing" in client.err


def test_temporary_files_are_not_encrypted():
    text = start_fails("quern-worker", "spark://127.0.0.1:1", SPARK_LOCAL_STORAGE_ENCRYPTION_ENABLED="yes")
    assert "SPARK_LOCAL_STORAGE_ENCRYPTION_ENABLED" in text and "encrypted disk" in text


def test_a_switch_is_yes_or_no():
    text = start_fails("quern-worker", "spark://127.0.0.1:1", SPARK_SSL_ENABLED="perhaps")
    assert "SPARK_SSL_ENABLED" in text and "perhaps" in text


def test_switches_with_keys(tmp_path, small_items):
    """yes everywhere and keys: a job runs; somebody without keys gets nothing."""
    for name in ("master", "worker", "client"):
        ok(quern("keygen", tmp_path / name))
    switches = dict.fromkeys(SWITCHES, "yes")
    env = clean_environment(**switches, QUERN_KEY_FILE=tmp_path / "master_secret",
                            QUERN_KEY_MASTER=tmp_path / "master")
    with Cluster(tmp_path / "run", workers=0, env=env) as cluster:
        cluster.env = clean_environment(**switches, QUERN_KEY_FILE=tmp_path / "worker_secret",
                                        QUERN_KEY_MASTER=tmp_path / "master")
        cluster.add_worker().wait_log("registered|cores")
        client = clean_environment(**switches, QUERN_KEY_FILE=tmp_path / "client_secret",
                                   QUERN_KEY_MASTER=tmp_path / "master")
        done = submit(small_items["json"], tmp_path / "out", master=cluster.url, env=client)
        ok(done)
        assert (tmp_path / "out" / "_SUCCESS").exists()
        stranger = quern("workers", "--master", cluster.url)
        assert stranger.code != 0 and "wants keys" in stranger.err, stranger


def test_a_service_manager_is_told(tmp_path):
    """READY=1 once port 7077 answers, STOPPING=1 at SIGTERM."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        master = Daemon("master", "quern-master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0",
                        folder=tmp_path, env=clean_environment(NOTIFY_SOCKET=path))
        assert manager.recv(100) == b"READY=1"
        url = re.search(r"spark://127\.0\.0\.1:\d+", master.log()).group(0)
        ok(quern("workers", "--master", url))
        worker = Daemon("worker", "quern-worker", "--webui-port", "0", folder=tmp_path,
                        env=clean_environment(NOTIFY_SOCKET=path, SPARK_MASTER_URL=url))
        assert manager.recv(100) == b"READY=1"
        worker.stop()
        assert manager.recv(100) == b"STOPPING=1"
        master.stop()
        assert manager.recv(100) == b"STOPPING=1"


def test_the_master_of_a_properties_file(tmp_path):
    """spark.master serves a worker as it serves a client; SPARK_MASTER_URL is not needed."""
    with Cluster(tmp_path / "run", workers=0) as cluster:
        conf = tmp_path / "worker.conf"
        conf.write_text(f"spark.master {cluster.url}\nspark.worker.ui.port 0\n")
        worker = Daemon("extra", "quern-worker", "--properties-file", conf, folder=tmp_path)
        cluster.wait_alive(1)
        worker.stop()


@pytest.mark.parametrize("program", ["quern", "quern-master", "quern-worker"])
def test_manual_pages(program):
    page = ok(quern("man", program)).out.decode()
    assert f".SH NAME\n{program} \\- " in page
    rendered = subprocess.run(["man", "-l", "--warnings", "-"], input=page, capture_output=True, text=True,
                              env=dict(os.environ, MANWIDTH="100", LC_ALL="C.UTF-8"))
    assert rendered.returncode == 0 and not rendered.stderr, rendered.stderr
    assert "SYNOPSIS" in rendered.stdout
    assert quern("man", "nobody").code == 2
