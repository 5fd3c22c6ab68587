"""The downloader against a real server: every end is a named one, and no file is ever half."""

import asyncio
import gzip
import hashlib
import os
import re
import resource
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from rushes import assets
from rushes.core.failure import Failure, Kind
from rushes.core.ports import SavedFile
from rushes.core.task import ArtifactKind, Checked
from rushes.files import download
from rushes.files.download import source_of
from tests.conftest import Drive
from tests.files.media import archive, glb, jpeg, mp4, png, varied_mp4
from tests.net.origin import ETAG, Gauge, Origin, bench
from tests.net.web import Answer
from tests.system.syncs import Syncs

FILM = varied_mp4(300_000)


def saved(found: SavedFile | Failure) -> SavedFile:
    assert isinstance(found, SavedFile), found
    return found


def failed(found: SavedFile | Failure) -> Failure:
    assert isinstance(found, Failure), found
    return found


def whole(found: SavedFile | Failure, content: bytes = FILM) -> Path:
    """The path, after a look at the file itself."""
    file = saved(found)
    state = file.path.stat()
    assert file.path.read_bytes() == content
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert (file.size, file.mtime_ns) == (state.st_size, state.st_mtime_ns)
    return file.path


def answering(status: int = 200, body: bytes = b"", **headers: str) -> Answer:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, headers=named)

    return answer


def test_that_a_file_arrives_whole_and_alone(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with bench(Origin(FILM), tmp_path) as b:
            assert whole(await b.fetch()) == tmp_path / "take.mp4"
            assert b.names() == ["take.mp4"]
            assert b.reports[0] == (0, len(FILM))
            assert b.reports[-1] == (len(FILM), len(FILM))
            assert b.site.heard[0].headers["Accept-Encoding"] == "identity"
            assert "Range" not in b.site.heard[0].headers

    run(work())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what is synced is read there")
def test_that_a_file_is_on_the_disk_before_it_has_its_name_and_the_name_after(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs = Syncs(monkeypatch)

    async def work() -> Path:
        async with bench(Origin(FILM), tmp_path) as b:
            return whole(await b.fetch())

    path = run(work())
    before, after = syncs.around(path)
    assert ("sync", len(FILM)) in [(what, size) for what, _, size in before]
    assert ("sync", path.parent, 0) in after


@pytest.mark.parametrize("name", ["aurora.mp4", "aurora.png", "vase.zip"])
def test_that_real_media_arrive(run: Drive[Any], tmp_path: Path, name: str) -> None:
    kinds = {
        "mp4": ArtifactKind.VIDEO,
        "png": ArtifactKind.LAST_FRAME,
        "zip": ArtifactKind.MODEL,
    }
    content = assets.asset("media", name).read_bytes()

    async def work() -> None:
        async with bench(Origin(content), tmp_path) as b:
            whole(await b.fetch(b.order(name, kinds[name[-3:]])), content)

    run(work())


@pytest.mark.parametrize("at", [1, 511, 512, 100_000, len(FILM) - 1])
def test_that_a_broken_download_goes_on_where_it_stopped(
    run: Drive[Any], tmp_path: Path, at: int
) -> None:
    async def work() -> None:
        origin = Origin(FILM, breaks=[at])
        async with bench(origin, tmp_path) as b:
            assert failed(await b.fetch()).kind is Kind.OFFLINE
            assert not (tmp_path / "take.mp4").exists()
            whole(await b.fetch())
            assert origin.ranges == ["", f"bytes={at}-"]
            assert b.site.heard[1].headers["If-Range"] == ETAG
            assert b.names() == ["take.mp4"]
            assert (at, len(FILM)) in b.reports

    run(work())


def test_that_a_download_survives_many_breaks(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        origin = Origin(FILM, breaks=[70_000, 1, 0, 90_000])
        async with bench(origin, tmp_path) as b:
            for _ in range(4):
                assert failed(await b.fetch()).kind is Kind.OFFLINE
            whole(await b.fetch())
            assert origin.ranges[1:] == [f"bytes={n}-" for n in (70_000, 70_001, 70_001, 160_001)]

    run(work())


def test_that_a_break_before_the_first_byte_leaves_nothing(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with bench(Origin(FILM, breaks=[0]), tmp_path) as b:
            assert failed(await b.fetch()).kind is Kind.OFFLINE
            assert b.names() == []

    run(work())


def test_that_a_new_signature_goes_on_with_the_same_file(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        origin = Origin(FILM, breaks=[100_000])
        async with bench(origin, tmp_path) as b:
            failed(await b.fetch())
            renewed = "/r/1.mp4?X-Tos-Expires=86400&X-Tos-Signature=new"
            whole(await b.fetch(b.order(path=renewed)))
            assert origin.ranges[1] == "bytes=100000-"

    run(work())


def test_that_another_file_of_that_name_starts_anew(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        origin = Origin(FILM, breaks=[100_000])
        async with bench(origin, tmp_path) as b:
            failed(await b.fetch())
            whole(await b.fetch(b.order(path="/r/2.mp4")))
            assert origin.ranges == ["", ""]
            assert b.names() == ["take.mp4"]

    run(work())


def test_that_a_changed_file_is_fetched_from_the_start(run: Drive[Any], tmp_path: Path) -> None:
    other = varied_mp4(250_000)

    async def work() -> None:
        origin = Origin(FILM, breaks=[100_000])
        async with bench(origin, tmp_path) as b:
            failed(await b.fetch())
            origin.content, origin.etag = other, '"other"'
            whole(await b.fetch(), other)
            assert len(origin.ranges) == 2

    run(work())


@pytest.mark.parametrize("etag", ["", 'W/"weak"', "unquoted", f'"{"x" * 300}"'])
def test_that_nothing_is_kept_that_could_not_be_gone_on_with(
    run: Drive[Any], tmp_path: Path, etag: str
) -> None:
    async def work() -> None:
        origin = Origin(FILM, etag=etag, breaks=[100_000])
        async with bench(origin, tmp_path) as b:
            failed(await b.fetch())
            assert b.names() == []
            whole(await b.fetch())
            assert origin.ranges == ["", ""]

    run(work())


SIZE = len(FILM)
REST = FILM[100_000:]


@pytest.mark.parametrize(
    "answer",
    [
        answering(206, REST, ETag=ETAG, Content_Range=f"bytes 99999-{SIZE - 2}/{SIZE}"),
        answering(206, REST, ETag=ETAG, Content_Range=f"bytes 100001-{SIZE}/{SIZE + 1}"),
        answering(206, REST, ETag=ETAG, Content_Range=f"bytes 100000-{SIZE - 1}/{SIZE + 5}"),
        answering(206, REST[:-9], ETag=ETAG, Content_Range=f"bytes 100000-{SIZE - 10}/{SIZE}"),
        answering(206, REST[:-9], ETag=ETAG, Content_Range=f"bytes 100000-{SIZE - 1}/{SIZE}"),
        answering(206, REST, ETag=ETAG, Content_Range=f"bytes 100000-{SIZE - 1}/*"),
        answering(206, REST, ETag=ETAG, Content_Range="bytes nonsense"),
        answering(206, REST, ETag=ETAG),
        answering(206, REST, ETag='"b"', Content_Range=f"bytes 100000-{SIZE - 1}/{SIZE}"),
        answering(206, REST, Content_Range=f"bytes 100000-{SIZE - 1}/{SIZE}"),
        answering(416, b"", Content_Range=f"bytes */{SIZE}"),
        answering(416, b"", Content_Range="bytes */100000"),
        answering(416, b""),
    ],
    ids=range(13),
)
def test_that_a_wrong_continuation_is_never_appended(
    run: Drive[Any], tmp_path: Path, answer: Answer
) -> None:
    async def work() -> None:
        origin = Origin(FILM, breaks=[100_000])
        async with bench(origin, tmp_path) as b:
            failed(await b.fetch())
            origin.scripted = [answer]
            whole(await b.fetch())
            assert origin.ranges == ["", "bytes=100000-", ""]
            assert b.names() == ["take.mp4"]

    run(work())


def test_that_an_unasked_part_is_refused_in_the_end(run: Drive[Any], tmp_path: Path) -> None:
    content_range = f"bytes 0-{SIZE - 2}/{SIZE}"

    async def work() -> None:
        answer = answering(206, FILM[:-1], ETag=ETAG, Content_Range=content_range)
        async with bench(answer, tmp_path) as b:
            assert failed(await b.fetch()).kind is Kind.SERVER
            assert len(b.site.heard) == 2
            assert b.names() == []

    run(work())


def aside(names: list[str]) -> list[str]:
    """For which files damaged bytes are kept aside; nothing else may be there."""
    found = [re.fullmatch(r"\.(.+)\.[0-9a-f]{32}\.damaged", name) for name in names]
    assert all(found), names
    return [match[1] for match in found if match]


def chunked(content: bytes, breaks: Gauge | None = None) -> Answer:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"ETag": ETAG})
        response.enable_chunked_encoding()
        await response.prepare(request)
        if breaks:
            await breaks.send_and_break(request, response, content)
        else:
            await response.write(content)
            await response.write_eof()
        return response

    return answer


def test_that_a_file_of_unannounced_length_is_checked_by_its_content(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        origin = Origin(FILM, scripted=[chunked(FILM[:-1]), chunked(FILM)])
        async with bench(origin, tmp_path) as b:
            assert failed(await b.fetch()).kind is Kind.DAMAGED
            assert aside(b.names()) == ["take.mp4"]
            whole(await b.fetch())
            assert b.names() == ["take.mp4"]
            assert b.reports[-1] == (SIZE, None)

    run(work())


def test_that_416_after_the_last_byte_means_it_is_complete(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        origin = Origin(FILM)
        origin.scripted = [chunked(FILM, origin.gauge)]
        async with bench(origin, tmp_path) as b:
            assert failed(await b.fetch()).kind is Kind.OFFLINE
            whole(await b.fetch())
            assert origin.ranges == ["", f"bytes={SIZE}-"]

    run(work())


def raw_length(length: int, body: bytes, etag: str = f"ETag: {ETAG}\r\n") -> Answer:
    """Says `length`, sends `body`, ends the connection."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        assert isinstance(request.transport, asyncio.Transport)
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{etag}\r\n"
        request.transport.write(head.encode() + body)
        request.transport.close()
        raise asyncio.CancelledError

    return answer


def test_that_a_short_body_is_not_a_file(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        origin = Origin(FILM, scripted=[raw_length(SIZE, FILM[:-1])])
        async with bench(origin, tmp_path) as b:
            assert failed(await b.fetch()).kind is Kind.OFFLINE
            assert not (tmp_path / "take.mp4").exists()
            whole(await b.fetch())

    run(work())


@pytest.mark.parametrize(
    ("body", "kind", "wanted"),
    [
        (b"<!doctype html><html>" + b"x" * 5000, ArtifactKind.VIDEO, Kind.WRONG_FILE),
        (b"<html>short", ArtifactKind.VIDEO, Kind.WRONG_FILE),
        (b"", ArtifactKind.VIDEO, Kind.WRONG_FILE),
        (b"{}", ArtifactKind.MODEL, Kind.WRONG_FILE),
        (b"upstream timed out", ArtifactKind.VIDEO, Kind.WRONG_FILE),
        (b"<?xml version='1.0'?><Error/>", ArtifactKind.VIDEO, Kind.LINK_ENDED),
        (b"<Error>" + b" " * 2000, ArtifactKind.VIDEO, Kind.LINK_ENDED),
    ],
    ids=range(7),
)
def test_that_an_answer_with_200_that_is_no_such_file_leaves_nothing(
    run: Drive[Any], tmp_path: Path, body: bytes, kind: ArtifactKind, wanted: Kind
) -> None:
    async def work() -> None:
        async with bench(answering(200, body, ETag=ETAG), tmp_path) as b:
            failure = failed(await b.fetch(b.order("x.mp4", kind)))
            assert failure.kind is wanted
            assert failure.host == "127.0.0.1"
            assert b.names() == []

    run(work())


def test_that_a_wrong_file_is_noticed_by_its_first_bytes(run: Drive[Any], tmp_path: Path) -> None:
    """A web page of 2 GB announced: the answer does not end, the download does."""

    async def work() -> None:
        over = asyncio.Event()

        async def endless(request: web.BaseRequest) -> web.StreamResponse:
            response = web.StreamResponse()
            response.content_length = 2**31
            await response.prepare(request)
            await response.write(b"<html>" + b" " * 2000)
            await over.wait()
            return response

        async with bench(endless, tmp_path) as b:
            assert failed(await b.fetch()).kind is Kind.WRONG_FILE
            over.set()

    run(work())


XML = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired"


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (403, XML, Kind.LINK_ENDED, "AccessDenied"),
        (403, b"", Kind.LINK_ENDED, "HTTP 403"),
        (404, b"<html>", Kind.LINK_ENDED, "HTTP 404"),
        (410, b"", Kind.LINK_ENDED, "HTTP 410"),
        (400, XML, Kind.LINK_ENDED, "AccessDenied"),
        (400, b"{}", Kind.REJECTED, "HTTP 400"),
        (401, b"", Kind.LINK_ENDED, "HTTP 401"),
        (407, b"", Kind.PROXY, "HTTP 407"),
        (408, b"", Kind.SERVER, "HTTP 408"),
        (425, b"", Kind.SERVER, "HTTP 425"),
        (429, b"", Kind.LIMITED, "HTTP 429"),
        (500, XML, Kind.SERVER, "AccessDenied"),
        (503, b"", Kind.SERVER, "HTTP 503"),
        (204, b"", Kind.SERVER, "HTTP 204"),
    ],
)
def test_that_a_refusal_is_named_by_its_status(
    run: Drive[Any], tmp_path: Path, status: int, body: bytes, kind: Kind, code: str
) -> None:
    async def work() -> None:
        async with bench(answering(status, body), tmp_path) as b:
            failure = failed(await b.fetch())
            assert (failure.kind, failure.code) == (kind, code)
            assert b.names() == []

    run(work())


def test_that_retry_after_is_passed_on(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with bench(answering(429, Retry_After="40"), tmp_path) as b:
            assert failed(await b.fetch()).retry_after == 40.0

    run(work())


def test_that_a_link_that_ends_in_between_keeps_what_came(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        origin = Origin(FILM, breaks=[100_000])
        async with bench(origin, tmp_path) as b:
            failed(await b.fetch())
            origin.scripted = [answering(403, XML)]
            assert failed(await b.fetch()).kind is Kind.LINK_ENDED
            whole(await b.fetch(b.order(path="/r/1.mp4?X-Tos-Signature=renewed")))
            assert origin.ranges[2] == "bytes=100000-"

    run(work())


WHOLE = f"bytes 0-{SIZE - 1}/{SIZE}"
#: Answers with a whole film whose headers say something else.
ODD_HEADERS = {
    "aws-chunked": answering(200, FILM, ETag=ETAG, Content_Encoding="aws-chunked"),
    "binary": answering(200, FILM, Content_Encoding="binary"),
    "utf-8": answering(200, FILM, Content_Encoding="utf-8"),
    "gzip, but it is none": answering(200, FILM, ETag=ETAG, Content_Encoding="gzip"),
    "gzip": answering(200, gzip.compress(FILM), ETag=ETAG, Content_Encoding="gzip"),
    "206": answering(206, FILM, ETag=ETAG, Content_Range=WHOLE),
    "203": answering(203, FILM, ETag=ETAG),
}


@pytest.mark.parametrize("answer", ODD_HEADERS.values(), ids=ODD_HEADERS)
def test_that_a_good_film_is_kept_whatever_its_headers_say(
    run: Drive[Any], tmp_path: Path, answer: Answer
) -> None:
    async def work() -> None:
        async with bench(answer, tmp_path) as b:
            found = saved(await b.fetch())
            whole(found)
            assert found.checked is Checked.FULL
            assert len(b.site.heard) == 1

    run(work())


def test_that_what_is_packed_is_bounded_by_what_comes_out(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        content = gzip.compress(mp4(3_000_000))
        async with bench(answering(200, content, Content_Encoding="gzip"), tmp_path) as b:
            assert failed(await b.fetch(b.order(max_bytes=2_999_999))).kind is Kind.TOO_LARGE
            assert b.names() == []

    run(work())


@pytest.mark.parametrize(
    "change", [lambda b: b[:-9], lambda b: b[:90_000] + bytes(99) + b[90_099:]]
)
def test_that_a_broken_packing_is_not_called_checked(
    run: Drive[Any], tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    async def work() -> None:
        content = change(gzip.compress(FILM))
        async with bench(answering(200, content, Content_Encoding="gzip"), tmp_path) as b:
            assert failed(await b.fetch()).kind is Kind.DAMAGED
            assert saved(await b.fetch()).checked is Checked.NONE

    run(work())


@pytest.mark.parametrize("etag", [f"ETag: {ETAG}\r\n", ""], ids=["etag", "no etag"])
def test_that_a_whole_film_of_which_more_was_announced_is_kept_the_second_time(
    run: Drive[Any], tmp_path: Path, etag: str
) -> None:
    async def work() -> None:
        async with bench(raw_length(SIZE + 7, FILM, etag), tmp_path) as b:
            assert failed(await b.fetch()).kind is Kind.DAMAGED
            assert aside(b.names()) == ["take.mp4"]
            found = saved(await b.fetch())
            whole(found)
            assert (found.checked, found.damaged) == (Checked.NONE, False)
            assert b.names() == ["take.mp4"]

    run(work())


@pytest.mark.parametrize("answer", [Origin(FILM), chunked(FILM)], ids=["announced", "chunked"])
def test_that_a_file_beyond_the_limit_is_not_kept(
    run: Drive[Any], tmp_path: Path, answer: Answer
) -> None:
    async def work() -> None:
        async with bench(answer, tmp_path) as b:
            assert failed(await b.fetch(b.order(max_bytes=SIZE - 1))).kind is Kind.TOO_LARGE
            assert b.names() == []
            whole(await b.fetch(b.order(max_bytes=SIZE)))

    run(work())


def test_that_an_existing_file_is_never_overwritten(run: Drive[Any], tmp_path: Path) -> None:
    (tmp_path / "TAKE.mp4").write_bytes(b"mine")
    (tmp_path / "take (2).mp4").symlink_to("nowhere")

    async def work() -> None:
        async with bench(Origin(FILM), tmp_path) as b:
            assert whole(await b.fetch()).name == "take (3).mp4"
            assert (tmp_path / "TAKE.mp4").read_bytes() == b"mine"

    run(work())


def test_that_the_same_bytes_are_not_kept_twice(run: Drive[Any], tmp_path: Path) -> None:
    (tmp_path / "take.mp4").write_bytes(FILM[:-1] + b"?")
    (tmp_path / "take (2).mp4").write_bytes(FILM)

    async def work() -> None:
        async with bench(Origin(FILM), tmp_path) as b:
            assert whole(await b.fetch()).name == "take (2).mp4"
            assert b.names() == ["take (2).mp4", "take.mp4"]

    run(work())


@pytest.mark.parametrize(
    ("content", "kind", "name", "path"),
    [
        (mp4(brand=b"qt  "), ArtifactKind.VIDEO, "take.mp4", "take.mov"),
        (jpeg(), ArtifactKind.LAST_FRAME, "take_last.png", "take_last.jpg"),
        (glb(), ArtifactKind.MODEL, "take.zip", "take.glb"),
        (FILM, ArtifactKind.VIDEO, "v1.2", "v1.2.mp4"),
    ],
    ids=["mov", "jpg", "glb", "none"],
)
def test_that_the_ending_is_that_of_the_content(
    run: Drive[Any], tmp_path: Path, content: bytes, kind: ArtifactKind, name: str, path: str
) -> None:
    async def work() -> None:
        async with bench(Origin(content), tmp_path) as b:
            assert whole(await b.fetch(b.order(name, kind)), content).name == path

    run(work())


def test_that_the_hash_fills_its_place_in_the_name(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with bench(Origin(FILM), tmp_path) as b:
            name = whole(await b.fetch(b.order("x_{sha8}.mp4"))).name
            assert name == f"x_{hashlib.sha256(FILM).hexdigest()[:8]}.mp4"

    run(work())


def test_that_two_downloads_of_one_name_do_not_disturb_each_other(
    run: Drive[Any], tmp_path: Path
) -> None:
    other = varied_mp4(200_000)

    async def both(request: web.BaseRequest) -> web.StreamResponse:
        return await Origin(FILM if request.path == "/r/1.mp4" else other)(request)

    async def work() -> None:
        async with bench(both, tmp_path) as b:
            found = await asyncio.gather(
                *(b.fetch(b.order(path=f"/r/{n}.mp4")) for n in (1, 2, 1, 2))
            )
            contents = {saved(f).path.read_bytes() for f in found}
            assert contents == {FILM, other}
            assert b.names() == ["take (2).mp4", "take.mp4"]

    run(work())


def test_that_a_cancelled_download_keeps_what_came(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        origin = Origin(FILM)
        over = asyncio.Event()

        async def half(request: web.BaseRequest) -> web.StreamResponse:
            response = web.StreamResponse(headers={"ETag": ETAG})
            response.content_length = SIZE
            await response.prepare(request)
            await response.write(FILM[:100_000])
            await over.wait()
            return response

        origin.scripted = [half]
        async with bench(origin, tmp_path) as b:
            running = asyncio.ensure_future(b.fetch())
            await origin.gauge.reaches(100_000)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            over.set()
            assert not (tmp_path / "take.mp4").exists()
            whole(await b.fetch())
            assert origin.ranges == ["", "bytes=100000-"]
            assert b.names() == ["take.mp4"]

    run(work())


def test_that_a_download_cancelled_while_its_part_is_opened_holds_nothing(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        origin = Origin(FILM, breaks=[100_000])
        go_on = threading.Event()
        with ThreadPoolExecutor(1) as busy:
            async with bench(origin, tmp_path, executor=busy) as b:
                failed(await b.fetch())
                busy.submit(go_on.wait)
                running = asyncio.ensure_future(b.fetch())
                await asyncio.sleep(0)
                running.cancel()
                asyncio.get_running_loop().call_soon(go_on.set)
                with pytest.raises(asyncio.CancelledError):
                    await running
                whole(await b.fetch())
                assert origin.ranges == ["", "bytes=100000-"]

    run(work())


def test_that_reports_come_at_most_five_times_a_second(run: Drive[Any], tmp_path: Path) -> None:
    """By the clock handed in: it moves 10 ms a look, so one report in twenty looks."""
    ticks = iter(range(10**9))

    async def drip(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = SIZE
        await response.prepare(request)
        for at in range(0, SIZE, 3000):
            await response.write(FILM[at : at + 3000])
            await asyncio.sleep(0)
        return response

    async def work() -> None:
        async with bench(drip, tmp_path, monotonic=lambda: next(ticks) / 100) as b:
            whole(await b.fetch())
            looks = next(ticks)
            assert len(b.reports) <= 2 + looks / 20
            assert b.reports == sorted(b.reports)

    run(work())


# the disk


def test_that_a_missing_or_unwritable_folder_is_said(run: Drive[Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    async def work() -> None:
        async with bench(Origin(FILM), tmp_path) as b:
            for place in ("gone/take.mp4", "file/take.mp4"):
                assert failed(await b.fetch(b.order(place))).kind is Kind.FOLDER
            assert b.site.heard == []

    run(work())


def test_that_too_little_room_is_noticed_before_the_body(
    run: Drive[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        async with bench(Origin(FILM), tmp_path) as b:
            monkeypatch.setattr(download, "SPARE_BYTES", 2**62)
            assert failed(await b.fetch()).kind is Kind.DISK_FULL
            assert b.reports == []
            assert b.names() == []

    run(work())


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    """No file can grow beyond `size` bytes: the nearest to a full disk without being root."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("limit", [10, 4096, 100_000, SIZE - 1])
def test_that_an_end_of_the_room_in_between_is_said_and_gone_on_from(
    run: Drive[Any], tmp_path: Path, limit: int
) -> None:
    async def work() -> None:
        origin = Origin(FILM)
        async with bench(origin, tmp_path) as b:
            with file_limit(limit):
                # The limit is one of each file, so that others may fit.
                assert failed(await b.fetch()).kind is Kind.NO_ROOM
            assert not (tmp_path / "take.mp4").exists()
            whole(await b.fetch())
            assert b.names() == ["take.mp4"]
            # With 10 bytes not even the record of the part had room.
            assert origin.ranges[1] == (f"bytes={limit}-" if limit > 1024 else "")

    run(work())


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_that_a_read_only_folder_is_said(run: Drive[Any], tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    async def work() -> None:
        async with bench(Origin(FILM), tmp_path) as b:
            assert failed(await b.fetch()).kind is Kind.FOLDER

    try:
        run(work())
    finally:
        tmp_path.chmod(0o700)


def test_that_no_url_is_in_a_failure(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        for answer in (answering(403, XML), answering(200, b"<html>"), answering(500)):
            async with bench(answer, tmp_path) as b:
                found = repr(failed(await b.fetch()))
                assert "Signature" not in found
                assert "/r/1.mp4" not in found

    run(work())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://h/a?X-Tos-Date=1&X-Tos-Signature=2", "https://H/a?X-Tos-Date=3", True),
        ("https://h/a?Expires=1&Signature=x&id=7", "https://h/a?id=7&Expires=2", True),
        ("https://h/a?X-Amz-Expires=1", "https://h/a", True),
        ("https://h/a?id=7", "https://h/a?id=8", False),
        ("https://h/a", "https://h/b", False),
        ("https://h/a", "https://g/a", False),
    ],
)
def test_that_a_file_is_known_again_under_a_new_signature(one: str, other: str, same: bool) -> None:
    assert (source_of(one) == source_of(other)) is same


# what came damaged

CUT = FILM[: FILM.index(b"mdat") + 4000]
OTHER_CUT = CUT[:-1]


def test_that_the_same_damaged_bytes_twice_are_kept_and_said_so(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with bench(answering(200, CUT), tmp_path) as b:
            failure = failed(await b.fetch())
            assert failure.kind is Kind.DAMAGED
            assert "cut off" in failure.detail
            assert aside(b.names()) == ["take.mp4"]
            second = saved(await b.fetch())
            assert whole(second, CUT) == tmp_path / "take.mp4"
            assert (second.damaged, second.checked) == (True, Checked.NONE)
            assert b.names() == ["take.mp4"]

    run(work())


def test_that_other_damaged_bytes_are_not_what_the_service_made(
    run: Drive[Any], tmp_path: Path
) -> None:
    """Each is fetched again; the bytes of the last two are there to be compared with."""

    async def work() -> None:
        bodies = [CUT, OTHER_CUT, CUT[:-2]]
        origin = Origin(FILM, scripted=[answering(200, body) for body in bodies])
        async with bench(origin, tmp_path) as b:
            for kept in (1, 2, 2):
                assert failed(await b.fetch()).kind is Kind.DAMAGED
                assert aside(b.names()) == ["take.mp4"] * kept
            contents = {path.read_bytes() for path in tmp_path.iterdir()}
            assert contents == {OTHER_CUT, CUT[:-2]}
            good = saved(await b.fetch())
            assert (good.damaged, good.checked) == (False, Checked.FULL)
            assert b.names() == ["take.mp4"]

    run(work())


def test_that_damaged_bytes_of_one_file_say_nothing_of_another(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with bench(answering(200, CUT), tmp_path) as b:
            for name in ("a.mp4", "b.mp4"):
                assert failed(await b.fetch(b.order(name))).kind is Kind.DAMAGED
            assert sorted(aside(b.names())) == ["a.mp4", "b.mp4"]

    run(work())


def test_that_what_was_kept_aside_is_never_swept(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with bench(answering(200, CUT), tmp_path) as b:
            failed(await b.fetch())
            assert await b.downloader.purge_parts(tmp_path) == 0
            (left,) = tmp_path.iterdir()
            os.utime(left, (1, 1))
            assert await b.downloader.purge_parts(tmp_path) == 0
            assert aside(b.names()) != []

    run(work())


@pytest.mark.parametrize(
    ("body", "kind", "name"),
    [
        (png(), ArtifactKind.VIDEO, "take.png"),
        (archive("../x"), ArtifactKind.MODEL, "take.zip"),
        (b"GIF89a" + bytes(30) + b";", ArtifactKind.VIDEO, "take.gif"),
        (FILM + b"ab", ArtifactKind.VIDEO, "take.mp4"),
    ],
    ids=["picture", "zip that climbs", "gif", "two bytes behind"],
)
def test_that_what_was_not_promised_is_kept_under_what_it_is(
    run: Drive[Any], tmp_path: Path, body: bytes, kind: ArtifactKind, name: str
) -> None:
    async def work() -> None:
        async with bench(answering(200, body), tmp_path) as b:
            file = saved(await b.fetch(b.order(kind=kind)))
            assert whole(file, body) == tmp_path / name
            assert file.checked is (Checked.FULL if kind is ArtifactKind.MODEL else Checked.NONE)

    run(work())


# the folder


@pytest.mark.skipif(os.name != "posix", reason="Windows has no calls for an open folder")
@pytest.mark.parametrize("ends", [True, False], ids=["whole", "broken"])
def test_that_nothing_is_written_through_a_link_put_in_the_place_of_the_folder(
    run: Drive[Any], tmp_path: Path, ends: bool
) -> None:
    day, elsewhere, moved = (tmp_path / name for name in ("day", "elsewhere", "moved"))
    day.mkdir()
    elsewhere.mkdir()

    async def work() -> None:
        origin = Origin(FILM)
        gauge = origin.gauge

        async def swapping(request: web.BaseRequest) -> web.StreamResponse:
            response = web.StreamResponse(headers={"ETag": ETAG})
            response.content_length = SIZE
            await response.prepare(request)
            await response.write(FILM[:200_000])
            await gauge.reaches(200_000)
            day.rename(moved)
            day.symlink_to(elsewhere)
            if ends:
                await response.write(FILM[200_000:])
            else:
                assert request.transport is not None
                request.transport.close()
            return response

        origin.scripted = [swapping]
        async with bench(origin, tmp_path) as b:
            failure = failed(await b.fetch(b.order("day/take.mp4")))
            assert failure.kind is (Kind.FOLDER if ends else Kind.OFFLINE)
            assert list(elsewhere.iterdir()) == []
            day.unlink()
            moved.rename(day)
            whole(await b.fetch(b.order("day/take.mp4")))  # and goes on from there
            assert [p.name for p in day.iterdir()] == ["take.mp4"]
            assert origin.ranges[1:] == ([] if ends else ["bytes=200000-"])

    run(work())
