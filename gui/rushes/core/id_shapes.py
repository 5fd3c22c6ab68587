"""What looks like a task id and what certainly is none: keys, names, dates, sizes, files."""

import re

from rushes.core.short_ids import holds_text

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
#: Shapes whose length is known: whether one was cut can be seen.
_MEASURED = (
    r"(?:cgt-\d{14}-[A-Za-z0-9]{5}"  # Ark: the moment of creation and five characters
    r"|(?:asyn)?task_[A-Za-z0-9]{32}"  # AnyFast, new-api
    rf"|video_{_UUID})"
)
WHOLE = re.compile(_MEASURED)
#: The first half of an id of Ark at the end of a line whose rest was not found.
HALF = re.compile(r"cgt-\d{1,14}-?(?=\n)")
#: Ids of known services, found in any text; those of known length whatever touches them.
_NAMED = re.compile(
    rf"(?:{_MEASURED}|(?<![A-Za-z0-9-])(?:c[gv]t-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+"
    r"|(?:asyn)?task_(?=[A-Za-z0-9]*[A-Z0-9])[A-Za-z0-9]{12,}))(?![A-Za-z0-9])"
)
#: Ids that hold another id in base64 (LiteLLM, AISIX, Veo); the padding belongs to the id.
_WRAPPED = re.compile(r"(?:video_)?(?!eyJ)([A-Za-z0-9+_-]{40,}={0,2})")
#: Longest ids seen have 294 characters (LiteLLM).
_TOKEN = re.compile(r"(?=[_*]*[A-Za-z0-9])[A-Za-z0-9_*][A-Za-z0-9_.:~+=@*-]{0,1023}")
KEY = re.compile(
    rf"ark-{_UUID}(?:-\w+)?|\bsk-[\w-]+|\b(?:AKLT|AKIA|LTAI|gh[opsu]_)\w{{8,}}"
    r"|\beyJ[\w-]{8,2000}\.[\w.-]+|\bBearer(?:[ \t]{1,8}[^\s\"']+)?|\bBasic [\w+/]{8,}"
)
_NO_ID = re.compile(
    r"(?:doubao|dreamina)-[\w.-]+|seed(?:ance|ream|3d)-\d[\w.-]*|ep-\d{8,}-\w+"  # models, endpoints
    r"|v?\d{1,5}(?:[-.:,x×T]\d{1,6})+Z?"  # dates, times, sizes, ratios, versions
    r"|\d{1,5}(?:\.\d+)?[a-z]{1,3}"  # 720p, 24fps, 5s, 1.5mb
    r"|[\w.-]+=+[^=].*"  # a setting
    r"|[\w.-]+(?:@[\w.-]+|\.[a-z][a-z0-9]{1,6}(?::\d+)?)",  # addresses, hosts, file names
    re.IGNORECASE,
)
#: A long number that a spreadsheet has rounded: its last digits are gone.
ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+?[12]\d")
#: Names of fields, values of JSON and states: no ids, though they stand alone in a column.
_WORDS = re.compile(
    r"ids?|task_?ids?|null|none|true|false|undefined|queued|pending|submitted|not_start|creating"
    r"|running|in_progress|processing|succe(?:ed|ss|eded)|completed|done|finished|fail(?:ed|ure)?"
    r"|error|cancel(?:l?ed)?|expired|timeout|unknown",
    re.IGNORECASE,
)


def found_in(text: str) -> list[tuple[int, str]]:
    """Ids of known shapes in a text and where they stand, in order."""
    wrapped = [match for match in _WRAPPED.finditer(text) if holds_text(match[1])]
    return sorted((match.start(), match[0]) for match in [*wrapped, *_NAMED.finditer(text)])


def is_shape(token: str) -> bool:
    """Whether a token is an id of a known shape."""
    return (0, token) in found_in(token)


def is_key(token: str) -> bool:
    """Whether it has the looks of an API key: never an id, never to be shown."""
    return KEY.fullmatch(token) is not None


def is_uuid(token: str) -> bool:
    """Whether it is a UUID: alone it can be an id as well as a key of Ark."""
    return re.fullmatch(_UUID, token) is not None


def is_token(token: str) -> bool:
    """Whether it could be an id where the place says that it is one."""
    return (
        _TOKEN.fullmatch(token) is not None
        and _WORDS.fullmatch(token) is None
        and not (token.isdecimal() and len(token) < 5)  # the number of a row
        and not is_key(token)
        and ROUNDED.fullmatch(token) is None
    )


def may_be(token: str, *, digits: int = 0) -> bool:
    """Whether a token that stands alone, or behind a label, may be an id of a shape never seen
    before. In documentation a word stands behind a label: ask for a digit there."""
    return (
        is_token(token)
        and _NO_ID.fullmatch(token) is None
        and sum(c.isdigit() for c in token) >= digits
    )


def looks_like(token: str) -> bool:
    """As `may_be`, where other text stands around it.

    Words of prose have no digits; names in code have few (`sqlite3`), unless they are put
    together of parts, as ids are.
    """
    if is_shape(token):
        return True
    enough = 1 if set(token) & set("-_") else 4
    return len(token) >= 6 and not set(token) & set(":=@+~") and may_be(token, digits=enough)
