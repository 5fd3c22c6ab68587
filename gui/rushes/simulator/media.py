"""The films, pictures and 3D models the simulator hands out, as measured when they were made."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rushes.assets import asset

_TYPES = {".mp4": "video/mp4", ".png": "image/png", ".zip": "application/zip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """One shipped file. The fields of a film are 0 or empty for pictures and models.

    Attributes:
        resolution: The services' class word, such as "720p".
    """

    name: str
    bytes: int
    sha256: str
    width: int = 0
    height: int = 0
    resolution: str = ""
    ratio: str = ""
    fps: int = 0
    frames: int = 0
    audio: bool = False

    @property
    def path(self) -> Path:
        return asset("media", self.name)

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix

    @property
    def content_type(self) -> str:
        return _TYPES[self.suffix]

    @property
    def duration_s(self) -> int:
        """Whole seconds, rounded down as the services do."""
        return self.frames // self.fps

    @property
    def tokens(self) -> int:
        """What a service bills for it (contract 6: width · height · frames / 1024)."""
        return self.width * self.height * self.frames // 1024


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(
        asset("media", "media.json").read_text(encoding="utf-8")
    )
    return found


@cache
def medium(name: str) -> Medium:
    """One file by its name. Raises `KeyError`: not among those shipped."""
    return Medium(name=name, **_catalogue()[name])


def names() -> tuple[str, ...]:
    return tuple(_catalogue())
