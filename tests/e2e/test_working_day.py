"""A creator's day on a library of yesterday: takes are reviewed by keyboard alone, their files go
where a rule says, the picks go into a timeline, and what was spent is counted."""

import hashlib
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import av
import pytest

from rushes.core.settings import FolderRule
from rushes.system import settings_file
from tests.e2e.command import Shell
from tests.e2e.screen import Screen, desktop, rushes, until
from tests.yesterday import Yesterday

otio = pytest.importorskip("opentimelineio")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux' accessibility tree"),
    pytest.mark.usefixtures("qapp"),
    pytest.mark.timeout(600),  # as for the library: it is made first
]

#: The keys for each take. After those of the first half the next take is asked for, in the second
#: half it comes by itself.
BY_DOWN = ("5p", "4p", "3", "p", "20", "x")
GOES_ON = ("4", "5", "p", "1")
#: What the list says of these ten afterwards.
GIVEN = [
    *((5, "pick"), (4, "pick"), (3, "none"), (0, "pick"), (0, "none"), (0, "reject")),
    *((4, "none"), (5, "none"), (0, "pick"), (1, "none")),
]

Verdicts = dict[str, tuple[int, str]]


def test_that_takes_are_reviewed_moved_by_rule_handed_over_and_counted(
    yesterday: Yesterday, tmp_path: Path
) -> None:
    best, timeline = tmp_path / "best", tmp_path / "picks.otio"
    best.mkdir()
    _set_up(yesterday, best)
    store = _Store(yesterday.base / "data" / "rushes.sqlite3")
    files = store.files()
    there = {name for name, file in files.items() if file.is_there}
    with desktop(tmp_path, vault=False) as desk:
        env = desk | yesterday.keys
        with rushes(env, *yesterday.words) as program, Screen(program, env) as screen:
            screen.find("2 takes selected")
            Shell(
                yesterday.base, env
            ).good()  # a second start brings the window up, and the keyboard to it
            judged = _review(screen, store)
            assert [store.verdicts().get(take, (0, "none")) for take in judged] == GIVEN

            good = {take for take, (rating, _) in store.verdicts().items() if rating >= 4}
            moved = {name for name in there if name[0] in good}
            assert len({take for take, _ in moved}) >= 2, "this test looks at moves"
            until(lambda: all(store.files()[name].path.is_relative_to(best) for name in moved))
            until(lambda: not any(files[name].is_there for name in moved))
            _check_files(files, store.files(), moved)

            shots = store.shots()
            assert len(shots) >= 2, "this test looks at a timeline"
            assert any(path.is_relative_to(best) for path in shots)
            _export_timeline(screen, timeline)
            _check_timeline(timeline, shots)
            until(lambda: store.handed() >= set(shots))

            _check_usage(screen, store)
    assert [store.verdicts().get(take, (0, "none")) for take in judged] == GIVEN


def _set_up(library: Yesterday, best: Path) -> None:
    """The settings of somebody who has the good takes in a folder of their own."""
    path = library.base / "config" / "settings.json"
    settings, ignored = settings_file.read(path)
    assert not ignored
    rule = FolderRule(condition="rating:>=4", folder=str(best))
    settings = replace(settings, folder_rules=(rule,), move_after_review=True)
    assert settings_file.write(path, settings) is None


# --- what the list and the disk say --------------------------------------------------------------


@dataclass(frozen=True)
class _File:
    take: str
    kind: str
    path: Path
    sha256: str

    @property
    def is_there(self) -> bool:
        return self.path.is_file()


class _Store:
    """The list, read from outside by SQL."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        db = sqlite3.connect(self._path)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def verdicts(self) -> Verdicts:
        """Rating and choice of every take that has either."""
        found = self.read("SELECT id, rating, pick FROM task WHERE rating > 0 OR pick <> 'none'")
        return {id_: (rating, pick) for id_, rating, pick in found}

    def files(self) -> dict[tuple[str, str], _File]:
        """By take and kind."""
        found = self.read(
            "SELECT task.id, kind, path, sha256 FROM artifact JOIN task ON task = task.num "
            "WHERE path IS NOT NULL"
        )
        return {
            (take, kind): _File(take, kind, Path(path), sha256)
            for take, kind, path, sha256 in found
        }

    def shots(self) -> list[Path]:
        """The film of each pick that is on the disk."""
        picks = {take for take, (_, pick) in self.verdicts().items() if pick == "pick"}
        films = {
            file.take: file.path
            for kind in ("original_video", "video")  # the last is the better one
            for file in self.files().values()
            if file.kind == kind and file.take in picks and file.is_there
        }
        return sorted(films.values())

    def handed(self) -> set[Path]:
        """Files that another program knows."""
        found = self.read("SELECT path FROM artifact WHERE handed")
        return {Path(path) for (path,) in found}

    def sums(self) -> dict[str, Any]:
        """What was made and spent in all."""
        # A length that no service tells is that of the saved film.
        lengths = (
            "SELECT task, coalesce(json_extract(report, '$.duration_s'), "
            "max(json_extract(film, '$.length_s')), 0) FROM task JOIN artifact ON task = num "
            "WHERE status = 'succeeded' GROUP BY num"
        )
        seconds = sum(round(length, 3) for _, length in self.read(lengths))
        ((takes, tokens),) = self.read(
            "SELECT count(*), sum(coalesce(json_extract(report, '$.usage.total_tokens'), "
            "json_extract(report, '$.usage.completion_tokens'), 0)) FROM task"
        )
        return {"takes": takes, "tokens": tokens, "seconds": int(seconds), "cost": self._cost()}

    def _cost(self) -> dict[str, float]:
        found = self.read(
            "SELECT cost_in, sum(cost) / 1e9 FROM used WHERE cost_in <> '' GROUP BY cost_in"
        )
        return {currency: round(amount, 2) for currency, amount in found}

    def takes_by_account(self) -> Counter[str]:
        found = self.read(
            "SELECT account.name, count(*) FROM task JOIN account ON account = account.id "
            "GROUP BY account.id"
        )
        return Counter(dict(found))


def _check_files(
    before: Mapping[tuple[str, str], _File],
    after: Mapping[tuple[str, str], _File],
    moved: Set[tuple[str, str]],
) -> None:
    """Those that moved are whole in their new place; no other has another one."""
    assert before.keys() == after.keys()
    for name, file in after.items():
        if name in moved:
            assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.sha256, file
        else:
            assert file == before[name]


# --- what the creator does -----------------------------------------------------------------------


def _review(screen: Screen, store: _Store) -> Sequence[str]:
    """Review ten takes. Returns their ids in the order in which they were shown."""
    screen.focus("Tasks", role="table")
    screen.key("f")
    screen.find("Review", role="filler")
    screen.key(*["Up"] * 20)
    judged = []
    for keys in BY_DOWN:
        judged.append(_judge(screen, store, keys))
        screen.key("Down")
    screen.key("Ctrl+Alt+a")  # go on after rating
    judged += [_judge(screen, store, keys) for keys in GOES_ON]
    assert len(set(judged)) == 10
    screen.key("Escape")
    screen.find("1 take selected|Rate 1 of 5")
    assert screen.tell("find", name="Review", role="filler", seconds=0).get("missing")
    return judged


def _judge(screen: Screen, store: _Store, keys: str) -> str:
    """Strike keys, one after the other is in the list. Returns the take they were about."""
    about = set()
    for key in keys:
        before = store.verdicts()
        screen.key(key)
        until(lambda before=before: store.verdicts() != before)  # type: ignore[misc]
        now = store.verdicts()
        about |= {take for take in before | now if before.get(take) != now.get(take)}
    (take,) = about
    return take


def _export_timeline(screen: Screen, path: Path) -> None:
    screen.choose("File", "Export", "Timeline…")
    screen.write("File name:", str(path))
    screen.press("Save", role="push button", dialog="Export a timeline.*")
    until(path.exists)


def _check_timeline(path: Path, shots: Sequence[Path]) -> None:
    """As an editing program reads it: each film is found, and is as long as it is said to be."""
    (track,) = otio.adapters.read_from_file(str(path)).video_tracks()
    clips = list(track.find_clips())
    paths = [Path(url2pathname(urlsplit(c.media_reference.target_url).path)) for c in clips]
    assert sorted(paths) == sorted(shots)
    for clip, film in zip(clips, paths, strict=True):
        with av.open(str(film)) as container:
            frames = sum(1 for _ in container.decode(video=0))
            rate = float(container.streams.video[0].average_rate or 0)
        assert clip.source_range.duration == otio.opentime.RationalTime(frames, rate), film


def _check_usage(screen: Screen, store: _Store) -> None:
    """The page says what the list says, in all and by account."""
    screen.press("Usage", role="check box")
    screen.find("Usage by account and model", role="table")

    def reads_as_the_list() -> bool:  # it follows what changes meanwhile
        together, sums = next(_figures(screen), {}), store.sums()
        return all(together.get(name) == value for name, value in sums.items())

    until(reads_as_the_list)
    together, *lines = _figures(screen)
    sums = store.sums()
    assert sums["tokens"] > 0
    assert sums["seconds"] > 0
    assert sums["cost"]
    assert {name: together[name] for name in sums} == sums
    by_account: Counter[str] = Counter()
    for line in lines:
        by_account[line["account"]] += line["takes"]
    assert by_account == store.takes_by_account()
    assert sum(line["tokens"] for line in lines) == sums["tokens"]


def _figures(screen: Screen) -> Iterator[dict[str, Any]]:
    """The lines of the page's table, read back from its words; the first is of all together."""
    table = screen.ask("rows", name="Usage by account and model", role="table")
    for row in table["rows"]:
        cells = dict(zip(table["titles"], row, strict=True))
        yield {
            "account": cells["Account"],
            "takes": _number(cells["Takes"]),
            "tokens": _number(cells["Tokens"]),
            "seconds": _seconds(cells["Length made"]),
            "cost": _money(cells["Cost"]),
        }


def _number(words: str) -> int:
    return int(re.sub(r"\D", "", words) or 0)


def _seconds(words: str) -> int:
    units = {"s": 1, "min": 60, "h": 3600, "d": 86400}
    return sum(int(n) * units[unit] for n, unit in re.findall(r"(\d+) (\w+)", words))


def _money(words: str) -> dict[str, float]:
    signs = {"¥": "CNY", "$": "USD"}
    found = re.findall(r"([¥$])([\d.]+)", words)
    return {signs[sign]: round(float(amount), 2) for sign, amount in found}
