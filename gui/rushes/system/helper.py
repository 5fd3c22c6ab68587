"""How a process beside ours is started: a helper of our own, or a program of the user's.

A helper must run our code and nothing that lies about, and knows no more than it needs. So it is
started without the current folder on its path (`python -m` puts that first), in a folder of its
own, and with an environment made of the names below: no key is among them.
"""

import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypedDict

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
#: Keys that are looked for in the environment without being asked for.
KEYS = frozenset({"ARK_API_KEY"})


class Surroundings(TypedDict):
    """Arguments of `subprocess.Popen` and of `asyncio.create_subprocess_exec`."""

    cwd: Path
    env: dict[str, str]


def is_frozen() -> bool:
    """Whether this program is one file with its interpreter in it."""
    return bool(getattr(sys, "frozen", False))


def command(name: str, *words: str) -> tuple[str, ...]:
    """The command line of a helper; `helpers/__init__.py` knows their names."""
    if is_frozen():
        return (sys.executable, "--helper", name, *words)
    where = str(Path(rushes.__file__).parents[1])
    return (sys.executable, "-P", "-c", _BOOT, where, "--helper", name, *words)


def surroundings(folder: Path, *, screen: bool = False) -> Surroundings:
    """Where a helper lives, and what it knows.

    Args:
        folder: Its current folder, which is made for it: ours alone, and empty.
        screen: Whether it draws in 3D or opens a window.

    Raises:
        OSError: the folder cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = _PASSED_ON | _OF_THE_SCREEN if screen else _PASSED_ON
    kept = {n: v for n, v in os.environ.items() if n.upper() in names or n.startswith("LC_")}
    return {"cwd": folder, "env": kept}


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
    for name, value in tuple(env.items()):
        original = env.pop(f"{name}_ORIG", None)
        if original is not None:
            env[name] = original
        elif name.startswith(_PACKERS) or (name.startswith(_LOADERS) and ours in value):
            env.pop(name, None)
    return env
