"""Sizes, columns and sort of the window as one opaque word for the settings file."""

import base64
import json
from typing import Any

from PySide6.QtCore import QByteArray

VERSION = 1


def pack(state: dict[str, Any]) -> str:
    raw = json.dumps({"version": VERSION, **state}, separators=(",", ":"))
    return base64.b64encode(raw.encode()).decode("ascii")


def unpack(text: str) -> dict[str, Any]:
    """What `pack` was given; {} for anything else (another version, damage): the defaults."""
    try:
        state = json.loads(base64.b64decode(text, validate=True))
    except (ValueError, RecursionError):  # binascii.Error is a ValueError
        return {}
    if not isinstance(state, dict) or state.get("version") != VERSION:
        return {}
    return state


def bytes_text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def text_bytes(text: object) -> QByteArray:
    return QByteArray.fromBase64(str(text or "").encode())
