"""Where the master is and which keys are used: the same settings as the command line's."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import InvalidConfValueError, PathNotFoundError, UsageError

DEFAULT_PORT = 7077
_LOCAL = re.compile(r"local(?:\[(\*|\d+)\])?$")
# Settings that the client itself reads; they do not travel with a job.
_OWN = ("spark.master", "quern.key.file", "quern.key.master", "spark.authenticate")


@dataclass(frozen=True)
class Endpoint:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def local_cores(url: str) -> int | None:
    """Cores of local, local[4], local[*]; None for another URL. Raises UsageError."""
    m = _LOCAL.match(url)
    if not m:
        if url.startswith("local"):
            raise UsageError(f"{url} is no master URL", hint="local, local[4], local[*] or spark://host:7077")
        return None
    if m[1] == "*":
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    cores = int(m[1] or 1)
    if cores < 1:
        raise UsageError(f"{url} has no cores", hint="local[4] or local[*]")
    return cores


def _endpoint(url: str, text: str) -> Endpoint:
    m = re.match(r"(?:\[([^\]]+)\]|([^\[\]:/?#@\s]+))(?::(\d{1,5}))?$", text)
    if not m or int(m[3] or 0) > 65535:
        raise UsageError(
            f"bad address `{url}`: a host name and a port are expected",
            hint="write spark://HOST:PORT, several as spark://HOST:PORT,HOST:PORT",
        )
    return Endpoint(m[1] or m[2], int(m[3]) if m[3] else DEFAULT_PORT)


def endpoints(url: str) -> list[Endpoint]:
    """spark://a:7077,b:7077. Raises UsageError."""
    m = re.match(r"(?:spark|quern|tcp)://(.*)$", url)
    if not m:
        raise UsageError(f"{url} is no master URL", hint="local, local[4], local[*] or spark://host:7077")
    return [_endpoint(url, part) for part in m[1].split(",")]


@dataclass(frozen=True)
class Keys:
    """CURVE keys as text (Z85)."""

    public: bytes
    secret: bytes
    server: bytes


def _key_file(path: str) -> dict[str, bytes]:
    try:
        text = Path(path).read_text()
    except OSError as e:
        raise PathNotFoundError(f"cannot read the key file {path}: {e.strerror}") from None
    found = re.findall(r'^\s*(public-key|secret-key)\s*=\s*"([^"]{40})"', text, re.M)
    if not found:
        raise InvalidConfValueError(f"{path} holds no key")
    return {name: key.encode() for name, key in found}


def keys(conf: Mapping[str, str]) -> Keys | None:
    """From quern.key.file and quern.key.master (or their environment); None: speak in clear."""
    own = conf.get("quern.key.file") or os.environ.get("QUERN_KEY_FILE")
    server = conf.get("quern.key.master") or os.environ.get("QUERN_KEY_MASTER")
    if not own:
        if conf.get("spark.authenticate", "false").lower() == "true":
            raise UsageError("spark.authenticate is true, but there is no key", hint="set quern.key.file")
        return None
    if not server:
        raise UsageError("quern.key.file without the master's public key", hint="set quern.key.master")
    mine = _key_file(own)
    if "secret-key" not in mine:
        raise InvalidConfValueError(
            f"{own} holds only a public key", hint="name the file that ends in _secret"
        )
    return Keys(mine["public-key"], mine["secret-key"], _key_file(server)["public-key"])


def master_url(url: str | None) -> str:
    return url or os.environ.get("SPARK_MASTER_URL") or "local[*]"


def conf_text(conf: Mapping[str, object] | None) -> dict[str, str]:
    """Settings as text: true and false as Spark writes them."""
    out: dict[str, str] = {}
    for key, value in (conf or {}).items():
        out[key] = str(value).lower() if isinstance(value, bool) else str(value)
    return out


def of_job(conf: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in conf.items() if k not in _OWN}
