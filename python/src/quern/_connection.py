"""A session with a master: one DEALER socket, messages in and out, questions and their answers.

Belongs to the event loop that opened it. Nothing here waits without end: opening and questions have
a limit, and a session that falls silent is lost (ZMTP heartbeats), which everybody who waits is told.
"""

from __future__ import annotations

import asyncio
import socket as sockets
from collections.abc import Callable, Sequence
from typing import Any

import zmq
import zmq.asyncio
from zmq.utils.monitor import parse_monitor_message

from . import _message
from . import _protocol as p
from ._error import QuernError, from_wire
from ._settings import Endpoint, Keys
from ._version import __version__
from .errors import InternalError, ProtocolError, RejectedError, UnreachableError

Frames = list[Any]
Handler = Callable[[int, dict[str, Any], Frames], None]

_SILENCE_MS = 15_000
_MAX_BAD = 8
# A socket that is told not to reconnect (-1) lets go what it has received when its peer closes.
_NEVER_MS = 86_400_000
_FAILED = {
    zmq.Event.HANDSHAKE_FAILED_AUTH: "the master does not accept this key",
    zmq.Event.HANDSHAKE_FAILED_PROTOCOL: "the handshake failed: the master wants keys, the server key is "
    "wrong, or it is no quern master",
    zmq.Event.HANDSHAKE_FAILED_NO_DETAIL: "closed in the handshake: the master wants keys, is ending, or has none and "
    "this client has",
    zmq.Event.CLOSED: "connection refused, or no way there",
    zmq.Event.DISCONNECTED: "closed by the other side",
    zmq.Event.MONITOR_STOPPED: "the socket was closed",
}


def _socket(keys: Keys | None, address: str) -> zmq.asyncio.Socket:
    s = zmq.asyncio.Context.instance().socket(zmq.DEALER)
    s.linger = 0
    s.rcvhwm = 16
    s.heartbeat_ivl = _SILENCE_MS // 3
    s.heartbeat_timeout = _SILENCE_MS
    s.reconnect_ivl = _NEVER_MS
    s.connect_timeout = _SILENCE_MS
    s.handshake_ivl = _SILENCE_MS
    s.maxmsgsize = 1 << 30
    s.ipv6 = "[" in address
    if keys is not None:
        s.curve_secretkey, s.curve_publickey, s.curve_serverkey = keys.secret, keys.public, keys.server
    return s


class Connection:
    """Made by connect(). `lost` is why it is of no use any more, or None."""

    def __init__(self, socket: zmq.asyncio.Socket, endpoint: Endpoint) -> None:
        self.socket = socket
        self.endpoint = endpoint
        self.lost: QuernError | None = None
        self.handlers: dict[int, Handler] = {}  # by job
        self.on_accepted: dict[str, Callable[[dict[str, Any]], None]] = {}  # by token
        self.on_lost: list[Callable[[QuernError], None]] = []
        self.welcome: dict[str, Any] = {}
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._questions = 0
        self._bad = 0
        self._handshake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._monitor = socket.get_monitor_socket()
        self._tasks = [asyncio.ensure_future(self._watch()), asyncio.ensure_future(self._read())]

    # ---- life ----

    async def open(self, address: str) -> None:
        """Connects and says HELLO. Raises UnreachableError, RejectedError."""
        self.socket.connect(address)
        await self._handshake
        self.welcome = await self.ask(p.HELLO, version=__version__, client="python")

    def close(self) -> None:
        """Says good-bye and closes; jobs that are not detached are cancelled by it."""
        if self.lost is None:
            if self.welcome:
                self.socket.linger = 1000  # for the last words
                self.post(p.BYE)
            self._lose(UnreachableError("the client was closed"))

    def _lose(self, why: QuernError) -> None:
        if self.lost is not None:
            return
        self.lost = why
        if not self._handshake.done():
            self._handshake.set_exception(why)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(why)
        for tell in list(self.on_lost):
            tell(why)
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        self.socket.disable_monitor()
        self._monitor.close(0)
        self.socket.close()

    async def _watch(self) -> None:
        """The socket's own words about the connection."""
        while self.lost is None:
            told = parse_monitor_message(await self._monitor.recv_multipart())
            event = zmq.Event(told["event"])
            if event == zmq.Event.HANDSHAKE_SUCCEEDED:
                if not self._handshake.done():
                    self._handshake.set_result(None)
            elif event in _FAILED:
                refused = event in (
                    zmq.Event.HANDSHAKE_FAILED_AUTH,
                    zmq.Event.HANDSHAKE_FAILED_PROTOCOL,
                )
                kind = RejectedError if refused else UnreachableError
                if self._handshake.done():
                    await asyncio.sleep(0)  # _read() takes what it has
                    self._read_rest()
                    self._lose(UnreachableError(f"lost the connection to {self.endpoint}: {_FAILED[event]}"))
                else:
                    self._lose(kind(f"no connection to {self.endpoint}: {_FAILED[event]}"))

    # ---- talking ----

    def post(self, number: int, payload: Sequence[Any] = (), **fields: Any) -> asyncio.Future[Any]:
        """Sends; the message is on its way even if the result is not awaited. Awaiting waits for room."""
        if self.lost is not None:
            raise self.lost
        frames = [_message.pack(number, fields), *payload]
        return asyncio.ensure_future(self.socket.send_multipart(frames, copy=not payload))

    async def ask(self, number: int, **fields: Any) -> dict[str, Any]:
        """The answer's fields. Raises what REFUSED says, or that the session was lost."""
        self._questions += 1
        req = self._questions
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[req] = answer
        try:
            self.post(number, req=req, **fields)
            return await answer
        finally:
            del self._answers[req]
            if answer.done() and not answer.cancelled():
                answer.exception()  # seen

    async def _read(self) -> None:
        while self.lost is None:
            try:
                frames = await self.socket.recv_multipart(copy=False)
            except zmq.ZMQError as e:
                self._lose(UnreachableError(f"lost the connection to {self.endpoint}: {e}"))
                return
            self._take_frames(frames)

    def _read_rest(self) -> None:
        """What the master said before it closed."""
        plain: zmq.Socket[bytes] = zmq.Socket.shadow(self.socket.underlying)
        while self.lost is None:
            try:
                frames = plain.recv_multipart(zmq.DONTWAIT, copy=False)
            except zmq.ZMQError:
                return
            self._take_frames(frames)

    def _take_frames(self, frames: Frames) -> None:
        try:
            number, fields = _message.unpack(frames[0].bytes)
            self._take(number, fields, frames[1:])
        except ProtocolError as e:
            self._bad += 1
            if self._bad >= _MAX_BAD:
                self._lose(e)
        except QuernError as e:
            self._lose(e)
        except Exception as e:  # nobody may wait for words that are not read any more
            self._lose(InternalError(f"the client failed at a message of the master: {e!r}"))
            raise

    def _take(self, number: int, fields: dict[str, Any], payload: Frames) -> None:
        if number == p.ACCEPTED:
            accepted = self.on_accepted.pop(fields["token"], None)
            if accepted is not None:
                accepted(fields)  # before any other word about the job
        answer = self._answers.get(fields.get("req", 0))
        if answer is not None:
            if number == p.REFUSED:
                if not answer.done():
                    answer.set_exception(from_wire(fields["error"]))
            elif not answer.done():
                answer.set_result(fields)
            return
        handler = self.handlers.get(fields.get("job_id", 0))
        if handler is not None:
            handler(number, fields, payload)


async def _address(endpoint: Endpoint) -> str:
    """Of names with several addresses IPv4 first, as servers bind to it by default."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(endpoint.host, endpoint.port, type=sockets.SOCK_STREAM)
    except OSError:
        raise UnreachableError(f"no connection to {endpoint}: the host name is unknown") from None
    found.sort(key=lambda f: f[0] != sockets.AF_INET)
    host = str(found[0][4][0])
    return f"tcp://[{host}]:{endpoint.port}" if ":" in host else f"tcp://{host}:{endpoint.port}"


async def _attempt(endpoint: Endpoint, keys: Keys | None) -> Connection:
    address = await _address(endpoint)
    connection = Connection(_socket(keys, address), endpoint)
    try:
        await connection.open(address)
    except BaseException:
        connection.close()
        raise
    return connection


async def connect(url: str, hosts: list[Endpoint], keys: Keys | None, timeout: float) -> Connection:
    """The first master that answers. Raises UnreachableError naming the URL after `timeout` seconds, and
    at once what waiting will not mend (a refused key)."""
    loop = asyncio.get_running_loop()
    end = loop.time() + timeout
    why, pause = "no answer", 0.05
    while True:
        for endpoint in hosts:
            left = end - loop.time()
            if left > 0:
                try:
                    return await asyncio.wait_for(_attempt(endpoint, keys), left)
                except asyncio.TimeoutError:
                    pass
                except UnreachableError as e:
                    why = e.message
        if loop.time() + pause >= end:
            raise UnreachableError(
                f"cannot reach the master at {url}: {why}",
                hint="is quern-master running there, and the port open? local[*] runs without a cluster",
            )
        await asyncio.sleep(pause)
        pause = min(pause * 2, 5.0)
