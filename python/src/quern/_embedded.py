"""A cluster of one's own: a master and a worker on this machine, for as long as the client lives."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from .errors import PathNotFoundError, UnreachableError

_STOP_S = 10.0
_CARRIED = Path(__file__).parent / "bin"  # in a wheel with programs
# What is in the environment for a real cluster must not steer this one.
_STEERING = re.compile(r"(SPARK|QUERN_(KEY|MASTER|STORE|LOG))")


def program(name: str) -> str:
    """Where it is: $QUERN_HOME (its bin, or itself), the package's own, or PATH. Raises PathNotFoundError."""
    home = os.environ.get("QUERN_HOME")
    folders = [Path(home) / "bin", Path(home), Path(home) / "build" / "bin"] if home else []
    for folder in [*folders, _CARRIED]:
        if os.access(folder / name, os.X_OK):
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise PathNotFoundError(
            f"{name} was not found: a local cluster needs quern's programs",
            hint="put them on PATH, set QUERN_HOME, or give a cluster's URL: Client('spark://host:7077')",
        )
    return found


class _Daemon:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.last: deque[str] = deque(maxlen=20)
        self.url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.reader = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        """Its log, so that it is never held up, and for what it last said."""
        assert self.process.stderr is not None
        while line := await self.process.stderr.readline():
            text = line.decode(errors="replace").rstrip()
            self.last.append(text)
            found = re.search(r"spark://127\.0\.0\.1:\d+", text)
            if found and not self.url.done():
                self.url.set_result(found.group(0))
        if not self.url.done():
            said = " | ".join(self.last) or "nothing"
            self.url.set_exception(UnreachableError(f"the local cluster did not start; it said: {said}"))

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), _STOP_S)
            except asyncio.TimeoutError:
                self.process.kill()
                await self.process.wait()
        self.reader.cancel()
        if self.url.done() and not self.url.cancelled():
            self.url.exception()
        await asyncio.gather(self.reader, return_exceptions=True)


async def _start(*words: str) -> _Daemon:
    environment = {k: v for k, v in os.environ.items() if not _STEERING.match(k)}
    own = Path(words[0]).parent / "lib"
    if words[0].startswith(str(_CARRIED)) and own.is_dir():  # the wheel's programs have their libraries beside them
        environment["LD_LIBRARY_PATH"] = str(own)
    # The daemons end when the other end of their standard input is gone: with us, however we end.
    process = await asyncio.create_subprocess_exec(
        *words,
        "--exit-with-stdin",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        start_new_session=True,  # Ctrl-C is for the client, which ends them in order
    )
    return _Daemon(process)


class Embedded:
    """Made by start(); stop() ends it."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.url = ""
        self.daemons: list[_Daemon] = []

    @staticmethod
    async def start(cores: int, conf: Mapping[str, str], timeout: float) -> Embedded:
        """Raises PathNotFoundError without quern's programs, UnreachableError if they do not start."""
        master, worker = program("quern-master"), program("quern-worker")
        self = Embedded(tempfile.mkdtemp(prefix="quern-"))
        try:
            await self._start_both(master, worker, cores, conf, timeout)
        except BaseException:
            await self.stop()
            raise
        return self

    async def _start_both(
        self, master: str, worker: str, cores: int, conf: Mapping[str, str], timeout: float
    ) -> None:
        own = ["--host", "127.0.0.1", "--webui-port", "0"]
        memory = conf.get("spark.driver.memory", "4g")  # nobody shares it
        self.daemons.append(await _start(master, "--port", "0", *own, "--conf", f"spark.driver.memory={memory}"))
        try:
            self.url = await asyncio.wait_for(asyncio.shield(self.daemons[0].url), timeout)
        except asyncio.TimeoutError:
            raise UnreachableError(f"the local cluster did not start within {timeout:g} s") from None
        words = ["--cores", str(cores), "--work-dir", self.folder]
        if "spark.executor.memory" in conf:
            words += ["--memory", conf["spark.executor.memory"]]
        self.daemons.append(await _start(worker, *words, *own, self.url))

    def alive(self) -> bool:
        return len(self.daemons) == 2 and all(d.process.returncode is None for d in self.daemons)

    async def stop(self) -> None:
        """The worker first, then the master."""
        for daemon in reversed(self.daemons):
            await daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
