"""Speaks to the program that has the list: a second start hands its wishes over and ends.

One JSON line each way over a local socket (a named pipe on Windows) that only the same user
can open. A window listens by `controllers/handover.py`, a program without Qt by `Listener`.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import socket
import stat
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Self, cast

#: The most either side reads (bytes): the longest prompts of some tasks, escaped.
LIMIT = 1024 * 1024
_PATIENCE_S = 10.0


def address(data: Path) -> str:
    """The socket's name for the data folder `data`: short, because a socket path has 108 bytes."""
    name = "rushes-" + hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    if sys.platform == "win32":
        return name
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    folder = Path(runtime) if Path(runtime).is_dir() and runtime else Path(tempfile.gettempdir())
    return str(folder / f"{name}-{os.getuid()}.sock")


def ask(
    where: str, message: dict[str, Any], patience_s: float = _PATIENCE_S
) -> dict[str, Any] | None:
    """Send one message and wait for the answer. None: no window of ours answers there.

    Args:
        patience_s: Seconds it may take (Windows: it is waited for without an end).

    Raises:
        ValueError: the message is larger than `LIMIT`.
    """
    try:
        return request(where, message, patience_s)
    except TimeoutError:
        return None


def request(where: str, message: dict[str, Any], patience_s: float) -> dict[str, Any] | None:
    """As `ask`. None: nobody has the message.

    Raises:
        TimeoutError: a program that hangs has it, and does what it says when it goes on.
    """
    line = json.dumps(message).encode() + b"\n"
    if len(line) > LIMIT:
        raise ValueError("too much text to hand over at once (1 MiB)")
    try:
        is_windows = sys.platform == "win32"
        answer = _over_pipe(where, line) if is_windows else _over_socket(where, line, patience_s)
        found = json.loads(answer)
    except TimeoutError:
        raise
    except (OSError, ValueError, RecursionError):
        return None  # nobody there, or a window that is just closing
    return found if isinstance(found, dict) else None


def _over_socket(where: str, line: bytes, patience_s: float) -> bytes:
    facts = os.lstat(where)
    if not stat.S_ISSOCK(facts.st_mode) or facts.st_uid != os.getuid():
        raise PermissionError("not our socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(patience_s)
        link.connect(where)
        link.sendall(line)
        with link.makefile("rb") as answer:
            return answer.readline(LIMIT)


def _over_pipe(where: str, line: bytes) -> bytes:
    with open(rf"\\.\pipe\{where}", "r+b", buffering=0) as pipe:  # noqa: PTH123 - not a path
        pipe.write(line)
        return pipe.readline(LIMIT)


#: Answers one message.
Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class Listener:
    """Answers other starts; one message a connection. Only who has the list may listen."""

    def __init__(self, where: str, answer: Answer) -> None:
        """Use `open`."""
        self._where = where
        self._answer = answer
        self._servers: list[asyncio.AbstractServer] = []
        self._answering: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, where: str, answer: Answer) -> Self:
        """Raises OSError: nobody can listen there."""
        self = cls(where, answer)
        loop = asyncio.get_running_loop()
        if sys.platform == "win32":
            serve = cast(Any, loop).start_serving_pipe
            self._servers = await serve(self._protocol, rf"\\.\pipe\{where}")
        else:
            link = _bound(where)
            self._servers = [await loop.create_unix_server(self._protocol, sock=link)]
        return self

    def close(self) -> None:
        """Listen no longer; who has asked is still answered."""
        for server in self._servers:
            server.close()
        if self._servers and sys.platform != "win32":
            Path(self._where).unlink(missing_ok=True)
        self._servers = []

    async def answered(self) -> None:
        """Wait until everybody who has asked was answered."""
        await asyncio.gather(*self._answering, return_exceptions=True)

    def _protocol(self) -> asyncio.Protocol:
        return _OneLineRequest(self._begin)

    def _begin(self, message: dict[str, Any], link: asyncio.Transport) -> None:
        task = asyncio.get_running_loop().create_task(self._reply(message, link))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _reply(self, message: dict[str, Any], link: asyncio.Transport) -> None:
        try:
            link.write(json.dumps(await self._answer(message)).encode() + b"\n")
        finally:
            link.close()


def _bound(where: str) -> socket.socket:
    """A socket that nobody else can open. What lies there is from a program that was killed."""
    with contextlib.suppress(FileNotFoundError):
        Path(where).unlink()
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    usual = os.umask(0o177)
    try:
        link.bind(where)
    except OSError:
        link.close()
        raise
    finally:
        os.umask(usual)
    return link


class _OneLineRequest(asyncio.Protocol):
    """Reads one line of JSON; anything else closes the connection."""

    def __init__(self, begin: Callable[[dict[str, Any], asyncio.Transport], None]) -> None:
        self._begin = begin
        self._line = b""
        self._is_read = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._link = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._is_read:
            return
        self._line += data
        line, ended, _ = self._line.partition(b"\n")
        if not ended:
            if len(line) >= LIMIT:
                self._link.abort()
            return
        self._is_read = True
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        if isinstance(message, dict):
            self._begin(message, self._link)
        else:
            self._link.abort()
