"""A file server of its own process on loopback: as fast as the kernel, nothing else.

``python -m tests.benchmarks.origin FOLDER`` prints its port and serves until its input ends.
"""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the files of `folder`; gives the base URL."""
    words = [sys.executable, "-m", "tests.benchmarks.origin", str(folder)]
    server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(cast(IO[str], server.stdout).readline())}"
    finally:
        server.communicate()


def main(folder: Path) -> None:
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listening.getsockname()[1], flush=True)
    threading.Thread(target=_accept, args=(listening, folder), daemon=True).start()
    sys.stdin.read()


def _accept(listening: socket.socket, folder: Path) -> None:
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_talk, args=(connection, folder), daemon=True).start()


def _talk(connection: socket.socket, folder: Path) -> None:
    """Answer GETs one after the other until the client has gone."""
    with connection, connection.makefile("rb") as asked:
        while line := asked.readline():
            while asked.readline() not in (b"\r\n", b""):
                pass
            path = folder / Path(line.split()[1].decode("ascii").partition("?")[0]).name
            try:
                _send(connection, path)
            except OSError:  # the client left early
                return


def _send(connection: socket.socket, path: Path) -> None:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = f'HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nETag: "{path.name}-{size}"\r\n'
        connection.sendall(f"{head}Content-Type: video/mp4\r\n\r\n".encode("ascii"))
        connection.sendfile(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
