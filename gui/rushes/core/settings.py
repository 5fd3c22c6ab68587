"""Everything the user can set. No secret lives here."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self
from urllib.parse import urlsplit

from rushes.core import folder_rules

DEFAULT_TEMPLATE = "{date:%Y%m%d}/{model_short}_{name|seed}_{id8}.{ext}"


def is_proxy(text: str) -> bool:
    """Whether `Settings.proxy` can be this."""
    if text in ("system", "none"):
        return True
    if not text.isascii() or not text.isprintable() or any(c in text for c in " @?#"):
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    named = parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0
    return named and parts.path in ("", "/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Units stand in the names; ranges are checked.

    Attributes:
        folder: Where results are kept; "" for the system's videos folder / Rushes.
        template: File name below `folder`, see `core/naming.py`.
        theme: "system", "light" or "dark".
        language: A locale name such as "zh_CN"; "" follows the system.
        proxy: "system", "none", or one for everything: `http://host:port`. Never with a password:
            this is a plain file.
    """

    folder: str = ""
    template: str = DEFAULT_TEMPLATE
    auto_save: bool = True
    downloads_at_once: int = 3
    max_file_gib: float = 4.0
    theme: str = "system"
    language: str = ""
    density: str = "comfortable"
    single_letter_keys: bool = True
    shortcuts: str = ""  # JSON of the keys the user has changed, see `ui/commands/keymap.py`
    proxy: str = "system"
    watch_folder: str = ""  # new files here are read for task ids; "": none
    watch_clipboard: bool = False  # what is copied elsewhere is read for task ids
    tell_done: bool = True  # these four: notifications while the window is not in front
    tell_failed: bool = True
    tell_expiring: bool = True  # unsaved files, 2 h and 20 min before their links end
    tell_trouble: bool = True  # a key or a balance that needs the user
    close_to_tray: str = ""  # "yes" or "no"; "": not asked yet
    volume_percent: int = 80
    views: str = ""  # JSON of the saved views, see `core/saved_views.py`
    folder_rules: str = ""  # JSON of what is saved elsewhere, see `core/folder_rules.py`
    opened_with: str = ""  # path of the program that files were last opened with
    window: str = ""  # base64 of the window's geometry and layout, opaque

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            kind = type(field.default)
            good = isinstance(value, (int, float)) if kind is float else type(value) is kind
            if not good or (kind is float and isinstance(value, bool)):
                raise TypeError(f"{field.name} must be {kind.__name__}")
        if not 1 <= self.downloads_at_once <= 16:
            raise ValueError("downloads_at_once must be 1 to 16")
        if not 0 <= self.volume_percent <= 100:
            raise ValueError("volume_percent must be 0 to 100")
        if not 0.001 <= self.max_file_gib <= 1024:
            raise ValueError("max_file_gib must be 0.001 to 1024")
        if self.theme not in ("system", "light", "dark"):
            raise ValueError("theme must be system, light or dark")
        if self.density not in ("comfortable", "compact"):
            raise ValueError("density must be comfortable or compact")
        folder_rules.read(self.folder_rules)
        if self.close_to_tray not in ("", "yes", "no"):
            raise ValueError("close_to_tray must be yes, no or empty")
        if not is_proxy(self.proxy):
            raise ValueError("proxy must be system, none or http://host:port")

    @property
    def max_file_bytes(self) -> int:
        return int(self.max_file_gib * 2**30)

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> tuple[Self, tuple[str, ...]]:
        """Build from stored values. Returns the settings and the names that were ignored."""
        good: dict[str, Any] = {}
        for name, value in raw.items():
            try:
                cls(**{name: value})
            except (TypeError, ValueError):  # unknown name, wrong type, out of range
                continue
            good[name] = value
        return cls(**good), tuple(name for name in raw if name not in good)
