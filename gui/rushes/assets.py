"""Finds what ships with the program, installed or in a checkout."""

from functools import cache
from pathlib import Path


@cache
def root() -> Path:
    """The `resources` folder: inside the package when installed, beside `gui/` in a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / "resources"
    return installed if installed.is_dir() else here.parents[1] / "resources"


def asset(*parts: str) -> Path:
    """The path of one shipped file, e.g. ``asset("icons", "play.svg")``.

    Raises:
        FileNotFoundError: it is not there: a broken installation, said at once.
    """
    path = root().joinpath(*parts)
    if not path.is_file():
        raise FileNotFoundError(f"not part of this installation: {'/'.join(parts)}")
    return path
