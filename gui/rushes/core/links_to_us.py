"""Links that open Rushes: ``rushes:add?id=ID&id=…``. A web page can hold one, so all that such a
link can do is to have ids offered, as if they had been pasted."""

from urllib.parse import parse_qs, unquote, urlsplit

SCHEME = "rushes:"


def is_link(word: str) -> bool:
    return word.lower().startswith(SCHEME)


def ids_in_link(link: str) -> tuple[str, ...]:
    """The ids of a link; none: it is not one that this version knows, or holds no id."""
    try:
        parts = urlsplit(link)
        said = parse_qs(parts.query)
    except ValueError:
        return ()
    if parts.scheme != "rushes" or unquote(parts.path or parts.netloc).strip("/") != "add":
        return ()
    return tuple(dict.fromkeys(each.strip() for each in said.get("id", ()) if each.strip()))
