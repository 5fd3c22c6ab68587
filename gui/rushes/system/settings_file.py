"""The user's settings as a JSON file that is never half written."""

import contextlib
import filecmp
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import fields
from itertools import chain, count
from pathlib import Path
from typing import Any, get_origin

import msgspec

from rushes.core.failure import Failure
from rushes.core.naming import BadTemplate
from rushes.core.settings import ENTRIES, BadFolder, Settings
from rushes.system.disk import failure_of, open_regular, sync, sync_folder

#: Of the file, in the folder of the configuration.
NAME = "settings.json"

#: Older files have JSON inside a text here.
_WERE_TEXT = frozenset({"folder_rules", "shortcuts", "views"})
_KINDS = {each.name: each.type for each in fields(Settings)}
#: Unknown name, wrong type, out of range, nested without end.
_UNUSABLE = (LookupError, TypeError, ValueError, RecursionError)


def read(path: Path, *, keep: bool = False) -> tuple[Settings, tuple[str, ...]]:
    """The settings in the file; defaults for whatever is not there.

    Args:
        keep: Leave a file that cannot be read where it is.

    Returns:
        The settings, and what could not be used: names of single settings or of items in one
        ("views[2]"), with the reason where that is known ("template: it is empty"), or the file's
        own name when nothing in it could be read. As it was it is kept aside as
        ``NAME.broken``, ``NAME.broken-2`` and so on.
    """
    try:
        with open_regular(path) as file:
            text = file.read().decode("utf-8-sig")
        raw = json.loads(text)  # takes names that are no Unicode
        if isinstance(raw, dict):
            settings, ignored = decode(raw)
            if ignored and not keep:
                with contextlib.suppress(OSError):
                    shutil.copyfile(path, aside(path))
            return settings, ignored
    except FileNotFoundError:
        return Settings(), ()
    except OSError:
        return Settings(), (path.name,)
    except (ValueError, RecursionError):  # not JSON, not UTF-8, or nested without end
        pass
    if keep:
        return Settings(), (path.name,)
    with contextlib.suppress(OSError):  # it stays where it is until the next write
        path.replace(aside(path))
    return Settings(), (path.name,)


def aside(path: Path) -> Path:
    """Where a file that cannot be used is kept: a name that is free, or holds the same already.

    Raises:
        OSError: what has such a name cannot be read.
    """
    for number in count(1):
        place = path.with_name(f"{path.name}.broken{f'-{number}' if number > 1 else ''}")
        if not place.exists() or filecmp.cmp(path, place, shallow=False):
            return place
    raise AssertionError("numbers do not end")


def decode(raw: Mapping[str, Any]) -> tuple[Settings, tuple[str, ...]]:
    """The settings in what JSON held, and the names of what cannot be used."""
    good: dict[str, Any] = {}
    ignored: list[str] = []
    for name, value in raw.items():
        try:
            good[name], lost = _decode(name, value)
        except (BadFolder, BadTemplate) as e:
            lost = [f"{name}: {e}"]
        except _UNUSABLE:
            lost = [name]
        ignored += lost
    return Settings(**good), tuple(ignored)


def encode(settings: Settings) -> dict[str, Any]:
    """What `decode` takes."""
    plain: dict[str, Any] = msgspec.to_builtins(settings)
    return plain


def _decode(name: str, raw: Any) -> tuple[Any, list[str]]:
    """The value of a setting, and the names of the items in it that cannot be used.

    Raises:
        _UNUSABLE
    """
    if name in _WERE_TEXT and isinstance(raw, str):
        if not raw:
            return getattr(Settings(), name), []
        raw = json.loads(raw)
    entry, kind = ENTRIES[name], get_origin(_KINDS[name])
    is_dict = kind is dict and isinstance(raw, dict)
    if entry.all_or_none or not (is_dict or (kind is tuple and isinstance(raw, list))):
        return _checked(name, raw), []
    usable: list[Any] = []
    lost: list[str] = []
    for at, item in raw.items() if is_dict else enumerate(raw):
        try:
            usable.append(_checked(name, {at: item} if is_dict else [item]))
        except _UNUSABLE:
            lost.append(f"{name}[{at}]")
    if entry.most is not None and len(usable) > entry.most:
        usable = usable[: int(entry.most)]
        lost.append(f"{name}[{len(usable)}…]")
    if is_dict:
        return {key: value for each in usable for key, value in each.items()}, lost
    return tuple(chain.from_iterable(usable)), lost


def _checked(name: str, raw: Any) -> Any:
    """Raises one of `_UNUSABLE` where it is not all of a value that the setting may have."""
    value = msgspec.convert(raw, _KINDS[name])
    if ENTRIES[name].all_or_none and list(msgspec.to_builtins(value)) != raw:
        raise ValueError(f"{name} says more than is understood")
    ENTRIES[name].check(name, value)
    return value


def write(path: Path, settings: Settings) -> Failure | None:
    """Replace the file as a whole: after a crash it is the old one or the new one.

    Returns:
        Why it could not be written (DISK_FULL, FOLDER); the old file is still there then.
    """
    target = Path(os.path.realpath(path))  # a link, as keepers of dotfiles use them, stays one
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(target, json.dumps(encode(settings), indent=2, ensure_ascii=True) + "\n")
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
