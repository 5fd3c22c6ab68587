"""Settings survive, whatever the file went through."""

import json
import os
import stat
from pathlib import Path

import pytest

from rushes.core.failure import Kind
from rushes.core.saved_views import LONGEST_NAME, SavedView
from rushes.core.settings import MOST_RULES, MOST_VIEWS, FolderRule, Settings
from rushes.core.views import View
from rushes.system import settings_file
from rushes.ui.window import window_state
from tests.system.syncs import Syncs

HERO = SavedView(
    name="hero takes",
    search='tag:hero "two words"',
    view=View.UNSAVED,
    account="a",
    sort_by="rating",
    descending=True,
)
BEST = FolderRule(condition='model:seedance "two words"', folder="/media/最好")
HOME = FolderRule(condition="tag:x", folder="~/Films")
CHANGED = Settings(
    folder="/films/雨\udcff",  # a name of the disk that is no Unicode
    downloads_at_once=5,
    theme="dark",
    max_file_gib=1.5,
    views=(HERO, SavedView(name="黄昏")),
    folder_rules=(BEST, HOME),
    shortcuts={"pick": ("A",), "reject": ()},
)
#: Written by the program when views, rules and keys were texts with JSON in them.
OLD = Path(__file__).parent.parent / "data" / "settings" / "json_in_texts.json"


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
    aside = json.loads(path.with_name("settings.json.broken").read_text("utf-8-sig"))
    assert aside["downloads_at_once"] == 99  # the next write would have lost it


def test_that_a_file_of_yesterday_is_read_whole(path: Path) -> None:
    settings, ignored = settings_file.read(OLD, keep=True)
    assert ignored == ()
    assert settings.views == CHANGED.views
    assert settings.folder_rules == CHANGED.folder_rules
    assert settings.shortcuts == CHANGED.shortcuts
    assert window_state.unpack(settings.window)["view"] == "failed"
    old = json.loads(OLD.read_text("utf-8"))
    others = old.keys() - {"views", "folder_rules", "shortcuts"}
    assert {name: getattr(settings, name) for name in others} == {n: old[n] for n in others}
    assert settings_file.write(path, settings) is None
    assert settings_file.read(path) == (settings, ())


@pytest.mark.parametrize("name", ["views", "folder_rules", "shortcuts"])
@pytest.mark.parametrize("old", ["nonsense", "5", "null", "[" * 9000, '"x"'])
def test_that_a_text_of_yesterday_that_is_nonsense_is_named(name: str, old: str) -> None:
    settings, ignored = settings_file.decode({name: old, "theme": "dark"})
    assert (settings, ignored) == (Settings(theme="dark"), (name,))
    assert settings_file.decode({name: ""}) == (Settings(), ())


def test_that_of_views_and_keys_only_what_is_wrong_is_lost() -> None:
    odd = [
        *({"name": "x", "view": "gone"}, {"name": "y", "search": 5}, {"name": ""}, 7, None),
        *({"name": "x", "more": 1}, {"name": "z" * (LONGEST_NAME + 1)}),
    ]
    keys = {"pick": ["A"], "reject": "B", "save": [1]}
    settings, ignored = settings_file.decode({"views": odd, "shortcuts": keys})
    assert settings == Settings(views=(SavedView(name="x"),), shortcuts={"pick": ("A",)})
    assert ignored == (
        *(f"views[{at}]" for at in (0, 1, 2, 3, 4, 6)),
        *("shortcuts[reject]", "shortcuts[save]"),
    )


def test_that_a_file_cannot_fill_the_sidebar() -> None:
    settings, ignored = settings_file.decode({"views": [{"name": str(n)} for n in range(500)]})
    assert len(settings.views) == MOST_VIEWS
    assert ignored == (f"views[{MOST_VIEWS}…]",)


@pytest.mark.parametrize("name", ["folder", "watch_folder"])
@pytest.mark.parametrize(
    "folder", ["~nobody-of-this-name/a", "/a\0b", "/a\ud800b", "rel/x", "../x", " "]
)
def test_that_a_folder_that_is_none_is_named_and_has_its_default(
    path: Path, name: str, folder: str
) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({name: folder, "theme": "dark"}))
    before = path.read_bytes()
    settings, ignored = settings_file.read(path)
    assert settings == Settings(theme="dark")
    assert ignored == (f"{name}: “{folder}” is not a whole path",)
    assert path.read_bytes() == path.with_name("settings.json.broken").read_bytes() == before


def test_that_a_folder_whose_name_is_no_unicode_is_one() -> None:
    folder = os.fsdecode(b"/films/\xff")
    assert settings_file.decode({"folder": folder}) == (Settings(folder=folder), ())


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{nope}", "{nope} is not a token"),
        ("", "it is empty"),
        ("../../../{id}", "it leads out of the folder"),
        ("%Q\0", "it contains an invisible character"),
        ("{date:%Q}", "“%Q” is not a date format"),
        ("\ud800{id}", "it contains an invisible character"),
    ],
)
def test_that_file_names_that_cannot_be_made_are_named_and_have_their_default(
    template: str, why: str
) -> None:
    settings, ignored = settings_file.decode({"template": template, "theme": "dark"})
    assert settings == Settings(theme="dark")
    assert ignored == (f"template: {why}",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_that_a_pipe_in_place_of_the_file_is_not_waited_for(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    assert settings_file.read(path) == (Settings(), (path.name,))


GOOD = {"condition": "tag:x", "folder": "/media"}


@pytest.mark.parametrize(
    "told",
    [
        *("nonsense", {}, [GOOD, None], [GOOD] * (MOST_RULES + 1)),
        *(
            [GOOD | wrong]
            for wrong in (
                *({"folder": "films"}, {"folder": "../films"}, {"folder": ""}),
                *({"folder": "/a\0b"}, {"folder": 5}, {"condition": " "}, {"condition": None}),
                *({"condition": "x" * 1001}, {"more": 1}),
            )
        ),
    ],
)
def test_that_settings_with_half_of_the_rules_have_none(told: object) -> None:
    """They would put files where nobody looks."""
    settings, ignored = settings_file.decode({"folder_rules": told, "theme": "dark"})
    assert settings == Settings(theme="dark")
    assert ignored == ("folder_rules",)


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


def test_that_each_damaged_file_is_kept_and_none_twice(path: Path) -> None:
    path.parent.mkdir()
    for content in (b"{one", b"{one", b"{two"):
        path.write_bytes(content)
        settings_file.read(path)
    kept = {each.name: each.read_bytes() for each in path.parent.glob("*.broken*")}
    assert kept == {"settings.json.broken": b"{one", "settings.json.broken-2": b"{two"}
