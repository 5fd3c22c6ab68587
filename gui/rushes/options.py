"""What the command line says, as one value. No parsing here: `__main__` and `cli` do that."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How this run of the program was started.

    Attributes:
        base_dir: Keeps settings, store, cache and files in this one folder; None: the
            system's usual places.
        debug: Switches such as "gaps" or "log".
        exit_when_shown: Quit as soon as the window was painted once (packaging tests).
        given: Absolute paths of files, and links (`rushes:…`), to look through for task ids.
        speed: Seconds of pretended time a second of real time, for `--demo` and tests: pace and
            limits are divided by it.
    """

    base_dir: Path | None = None
    debug: frozenset[str] = frozenset()
    exit_when_shown: bool = False
    demo: bool = False
    given: tuple[str, ...] = ()
    speed: float = 1.0
