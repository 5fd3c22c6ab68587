"""Finds the result files an answer offers (contract 3.4), and nothing that was an input.

Only the named places are looked at, so an echoed request (`image_url`, `first_frame`,
`request.*`, a `content` array with roles) can never be taken for a result.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from rushes.core.expiry import end_of, max_requests
from rushes.core.task import ArtifactKind, Link, Status
from rushes.providers.values import Levels, Node, at, web_url

#: Where the main result may stand on each level, in order.
_MAIN = (
    ("result_url",),
    ("content", "video_url"),
    ("content", "videoUrl"),
    ("video_url",),
    ("video",),
    ("url",),
    ("output", "video_url"),
    ("output", "urls"),  # its first element
    ("video_result", "video_url"),
    ("metadata", "url"),
    ("content", "file_url"),
)
_MODEL_ENDINGS = (".zip", ".glb", ".gltf", ".obj", ".fbx", ".stl", ".usd", ".usdz")


@dataclass(frozen=True, slots=True)
class Ends:
    """What is known about the end of links that do not say it themselves (Unix seconds)."""

    said: float | None
    finished_at: float | None


def links(levels: Levels, status: Status, ends: Ends) -> tuple[Link, ...]:
    """The offered files, the main one first, one of a kind at most."""
    places = {
        **_main(levels, status),
        ArtifactKind.ORIGINAL_VIDEO: _first(levels, ("original_result_url",)),
        ArtifactKind.LAST_FRAME: _first(levels, ("content", "last_frame_url"), ("last_frame_url",)),
    }
    return tuple(_link(kind, url, ends) for kind, url in places.items() if url is not None)


def has_result(found: tuple[Link, ...]) -> bool:
    return any(link.kind in (ArtifactKind.VIDEO, ArtifactKind.MODEL) for link in found)


def _main(levels: Levels, status: Status) -> dict[ArtifactKind, str | None]:
    """The main result, and the 3D file beside it where there is one."""
    model = _first(levels, ("content", "file_url"))
    main = _first(levels, *_MAIN)
    if main is None and status is Status.SUCCEEDED:
        main = _first(levels, ("fail_reason",))  # old gateway rows keep the link there
    if main is None:
        return {}
    if main == model or _is_model(main):
        return {ArtifactKind.MODEL: main}
    return {ArtifactKind.VIDEO: main, ArtifactKind.MODEL: model}


def _first(levels: Levels, *places: tuple[str, ...]) -> str | None:
    """The first usable URL, outermost level first, in the order of `places` on each."""
    return next(_usable(levels, places), None)


def _usable(levels: Levels, places: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    for level in levels:
        for place in places:
            url = web_url(_value(level, place))
            if url is not None:
                yield url


def _value(level: Node, place: tuple[str, ...]) -> object:
    value = at(level, *place)
    if place[-1] == "urls":
        return value[0] if isinstance(value, list) and value else None
    return value


def _is_model(url: str) -> bool:
    return urlsplit(url).path.lower().endswith(_MODEL_ENDINGS)


def _link(kind: ArtifactKind, url: str, ends: Ends) -> Link:
    expires_at, inferred = end_of(url, said=ends.said, finished_at=ends.finished_at)
    return Link(
        kind=kind,
        url=url,
        expires_at=expires_at,
        expires_inferred=inferred,
        max_requests=max_requests(url),
    )
