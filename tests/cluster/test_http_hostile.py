"""Clients that are slow, dead, many or mad: each costs itself, the cluster's work goes on and memory stays bounded."""

import random
import resource
import select
import socket
import time

import pytest

from harness import Cluster, ok, submit, wait_until
from test_http import Events, fetch, get, ui_of


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("own"), workers=1) as running:
        yield running


def connect(ui):
    host, port = ui.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)))


def resident(daemon):
    with open(f"/proc/{daemon.process.pid}/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize()


def metric(ui, name):
    for line in get(ui + "/metrics")[2].decode().splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    raise AssertionError(name)


def still_works(own, small_items, folder):
    assert get(ui_of(own.master) + "/healthz")[0] == 200
    ok(submit(small_items["json"], folder / "out", master=own.url))


GARBAGE = [
    b"\r\n\r\n\r\n", b"\x00" * 4096, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)), b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n", b"GET " + b"/" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 50000 + b"\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200000 + b"\r\n\r\n",
    b"POST /api/quern/jobs/1/cancel HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /api/quern/jobs/1/cancel HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/quern/jobs/1/cancel HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + b"z" * 1000000,
    b"GET /?" + b"&".join(b"a=%d" % i for i in range(2000)) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/quern/jobs/%ff%fe%00%c0%af HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /job/%2e%2e%2f HTTP/1.1\r\nHost: x\r\n\r\n",
    b"HEAD /api/quern/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
]


@pytest.mark.parametrize("number", range(len(GARBAGE)))
def test_garbage(own, number):
    for ui in (ui_of(own.master), ui_of(own.workers[0])):
        with connect(ui) as s:
            try:
                s.sendall(GARBAGE[number])
                select.select([s], [], [], 0.1)  # half a request gets no answer
            except (ConnectionResetError, BrokenPipeError):
                pass
        assert get(ui + "/healthz")[0] == 200


def test_random_bytes(own, small_items, tmp_path):
    seed = random.Random(7)
    good = b"GET /api/quern/jobs?limit=5 HTTP/1.1\r\nHost: localhost\r\nAccept: text/html;q=0.5\r\nIf-None-Match: \"x\"\r\n\r\n"
    for _ in range(300):
        text = bytearray(good)
        for _ in range(seed.randrange(1, 8)):
            text[seed.randrange(len(text))] = seed.randrange(256)
        with connect(ui_of(own.master)) as s:
            s.sendall(text[:seed.randrange(1, len(text) + 1)])
    still_works(own, small_items, tmp_path)


def test_a_thousand_connections(own, small_items, tmp_path):
    """Idle, half a request each: a thousand are held, others are still answered, jobs run; all go when they close."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    ui = ui_of(own.master)
    before = resident(own.master)
    crowd = [connect(ui) for _ in range(1000)]
    for s in crowd:
        s.sendall(b"GET /api/quern/cluster HTTP/1.1\r\nHost: x\r\n")
    wait_until(lambda: metric(ui, "quern_http_connections") >= 1000, "a thousand connections")
    still_works(own, small_items, tmp_path)
    for s in crowd:
        s.sendall(b"\r\n")
    assert all(s.recv(100).startswith(b"HTTP/1.1 200") for s in crowd)
    print("resident before", before >> 20, "MiB, with 1000 connections", resident(own.master) >> 20, "MiB")
    for s in crowd:
        s.close()
    wait_until(lambda: metric(ui, "quern_http_connections") < 10, "closed connections")


def test_answers_that_nobody_takes(own, small_items, tmp_path):
    """Clients that ask again and again and never read: what waits for them is bounded, then they get 503."""
    ui = ui_of(own.master)
    clients = []
    for _ in range(100):
        s = connect(ui)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.setblocking(False)
        clients.append(s)
    question = b"GET /api/quern/openapi.json HTTP/1.1\r\nHost: x\r\n\r\nGET /api/quern/cluster HTTP/1.1\r\nHost: x\r\n\r\n"
    for _ in range(20):
        for s in clients:
            try:
                s.send(question)
            except (BlockingIOError, ConnectionResetError, BrokenPipeError):
                pass
        assert get(ui + "/healthz")[0] == 200
    assert metric(ui, "quern_http_answer_bytes") < 64 << 20
    still_works(own, small_items, tmp_path)
    for s in clients:
        s.close()
    wait_until(lambda: metric(ui, "quern_http_answer_bytes") < 1 << 20, "forgotten answers")


def test_event_clients_that_do_not_read_are_dropped(own, small_items, tmp_path):
    ui = ui_of(own.master)
    dead = []
    for _ in range(20):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        host, port = ui.removeprefix("http://").split(":")
        s.connect((host, int(port)))
        s.sendall(b"GET /api/quern/events HTTP/1.1\r\nHost: x\r\n\r\n")
        dead.append(s)
    alive = Events(ui)
    alive.wait("retry")
    wait_until(lambda: metric(ui, "quern_http_event_clients") == 21, "clients of events")
    ok(submit(small_items["json"], tmp_path / "out", "--name", "heard", master=own.url))
    alive.wait(r'"name":"heard".*"state":"COMPLETED"')
    for s in dead:
        s.close()
    ok(submit(small_items["json"], tmp_path / "out2", "--name", "again", master=own.url))
    alive.wait(r'"name":"again".*"state":"COMPLETED"')
    wait_until(lambda: metric(ui, "quern_http_event_clients") <= 1, "dead clients to go")
    alive.close()


def test_too_many_event_clients(own):
    ui = ui_of(own.master)
    crowd = []
    for _ in range(260):
        s = connect(ui)
        s.sendall(b"GET /api/quern/events HTTP/1.1\r\nHost: x\r\n\r\n")
        crowd.append(s)
    answers = [s.recv(12) for s in crowd]
    taken = answers.count(b"HTTP/1.1 200")
    assert taken <= 256 and taken + answers.count(b"HTTP/1.1 503") == 260
    for s in crowd:
        s.close()


def test_one_slow_reader_does_not_slow_others(own):
    """One takes a byte at a time; the others' answers come as before."""
    ui = ui_of(own.master)
    slow = connect(ui)
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    slow.sendall(b"GET /api/quern/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
    longest = 0
    for _ in range(50):
        select.select([slow], [], [], 1)
        slow.recv(1)
        start = time.monotonic()
        fetch(ui + "/api/quern/cluster")
        longest = max(longest, time.monotonic() - start)
    print("longest answer beside a slow reader:", round(longest * 1000, 1), "ms")
    slow.close()
