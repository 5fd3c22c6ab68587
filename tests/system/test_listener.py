"""The listening side for programs without Qt: other starts are answered, strangers are not."""

import asyncio
import socket
import stat
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from rushes.system import handover
from tests.conftest import Drive
from tests.patience import LIMIT_S

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="asks over a Unix socket")

Work = Callable[[str, handover.Listener], Awaitable[None]]


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return handover.address(tmp_path / "data")


async def echo(message: dict[str, Any]) -> dict[str, Any]:
    return {"heard": message}


def ask(where: str, message: dict[str, Any]) -> Awaitable[dict[str, Any] | None]:
    """From a thread, as another process would."""
    return asyncio.get_running_loop().run_in_executor(None, handover.ask, where, message)


def raw(where: str, line: bytes) -> Awaitable[bytes]:
    """What comes back for these bytes."""

    def send() -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(LIMIT_S)
            link.connect(where)
            try:
                link.sendall(line)
                return link.recv(100)
            except ConnectionError:  # closed in the middle
                return b""

    return asyncio.get_running_loop().run_in_executor(None, send)


def test_that_a_message_is_answered_and_only_the_own_user_can_ask(
    where: str, run: Drive[None]
) -> None:
    async def talk() -> None:
        listener = await handover.Listener.open(where, echo)
        assert stat.S_IMODE(Path(where).stat().st_mode) == 0o600
        assert await ask(where, {"verb": "ping", "ids": ["一"]}) == {
            "heard": {"verb": "ping", "ids": ["一"]}
        }
        listener.close()

    run(talk())


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n",
        b"[1]\n",
        b"[" * 60_000 + b"\n",
        b"x" * (handover.LIMIT + 5000),
        b'{"verb": "\xff"}\n',
        b"\n",
    ],
    ids=["no JSON", "no object", "nested", "endless", "no UTF-8", "empty"],
)
def test_that_what_is_no_message_is_hung_up_on_and_the_next_is_answered(
    where: str, run: Drive[None], line: bytes
) -> None:
    async def talk() -> None:
        listener = await handover.Listener.open(where, echo)
        assert await raw(where, line) == b""
        assert await ask(where, {"verb": "ping"}) == {"heard": {"verb": "ping"}}
        listener.close()

    run(talk())


def test_that_who_has_asked_is_answered_after_the_end_and_the_place_is_free_by_then(
    where: str, run: Drive[None]
) -> None:
    async def talk() -> None:
        async def last(_: dict[str, Any]) -> dict[str, Any]:
            listener.close()
            assert not Path(where).exists()
            return {"released": True}

        listener = await handover.Listener.open(where, last)
        assert await ask(where, {"verb": "show"}) == {"released": True}
        await listener.answered()
        assert await ask(where, {"verb": "show"}) is None

    run(talk())


def test_that_what_a_killed_program_left_is_no_hindrance(where: str, run: Drive[None]) -> None:
    async def talk() -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
            left.bind(where)
        listener = await handover.Listener.open(where, echo)
        assert await ask(where, {"verb": "ping"}) == {"heard": {"verb": "ping"}}
        listener.close()

    run(talk())
