"""A file server of its own process on loopback: as fast as the kernel, or as a line of one's own.

``python -m tests.benchmarks.origin FOLDER BYTES_PER_S`` prints its port and serves until its
input ends; the speed is that of each connection.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast


@contextmanager
def serving(folder: Path, bytes_per_s: int = 0) -> Iterator[str]:
    """Serve the files of `folder`; gives the base URL. 0: as fast as it goes."""
    words = [sys.executable, "-m", "tests.benchmarks.origin", str(folder), str(bytes_per_s)]
    server = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(cast(IO[str], server.stdout).readline())}"
    finally:
        server.communicate()


def main(folder: Path, bytes_per_s: int) -> None:
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listening.getsockname()[1], flush=True)
    threading.Thread(target=_accept, args=(listening, folder, bytes_per_s), daemon=True).start()
    sys.stdin.read()


def _accept(listening: socket.socket, folder: Path, bytes_per_s: int) -> None:
    while True:
        connection, _ = listening.accept()
        words = (connection, folder, bytes_per_s)
        threading.Thread(target=_talk, args=words, daemon=True).start()


def _talk(connection: socket.socket, folder: Path, bytes_per_s: int) -> None:
    """Answer GETs one after the other until the client has gone."""
    with connection, connection.makefile("rb") as asked:
        while line := asked.readline():
            while asked.readline() not in (b"\r\n", b""):
                pass
            path = folder / Path(line.split()[1].decode("ascii").partition("?")[0]).name
            try:
                _send(connection, path, bytes_per_s)
            except OSError:  # the client left early
                return


def _send(connection: socket.socket, path: Path, bytes_per_s: int) -> None:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = f'HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nETag: "{path.name}-{size}"\r\n'
        connection.sendall(f"{head}Content-Type: video/mp4\r\n\r\n".encode("ascii"))
        if not bytes_per_s:
            connection.sendfile(file)
        while bytes_per_s and file.tell() < size:
            connection.sendfile(file, file.tell(), bytes_per_s // 20)
            time.sleep(0.05)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
