"""A D-Bus of its own with a small desktop on it: a real bus, and a server that notes its calls.

Run as a program it is that server; its words are the names it takes. It prints a JSON line for
each call, and one when a lock that it gave is let go. A line on its standard input is a click on
that button of the last notification.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from tests.patience import LIMIT_S

NOTIFICATIONS = "org.freedesktop.Notifications"
LOGIND = "org.freedesktop.login1"
PORTAL = "org.freedesktop.portal.Desktop"
#: The number of the notifications that it shows.
NUMBER = 7
_ROOT = Path(__file__).parents[1]
_CONFIG = """<busconfig><type>session</type><listen>unix:tmpdir={folder}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""


class Desktop:
    """Attributes:
    address: Of the bus.
    said: What the server has printed, oldest first.
    """

    def __init__(self, address: str, server: "subprocess.Popen[str]") -> None:
        self.address = address
        self.said: Queue[dict[str, Any]] = Queue()
        self._server = server
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._server.stdout is not None
        for line in self._server.stdout:
            self.said.put(json.loads(line))

    def next(self) -> dict[str, Any]:
        """The next line; waits for it."""
        return self.said.get(timeout=LIMIT_S)

    def click(self, button: str = "default") -> None:
        assert self._server.stdin is not None
        self._server.stdin.write(f"{button}\n")
        self._server.stdin.flush()


@contextmanager
def desktop(folder: Path, *names: str) -> Iterator[Desktop]:
    """A bus, and a server that has these names on it."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("not installed: dbus-daemon")
    config = folder / "bus.conf"
    config.write_text(_CONFIG.format(folder=folder))
    words = ["dbus-daemon", f"--config-file={config}", "--print-address", "--nofork"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as bus:
        try:
            assert bus.stdout is not None
            address = bus.stdout.readline().strip()
            with _server(address, names) as server:
                made = Desktop(address, server)
                assert made.next() == {"ready": list(names)}
                yield made
        finally:
            bus.kill()


@contextmanager
def _server(address: str, names: tuple[str, ...]) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.desktop_bus", *names],
        cwd=_ROOT,
        env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": address},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            yield server
        finally:
            server.kill()


# --- the server ------------------------------------------------------------------------------


def serve(names: list[str]) -> None:
    from jeepney import HeaderFields, MessageType, message_bus, new_method_return
    from jeepney.io.blocking import Proxy, open_dbus_connection

    bus = open_dbus_connection("SESSION", enable_fds=True)
    for name in names:
        Proxy(message_bus, bus).RequestName(name)
    _say({"ready": names})
    threading.Thread(target=_click, args=(bus,), daemon=True).start()
    while True:
        call = bus.receive()
        if call.header.message_type is not MessageType.method_call:
            continue
        member = call.header.fields[HeaderFields.member]
        _say({"call": member, "body": call.body})
        if member == "Notify":
            bus.send(new_method_return(call, "u", (call.body[1] or NUMBER,)))
        elif call.header.fields[HeaderFields.interface].startswith(LOGIND):
            mine, lock = os.pipe()
            bus.send(new_method_return(call, "h", (lock,)))
            os.close(lock)
            threading.Thread(target=_note_release, args=(mine,), daemon=True).start()
        else:
            bus.send(new_method_return(call, "o", ("/a/request",)))


def _click(bus: Any) -> None:
    from jeepney import DBusAddress, new_signal

    where = DBusAddress("/org/freedesktop/Notifications", interface=NOTIFICATIONS)
    for line in sys.stdin:
        button = line.strip()
        bus.send(new_signal(where, "ActionInvoked", "us", (NUMBER + 1, button)))  # another's
        bus.send(new_signal(where, "ActionInvoked", "us", (NUMBER, button)))


def _note_release(mine: int) -> None:
    os.read(mine, 1)
    _say({"released": True})


def _say(what: dict[str, object]) -> None:
    print(json.dumps(what, default=str), flush=True)


if __name__ == "__main__":
    serve(sys.argv[1:])
