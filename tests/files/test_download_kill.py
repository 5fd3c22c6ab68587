"""kill -9 and power loss in every phase of a download (T2, T3): never half a file, no litter."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from rushes.core.ports import SavedFile
from rushes.files.part import STALE_S, PartFile, Record, purge_parts
from tests.conftest import Drive
from tests.files.media import varied_mp4
from tests.net.origin import ETAG, Origin, bench
from tests.patience import LIMIT_S

FILM = varied_mp4(304_000)

#: RUSHES_KILLS=50 runs the full count.
ROUNDS = int(os.environ.get("RUSHES_KILLS", "1"))

#: (phase, with so many bytes in the part, where the next run goes on; None: it needs no request)
DEATHS = [
    ("headers", 0, 0, 0),
    ("block", 1, 0, 0),
    ("block", 50_000, 30_000, 60_000),
    ("block", 152_000, 120_000, 160_000),
    ("block", 301_000, 270_000, 304_000),
    ("received", 0, 270_000, 304_000),
    ("synced", 0, None, None),
    ("renamed", 0, 0, 0),
    ("kept", 0, 0, 0),
    ("slow", 100_000, 100_000, 304_000),
]


async def die(url: str, target: Path, phase: str, size: int) -> int:
    """The exit code of a process that downloads until then."""
    arguments = [sys.executable, "-m", "tests.system.dying", url, str(target), phase, str(size)]
    ended = await asyncio.to_thread(
        subprocess.run, arguments, timeout=LIMIT_S, cwd=Path(__file__).parents[2], check=False
    )
    return ended.returncode


@pytest.mark.parametrize(
    ("phase", "size", "least", "most"), DEATHS, ids=[f"{p}-{size}" for p, size, *_ in DEATHS]
)
@pytest.mark.parametrize("attempt", range(ROUNDS))
def test_that_a_kill_in_any_phase_leaves_no_half_file(
    run: Drive[Any],
    tmp_path: Path,
    phase: str,
    size: int,
    least: int | None,
    most: int | None,
    attempt: int,
) -> None:
    async def work() -> None:
        origin = Origin(FILM)
        async with bench(origin, tmp_path) as b:
            order = b.order()
            assert await die(order.url, order.target, phase, size) == -signal.SIGKILL
            named = [name for name in b.names() if not name.startswith(".")]
            assert all((tmp_path / name).read_bytes() == FILM for name in named)
            origin.ranges.clear()
            found = await b.fetch(order)
            assert isinstance(found, SavedFile), found
            assert found.sha256 == sha256(FILM).hexdigest()
            assert found.path.read_bytes() == FILM
            assert b.names() == ["take.mp4"]
            if least is None or most is None:
                assert origin.ranges == []
            else:
                offsets = [int(r[6:-1]) if r else 0 for r in origin.ranges]
                assert len(offsets) == 1
                assert least <= offsets[0] <= most

    run(work())


def left_after_power_loss(target: Path, content: bytes, offset: int) -> Path:
    """A part with a record of `offset` good bytes whose content is `content` all the same."""
    left = PartFile.open(target, "source")
    left.begin(Record("source", ETAG, len(FILM)))
    left.append(FILM[:offset])
    left.close()
    left.path.write_bytes(content)
    return left.path


@pytest.mark.parametrize(
    ("content", "offset"),
    [
        (bytes(100_000), 0),
        (FILM[:50_000] + bytes(50_000), 0),
        (FILM[:99_999], 0),
        (FILM[:99_999] + b"?", 0),
        (b"", 0),
        (FILM[:100_000], 100_000),
        (FILM[:100_000] + bytes(90_000), 100_000),
    ],
    ids=["zeros", "half", "short", "flipped", "empty", "good", "zeros behind"],
)
def test_that_only_bytes_that_hash_as_recorded_are_gone_on_from(
    tmp_path: Path, content: bytes, offset: int
) -> None:
    target = tmp_path / "take.mp4"
    left_after_power_loss(target, content, 100_000)
    again = PartFile.open(target, "source")
    assert again.offset == offset
    assert again.path.read_bytes() == FILM[:offset]
    again.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "record",
    [b"", b"{", b"null", b"[]", b'{"source": "source"}', bytes(1024), b"\xff\xfe"],
)
def test_that_an_unreadable_record_means_starting_over(tmp_path: Path, record: bytes) -> None:
    target = tmp_path / "take.mp4"
    left = left_after_power_loss(target, FILM[:100_000], 100_000)
    left.with_name(f"{left.name}.json").write_bytes(record)
    again = PartFile.open(target, "source")
    assert again.offset == 0
    again.discard()
    assert list(tmp_path.iterdir()) == []


def test_that_a_file_with_its_final_name_is_not_touched_through_its_part(tmp_path: Path) -> None:
    """Died between `link` and `unlink`: part and final file are one."""
    target = tmp_path / "take.mp4"
    left = left_after_power_loss(target, FILM, 100_000)
    os.link(left, target)
    again = PartFile.open(target, "source")
    assert target.read_bytes() == FILM
    again.discard()
    assert [p.name for p in tmp_path.iterdir()] == ["take.mp4"]


def test_that_a_held_part_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "take.mp4"
    one = PartFile.open(target, "source")
    other = PartFile.open(target, "source")
    assert one.path != other.path
    assert one.path.exists()
    one.discard()
    other.discard()


def test_that_strange_things_under_a_parts_name_are_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "take.mp4"
    (tmp_path / f".take.mp4.{'0' * 32}.part").mkdir()
    (tmp_path / f".take.mp4.{'1' * 32}.part").symlink_to(tmp_path / "elsewhere")
    (tmp_path / ".take.mp4.short.part").write_bytes(b"x")
    before = set(tmp_path.iterdir())
    PartFile.open(target, "source").discard()
    assert set(tmp_path.iterdir()) == before


def test_that_a_folder_without_links_still_gets_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "take.mp4").write_bytes(b"mine")
    new = PartFile.open(tmp_path / "take.mp4", "source")
    new.append(FILM)
    assert new.publish(tmp_path / "take.mp4", str) == tmp_path / "take (2).mp4"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["take (2).mp4", "take.mp4"]


def test_that_a_name_taken_in_the_last_moment_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PartFile, "_taken", lambda self: {})  # looked before the other one came
    (tmp_path / "take.mp4").write_bytes(b"theirs")
    new = PartFile.open(tmp_path / "take.mp4", "source")
    new.append(FILM)
    assert new.publish(tmp_path / "take.mp4", str) == tmp_path / "take (2).mp4"
    assert (tmp_path / "take.mp4").read_bytes() == b"theirs"


def aged(path: Path, seconds: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    at = time.time() - seconds
    os.utime(path, (at, at))
    return path


def test_that_only_our_own_old_leftovers_are_swept(tmp_path: Path) -> None:
    uuid = "0123456789abcdef" * 2
    gone = {
        aged(tmp_path / "20260101" / f".take.mp4.{uuid}.part", STALE_S + 60),
        aged(tmp_path / "20260101" / f".take.mp4.{uuid}.part.json", STALE_S + 60),
        aged(tmp_path / f".x.json.{uuid}.part", STALE_S + 60),
    }
    kept = {
        aged(tmp_path / f".new.mp4.{uuid}.part", STALE_S - 60),
        aged(tmp_path / "take.mp4", STALE_S * 9),
        aged(tmp_path / f"take.{uuid}.part", STALE_S * 9),
        aged(tmp_path / ".take.mp4.part", STALE_S * 9),
        aged(tmp_path / f".take.mp4.{uuid}.part.bak", STALE_S * 9),
    }
    held = PartFile.open(tmp_path / "held.mp4", "s")
    os.utime(held.path, (0, 0))
    assert purge_parts(tmp_path, time.time()) == 3
    assert not any(p.exists() for p in gone)
    assert all(p.exists() for p in (*kept, held.path))
    held.discard()


def test_that_sweeping_a_folder_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    assert purge_parts(tmp_path / "gone", time.time()) == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has no calls for an open folder")
def test_that_no_final_name_is_given_in_a_folder_that_was_exchanged(tmp_path: Path) -> None:
    """The path that would be told is not where the file lies; the part stays, to go on with."""
    day, elsewhere, moved = (tmp_path / name for name in ("day", "elsewhere", "moved"))
    day.mkdir()
    elsewhere.mkdir()
    whole = PartFile.open(day / "take.mp4", "source")
    whole.begin(Record(source="source", etag='"e"', total=len(FILM)))
    whole.append(FILM)
    whole.finish()
    day.rename(moved)
    day.symlink_to(elsewhere)
    with pytest.raises(OSError, match="moved or replaced"):
        whole.publish(day / "take.mp4", str)
    whole.close()
    assert list(elsewhere.iterdir()) == []
    assert {path.suffix for path in moved.iterdir()} == {".part", ".json"}


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_that_a_link_in_the_place_of_a_part_is_not_written_through(tmp_path: Path) -> None:
    """Even with a record beside it that says how to go on."""
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    name = f".take.mp4.{'0' * 32}.part"
    (tmp_path / name).symlink_to(precious)
    known = {"source": "source", "etag": '"e"', "total": 9, "offset": 2, "sha256": "no"}
    (tmp_path / f"{name}.json").write_text(json.dumps(known))
    new = PartFile.open(tmp_path / "take.mp4", "source")
    new.append(FILM)
    new.discard()
    assert precious.read_bytes() == b"mine"
