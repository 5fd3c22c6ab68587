"""T9: whatever a task is called, its file lies in the folder, alone under its name, and opens."""

import asyncio
import random
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rushes.core.failure import Failure
from rushes.core.settings import Settings
from rushes.core.task import ArtifactKind, Key, Mark, blank
from rushes.files.file_store import FileStore
from rushes.files.part import PartFile
from tests.faults.report import Report
from tests.files.test_filenames import NAMES, RESERVED
from tests.store.stores import ARK, NOW

_BEFORE = ("", "../", "/", "C:\\", "\\\\h\\s\\", ".", " ", "-", "\u202e", "夜" * 70, "a/../")
_AFTER = ("", ".", " ", "/", "\\", ".mp4", ".exe", "\0.png", ":s", "\u200b", "\u0301", "x" * 200)
_CORES = (*sorted(RESERVED), *NAMES)
_LETTERS = [*"/\\:*?\"<>|. -_'`$&;%{}~#conpraulCOM1\t\n\r\0\x1b\x7f", *"ßİıéÅ夜한👍🏽🇩🇪\ud800"]
_LETTERS += ["\u202e", "\u2066", "\u200b", "\u200d", "\u0301", "\ufeff", "\ufe0f", "\u3164"]
_TEMPLATES = ("{name}", "{name}/{id}", "{account}/{name|id}_{kind}.{ext}", "{tags} {name}")
_IN_ONE_FOLDER = 150


def corpus() -> list[str]:
    """1,200 names: what is known to hurt, with what is known to hurt before and behind it."""
    every = [b + core + a for core in _CORES for b in _BEFORE for a in _AFTER]
    random.Random(9).shuffle(every)
    return [*_CORES, *every][:1200]


def generated(count: int) -> Iterator[str]:
    dice = random.Random(99)
    for _ in range(count):
        letters = dice.choices(_LETTERS, k=dice.randrange(40))
        any_letters = [chr(dice.randrange(0x110000)) for _ in range(dice.randrange(4))]
        yield "".join(dice.sample(letters + any_letters, len(letters) + len(any_letters)))


def windows(part: str) -> bool:
    """Source: Microsoft, "Naming Files, Paths, and Namespaces"."""
    stem = part.partition(".")[0].rstrip(" ").upper()
    plain = not any(c in '<>:"/\\|?*' or ord(c) < 32 for c in part)
    units = len(part.encode("utf-16-le")) // 2
    return plain and part[-1] not in ". " and stem not in RESERVED and units <= 255


def mac(part: str) -> bool:
    """APFS: valid Unicode, 255 bytes of UTF-8; the Finder shows ":" as "/"."""
    return "\0" not in part and "/" not in part and ":" not in part and len(part.encode()) <= 255


def linux(part: str) -> bool:
    return part not in (".", "..") and not set("/\0") & set(part) and len(part.encode()) <= 255


def is_shown_as_it_is(part: str) -> bool:
    return part[0] not in ".- " and all(unicodedata.category(c)[0] != "C" for c in part)


def _keeper(template: str, folder: Path) -> FileStore:
    return FileStore(lambda: Settings(template=template), folder)


async def _keep(files: FileStore, name: str, number: int) -> Path:
    """Save one file as the program does, with its own number as content."""
    account = replace(ARK, name=name or "a")
    mark = Mark(name=name, tags=(name,))
    task = replace(blank(Key(ARK.id, f"cgt-{name}"), NOW), mark=mark)
    target = await files.target(task, ArtifactKind.VIDEO, account)
    assert not isinstance(target, Failure), target
    part = PartFile.open(target, f"{number}")
    part.append(f"{number}".encode())
    return part.publish(target, str)


def _check(path: Path, folder: Path, number: int) -> None:
    assert path.resolve().is_relative_to(folder.resolve()), path
    for part in path.relative_to(folder).parts:
        assert windows(part), part
        assert mac(part), part
        assert linux(part), part
        assert is_shown_as_it_is(part), part
    assert path.suffix == ".mp4"
    assert path.read_bytes() == f"{number}".encode()


def run(full: bool) -> Report:
    report = Report("T9")
    names = [*corpus(), *generated(10_000)] if full else [*corpus()[::15], *generated(200)]
    with tempfile.TemporaryDirectory() as place, asyncio.Runner() as runner:
        for first in range(0, len(names), _IN_ONE_FOLDER):
            folder = Path(place, str(first))
            files = _keeper(_TEMPLATES[first // _IN_ONE_FOLDER % len(_TEMPLATES)], folder)
            kept: list[Path] = []
            for number, name in enumerate(names[first : first + _IN_ONE_FOLDER]):
                with report.case(ascii(name)):
                    kept.append(runner.run(_keep(files, name, number)))
                    _check(kept[-1], folder, number)
            with report.case(f"no two of {len(kept)} names are one on a Mac or on Windows"):
                same = {unicodedata.normalize("NFD", str(p)).casefold() for p in kept}
                assert len(same) == len(kept)
        report.leaks = sum(1 for p in Path(place).rglob("*.part*"))
    return report
