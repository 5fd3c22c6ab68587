"""An Ark-like service in a process of its own that costs next to nothing: canned answers.

``python -m tests.benchmarks.watching.service N`` holds N live tasks, a tenth of them queued,
prints its port and serves until its input ends. What is measured is the client.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast
from urllib.parse import parse_qs, urlsplit

CREATED_AT = 1_800_000_000


def task_id(number: int) -> str:
    return f"cgt-20270115080000-{number:05}"


def _task(number: int) -> dict[str, object]:
    return {
        "id": task_id(number),
        "model": "doubao-seedance-2-0-260128",
        "status": "running" if number % 10 else "queued",
        "created_at": CREATED_AT,
        "updated_at": CREATED_AT + 3,
        "service_tier": "default",
        "execution_expires_after": 172800,
        "generate_audio": True,
        "draft": False,
        "priority": 0,
    }


@contextmanager
def serving(n: int) -> Iterator[str]:
    """A service with `n` tasks; gives the base URL."""
    words = [sys.executable, "-m", __name__, str(n)]
    server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(cast(IO[str], server.stdout).readline())}"
    finally:
        server.communicate()


class _Book:
    """The answers by target, made once."""

    def __init__(self, n: int) -> None:
        self._tasks = {task_id(number): _task(number) for number in range(n)}
        self._lists: dict[str, bytes] = {}
        self._single = {e: _http(json.dumps(task).encode()) for e, task in self._tasks.items()}

    def answer(self, target: str) -> bytes:
        last = urlsplit(target).path.rpartition("/")[2]
        if last in self._single:
            return self._single[last]
        if target not in self._lists:
            self._lists[target] = _http(json.dumps(self._page(target)).encode())
        return self._lists[target]

    def _page(self, target: str) -> dict[str, object]:
        query = parse_qs(urlsplit(target).query)
        is_mine = query.get("filter.service_tier", ["default"]) == ["default"]
        rows = [
            task
            for each, task in self._tasks.items()
            if is_mine
            and each in query.get("filter.task_ids", [each])
            and task["status"] in query.get("filter.status", [task["status"]])
        ]
        number, size = int(query["page_num"][0]), int(query["page_size"][0])
        return {"items": rows[(number - 1) * size : number * size], "total": len(rows)}


class _Talk(asyncio.Protocol):
    def __init__(self, book: _Book) -> None:
        self._book = book
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._got += data
        while b"\r\n\r\n" in self._got:
            head, _, self._got = self._got.partition(b"\r\n\r\n")
            self._out.write(self._book.answer(head.split(b" ", 2)[1].decode()))


def _http(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


async def _serve(n: int) -> None:
    loop, book = asyncio.get_running_loop(), _Book(n)
    server = await loop.create_server(lambda: _Talk(book), "127.0.0.1")
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
