"""Finds the result files an answer offers (contract 3.4, 8, 10), and nothing that was an input.

Only the named places are looked at, so an echoed request (`image_url`, `first_frame`,
`request.*`, a `content` array with roles) can never be taken for a result. Where none of them
holds anything, every other address of the answer is looked at, but for those under the name of an
input; such a link is marked as found by search.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote, unquote, urlsplit

from rushes.core.expiry import end_of, max_requests
from rushes.core.task import ArtifactKind, Link, Status
from rushes.core.wire import FILE_IN_LINK
from rushes.providers import body
from rushes.providers.levels import said_status, with_life
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
#: What may stand beside a film.
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif")
_NO_FILMS = (*_PICTURES, ".mp3", ".wav", ".m4a", ".aac", ".flac", ".ogg", ".srt", ".vtt")
#: Words in names under which a request is echoed, or something is said beside the result.
_INPUT = re.compile(
    r"(?:^|[^a-z])(?:image|img|frame|ref|input|req|prompt|callback|webhook|avatar|logo|doc|cover"
    r"|watermark|poster|thumb|preview|param|payload|polling|help|audio|mask|subject|source|original"
    r"|propert|option|extend|driv|start|tail|template|music|bgm|err|message|msg|detail|fail"
    r"|reason)",
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
    below = _usable(levels[len(_of_result(levels)) :][::-1], MAIN_PLACES)
    direct = (url for url in below if id_in_route(url) is None)
    before = _named(levels, "original_result_url") or list(islice(direct, 1))
    found = [
        *_main(levels, status, ends, task_id, before),
        _link(ArtifactKind.ORIGINAL_VIDEO, before, ends),
        _link(ArtifactKind.LAST_FRAME, _named(levels, *_LAST_FRAME), ends),
    ]
    return tuple(link for link in found if link is not None)


def has_result(found: tuple[Link, ...]) -> bool:
    """Whether the answer itself names the result; a gateway's own route may only be guessed."""
    main = (link for link in found if link.kind in (ArtifactKind.VIDEO, ArtifactKind.MODEL))
    return any(
        not (link.found_by_search and all(url.startswith("/") for url in (link.url, *link.others)))
        for link in main
    )


def names_film(levels: Levels) -> bool:
    """Whether a result stands at one of the known places, as in a body that holds nothing else."""
    return any(not _ends(url, _NO_FILMS) for url in _usable(levels, MAIN_PLACES))


def _main(
    levels: Levels, status: Status, ends: Ends, task_id: str, before: list[str]
) -> Iterator[Link | None]:
    """The main result, and the 3D file beside it where there is one; never the film `before`
    super-resolution. Its gateway's own route is the last candidate also where none is named."""
    outer, is_done = _of_result(levels), status is Status.SUCCEEDED
    others = set(before) - set(_named(outer, "result_url"))
    urls = [url for url in dict.fromkeys(_usable(outer, MAIN_PLACES)) if url not in others]
    sought = None
    if not urls and is_done:
        urls = list(_usable(outer, (("fail_reason",),)))  # old gateway rows keep the link there
        if not urls and not _is_enhanced(levels) and (sought := _sought(levels)):
            urls = [sought]
    named_models = _named(outer, "content.file_url", "file_url")
    models = [url for url in urls if url in named_models or _ends(url, _MODEL_ENDINGS)]
    is_sought = sought is not None
    yield _link(ArtifactKind.MODEL, models[:1], ends, is_sought=is_sought)
    rest = [url for url in urls if url not in models]
    rest = _in_order(rest[:1] if _is_enhanced(levels) else rest, task_id)
    films = [url for url in rest if not _ends(url, _NO_FILMS)]
    # OpenAI's video object never names its film; a gateway of the new-api kind may have the route.
    is_openai = any(level.get("object") == "video" for level in levels)
    has_route = is_openai or any("task_id" in level for level in levels)
    is_named = any(id_in_route(url) == task_id for url in films)
    if is_done and has_route and not models and not is_named:
        own = f"/v1/videos/{quote(task_id, safe='=')}/content"
        is_sought = (is_sought or not films) and not is_openai
        films = [own, *films] if sought else [*films, own]
    yield _link(ArtifactKind.VIDEO, films or ([] if models else rest), ends, is_sought=is_sought)


def _of_result(levels: Levels) -> Levels:
    """The levels whose links are the result: with super-resolution, those below the gateway's own
    name the film before it."""
    depths = (i for i, level in enumerate(levels) if said_status(level) and "data" in level)
    start = len(levels) - len(with_life(levels))
    first = next((i for i in depths if i >= start), len(levels))
    return levels[: first + 1] if _is_enhanced(levels) else levels


def _in_order(urls: list[str], task_id: str) -> list[str]:
    """Direct links first, then a second gateway's route, then the gateway's own, whatever host
    it names: its address is often not set."""
    direct, second, own = list[str](), list[str](), list[str]()
    for url in urls:
        named = id_in_route(url)
        if named is None:
            direct.append(url)
        elif named == task_id:
            parts = urlsplit(url)
            path = _OWN_ROUTE.search(parts.path)
            own.append((path[0] if path else "") + (f"?{parts.query}" if parts.query else ""))
        else:
            second.append(url)
    return [*direct, *second, *own]


def id_in_route(url: str) -> str | None:
    """The id in a gateway's own route to the bytes of a task; None for any other address."""
    found = _OWN_ROUTE.search(urlsplit(url).path)
    return None if found is None else unquote(found[1] or found[2])


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
    """What stands there; of a list its first element that is no picture, of an object its `url`.
    An object under `data` is a level of its own."""
    value: object = level
    for name in place:
        value = node(body.opened(value)).get(name)
    if isinstance(value, list):
        if value and _is_part(node(value[0])):
            return None
        found = [each.get("url") if isinstance(each, dict) else each for each in value]
        films = (each for each in found if not _ends(web_url(each) or "", _NO_FILMS))
        return next(films, found[0] if found else None)
    return value.get("url") if isinstance(value, dict) and place != ("data",) else value


def _is_part(value: Node) -> bool:
    """Whether it is a part of an echoed request: {"type": "image_url", "role": …}."""
    return "role" in value or value.get("type", "video") != "video"


def _address(value: object) -> str | None:
    """An http(s) address, a film as a `data:` URL, or a path at the account's own address."""
    if isinstance(value, str):
        bare = value.strip()
        if bare.startswith(FILE_IN_LINK):
            return bare
        is_path = re.fullmatch(r"/(?!/)[\w.~%/+=@-]+(?:\?[^\s\"'<>]*)?", bare) is not None
        if is_path and (id_in_route(bare) is not None or _ends(bare, _MEDIA_ENDINGS)):
            return bare
    return web_url(value)


def _sought(levels: Levels) -> str | None:
    """The one address of the answer that can be the film, wherever it stands."""
    found: list[str] = []
    waiting: list[object] = [levels[0]]
    for inner in islice(waiting, _MOST_NODES):  # it grows meanwhile
        value = body.opened(inner)
        if isinstance(value, dict) and not _is_part(value):
            waiting += [v for name, v in value.items() if not _INPUT.search(str(name))]
        elif isinstance(value, list):
            waiting += value
        elif (url := web_url(value)) is not None:
            found.append(url)
    urls = list(dict.fromkeys(found))
    best = [url for url in urls if _ends(url, _MEDIA_ENDINGS)] or urls
    return best[0] if len(best) == 1 and not _ends(best[0], _NO_FILMS) else None


def _ends(url: str, endings: tuple[str, ...]) -> bool:
    return urlsplit(url).path.lower().endswith(endings)


def _link(
    kind: ArtifactKind, urls: list[str], ends: Ends, *, is_sought: bool = False
) -> Link | None:
    if not urls:
        return None
    url, *others = urls
    # How long a gateway gives out the bytes itself, only it can say.
    finished_at = ends.finished_at if id_in_route(url) is None else None
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
