"""Brings one result file to disk, whole or not at all (reliability 5).

In order: open a part → ask, with `Range` and `If-Range` when there is something to go on with →
append → exact length → container check → fsync → rename that never overwrites → fsync the folder.
What ends early leaves a part that the next try goes on with, if the server named its bytes with a
strong ETag. What came damaged is kept aside and fetched again; the same bytes twice are what the
service made, and one copy of them is kept, as is the only one when the link ends.
"""

import asyncio
import errno
import hashlib
import json
import os
import re
import shutil
import time
import zlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from rushes.core.failure import Failure, Kind
from rushes.core.naming import SHA8_LATER
from rushes.core.ports import Order, ResultSource, SavedFile, Stream, StreamBroken
from rushes.core.task import ArtifactKind, Checked
from rushes.files.filenames import with_extension
from rushes.files.part import PartFile, Record, purge_parts
from rushes.files.verify import (
    HEAD_BYTES,
    NO_FILMS,
    FileCheck,
    WrongFile,
    check_head,
    sniff,
    verify,
)
from rushes.system.disk import failure_of, mark_downloaded
from rushes.system.http_dates import wait_asked_for
from rushes.system.logs import redact
from rushes.system.threads import BackgroundLoop

P = ParamSpec("P")
T = TypeVar("T")
Report = Callable[[int, int | None], None]

#: Bytes handed to the worker thread at once: fewer hand-overs, in pieces that stay in the
#: processor's cache between being written and being hashed.
BLOCK_BYTES = 2**20
#: On a slow link smaller blocks are handed over, so that little is lost when the program is ended.
BLOCK_S = 1.0
#: Blocks that may wait while the thread writes: neither side stands still for a short stop of the
#: other (measured: 7 % less time for a file).
BLOCKS_AHEAD = 3
#: Left free on the disk for everything else, the store above all.
SPARE_BYTES = 16 * 2**20

_REPORT_EVERY_S = 0.2
_REFUSAL_BYTES = 4096
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
_CODE = re.compile(rb"<Code>\s*([A-Za-z0-9._-]{1,64})\s*</Code>")
_QUERY = re.compile(r"(?<=\S)\?[^\s\"'<>]+")
_LONGEST_SENTENCE = 160
#: Refusals that mean the same whatever their body looks like.
_BY_STATUS: Mapping[int, Kind] = {
    401: Kind.LINK_ENDED,  # the file is refused: it says nothing about the account
    403: Kind.LINK_ENDED,
    404: Kind.LINK_ENDED,
    407: Kind.PROXY,
    408: Kind.SERVER,  # our request came too slowly: another time
    410: Kind.LINK_ENDED,
    425: Kind.SERVER,
    429: Kind.LIMITED,
}
_PACKED = re.compile(r"\b(gzip|br|deflate|compress|zstd)\b")
_STRONG = re.compile(r'"[\x21\x23-\x7e\x80-\xff]{1,255}"')
#: What signs a URL but does not say which file it is.
_SIGNATURE = re.compile(
    r"x-(tos|amz|oss|cos|goog|bce)-|(expires|signature|ossaccesskeyid|awsaccesskeyid|policy"
    r"|key-pair-id|security-token|auth_key|sig|se|sp|sv|sr|st|token)$",
    re.IGNORECASE,
)


class _StartOver(Exception):
    """What the server sent does not continue the part: ask once more, for all of it."""


class _CameDamaged(Exception):
    """Bytes are missing or wrong, for the first time. They are kept aside."""


class _TooLarge(Exception):
    """More than the user allows. `announced`: so many bytes by its headers; 0: they came."""

    def __init__(self, announced: int = 0) -> None:
        super().__init__("too large")
        self.announced = announced


class _NoRoom(Exception):
    """The file does not fit on the disk; others may.

    Attributes:
        needed, free: Bytes.
    """

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(f"{needed} bytes are needed, {free} are free")
        self.needed, self.free = needed, free


@dataclass(frozen=True, slots=True)
class _Body:
    """What an accepted answer will bring.

    Attributes:
        offset: Where it goes on.
        total: Bytes of it and of what came before; None: not said.
        packed: It says to be gzip, although that was refused.
    """

    offset: int
    total: int | None
    etag: str
    packed: bool = False


class FileDownloader:
    """`core.ports.Downloader` over any `ResultSource`.

    Args:
        executor: For blocking work; None is the loop's own.
        monotonic: Paces the reports.
        failpoint: Called with the name of each phase reached; tests end the process there.
    """

    def __init__(
        self,
        source: ResultSource,
        executor: Executor | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        failpoint: Callable[[str], object] = str,  # a call without effect
    ) -> None:
        self._source = source
        self._executor = executor
        self._monotonic = monotonic
        self._failpoint = failpoint

    async def fetch(self, order: Order, report: Report) -> SavedFile | Failure:
        host = _host(order.url)
        try:
            async with self._part_of(order) as part:
                failure = await self._complete(part, order, report)
                if failure is not None:
                    return failure
                return await self._off(self._keep, part, order)
        except WrongFile as e:
            kind = Kind.LINK_ENDED if e.found == "xml" else Kind.WRONG_FILE
            return Failure(kind, host=host, detail=str(e))
        except _CameDamaged as e:
            return Failure(Kind.DAMAGED, host=host, detail=str(e))
        except _TooLarge as e:
            detail = f"more than {order.max_bytes} bytes"
            return Failure(Kind.TOO_LARGE, host=host, detail=detail, announced=e.announced)
        except _StartOver as e:
            return Failure(Kind.SERVER, host=host, detail=str(e))
        except _NoRoom as e:
            return Failure(Kind.NO_ROOM, detail=f"{e.needed} {e.free}")
        except StreamBroken as e:
            return e.failure
        except OSError as e:
            return failure_of(e)

    async def purge_parts(self, folder: Path) -> int:
        """Remove parts below `folder` that nobody came back for in 7 days; how many files went."""
        return await self._off(purge_parts, folder, time.time())

    @asynccontextmanager
    async def _part_of(self, order: Order) -> AsyncIterator[PartFile]:
        """The part of this order, let go of in the end whatever ends it."""
        opened: list[PartFile] = []
        try:
            await self._off(
                lambda: opened.append(PartFile.open(order.target, source_of(order.url)))
            )
        except asyncio.CancelledError:  # it was opened all the same, and nobody else can close it
            for part in opened:
                await self._off(part.close)
            raise
        (part,) = opened
        try:
            yield part
        except OSError as e:
            if not part.offset or failure_of(e).kind is not Kind.DISK_FULL:
                raise
            record, came = part.record, part.offset
            if record is None or record.total is None:  # nobody knows whether it will ever fit
                await self._off(part.discard)
            else:
                await self._off(part.close)
            free = (await self._off(shutil.disk_usage, order.target.parent)).free
            if free < SPARE_BYTES:
                raise
            # Without this file the disk is not full, or it takes no larger file: what is free now
            # was not enough.
            raise _NoRoom(max(came, free) + SPARE_BYTES, free) from e
        except (WrongFile, _TooLarge, _StartOver):  # its bytes are no good for a later try
            await self._off(part.discard)
            raise
        finally:
            await self._off(part.close)

    async def _complete(self, part: PartFile, order: Order, report: Report) -> Failure | None:
        try:
            return await self._attempt(part, order, report)
        except _StartOver:
            await self._off(part.restart)
            return await self._attempt(part, order, report)

    async def _attempt(self, part: PartFile, order: Order, report: Report) -> Failure | None:
        """Ask once and bring `part` to its full length, going on where it ends."""
        record = part.record
        if record is not None and part.offset == record.total:
            return None  # ended between the last byte and the final name
        headers = {"Accept-Encoding": "identity"}
        if record is not None:
            headers |= {"Range": f"bytes={part.offset}-", "If-Range": record.etag}
        opened = self._source.stream(order.url, order.account, headers, keyless=order.is_keyless)
        async with opened as stream:
            if isinstance(stream, Failure):
                return stream
            self._failpoint("headers")
            if order.led_to is not None and stream.url not in ("", order.url):
                order.led_to(stream.url)
            if stream.status == 416 and record is not None:
                _compare(stream, part.offset, record)
                return None
            if stream.status not in (200, 203, 206):
                return await _refusal(stream, _host(order.url))
            body = _accept(stream, part.offset, record)
            if body.total is not None and body.total > order.max_bytes:
                raise _TooLarge(body.total)
            encoding = stream.headers.get("content-encoding", "").lower()
            part.is_packed = _PACKED.search(encoding) is not None
            if body.offset == 0:
                await self._off(part.restart)
                part.begin(None if body.packed else _record(order.url, body))
            await self._off(_need, order.target.parent, (body.total or 0) - body.offset)
            try:
                failure = await self._receive(stream, part, body, order, report)
            except StreamBroken as e:
                failure = e.failure
            if failure is None or body.total is None:
                return failure
            # Some servers announce more than there is.
            if await self._off(_is_whole, part.path, order.kind):
                part.missing = failure.detail or failure.kind.value
                return None
            return failure

    async def _receive(
        self, stream: Stream, part: PartFile, body: _Body, order: Order, report: Report
    ) -> Failure | None:
        received, told, head = body.offset, self._monotonic(), b""
        written, gunzip = body.offset, _Gunzip() if body.packed else None
        blocks = _Blocks(self._off, lambda data: self._append(part, data), self._monotonic)
        report(received, body.total)
        try:
            async for chunk in stream.chunks():
                received += len(chunk)
                if body.total is not None and received > body.total:
                    raise WrongFile(f"more than the announced {body.total} bytes came")
                for data in (chunk,) if gunzip is None else gunzip.feed(chunk):
                    if body.offset == 0 and len(head) < HEAD_BYTES:
                        head += data[:HEAD_BYTES]
                        if len(head) >= HEAD_BYTES:
                            check_head(head, order.kind)  # why fetch 4 GiB of something else?
                    written += len(data)
                    if written > order.max_bytes:
                        raise _TooLarge
                    await blocks.put(data)
                if (now := self._monotonic()) - told >= _REPORT_EVERY_S:
                    told = now
                    report(received, body.total)
        finally:
            await blocks.drain()  # what came before a break or a cancellation is kept as well
            report(received, body.total)
        if body.total is not None and received < body.total:
            detail = f"the connection ended after {received} of {body.total} bytes"
            return Failure(Kind.OFFLINE, host=_host(order.url), detail=detail)
        if gunzip is not None and not gunzip.is_whole:
            part.missing = "the packed file is cut off or damaged"
        return None

    def _append(self, part: PartFile, data: bytes) -> None:
        part.append(data)
        self._failpoint("block")

    def _keep(self, part: PartFile, order: Order) -> SavedFile:
        """Check the whole file and give it its final name. In a worker thread."""
        self._failpoint("received")
        verdict = verify(part.path, order.kind)
        if part.is_packed and verdict.ext == "bin":
            raise WrongFile("the file came packed in a way that was not asked for")
        is_film = order.kind in (ArtifactKind.VIDEO, ArtifactKind.ORIGINAL_VIDEO)
        if order.has_others and is_film and verdict.ext in NO_FILMS:
            raise WrongFile(f"a .{verdict.ext} file came instead of a video")
        missing = verdict.damage or part.missing
        if missing and not part.came_damaged_before():
            part.finish()
            part.keep_damaged()
            raise _CameDamaged(missing)
        return _finish(part, order.target, verdict, self._failpoint)

    async def _off(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run blocking `work` in a thread. Once begun it is waited for, even when cancelled."""
        # A closure, not arguments: a loop in debug mode logs those, and a URL may be among them.
        running = asyncio.get_running_loop().run_in_executor(
            self._executor, lambda: work(*args, **kwargs)
        )
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            if not running.cancelled():
                running.exception()  # looked at: what is cancelled has nobody to tell
            raise


class BackgroundDownloader:
    """`core.ports.Downloader`: another one's work, done on a loop of its own.

    A body that comes at hundreds of megabytes a second keeps the loop that reads it busy without a
    pause, and the window's loop must answer at any moment (measured: 20 to 90 ms of waiting on the
    window's loop, for two thirds of the speed).
    """

    def __init__(self, downloader: FileDownloader, background: BackgroundLoop) -> None:
        self._downloader = downloader
        self._background = background

    async def fetch(self, order: Order, report: Report) -> SavedFile | Failure:
        here = asyncio.get_running_loop()

        def tell(received: int, total: int | None) -> None:
            here.call_soon_threadsafe(report, received, total)

        return await self._background.run(lambda: self._downloader.fetch(order, tell))


class _Blocks:
    """Collects chunks and writes them in blocks: some are written while the next are read."""

    def __init__(
        self,
        off: Callable[[Callable[[], object]], Coroutine[Any, Any, object]],
        append: Callable[[bytes], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._off = off
        self._append = append
        self._monotonic = monotonic
        self._handed_over_at = monotonic()
        self._chunks: list[bytes] = []
        self._size = 0
        self._waiting: deque[list[bytes]] = deque()  # filled on the loop, emptied in the thread
        self._writing: asyncio.Task[object] | None = None

    async def put(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._size += len(chunk)
        is_late = self._monotonic() - self._handed_over_at >= BLOCK_S
        if self._size >= BLOCK_BYTES or is_late:
            await self._hand_over()

    async def drain(self) -> None:
        """Write what is left and wait for it."""
        await self._hand_over()
        await self._settled()
        if self._waiting:  # put there when the thread had just ended
            self._write_on()
            await self._settled()

    async def _hand_over(self) -> None:
        chunks, self._chunks, self._size = self._chunks, [], 0
        self._handed_over_at = self._monotonic()
        if chunks:
            # Few large ones are not worth a copy; many small ones are not worth a write each.
            self._waiting.append(chunks if len(chunks) <= 8 else [b"".join(chunks)])
        if len(self._waiting) > BLOCKS_AHEAD or (self._writing and self._writing.done()):
            await self._settled()
        if self._waiting and self._writing is None:
            self._write_on()

    def _write_on(self) -> None:
        work = self._off(self._write)
        self._writing = asyncio.get_running_loop().create_task(work, name="write blocks")

    def _write(self) -> None:
        """In the thread, until nothing waits any more."""
        while self._waiting:
            for data in self._waiting.popleft():
                self._append(data)

    async def _settled(self) -> None:
        """Wait until the thread has ended. Raises what went wrong there, again and again."""
        if self._writing is not None:
            await asyncio.shield(self._writing)
            self._writing = None


def save_kept_damaged(target: Path, kind: ArtifactKind) -> SavedFile | Failure | None:
    """Give the final name to what came damaged and was kept aside of `target`: nothing better will
    come. None: nothing was kept. Blocks."""
    try:
        part = PartFile.kept_damaged(target)
        if part is None:
            return None
        try:
            return _finish(part, target, verify(part.path, kind), str)
        finally:
            part.release()
    except WrongFile:  # somebody has put another file there
        return None
    except OSError as e:
        return failure_of(e)


def _finish(
    part: PartFile, target: Path, found: FileCheck, failpoint: Callable[[str], object]
) -> SavedFile:
    """Give the whole and checked file its final name."""
    mark_downloaded(part.path)
    part.finish()
    failpoint("synced")
    sha256 = part.sha256
    named = target.with_name(target.name.replace(SHA8_LATER, sha256[:8]))
    path = part.publish(with_extension(named, found.ext), failpoint)
    failpoint("kept")
    state = path.stat()
    return SavedFile(
        path=path,
        size=state.st_size,
        mtime_ns=state.st_mtime_ns,
        sha256=sha256,
        checked=Checked.NONE if part.missing else found.checked,
        damaged=bool(found.damage),
    )


def source_of(url: str) -> str:
    """Names the file behind a result URL, whoever signed it and when; not reversible."""
    parts = urlsplit(url)
    query = [q for q in parts.query.split("&") if q and not _SIGNATURE.match(q.partition("=")[0])]
    plain = "\n".join((parts.scheme, parts.netloc.lower(), parts.path, *query))
    return hashlib.sha256(plain.encode(errors="surrogatepass")).hexdigest()


def _accept(stream: Stream, offset: int, record: Record | None) -> _Body:
    """What a 200, 203 or 206 brings. Of what encoding the file is, its own bytes tell.

    Raises:
        _StartOver: a 206 that is neither the very continuation that was asked for nor all of it.
    """
    headers = stream.headers
    packed = headers.get("content-encoding", "").strip().lower() in ("gzip", "x-gzip")
    etag = headers.get("etag", "").strip()
    length = headers.get("content-length", "").strip()
    announced = int(length) if length.isascii() and length.isdigit() else None
    if stream.status != 206:
        return _Body(0, announced, etag, packed)
    found = _RANGE.fullmatch(headers.get("content-range", "").strip())
    if found is None:
        raise _StartOver("a part of the file came that was not asked for")
    first, last, total = (int(number) for number in found.groups())
    if announced not in (None, last + 1 - first):
        raise _StartOver("the length of the part contradicts its range")
    if record is None and first == 0 and last + 1 == total:
        return _Body(0, total, etag, packed)
    continues = first == offset and last + 1 == total
    if record is None or not continues or etag != record.etag or record.total not in (None, total):
        raise _StartOver("another part of the file came than was asked for")
    return _Body(offset, total, etag)


class _Gunzip:
    """Unpacks a body that says to be gzip, in blocks; one that does not begin so is left alone."""

    def __init__(self) -> None:
        self._zip: Any = None
        self._begun = False
        self._is_broken = False

    @property
    def is_whole(self) -> bool:
        return self._zip is None or (self._zip.eof and not self._is_broken)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if chunk and not self._begun:
            self._begun = True
            if chunk[:1] == b"\x1f":
                self._zip = zlib.decompressobj(16 + zlib.MAX_WBITS)
        if self._zip is None:
            yield chunk
            return
        while chunk and not self._zip.eof and not self._is_broken:
            try:
                data = self._zip.decompress(chunk, 2**16)  # few are lost at an error
            except zlib.error:
                self._is_broken = True
                return
            chunk = self._zip.unconsumed_tail
            if data:
                yield data


def _is_whole(path: Path, kind: ArtifactKind) -> bool:
    """Whether the file itself shows that nothing of it is missing."""
    try:
        return verify(path, kind).checked is Checked.FULL
    except (WrongFile, OSError):  # the folder may have gone meanwhile
        return False


def _compare(stream: Stream, offset: int, record: Record) -> None:
    """After 416: nothing is missing if the file is exactly as long as the part.

    Raises:
        _StartOver: it is not.
    """
    length = stream.headers.get("content-range", "").strip().removeprefix("bytes */")
    if length != str(offset) or record.total not in (None, offset):
        raise _StartOver("the file has another length than before")


async def _refusal(stream: Stream, host: str) -> Failure:
    """Why there is no file, from the status and the beginning of the answer."""
    status, text = stream.status, b""
    try:
        async for chunk in stream.chunks():
            text += chunk
            if len(text) >= _REFUSAL_BYTES:
                break
    except StreamBroken:
        pass  # the status says enough
    found = _CODE.search(text[:_REFUSAL_BYTES])
    code = redact(found[1].decode("ascii")) if found else f"HTTP {status}"
    if status in _BY_STATUS:
        kind = _BY_STATUS[status]
    elif 400 <= status < 500:
        kind = Kind.LINK_ENDED if sniff(text) == "xml" else Kind.REJECTED
    else:
        kind = Kind.SERVER
    wait = wait_asked_for(stream.headers, time.time())
    return Failure(
        kind,
        host=host,
        retry_after=wait,
        code=code,
        message=_sentence_in(text),
        detail=f"HTTP {status}",
    )


def _sentence_in(text: bytes) -> str:
    """What a refusal in JSON says, in one line; "" for any other. What signs a link in it is cut
    off."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    for _ in range(3):
        if not isinstance(said, dict):
            break
        names = ("error", "message", "msg", "detail", "error_message")
        said = next((said[name] for name in names if said.get(name)), None)
    line = " ".join(said.split()) if isinstance(said, str) else ""
    return redact(_QUERY.sub("?…", line.encode("utf-8", "replace").decode()))[:_LONGEST_SENTENCE]


def _record(url: str, body: _Body) -> Record | None:
    """What lets a later try go on; None without a strong ETag (a weak one promises no bytes)."""
    if not _STRONG.fullmatch(body.etag):
        return None
    return Record(source=source_of(url), etag=body.etag, total=body.total)


def _need(folder: Path, more: int) -> None:
    """Whether `more` bytes fit, and some room stays for the rest.

    Raises:
        _NoRoom: a smaller file would fit.
        OSError: (ENOSPC) none would.
    """
    free = shutil.disk_usage(folder).free
    if free < SPARE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if free < more + SPARE_BYTES:
        raise _NoRoom(more + SPARE_BYTES, free)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
