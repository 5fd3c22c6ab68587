"""A process that downloads one file and ends itself with SIGKILL in a given phase.

Run as ``python -m tests.system.dying URL TARGET PHASE BYTES``: dies as soon as PHASE is reached
and BYTES or more are in the part. "slow" is PHASE "block" on a link so slow that time alone hands
blocks over.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from rushes.core.account import Account, Service
from rushes.core.failure import Failure
from rushes.core.ports import Order, ResultSource, Stream
from rushes.core.secret import Secret
from rushes.core.task import ArtifactKind
from rushes.files import download, part
from rushes.files.download import FileDownloader
from rushes.net.http import Network

PIECE = 10_000


class Pieces:
    """What a connection gives, cut small: however much of it comes at once, there is a middle."""

    def __init__(self, stream: Stream) -> None:
        self.url, self.status = stream.url, stream.status
        self.headers = stream.headers
        self._chunks = stream.chunks()
        self._rest = b""

    def chunks(self) -> "Pieces":
        return self

    def __aiter__(self) -> "Pieces":
        return self

    async def __anext__(self) -> bytes:
        self._rest = self._rest or await self._chunks.__anext__()
        piece, self._rest = self._rest[:PIECE], self._rest[PIECE:]
        return piece


class InPieces:
    def __init__(self, source: ResultSource) -> None:
        self._source = source

    @asynccontextmanager
    async def stream(
        self, url: str, account: str, headers: Mapping[str, str], *, keyless: bool = False
    ) -> AsyncIterator[Stream | Failure]:
        async with self._source.stream(url, account, headers, keyless=keyless) as stream:
            yield stream if isinstance(stream, Failure) else Pieces(stream)


async def main(url: str, target: Path, phase: str, size: int) -> None:
    def failpoint(reached: str) -> None:
        here = sum(p.stat().st_size for p in target.parent.glob(".*.part"))
        if reached == ("block" if phase == "slow" else phase) and here >= size:
            os.kill(os.getpid(), signal.SIGKILL)

    if phase == "slow":
        download.BLOCK_S = part.RECORD_EVERY_S = 0.0
    else:
        download.BLOCK_BYTES = PIECE
        part.RECORD_EVERY_BYTES = 3 * PIECE
    network = Network()
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}"
    account = Account(id="a", name="a", service=Service.ARK, base_url=base)
    network.client_for(account, Secret("k" * 20))
    order = Order(url=url, kind=ArtifactKind.VIDEO, target=target, account="a", max_bytes=2**30)
    downloader = FileDownloader(InPieces(network.results), failpoint=failpoint)
    await downloader.fetch(order, lambda *_: None)
    await network.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
