"""The computer stays awake while files are saved: over a real D-Bus, with locks that are real file
descriptors."""

import sys
from pathlib import Path

import pytest

from rushes.system import awake
from rushes.system.awake import Awake
from tests.desktop_bus import LOGIND, PORTAL, desktop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux' own")


def on_bus(monkeypatch: pytest.MonkeyPatch, *, system: str = "", session: str = "") -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", system or "unix:path=/nowhere")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session or "unix:path=/nowhere")


def test_that_a_lock_is_held_until_it_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desktop(tmp_path, LOGIND) as there:
        on_bus(monkeypatch, system=there.address)
        held = Awake()
        held.hold()
        held.hold()  # is held already
        assert there.next() == {
            "call": "Inhibit",
            "body": ["sleep:idle", "Rushes", "Results are being saved", "block"],
        }
        assert there.said.empty()
        held.release()
        assert there.next() == {"released": True}
        held.hold()
        assert there.next()["call"] == "Inhibit"
        held.release()
        assert there.next() == {"released": True}
        assert awake.problem() == ""


def test_that_the_portal_is_asked_where_there_is_no_logind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desktop(tmp_path, PORTAL) as there:
        on_bus(monkeypatch, session=there.address)
        held = Awake()
        held.hold()
        window, flags, _ = there.next()["body"]
        assert (window, flags) == ("", 4)
        held.release()


def test_that_nothing_to_hold_it_is_one_sentence_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    on_bus(monkeypatch)
    held = Awake()
    with caplog.at_level("INFO"):
        held.hold()
        held.release()
        held.hold()
    (line,) = [record.getMessage() for record in caplog.records]
    assert line == awake.problem()
    assert line.startswith("The computer may suspend while files are being saved")
    assert "\n" not in line


@pytest.mark.parametrize("address", [None, "unix:path=/nowhere"])
def test_that_a_computer_without_a_bus_is_told_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    on_bus(monkeypatch)
    if address is None:
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert awake.problem().endswith("(logind: no D-Bus here; portal: no D-Bus here).")
