"""The processes beside ours: how a helper of our own is started, asked and ended, and which
environment a program gets that is opened for the user.

A helper must run our code and nothing that lies about, and knows no more than it needs. So it is
started without the current folder on its path (`python -m` puts that first), in a folder of its
own, and with an environment made of the names below: no key is among them. What each of them is,
and which limits it puts on itself, is in `helpers/__init__.py`.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from typing import IO, TypedDict

import rushes

#: Always passed on. What is not here is not known to a helper.
_PASSED_ON = frozenset(
    {
        # where things are
        *("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"),
        # language and time
        *("LANG", "LANGUAGE", "TZ"),
        # where the interpreter that runs us finds its libraries and `pip install --user`
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONUSERBASE", "PYTHONDONTWRITEBYTECODE"),
        # Windows
        *("SYSTEMROOT", "WINDIR", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"),
    }
)
#: What drawing in 3D needs besides: where the screen is, and which driver draws.
_OF_THE_SCREEN = frozenset(
    {
        *("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "DRI_PRIME"),
        *("QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "QT_XCB_GL_INTEGRATION", "QSG_RHI_BACKEND"),
        *("LIBGL_ALWAYS_SOFTWARE", "GALLIUM_DRIVER", "MESA_LOADER_DRIVER_OVERRIDE"),
        *(
            "__GLX_VENDOR_LIBRARY_NAME",
            "__EGL_VENDOR_LIBRARY_FILENAMES",
            "__NV_PRIME_RENDER_OFFLOAD",
        ),
    }
)
#: Where the package lies is told, not looked for: a checkout that was found by PYTHONPATH is found
#: by its helpers, too, and no other Rushes in its place. All else comes from where the interpreter
#: keeps its packages first.
_BOOT = (
    "import sys; where = sys.argv.pop(1); sys.path.insert(0, where); import rushes; "
    "sys.path.append(sys.path.pop(0)); from rushes.__main__ import main; sys.exit(main())"
)
#: Set by what packed a frozen program: for itself, and for loaders of libraries.
_PACKERS = ("_MEIPASS", "_PYI_")
_LOADERS = ("LD_LIBRARY_PATH", "DYLD_", "LIBPATH", "QT_", "QML", "GI_", "SSL_CERT_")
#: Set by an AppImage's own start.
_APP_IMAGES = ("APPIMAGE", "APPDIR", "ARGV0", "OWD")
#: A process that was told to end, or killed, has ended after so long, or hangs in a driver.
_END_S = 1.0
#: Keys that are looked for in the environment without being asked for.
KEYS = frozenset({"ARK_API_KEY"})


class Surroundings(TypedDict):
    """Keyword arguments of `subprocess.Popen`."""

    cwd: Path
    env: dict[str, str]


def is_frozen() -> bool:
    """Whether this program is one file with its interpreter in it."""
    return bool(getattr(sys, "frozen", False))


def app_image() -> Path | None:
    """The AppImage that holds this program; the folder of its interpreter is there only while it
    runs. None: there is none, or it holds the program that has started us."""
    image, folder = os.environ.get("APPIMAGE", ""), os.environ.get("APPDIR", "")
    if not (is_frozen() and image and folder):
        return None
    is_ours = Path(sys.executable).resolve().is_relative_to(Path(folder).resolve())
    return Path(image) if is_ours else None


def command(name: str, *words: str) -> tuple[str, ...]:
    """The command line of a helper; `helpers/__init__.py` knows their names."""
    return program("--helper", name, *words)


def program(*words: str) -> tuple[str, ...]:
    """The command line of this very program with other words."""
    if is_frozen():
        return (sys.executable, *words)
    where = str(Path(rushes.__file__).parents[1])
    return (sys.executable, "-P", "-c", _BOOT, where, *words)


def surroundings(folder: Path, *, screen: bool = False) -> Surroundings:
    """Where a helper lives, and what it knows.

    Args:
        folder: Its current folder, which is made for it: ours alone, and empty.
        screen: Whether it draws in 3D or opens a window. What it keeps for the next time goes into
            "drawing" beside `folder`.

    Raises:
        OSError: the folder cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = _PASSED_ON | _OF_THE_SCREEN if screen else _PASSED_ON
    kept = {n: v for n, v in os.environ.items() if n.upper() in names or n.startswith("LC_")}
    if screen:  # compiled scenes and shaders: Qt and the driver have no other way to be told
        cache = folder.with_name("drawing")
        kept |= {"XDG_CACHE_HOME": str(cache), "QML_DISK_CACHE_PATH": str(cache / "qml")}
    return {"cwd": folder, "env": kept}


def start(
    folder: Path,
    name: str,
    *words: str,
    stdin: int = DEVNULL,
    stdout: int = DEVNULL,
    stderr: int | None = DEVNULL,
    screen: bool = False,
) -> "subprocess.Popen[bytes]":
    """Start a helper; see `command` and `surroundings`, and `subprocess` for the streams.

    Raises:
        OSError: it cannot be started.
    """
    return subprocess.Popen(
        command(name, *words),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        **surroundings(folder, screen=screen),
    )


class HelpersClosed(Exception):
    """No helper is started any more."""


class Helpers:
    """Helpers that do one thing each and end. Methods may be called from several threads.

    Args:
        folder: See `surroundings`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    @property
    def running(self) -> frozenset[int]:
        """The process numbers of those that have not ended."""
        with self._lock:
            return frozenset(each.pid for each in self._running if each.poll() is None)

    def start(
        self,
        name: str,
        *words: str,
        stdin: int = DEVNULL,
        stdout: int = DEVNULL,
        screen: bool = False,
    ) -> "subprocess.Popen[bytes]":
        """As the function `start`.

        Raises:
            HelpersClosed: after `close`.
            OSError: it cannot be started.
        """
        with self._lock:
            self._running = {process for process in self._running if process.poll() is None}
            if self._closed:
                raise HelpersClosed
            process = start(self._folder, name, *words, stdin=stdin, stdout=stdout, screen=screen)
            self._running.add(process)
            return process

    def close(self, wait_s: float = _END_S) -> None:
        """End every helper, waiting so long for each; later ones do not start."""
        with self._lock:
            self._closed = True
            running = tuple(self._running)
        for process in running:
            process.kill()
        for process in running:
            end(process, wait_s)


def end(process: "subprocess.Popen[bytes]", wait_s: float = _END_S) -> None:
    """Kill a process if it has not ended; one that hangs in a driver is not waited for longer."""
    process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(wait_s)


@dataclass(frozen=True, slots=True)
class ProgramEnd:
    """How a program of the user's ended.

    Attributes:
        code: None: it was not started, or took too long (`is_late`).
        said: Its last line on standard error, or why it was not started.
    """

    code: int | None
    said: str = ""
    is_late: bool = False


def is_program(path: Path) -> bool:
    """Whether it can be started without a shell: on Windows no script, whose command line a shell
    would read."""
    if not path.is_absolute():
        return False
    if sys.platform == "win32":
        return path.suffix.lower() == ".exe" and path.is_file()
    if sys.platform == "darwin" and path.suffix.lower() == ".app":
        return path.is_dir()
    return path.is_file() and os.access(path, os.X_OK)


def run_program(
    words: Sequence[str], given: bytes, hidden: Collection[str], limit_s: float
) -> ProgramEnd:
    """Run a program of the user's choice to its end, with `given` on its standard input, in the
    user's home. Blocks.

    Args:
        words: The program and its arguments; no shell reads them.
        hidden: Names of environment variables that it does not get: keys.
        limit_s: Then it is ended, with what it has started.
    """
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=DEVNULL,
                stderr=errors,
                cwd=Path.home(),
                env=users_environment(hidden),
                start_new_session=True,
            )
        except (OSError, ValueError) as e:
            return ProgramEnd(None, getattr(e, "strerror", None) or str(e))
        try:
            process.communicate(given, limit_s)
        except subprocess.TimeoutExpired:
            _end_group(process)
            return ProgramEnd(None, last_line(errors), is_late=True)
        return ProgramEnd(process.returncode, last_line(errors))


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    end(process)
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


_LAST_BYTES = 4096


def last_line(file: IO[bytes]) -> str:
    """The last line of a file that is not empty, e.g. of what a program has said of its end."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LAST_BYTES))
    lines = file.read().decode("utf-8", "replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def users_environment(
    hidden: Collection[str] = (), current: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What a program that is opened for the user gets: as if there were no Rushes, and no key.

    A frozen program is started with library paths of its own and keeps the user's beside them
    (``LD_LIBRARY_PATH_ORIG``); with ours, a player would load our Qt.

    Args:
        hidden: Names of variables that hold keys.
        current: Our own environment, if not `os.environ`.
    """
    env = dict(os.environ if current is None else current)
    for name in (*KEYS, *hidden):
        env.pop(name, None)
    if not is_frozen():
        return env
    ours = getattr(sys, "_MEIPASS", None) or str(Path(sys.executable).parent)
    if app_image() is not None:
        for name in _APP_IMAGES:
            env.pop(name, None)
    for name, value in tuple(env.items()):
        original = env.pop(f"{name}_ORIG", None)
        if original is not None:
            env[name] = original
        elif name.startswith(_PACKERS) or (name.startswith(_LOADERS) and ours in value):
            env.pop(name, None)
    return env
