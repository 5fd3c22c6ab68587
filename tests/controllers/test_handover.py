"""A second start finds the first, and only its own user does."""

import os
import socket
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from rushes.controllers.handover import HandoverServer
from rushes.system import handover
from tests.patience import LIMIT_S

Reply = Callable[[dict[str, Any]], None]


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return handover.address(tmp_path / "data")


def in_thread(work: Callable[[], object], qtbot: QtBot) -> Any:
    """Ask from another thread, as another process would, while this one's loop answers."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(work()))
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive())
    return answers[0]


def echo(message: dict[str, Any], reply: Reply) -> None:
    reply({"heard": message})


def test_that_a_message_gets_its_answer(where: str, qtbot: QtBot) -> None:
    server = HandoverServer(where)
    server.serve(echo)
    assert server.listening
    answer = in_thread(lambda: handover.ask(where, {"verb": "add", "ids": ["一"]}), qtbot)
    assert answer == {"heard": {"verb": "add", "ids": ["一"]}}
    server.close()


def test_that_a_message_to_a_window_that_is_still_opening_is_answered_when_it_can(
    where: str, qtbot: QtBot
) -> None:
    server = HandoverServer(where)
    QTimer.singleShot(200, server, lambda: server.serve(echo))
    assert in_thread(lambda: handover.ask(where, {"verb": "ping"}), qtbot) == {
        "heard": {"verb": "ping"}
    }
    server.close()


def test_that_nobody_at_home_is_none_and_a_crash_leaves_nothing_in_the_way(
    where: str, qtbot: QtBot
) -> None:
    assert handover.ask(where, {"verb": "ping"}) is None
    left = socket.socket(socket.AF_UNIX)
    left.bind(where)
    left.close()
    assert handover.ask(where, {"verb": "ping"}) is None
    server = HandoverServer(where)
    server.serve(echo)
    assert in_thread(lambda: handover.ask(where, {"verb": "ping"}), qtbot) is not None
    server.close()


def test_that_only_the_same_user_can_open_the_socket(where: str, qapp: object) -> None:
    server = HandoverServer(where)
    server.serve(echo)
    assert stat.S_IMODE(Path(where).stat().st_mode) & 0o077 == 0
    server.close()


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n",
        b"[1, 2]\n",
        b"\xff\xfe\n",
        b"x" * (handover.LIMIT + 5000),
        b"[" * 60_000 + b"\n",
        b'{"verb":' * 7000 + b"\n",
    ],
)
def test_that_nonsense_is_hung_up_on_and_the_next_one_is_served(
    where: str, line: bytes, qtbot: QtBot
) -> None:
    server = HandoverServer(where)
    server.serve(echo)

    def shout() -> bytes:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(LIMIT_S)
            link.connect(where)
            try:
                link.sendall(line)
                return link.recv(100)
            except ConnectionError:
                return b""

    assert in_thread(shout, qtbot) == b""
    assert in_thread(lambda: handover.ask(where, {"verb": "ping"}), qtbot) is not None
    server.close()


def test_that_more_than_1_mib_is_refused_before_it_is_sent(where: str) -> None:
    with pytest.raises(ValueError, match="1 MiB"):
        handover.ask(where, {"verb": "add", "ids": ["x" * handover.LIMIT]})


@pytest.mark.parametrize(
    "answer", [b"[" * 60_000 + b"\n", b"\xff\n", b"", b"{" * (handover.LIMIT + 5000)]
)
def test_that_an_answer_that_is_nonsense_is_no_window_of_ours(
    where: str, answer: bytes, qtbot: QtBot
) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(where)
        other.listen()
        other.settimeout(LIMIT_S)

        def speak() -> None:
            link, _ = other.accept()
            with link:
                link.recv(100)
                link.sendall(answer)

        speaker = threading.Thread(target=speak)
        speaker.start()
        assert handover.ask(where, {"verb": "ping"}) is None
        speaker.join()


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give away")
def test_that_another_users_socket_is_told_nothing(where: str) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(where)
        other.listen()
        other.settimeout(0.5)
        os.chown(where, 12_345, -1)
        assert handover.ask(where, {"verb": "add", "ids": ["secret"]}) is None
        with pytest.raises(TimeoutError):
            other.accept()
        os.chown(where, os.getuid(), -1)
        asked = threading.Thread(target=handover.ask, args=(where, {"verb": "ping"}))
        asked.start()
        link, _ = other.accept()  # it was the owner that counted
        link.close()
        asked.join()


def test_that_a_data_folder_that_is_no_text_has_an_address(tmp_path: Path) -> None:
    assert handover.address(tmp_path / "caf\udce9") != handover.address(tmp_path / "caf")
