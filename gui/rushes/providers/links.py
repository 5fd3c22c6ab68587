"""Finds the result files an answer offers (contract 3.4, 8, 10), and nothing that was an input.

Only the named places are looked at, so an echoed request (`image_url`, `first_frame`,
`request.*`, a `content` array with roles) can never be taken for a result. Where none of them
holds anything, every other address of the answer is looked at, but for those under the name of an
input; such a link is marked as found by search.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from rushes.core.expiry import end_of, max_requests
from rushes.core.failure import Malformed
from rushes.core.task import ArtifactKind, Link, Status
from rushes.core.wire import FILE_IN_LINK
from rushes.providers import body
from rushes.providers.levels import in_one_spelling
from rushes.providers.values import Levels, Node, at, node, web_url

#: Where the main result may stand on each level, in order. What ends in a list: its first element.
MAIN_PLACES = tuple(
    tuple(place.split("."))
    for place in (
        "result_url",
        "content.result_url",
        "content.video_url",
        "video_url",
        "video",
        "url",
        "output.video_url",
        "output.urls",
        "output.url",
        "output",
        "video_result.video_url",
        "task_result.videos",
        "metadata.url",
        "results",
        "outputs",
        "videos",
        "creations",
        "data",
        "content",
        "result_json.result_urls",
        "response.result_urls",
        "result_urls",
        "urls",
        "unsigned_urls",
        "content.file_url",
        "file_url",
    )
)
_LAST_FRAME = ("content.last_frame_url", "last_frame_url")
_MODEL_ENDINGS = (".zip", ".glb", ".gltf", ".obj", ".fbx", ".stl", ".usd", ".usdz")
_MEDIA_ENDINGS = (".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".gif", *_MODEL_ENDINGS)
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif")
#: Words in names under which a request is echoed, or something is said beside the result.
_INPUT = re.compile(
    r"(?:^|[^a-z])(?:image|img|frame|ref|input|req|prompt|callback|webhook|avatar|logo|doc|cover"
    r"|watermark|poster|thumb|preview|param|payload|polling|help|audio|mask|subject|source|original"
    r"|err|message|msg|detail|fail|reason)",
    re.IGNORECASE,
)
#: A gateway's own route to the bytes of a task.
_OWN_ROUTE = re.compile(r"/v1/(?:videos/([^/]+)/content|tasks/([^/]+)/artifacts/.+/content)$")
_MOST_NODES = 20_000


@dataclass(frozen=True, slots=True)
class Ends:
    """What is known about the end of links that do not say it themselves (Unix seconds)."""

    said: float | None
    finished_at: float | None
    now: float | None  # the service's clock


def links(levels: Levels, status: Status, ends: Ends, task_id: str) -> tuple[Link, ...]:
    """The offered files, the main one first, one of a kind at most."""
    found = [
        *_main(levels, status, ends, task_id),
        _link(ArtifactKind.ORIGINAL_VIDEO, _named(levels, "original_result_url"), ends),
        _link(ArtifactKind.LAST_FRAME, _named(levels, *_LAST_FRAME), ends),
    ]
    return tuple(link for link in found if link is not None)


def has_result(found: tuple[Link, ...]) -> bool:
    """Whether the answer itself names the result; a gateway's own route may only be guessed."""
    main = (link for link in found if link.kind in (ArtifactKind.VIDEO, ArtifactKind.MODEL))
    return any(not (link.found_by_search and link.url.startswith("/")) for link in main)


def names_film(levels: Levels) -> bool:
    """Whether a result stands at one of the known places, as in a body that holds nothing else."""
    return next(_usable(levels, MAIN_PLACES), None) is not None


def _main(levels: Levels, status: Status, ends: Ends, task_id: str) -> Iterator[Link | None]:
    """The main result, and the 3D file beside it where there is one."""
    urls = list(dict.fromkeys(_usable(levels, MAIN_PLACES)))
    is_sought = False
    if not urls and status is Status.SUCCEEDED:
        urls = list(_usable(levels, (("fail_reason",),)))  # old gateway rows keep the link there
        if not urls and (sought := _sought(levels)):
            urls, is_sought = [sought], True
    named_models = _named(levels, "content.file_url", "file_url")
    models = [url for url in urls if url in named_models or _is_model(url)]
    if models:
        yield _link(ArtifactKind.MODEL, models[:1], ends, is_sought=is_sought)
    films = _in_order([url for url in urls if url not in models], levels, task_id)
    if not films and not models and status is Status.SUCCEEDED and _has_own_route(levels):
        films, is_sought = [own_route(task_id)], not _is_openai(levels)
    yield _link(ArtifactKind.VIDEO, films, ends, is_sought=is_sought)


def own_route(task_id: str) -> str:
    """Where a gateway gives out the bytes itself; a path below the account's address."""
    return f"/v1/videos/{quote(task_id, safe='=')}/content"


def _has_own_route(levels: Levels) -> bool:
    """Whether it is the answer of a gateway that may have such a route (new-api and its like)."""
    return _is_openai(levels) or any("task_id" in level for level in levels)


def _is_openai(levels: Levels) -> bool:
    """Whether it is OpenAI's video object, whose film never stands anywhere else."""
    return any(level.get("object") == "video" for level in levels)


def _in_order(urls: list[str], levels: Levels, task_id: str) -> list[str]:
    """Direct links first, then a second gateway's route, then the gateway's own, whatever host
    it names: its address is often not set. With super-resolution, the links of the level below
    are the film before it and never stand in for the result."""
    direct, second, own = list[str](), list[str](), list[str]()
    for url in urls:
        route = _OWN_ROUTE.search(urlsplit(url).path)
        if route is None:
            direct.append(url)
        elif task_id in (route[1], route[2]):
            parts = urlsplit(url)
            own.append(parts.path[route.start() :] + (f"?{parts.query}" if parts.query else ""))
        else:
            second.append(url)
    return [*(direct[:1] if _is_enhanced(levels) else direct), *second, *own]


def _is_enhanced(levels: Levels) -> bool:
    return any(
        "original_result_url" in level
        or "super_resolution" in level
        or at(level, "usage", "super_resolution_tokens") is not None
        for level in levels
    )


def _named(levels: Levels, *places: str) -> list[str]:
    return list(_usable(levels, tuple(tuple(place.split(".")) for place in places)))[:1]


def _usable(levels: Levels, places: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """The usable addresses, outermost level first, in the order of `places` on each."""
    for level in levels:
        for place in places:
            if (url := _address(_value(level, place))) is not None:
                yield url


def _value(level: Node, place: tuple[str, ...]) -> object:
    """What stands there; of a list its first element, of an object its `url`."""
    value: object = level
    for name in place:
        value = node(_decoded(value)).get(name)
    if isinstance(value, list):
        value = value[0] if value else None
        if _is_part(node(value)):
            return None
    return value.get("url") if isinstance(value, dict) else value


def _is_part(value: Node) -> bool:
    """Whether it is a part of an echoed request: {"type": "image_url", "role": …}."""
    return "role" in value or value.get("type", "video") != "video"


def _decoded(value: object) -> object:
    """JSON that stands in a string."""
    if isinstance(value, str) and value[:1] == "{":
        try:
            return in_one_spelling(body.decode_text(value))
        except Malformed:
            return None
    return value


def _address(value: object) -> str | None:
    """An http(s) address, a film as a `data:` URL, or a path at the account's own address."""
    if isinstance(value, str):
        bare = value.strip()
        if bare.startswith(FILE_IN_LINK):
            return bare
        is_path = re.fullmatch(r"/(?!/)[\w.~%/+=@-]+(?:\?[^\s\"'<>]*)?", bare) is not None
        if is_path and (_OWN_ROUTE.search(urlsplit(bare).path) or _ends(bare, _MEDIA_ENDINGS)):
            return bare
    return web_url(value)


def _sought(levels: Levels) -> str | None:
    """The one address of the answer that can be the film, wherever it stands."""
    found: list[str] = []
    waiting: list[object] = [levels[0]]
    for _ in range(_MOST_NODES):
        if not waiting:
            break
        value = _decoded(waiting.pop(0))
        if isinstance(value, dict) and not _is_part(value):
            waiting += [v for name, v in value.items() if not _INPUT.search(str(name))]
        elif isinstance(value, list):
            waiting += value
        elif (url := web_url(value)) is not None:
            found.append(url)
    media = [url for url in dict.fromkeys(found) if _ends(url, _MEDIA_ENDINGS)]
    others = [url for url in dict.fromkeys(found) if not _ends(url, _PICTURES)]
    if len(media) == 1:
        return media[0]
    return others[0] if not media and len(set(found)) == len(others) == 1 else None


def _ends(url: str, endings: tuple[str, ...]) -> bool:
    return urlsplit(url).path.lower().endswith(endings)


def _is_model(url: str) -> bool:
    return _ends(url, _MODEL_ENDINGS)


def _link(
    kind: ArtifactKind, urls: list[str], ends: Ends, *, is_sought: bool = False
) -> Link | None:
    if not urls:
        return None
    url, *others = urls
    # How long a gateway gives out the bytes itself, only it can say.
    is_route = _OWN_ROUTE.search(urlsplit(url).path) is not None
    finished_at = None if is_route else ends.finished_at
    expires_at, inferred = end_of(url, said=ends.said, finished_at=finished_at, now=ends.now)
    return Link(
        kind=kind,
        url=url,
        expires_at=expires_at,
        expires_inferred=inferred,
        max_requests=max_requests(url),
        others=tuple(others),
        found_by_search=is_sought,
    )
