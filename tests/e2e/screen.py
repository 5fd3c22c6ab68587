"""A person at the program: sees and touches what the accessibility tree shows, nothing else."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self, cast

from rushes.core.short_ids import distinctive
from tests.patience import LIMIT_S

HANDS = Path(__file__).with_name("atspi_hands.py")
SYSTEM_PYTHON = "/usr/bin/python3"


class Screen:
    """Drives one running program by its visible names."""

    def __init__(self, program: "subprocess.Popen[bytes]", env: dict[str, str]) -> None:
        self._pid = program.pid
        self._hands = subprocess.Popen(
            [SYSTEM_PYTHON, "-W", "ignore", str(HANDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        cast(IO[str], self._hands.stdin).close()
        self._hands.wait(LIMIT_S)
        cast(IO[str], self._hands.stdout).close()

    def ask(self, do: str, **command: Any) -> dict[str, Any]:
        answer = self.tell(do, **command)
        if answer.get("missing"):
            raise AssertionError(f"not on the screen: {command}\n" + "\n".join(self.dump()))
        return answer

    def tell(self, do: str, **command: Any) -> dict[str, Any]:
        """As `ask`; what is not on the screen is answered with {"missing": True}."""
        line = json.dumps({"do": do, "app": self._pid, **command})
        stdin, stdout = cast(IO[str], self._hands.stdin), cast(IO[str], self._hands.stdout)
        stdin.write(line + "\n")
        stdin.flush()
        answer: dict[str, Any] = json.loads(stdout.readline())
        assert "error" not in answer, f"{line}: {answer}"
        return answer

    def dump(self, limit: int = 300) -> list[str]:
        return cast(list[str], self.ask("dump", limit=limit)["lines"])

    def find(
        self, name: str, *, role: str | None = None, seconds: float = LIMIT_S
    ) -> dict[str, Any]:
        """Wait until something whose name matches the pattern `name` is shown."""
        return self.ask("find", name=name, role=role, seconds=seconds)

    def press(
        self,
        name: str,
        *,
        role: str | None = None,
        dialog: str | None = None,
        seconds: float = LIMIT_S,
    ) -> None:
        """`dialog`: the pattern of what the one is called that it stands in."""
        self.ask("press", name=name, role=role, dialog=dialog, seconds=seconds)

    def choose(self, *path: str) -> None:
        """Choose from the menu bar: ("Task", "Rating", "★★★★★")."""
        for name in path:
            self.press(name, role="menu item")
        first = {"name": path[1], "role": "menu item", "seconds": 0}
        if self.tell("find", **first).get("name"):  # an item pressed by itself closes no menu
            self.press(path[0], role="menu item")

    def write(self, name: str, text: str, *, role: str = "text") -> None:
        self.ask("type", name=name, role=role, text=text)

    def focus(self, name: str, *, role: str | None = None) -> None:
        self.ask("focus", name=name, role=role)

    def key(self, *signs: str) -> None:
        """Strike keys: letters, digits, "Escape", "Up" or "Down"; a capital is typed with Shift,
        "Ctrl+Alt+a" with the keys before it held."""
        for sign in signs:
            self.ask("key", name=sign)

    def select(self, name: str, *, role: str = "table cell", more: bool = False) -> None:
        """Select a row; with `more`, beside those that are selected."""
        self.ask("select", name=name, role=role, more=more)

    def drag(self, name: str, to: tuple[int, int], *, role: str = "table cell") -> None:
        """Drag something to a place of the screen, in pixels."""
        self.ask("drag", name=name, role=role, to=to)

    def names(self, role: str) -> list[str]:
        return cast(list[str], self.ask("names", role=role)["names"])


def row_of(task_id: str, rest: str = "") -> str:
    """The pattern by which the row of a take without a name is spoken; `rest` follows its second
    line."""
    return f".*…{re.escape(distinctive(task_id)[-5:])}, {rest}.*"


@contextmanager
def desktop(home: Path, *, vault: bool = True) -> Iterator[dict[str, str]]:
    """A private session bus with the accessibility bus and, if wanted, an unlocked keyring."""
    env = {
        **os.environ,
        "HOME": str(home),
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "GTK_MODULES": "",
        "NO_AT_BRIDGE": "0",
        "PYTHONWARNINGS": "default",
    }
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        env.pop(f"XDG_{name}_HOME", None)
    env["XDG_RUNTIME_DIR"] = str(home / "run")
    (home / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=env,
    )
    env["DBUS_SESSION_BUS_ADDRESS"] = cast(IO[str], bus.stdout).readline().strip()
    keyring = _keyring(env) if vault else None
    try:
        yield env
    finally:
        for process in (keyring, bus):
            if process is not None:
                process.terminate()
                process.wait(LIMIT_S)
        cast(IO[str], bus.stdout).close()


def _keyring(env: dict[str, str]) -> "subprocess.Popen[bytes]":
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=env,
    )
    stdin = cast(IO[bytes], daemon.stdin)
    stdin.write(b"test\n")
    stdin.close()
    # A program that asks before the daemon has its name makes D-Bus start a second, locked one.
    subprocess.run([sys.executable, "-W", "ignore", "-c", _UNTIL_UNLOCKED], env=env, check=True)
    return daemon


_UNTIL_UNLOCKED = """
import time, secretstorage
from jeepney import DBusAddress, new_method_call
bus = secretstorage.dbus_init()
names = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
wanted = new_method_call(names, "NameHasOwner", "s", ("org.freedesktop.secrets",))
for _ in range(600):
    if bus.send_and_get_reply(wanted).body[0]:
        if not secretstorage.get_default_collection(bus).is_locked():
            break
    time.sleep(0.1)
else:
    raise SystemExit("no unlocked keyring within a minute")
"""


@contextmanager
def rushes(env: dict[str, str], *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The program as its own process; ends it by SIGTERM and expects a clean end."""
    program = subprocess.Popen([sys.executable, "-m", "rushes", *words], env=env)
    try:
        yield program
        program.send_signal(signal.SIGTERM)
        assert program.wait(LIMIT_S) == 0
    except AssertionError:
        for log in Path(words[words.index("--base-dir") + 1]).rglob("rushes.log"):
            print(log.read_text("utf-8")[-8000:])  # why: pytest shows it with the failure
        raise
    finally:
        if program.poll() is None:
            program.kill()
            program.wait(LIMIT_S)


def until(true: Callable[[], object], seconds: float = LIMIT_S) -> None:
    """Wait for something outside the program (a file, a line)."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
