"""Speaks to a window that runs already: a second start hands its wishes over and ends.

One JSON line each way over a local socket (a named pipe on Windows) that only the same user
can open. The listening side is `wiring/handover.py`.
"""

import hashlib
import json
import os
import socket
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

#: The most either side reads (bytes).
LIMIT = 64 * 1024
_PATIENCE_S = 10.0


def address(data: Path) -> str:
    """The socket's name for the data folder `data`: short, because a socket path has 108 bytes."""
    name = "rushes-" + hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    if sys.platform == "win32":
        return name
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    folder = Path(runtime) if Path(runtime).is_dir() and runtime else Path(tempfile.gettempdir())
    return str(folder / f"{name}-{os.getuid()}.sock")


def ask(where: str, message: dict[str, Any]) -> dict[str, Any] | None:
    """Send one message and wait for the answer. None: no window of ours answers there.

    Raises:
        ValueError: the message is larger than `LIMIT`.
    """
    line = json.dumps(message).encode() + b"\n"
    if len(line) > LIMIT:
        raise ValueError("too much text to hand over at once (64 KiB)")
    try:
        answer = _over_pipe(where, line) if sys.platform == "win32" else _over_socket(where, line)
        found = json.loads(answer)
    except (OSError, ValueError, RecursionError):
        return None  # nobody there, or a window that is just closing
    return found if isinstance(found, dict) else None


def _over_socket(where: str, line: bytes) -> bytes:
    facts = os.lstat(where)
    if not stat.S_ISSOCK(facts.st_mode) or facts.st_uid != os.getuid():
        raise PermissionError("not our socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(_PATIENCE_S)
        link.connect(where)
        link.sendall(line)
        with link.makefile("rb") as answer:
            return answer.readline(LIMIT)


def _over_pipe(where: str, line: bytes) -> bytes:
    with open(rf"\\.\pipe\{where}", "r+b", buffering=0) as pipe:  # noqa: PTH123 - not a path
        pipe.write(line)
        return pipe.readline(LIMIT)
