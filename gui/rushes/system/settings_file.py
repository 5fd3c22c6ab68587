"""The user's settings as a JSON file that is never half written."""

import contextlib
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

from rushes.core.failure import Failure
from rushes.core.settings import Settings
from rushes.system.disk import failure_of, sync, sync_folder


def read(path: Path, *, keep: bool = False) -> tuple[Settings, tuple[str, ...]]:
    """The settings in the file; defaults for whatever is not there.

    Args:
        keep: Leave a file that cannot be read where it is.

    Returns:
        The settings, and what could not be used: names of single settings, or the file's own
        name when nothing in it could be read. Such a file is kept aside as ``NAME.broken``.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
        if isinstance(raw, dict):
            return Settings.read(raw)
    except FileNotFoundError:
        return Settings(), ()
    except OSError:
        return Settings(), (path.name,)
    except (ValueError, RecursionError):  # not JSON, not UTF-8, or nested without end
        pass
    if keep:
        return Settings(), (path.name,)
    with contextlib.suppress(OSError):  # it stays where it is until the next write
        path.replace(path.with_name(f"{path.name}.broken"))
    return Settings(), (path.name,)


def write(path: Path, settings: Settings) -> Failure | None:
    """Replace the file as a whole: after a crash it is the old one or the new one.

    Returns:
        Why it could not be written (DISK_FULL, FOLDER); the old file is still there then.
    """
    target = Path(os.path.realpath(path))  # a link, as keepers of dotfiles use them, stays one
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(target, json.dumps(asdict(settings), indent=2, ensure_ascii=True) + "\n")
    except OSError as e:
        return failure_of(e)
    return None


def _replace(target: Path, text: str) -> None:
    fd, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # mode 0600
    part = Path(name)
    try:
        with os.fdopen(fd, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            sync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)
