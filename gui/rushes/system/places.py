"""Which folders the program uses, and making them."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from rushes.system.disk import make_folders

APP = "Rushes"


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute folders.

    Attributes:
        config: Settings.
        data: The store, its backups and the log.
        cache: What can be made again.
        files: Where results are kept unless the user chose another folder; made when the first
            file is saved.
    """

    config: Path
    data: Path
    cache: Path
    files: Path


def find(base_dir: Path | None) -> Places:
    """The folders of this run; the program's own are made and readable by their owner only.

    Args:
        base_dir: Everything goes below this folder; None: the system's usual places.

    Raises:
        OSError: that of the settings or that of the list cannot be made. Without the third there
            are no pictures that were made before; nothing else needs it.
    """
    places = look(base_dir)
    for own in (places.config, places.data):
        _make(own)
    with suppress(OSError):
        _make(places.cache)
    return places


def look(base_dir: Path | None) -> Places:
    """The folders of this run, as they are: none is made."""
    return _usual() if base_dir is None else _below(base_dir.expanduser().absolute())


def _make(own: Path) -> None:
    make_folders(own, mode=0o700)
    own.chmod(0o700)  # it may be older than this rule


def _usual() -> Places:
    return Places(
        config=platformdirs.user_config_path(APP, appauthor=False),
        data=platformdirs.user_data_path(APP, appauthor=False),
        cache=platformdirs.user_cache_path(APP, appauthor=False),
        files=platformdirs.user_videos_path() / APP,
    )


def _below(base: Path) -> Places:
    return Places(
        config=base / "config", data=base / "data", cache=base / "cache", files=base / "files"
    )
