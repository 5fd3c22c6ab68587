"""Settings survive, whatever the file went through."""

import json
import os
import stat
from pathlib import Path

import pytest

from rushes.core.failure import Kind
from rushes.core.settings import Settings
from rushes.system import settings_file
from rushes.ui.window import window_state
from tests.system.syncs import Syncs

CHANGED = Settings(folder="/films/雨", downloads_at_once=5, theme="dark", max_file_gib=1.5)


@pytest.fixture
def path(base_dir: Path) -> Path:
    return base_dir / "config" / "settings.json"


def test_that_without_a_file_everything_is_default(path: Path) -> None:
    assert settings_file.read(path) == (Settings(), ())


def test_that_settings_come_back(path: Path) -> None:
    assert settings_file.write(path, CHANGED) is None
    assert settings_file.read(path) == (CHANGED, ())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


def test_that_every_good_value_is_kept_and_the_others_are_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(
        json.dumps({"theme": "dark", "downloads_at_once": 99, "unheard_of": 1, "folder": None}),
        encoding="utf-8-sig",  # as an editor on Windows writes it
    )
    settings, ignored = settings_file.read(path)
    assert settings == Settings(theme="dark")
    assert set(ignored) == {"downloads_at_once", "unheard_of", "folder"}


@pytest.mark.parametrize(
    "content", [b"{", b"", b"[1]", b"null", b"\xff\xfe", b"[" * 200_000, b'{"theme": "dark"'[:9]]
)
def test_that_a_broken_file_is_kept_aside_and_told(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert settings_file.read(path) == (Settings(), ("settings.json",))
    assert not path.exists()
    assert path.with_name("settings.json.broken").read_bytes() == content
    assert settings_file.write(path, CHANGED) is None
    assert settings_file.read(path) == (CHANGED, ())


def test_that_a_file_that_cannot_be_read_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    assert settings_file.read(path) == (Settings(), ("settings.json",))


def test_that_a_failing_write_is_told_and_leaves_the_old_file(path: Path) -> None:
    settings_file.write(path, CHANGED)
    path.with_name("file").write_text("in the way")
    told = settings_file.write(path.with_name("file") / "settings.json", Settings())
    assert told is not None
    assert told.kind is Kind.FOLDER
    assert settings_file.read(path) == (CHANGED, ())


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_that_a_link_to_the_real_file_stays_one(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.json"
    kept.write_text("{}")
    path.parent.mkdir()
    path.symlink_to(kept)
    settings_file.write(path, CHANGED)
    assert path.is_symlink()
    assert settings_file.read(kept) == (CHANGED, ())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what is synced is read there")
def test_that_all_of_it_is_on_the_disk_before_it_replaces_the_old_file_and_its_name_after(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file.write(path, Settings())
    syncs = Syncs(monkeypatch)
    settings_file.write(path, CHANGED)
    before, after = syncs.around(path)
    assert ("sync", path.stat().st_size) in [(what, size) for what, _, size in before]
    assert ("sync", path.parent, 0) in after


@pytest.mark.parametrize("window", ["[" * 50_000, "bm9uc2Vuc2U=", "W1tbW1tbW1tb" * 9000])
def test_that_a_layout_that_is_nonsense_is_the_usual_one(window: str) -> None:
    assert window_state.unpack(window) == {}
