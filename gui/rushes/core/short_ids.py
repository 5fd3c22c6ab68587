"""Ids that hold another id: what tells them apart where they are shown in short.

Ids of a gateway that hold another id in base64 begin and end alike (contract 9 and 11).
"""

import base64
import re
from datetime import datetime, timedelta, timezone

#: Shorter ids hold no other (characters).
_SHORTEST = 40


def holds_text(base64_text: str) -> bool:
    """Whether it is base64 of plain text in several parts, as ids of gateways are."""
    inside = _decoded(base64_text)
    return ":" in inside or "/" in inside


def _decoded(base64_text: str) -> str:
    """The plain text in it; "" for anything else."""
    if len(base64_text) < _SHORTEST:
        return ""
    bare = base64_text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        inside = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("ascii")
    except ValueError:  # no base64, or not of text
        return ""
    return inside if inside.isprintable() else ""


def is_wrapped(token: str) -> bool:
    """Whether it holds another id, or other plain text in parts."""
    return holds_text(token.removeprefix("video_"))


def inner_id(token: str) -> str | None:
    """The id of the service behind that a gateway's id holds in base64."""
    inside = _decoded(token.removeprefix("video_"))
    if found := re.search(r"(?:^|;)video_id:([^;]+)", inside):
        return found[1]
    last = inside.rpartition(":")[2]
    return last if re.fullmatch(r"\w[\w.~+=@*-]*", last) and inside.count(":") == 2 else None


def distinctive(token: str) -> str:
    """The id itself; of one that holds another, that."""
    return inner_id(token) or token


def made_at(token: str) -> float | None:
    """The Unix time that an id of Ark carries (UTC+8, ±2 s), also inside a gateway's id."""
    found = re.fullmatch(r"cgt-(\d{14})-\w+", distinctive(token))
    if found is None:
        return None
    try:
        at = datetime.strptime(found[1], "%Y%m%d%H%M%S")  # noqa: DTZ007 - its zone is set below
    except ValueError:
        return None
    return at.replace(tzinfo=timezone(timedelta(hours=8))).timestamp()
