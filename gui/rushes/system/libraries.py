"""Says in one sentence why there can be no window, before Qt would end the process over it.

Qt's wheels carry Qt, and not what Qt needs of the system. Where a library of the system is missing,
an import of PySide6 fails, or, worse, Qt finds no way to the screen and aborts.
"""

import ctypes
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rushes.presentation.text import tr
from rushes.presentation.untrusted import for_terminal
from rushes.system import places
from rushes.system.helper import users_environment

#: What Qt needs of a Linux system for our window, and Debian's package of each.
PACKAGES = {
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
    "libbrotlidec.so.1": "libbrotli1",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libXext.so.6": "libxext6",
    "libXrandr.so.2": "libxrandr2",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libpulse.so.0": "libpulse0",
    "libdrm.so.2": "libdrm2",
}
_PACKAGES_OF_WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
#: By parts of Qt that are loaded when the window shows its rows: for the network, sound and films.
_NEEDED_LATER = (
    *("libgssapi_krb5.so.2", "libpulse.so.0"),
    *("libdrm.so.2", "libXext.so.6", "libXrandr.so.2"),
)
_NOT_LOADED = re.compile(r"(?:\S*/)?([^/\s:]+\.so[^/\s:]*): (.*)", re.DOTALL)
#: A dialog that has not ended after so long is on the screen.
_SHOWN_AFTER_S = 1.0
_DIALOGS = (
    ("kdialog", "--title", "Rushes", "--error"),
    ("zenity", "--error", "--no-markup", "--title=Rushes", "--text"),
    ("xmessage", "-center"),
    ("notify-send", "Rushes"),
)


def window_problem() -> str:
    """Why no window can be opened here, in one sentence; "": nothing is known against it.

    Looks at Linux only: elsewhere there always is a screen, and Qt brings its libraries along.
    """
    if not sys.platform.startswith("linux"):
        return ""
    asked = os.environ.get("QT_QPA_PLATFORM", "")
    names = [each.partition(":")[0] for each in asked.split(";") if asked]
    if any(_is_no_screen(name) for name in names):
        return ""  # "offscreen" and others draw on no screen
    offered = _offered()
    if not offered:
        return no_screen()
    problems = [_asked_problem(name) for name in names] or [way() for way in offered]
    if "" not in problems:
        return problems[0]
    for name in _NEEDED_LATER:
        if problem := _load(name):
            return explain(problem)
    return ""


def _is_no_screen(name: str) -> bool:
    """Whether this plugin of Qt draws on no screen that could be looked for, and is there. A Qt
    that a distribution made keeps its plugins elsewhere: of those nothing is known."""
    if name == "xcb" or name.startswith("wayland"):
        return False
    return plugin("platforms", f"libq{name}.so").exists() or not plugin("platforms").exists()


def _asked_problem(name: str) -> str:
    """The user has Qt use this plugin, and no other: where it finds no screen, Qt ends the process,
    whatever else is offered."""
    if name == "xcb" and os.environ.get("DISPLAY"):
        return _x11_problem()
    if name.startswith("wayland") and (os.environ.get("WAYLAND_DISPLAY") or _wayland().exists()):
        return _wayland_problem()
    return tr(
        "Qt is told to use “{name}” (QT_QPA_PLATFORM), which does not work here. Start Rushes "
        "without that.",
        name=name,
    )


def no_screen() -> str:
    return tr(
        "There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set. Start Rushes from a "
        "desktop, or use its commands (rushes --help)."
    )


def has_screen() -> bool:
    """Whether a screen is named; it may not answer."""
    return not sys.platform.startswith("linux") or bool(_offered())


def explain(e: ImportError | OSError) -> str:
    """The sentence for a library, or a module that needs one, that cannot be loaded."""
    if isinstance(e, ModuleNotFoundError):
        return tr("A part of Rushes is missing: {name}. Install Rushes again.", name=e.name)
    # In a bundle, PyInstaller says another thing in place of what the system has said.
    match = _NOT_LOADED.match(str(e.__cause__ or e))
    if match is None:
        return tr("Qt cannot be loaded here: {why}.", why=str(e).strip().rstrip("."))
    name, why = match.groups()
    found = {name: why.strip(), **missing()}
    known = PACKAGES | _PACKAGES_OF_WAYLAND
    packages = sorted({known[each] for each in found if each in known})
    libraries = ", ".join(
        tr("{library} (package {package})", library=each, package=known[each])
        if each in known
        else each
        for each in sorted(found)
    )
    if not packages:
        told = tr("A library that Rushes needs cannot be loaded: {library}: {why}.")
        return told.format(library=libraries, why=found[name])
    return tr(
        "Libraries of the system that Rushes needs cannot be loaded: {libraries}. "
        "Debian, Ubuntu: sudo apt install {packages}",
        libraries=libraries,
        packages=" ".join(packages),
    )


def missing() -> dict[str, str]:
    """The libraries of `PACKAGES` that cannot be loaded, and what the system says."""
    found = {}
    for name in PACKAGES:
        if problem := _load(name):
            found[name] = str(problem)
    return found


def plugin(*parts: str) -> Path:
    """Where Qt keeps this plugin; it need not be there."""
    spec = importlib.util.find_spec("PySide6")
    folder = Path(spec.origin).parent if spec is not None and spec.origin else Path()
    return folder.joinpath("Qt", "plugins", *parts)


def load(path: Path) -> str:
    """Why this library cannot be loaded, in one sentence; "": it can."""
    problem = _load(str(path)) if path.exists() else None
    return explain(problem) if problem else ""


def tell(sentence: str, base_dir: Path | None) -> None:
    """Say it on standard error; to who did not start us in a terminal also in a dialog of whatever
    the desktop has, else in the log."""
    with suppress(OSError, AttributeError):  # closed, or none: a window program on Windows
        print(f"rushes: {for_terminal(sentence)}", file=sys.stderr, flush=True)
    if sys.stderr is not None and sys.stderr.isatty():
        return
    if os.environ.get("RUSHES_NO_DIALOG") or not _shown(sentence):
        with suppress(OSError):
            folder = places.find(base_dir).data
            with (folder / "rushes.log").open("a", encoding="utf-8") as log:
                log.write(f"ERROR {for_terminal(sentence)}\n")


def _shown(sentence: str) -> bool:
    if sys.platform == "win32":
        return bool(ctypes.windll.user32.MessageBoxW(None, sentence, "Rushes", 0x10))
    if sys.platform == "darwin" or not has_screen():
        return False
    for program, *words in _DIALOGS:
        if path := shutil.which(program):
            process = subprocess.Popen(
                [path, *words, sentence],
                env=users_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # it stays when we end
            )
            try:
                if process.wait(_SHOWN_AFTER_S) == 0:
                    return True
            except subprocess.TimeoutExpired:
                return True
    return False


def _offered() -> tuple[Callable[[], str], ...]:
    offered = []
    if os.environ.get("DISPLAY"):
        offered.append(_x11_problem)
    if os.environ.get("WAYLAND_DISPLAY"):
        offered.append(_wayland_problem)
    return tuple(offered)


def _x11_problem() -> str:
    if problem := load(plugin("platforms", "libqxcb.so")):
        return problem
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as e:
        return explain(e)
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = (ctypes.c_void_p,)
    link = xcb.xcb_connect(None, None)
    is_bad = xcb.xcb_connection_has_error(link)
    # Not closed: a server whose last client leaves begins anew, and would refuse Qt meanwhile.
    return _no_answer("DISPLAY", os.environ["DISPLAY"]) if is_bad else ""


def _wayland_problem() -> str:
    if problem := load(plugin("platforms", "libqwayland.so")):
        return problem
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(_wayland()))
    except OSError:
        return _no_answer("WAYLAND_DISPLAY", _wayland().name)
    return ""


def _wayland() -> Path:
    """The socket of the screen; the name is the one that Wayland takes where none is said."""
    folder = Path(os.environ.get("XDG_RUNTIME_DIR", "/"))
    return folder / (os.environ.get("WAYLAND_DISPLAY") or "wayland-0")


def _no_answer(name: str, screen: str) -> str:
    return tr(
        "The screen {screen} does not answer, or does not let you in ({name}). Start Rushes from "
        "the desktop it belongs to.",
        screen=screen,
        name=name,
    )


def _load(name: str) -> OSError | None:
    try:
        ctypes.CDLL(name)
    except OSError as e:
        return e
    return None
