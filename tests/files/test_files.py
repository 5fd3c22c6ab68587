"""Where files go: inside the user's folder, always, and what is said when they cannot."""

import asyncio
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rushes.core.account import Account, Service
from rushes.core.failure import Failure, Kind
from rushes.core.settings import Settings
from rushes.core.task import Artifact, ArtifactKind, Key, Mark, Report, Task
from rushes.files.file_store import FileStore, left_behind
from rushes.files.folder import Folder, bring_back
from rushes.system import disk
from tests.conftest import Drive
from tests.files.media import mp4

ACCOUNT = Account(id="a", name="Studio", service=Service.ARK, base_url="https://x.example")


def task(name: str = "", **said: Any) -> Task:
    report = Report(id="cgt-20260307-k7f3a", seed=7, created_at=1772892309.0, **said)
    return Task(
        key=Key("a", "cgt-20260307-k7f3a"), report=report, added_at=0.0, mark=Mark(name=name)
    )


def keeper(
    folder: Path, template: str = "{account}/{name|seed}_{id8}", chosen: str = ""
) -> FileStore:
    return FileStore(lambda: Settings(folder=chosen, template=template), folder)


def test_that_a_target_has_its_folders_ready(run: Drive[Any], tmp_path: Path) -> None:
    path = run(keeper(tmp_path / "a" / "b").target(task("雨夜"), ArtifactKind.VIDEO, ACCOUNT))
    assert path == tmp_path / "a" / "b" / "Studio" / "雨夜_307k7f3a.mp4"
    assert path.parent.is_dir()


@pytest.mark.parametrize(
    ("kind", "said", "name"),
    [
        (ArtifactKind.VIDEO, {}, "7.mp4"),
        (ArtifactKind.VIDEO, {"file_format": "MOV"}, "7.mov"),
        (ArtifactKind.ORIGINAL_VIDEO, {}, "7_original.mp4"),
        (ArtifactKind.LAST_FRAME, {}, "7_last.png"),
        (ArtifactKind.MODEL, {"file_format": "glb"}, "7.zip"),
    ],
)
def test_that_the_ending_is_the_likely_one(
    run: Drive[Any], tmp_path: Path, kind: ArtifactKind, said: dict[str, Any], name: str
) -> None:
    path = run(keeper(tmp_path, "{seed}").target(task(**said), kind, ACCOUNT))
    assert path == tmp_path / name


def test_that_a_chosen_folder_is_used_but_never_created(run: Drive[Any], tmp_path: Path) -> None:
    chosen = tmp_path / "disk"
    files = keeper(tmp_path / "default", chosen=str(chosen))
    found = run(files.target(task(), ArtifactKind.VIDEO, ACCOUNT))
    assert isinstance(found, Failure)
    assert found.kind is Kind.FOLDER
    assert run(files.free_bytes()) is None
    assert list(tmp_path.iterdir()) == []
    chosen.mkdir()
    assert run(files.target(task(), ArtifactKind.VIDEO, ACCOUNT)).is_relative_to(chosen)
    assert run(files.free_bytes()) > 0


def test_that_a_folder_of_a_rule_is_used_but_never_created(run: Drive[Any], tmp_path: Path) -> None:
    ruled = tmp_path / "best"
    files = FileStore(Settings, tmp_path / "default", by_rule=lambda task, _: _best(task, ruled))
    usual = run(files.target(task(), ArtifactKind.VIDEO, ACCOUNT))
    assert usual.is_relative_to(tmp_path / "default")
    found = run(files.target(task("best"), ArtifactKind.VIDEO, ACCOUNT))
    assert isinstance(found, Failure)
    assert found.kind is Kind.FOLDER
    assert run(files.free_bytes(ruled)) is None
    assert not ruled.exists()
    ruled.mkdir()
    assert run(files.target(task("best"), ArtifactKind.VIDEO, ACCOUNT)).is_relative_to(ruled)
    assert run(files.free_bytes(ruled)) > 0


def _best(task: Task, folder: Path) -> Path | None:
    return folder if task.mark.name == "best" else None


def test_that_no_link_leads_out_of_the_folder_of_a_rule(run: Drive[Any], tmp_path: Path) -> None:
    ruled, outside = tmp_path / "best", tmp_path / "outside"
    ruled.mkdir()
    outside.mkdir()
    (ruled / "Studio").symlink_to(outside)
    settings = Settings(template="{account}/{id8}")
    files = FileStore(lambda: settings, tmp_path / "default", by_rule=lambda *_: ruled)
    found = run(files.target(task(), ArtifactKind.VIDEO, ACCOUNT))
    assert isinstance(found, Failure)
    assert list(outside.iterdir()) == []


def test_that_a_file_in_the_way_of_a_folder_is_said(run: Drive[Any], tmp_path: Path) -> None:
    (tmp_path / "Studio").write_bytes(b"")
    found = run(keeper(tmp_path).target(task(), ArtifactKind.VIDEO, ACCOUNT))
    assert isinstance(found, Failure)
    assert found.kind is Kind.FOLDER


def test_that_a_link_out_of_the_folder_is_not_followed(run: Drive[Any], tmp_path: Path) -> None:
    folder, outside = tmp_path / "films", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "Studio").symlink_to(outside)
    found = run(keeper(folder).target(task(), ArtifactKind.VIDEO, ACCOUNT))
    assert isinstance(found, Failure)
    assert found.kind is Kind.FOLDER
    assert list(outside.iterdir()) == []


def test_that_a_folder_that_is_itself_a_link_is_fine(run: Drive[Any], tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    path = run(keeper(tmp_path / "link").target(task(), ArtifactKind.VIDEO, ACCOUNT))
    assert isinstance(path, Path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_that_a_read_only_folder_is_said(run: Drive[Any], tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        found = run(keeper(tmp_path).target(task(), ArtifactKind.VIDEO, ACCOUNT))
    finally:
        tmp_path.chmod(0o700)
    assert isinstance(found, Failure)
    assert found.kind is Kind.FOLDER


HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "..\\..\\x",
    "C:\\x",
    "CON",
    "\0",
    ".",
    "..",
    "~",
    "a/b",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_that_a_hostile_name_stays_inside(run: Drive[Any], tmp_path: Path, name: str) -> None:
    path = run(keeper(tmp_path, "{name}/{name}").target(task(name), ArtifactKind.VIDEO, ACCOUNT))
    assert path.resolve().is_relative_to(tmp_path.resolve())
    path.write_bytes(b"")


@given(name=st.text(max_size=150), account=st.text(max_size=150))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_any_name_gives_a_file_that_can_be_made_inside(
    run: Drive[Any], tmp_path: Path, name: str, account: str
) -> None:
    who = replace(ACCOUNT, name=account)
    path = run(keeper(tmp_path).target(task(name), ArtifactKind.VIDEO, who))
    assert path.resolve().is_relative_to(tmp_path.resolve())
    assert path.suffix == ".mp4"
    path.write_bytes(b"")


def saved(path: Path) -> Artifact:
    path.write_bytes(b"film")
    state = path.stat()
    return Artifact(
        kind=ArtifactKind.VIDEO,
        path=str(path),
        size=state.st_size,
        mtime_ns=state.st_mtime_ns,
        sha256="ab" * 32,
    )


def test_that_intact_means_the_very_same_file(run: Drive[Any], tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    artifact, files = saved(path), keeper(tmp_path)
    assert run(files.is_intact(artifact))
    os.utime(path, (1, 1))
    assert not run(files.is_intact(artifact))
    path.write_bytes(b"longer film")
    assert not run(files.is_intact(replace(artifact, mtime_ns=None)))
    path.unlink()
    assert not run(files.is_intact(artifact))
    path.mkdir()
    assert not run(files.is_intact(replace(artifact, size=None, mtime_ns=None)))
    assert not run(files.is_intact(replace(artifact, path=None)))
    assert not run(files.is_intact(replace(artifact, path="\0")))


def test_that_a_sidecar_is_written_whole_and_replaced_whole(
    run: Drive[Any], tmp_path: Path
) -> None:
    artifact, files = saved(tmp_path / "a.mp4"), keeper(tmp_path)
    for name in ("one", "two"):
        assert run(files.write_sidecar(task(name), artifact, ACCOUNT)) is None
        assert json.loads((tmp_path / "a.mp4.json").read_bytes())["name"] == name
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mp4", "a.mp4.json"]


def test_that_takes_that_share_one_file_are_saved_at_the_same_moment(
    run: Drive[Any], tmp_path: Path
) -> None:
    artifact, files = saved(tmp_path / "same.mp4"), keeper(tmp_path)

    async def together() -> list[object]:
        writing = (files.write_sidecar(task(f"{n}"), artifact, ACCOUNT) for n in range(12))
        return await asyncio.gather(*writing)

    for _ in range(5):
        assert run(together()) == [None] * 12
        (beside,) = tmp_path.glob("*.json")
        beside.unlink()


def test_that_a_sidecar_that_cannot_be_written_is_said(run: Drive[Any], tmp_path: Path) -> None:
    artifact = replace(saved(tmp_path / "a.mp4"), path=str(tmp_path / "gone" / "a.mp4"))
    found = run(keeper(tmp_path).write_sidecar(task(), artifact, ACCOUNT))
    assert found is not None
    assert found.kind is Kind.FOLDER


def test_that_a_failed_write_leaves_the_old_content_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(fd: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.json"
    disk.write_whole(path, b"old")
    monkeypatch.setattr(disk, "sync", broken)
    with pytest.raises(OSError, match="No space") as caught:
        disk.write_whole(path, b"new")
    assert disk.failure_of(caught.value).kind is Kind.DISK_FULL
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_copy_is_whole_and_replaces_nothing(run: Drive[Any], tmp_path: Path) -> None:
    artifact, files = saved(tmp_path / "a.mp4"), keeper(tmp_path)
    (tmp_path / "b.mp4").write_bytes(b"mine")
    assert run(files.copy(artifact, tmp_path / "b.mp4")) == tmp_path / "b (2).mp4"
    assert (tmp_path / "b (2).mp4").read_bytes() == b"film"
    assert (tmp_path / "b.mp4").read_bytes() == b"mine"
    gone = run(files.copy(replace(artifact, path=str(tmp_path / "no")), tmp_path / "c.mp4"))
    assert isinstance(gone, Failure)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mp4", "b (2).mp4", "b.mp4"]


def test_that_free_room_is_known_before_the_folder_is(run: Drive[Any], tmp_path: Path) -> None:
    assert run(keeper(tmp_path / "not" / "yet").free_bytes()) > 0


def test_that_folders_that_differ_in_case_alone_are_one(run: Drive[Any], tmp_path: Path) -> None:
    files = keeper(tmp_path, "{name}/{id8}")
    first = run(files.target(task("Dunes"), ArtifactKind.VIDEO, ACCOUNT))
    second = run(files.target(task("DUNES"), ArtifactKind.VIDEO, ACCOUNT))
    assert first.parent == second.parent == tmp_path / "Dunes"


MINE = b'{"my": "notes on this take"}'


@pytest.mark.parametrize("ours", [MINE, b"", b"\xff not JSON"], ids=["JSON", "empty", "bytes"])
def test_that_a_file_of_the_user_s_beside_a_film_is_never_replaced(
    run: Drive[Any], tmp_path: Path, ours: bytes
) -> None:
    artifact, files = saved(tmp_path / "a.mp4"), keeper(tmp_path)
    (tmp_path / "a.mp4.json").write_bytes(ours)
    for name in ("one", "two"):
        assert run(files.write_sidecar(task(name), artifact, ACCOUNT)) is None
        assert (tmp_path / "a.mp4.json").read_bytes() == ours
        assert json.loads((tmp_path / "a.mp4 (2).json").read_bytes())["name"] == name
    assert len(list(tmp_path.iterdir())) == 3


def test_that_a_link_in_the_place_of_a_sidecar_is_not_followed(
    run: Drive[Any], tmp_path: Path
) -> None:
    artifact, files = saved(tmp_path / "a.mp4"), keeper(tmp_path)
    (tmp_path / "precious").write_bytes(MINE)
    (tmp_path / "a.mp4.json").symlink_to(tmp_path / "precious")
    (tmp_path / ".a.mp4.json.part").symlink_to(tmp_path / "precious")
    assert run(files.write_sidecar(task(), artifact, ACCOUNT)) is None
    assert (tmp_path / "precious").read_bytes() == MINE
    assert (tmp_path / "a.mp4.json").is_symlink()
    assert (tmp_path / "a.mp4 (2).json").is_file()


def test_that_no_sidecar_is_written_where_its_film_is_not(run: Drive[Any], tmp_path: Path) -> None:
    day, elsewhere = tmp_path / "day", tmp_path / "elsewhere"
    for folder in (day, elsewhere):
        folder.mkdir()
    artifact = saved(day / "a.mp4")
    day.rename(tmp_path / "moved")
    day.symlink_to(elsewhere)
    found = run(keeper(tmp_path).write_sidecar(task(), artifact, ACCOUNT))
    assert found is not None
    assert found.kind is Kind.FOLDER
    assert list(elsewhere.iterdir()) == []


def test_that_a_proposed_name_makes_no_folder(run: Drive[Any], tmp_path: Path) -> None:
    files = keeper(tmp_path, "{seed}/{name}/{name}")
    proposed = run(files.proposal(task("Fox"), ArtifactKind.VIDEO, ACCOUNT))
    assert list(tmp_path.iterdir()) == []
    assert proposed == tmp_path / "Fox.mp4"
    there = run(files.target(task("Fox"), ArtifactKind.VIDEO, ACCOUNT))
    assert run(files.proposal(task("Fox"), ArtifactKind.VIDEO, ACCOUNT)) == there


def test_that_a_name_is_proposed_where_the_folder_for_results_cannot_be_looked_at(
    run: Drive[Any], tmp_path: Path
) -> None:
    files = keeper(tmp_path / ("x" * 300), "{name}")
    assert run(files.proposal(task("Fox"), ArtifactKind.VIDEO, ACCOUNT)) == Path.home() / "Fox.mp4"


FILM = mp4()
NAMED, ANON = "7_07-k7f3a", "7"


def left(folder: Path, name: str, content: bytes = FILM, **told: Any) -> Path:
    """A file that a run left behind, and its sidecar if anything is `told` in it."""
    path = folder / name
    path.write_bytes(content)
    if told:
        says = {
            "kind": "video",
            "size_bytes": len(FILM),
            "sha256": hashlib.sha256(FILM).hexdigest(),
        } | told
        whose = {"id": says.pop("id", task().id)}
        document = json.dumps({"file": says, "task": whose})
        path.with_name(f"{name}.json").write_text(document, encoding="ascii")
    return path


@pytest.mark.parametrize(
    ("stem", "name", "told"),
    [
        (ANON, "7.mp4", {"kind": "video"}),
        (ANON, "7.MOV", {"kind": "video"}),
        (ANON, "7 (2).mp4", {"kind": "video"}),
        ("{sha8}", f"{hashlib.sha256(FILM).hexdigest()[:8]}.mp4", {"kind": "video"}),
        (NAMED, f"{NAMED}.mp4", {}),
        (NAMED, f"{NAMED} (3).mov", {}),
    ],
)
def test_that_a_whole_file_of_an_ended_run_is_known_again(
    tmp_path: Path, stem: str, name: str, told: dict[str, Any]
) -> None:
    path = left(tmp_path, name, **told)
    (tmp_path / f".{name}.{'0' * 32}.part").write_bytes(FILM[:99])
    found = left_behind(tmp_path / f"{stem}.mp4", task(), ArtifactKind.VIDEO)
    assert found is not None
    assert (found.path, found.size) == (path, len(FILM))
    assert found.sha256 == hashlib.sha256(FILM).hexdigest()


@pytest.mark.parametrize(
    ("stem", "name", "content", "told"),
    [
        (ANON, "7.mp4", FILM, {}),  # might be anybody's
        (NAMED, f"{NAMED}.mp4", FILM[:-9], {}),
        (NAMED, f"{NAMED}.mp4", b"", {}),
        (NAMED, f"{NAMED}.mp4", FILM, {"id": "another"}),
        (NAMED, f"{NAMED}.mp4", FILM, {"kind": "original_video"}),
        (NAMED, f"{NAMED}.mp4", FILM[:-9], {"kind": "video"}),
        (NAMED, f"{NAMED}.mp4", FILM, {"sha256": "0" * 64}),
        (NAMED, f"{NAMED}_last.mp4", FILM, {"kind": "video"}),
        (NAMED, f"{NAMED}.exe", FILM, {"kind": "video"}),
    ],
)
def test_that_a_file_that_is_not_proven_to_be_the_result_is_left_alone(
    tmp_path: Path, stem: str, name: str, content: bytes, told: dict[str, Any]
) -> None:
    left(tmp_path, name, content, **told)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert left_behind(tmp_path / f"{stem}.mp4", task(), ArtifactKind.VIDEO) is None
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("sidecar", [b"", b"{", b"[1]", b'{"file": 3}', b"[" * 99_999, b"\xff"])
def test_that_a_sidecar_that_is_none_proves_nothing(tmp_path: Path, sidecar: bytes) -> None:
    left(tmp_path, f"{NAMED}.mp4")
    (tmp_path / f"{NAMED}.mp4.json").write_bytes(sidecar)
    assert left_behind(tmp_path / f"{NAMED}.mp4", task(), ArtifactKind.VIDEO) is None


def test_that_a_link_to_a_file_elsewhere_is_not_taken_for_the_result(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(FILM)
    (tmp_path / f"{NAMED}.mp4").symlink_to(tmp_path / "elsewhere")
    assert left_behind(tmp_path / f"{NAMED}.mp4", task(), ArtifactKind.VIDEO) is None
    assert left_behind(tmp_path / "no" / "folder.mp4", task(), ArtifactKind.VIDEO) is None


def test_that_nothing_is_written_over_where_files_have_one_name_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's file comes after the look at the names."""

    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(os.path, "lexists", lambda _: False)
    monkeypatch.setattr(Folder, "names", lambda _: [])
    (tmp_path / "old").write_bytes(b"ours")
    (tmp_path / "new").write_bytes(b"theirs")
    folder = Folder(tmp_path)
    with pytest.raises(FileExistsError):
        folder.rename_new("old", "new")
    folder.close()
    with pytest.raises(FileExistsError):
        bring_back(tmp_path / "old", tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == b"theirs"
    bring_back(tmp_path / "old", tmp_path / "free")
    assert (tmp_path / "free").read_bytes() == b"ours"
