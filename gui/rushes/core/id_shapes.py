"""What looks like a task id and what certainly is none: keys, names, dates, sizes, files."""

import re

_SHAPES = (
    r"cgt-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+",
    r"cvt-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*",
    r"asyntask_[A-Za-z0-9]{6,}",
    r"task_(?=[A-Za-z0-9]*[A-Z0-9])[A-Za-z0-9]{12,}",
    r"0217[0-9a-f]{12,}(?!\.\w)",
)
SHAPE = re.compile(r"(?<![A-Za-z0-9-])(?:" + "|".join(_SHAPES) + r")(?![A-Za-z0-9_])")

_TOKEN = re.compile(r"[A-Za-z0-9_*][A-Za-z0-9_.:~+=@*-]{0,255}")
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
KEY = re.compile(
    rf"(?:ark-)?{_UUID}(?:-\w+)?|sk-[\w-]{{6,}}|(?:AKLT|AKIA|AKTP|LTAI)\w{{8,}}|eyJ[\w-]{{8,2000}}\.[\w.-]+"
    r"|gh[opsu]_\w{16,}|Bearer"
)
#: Names of models and endpoints, dates and times, sizes and versions, addresses, file names.
NO_ID = re.compile(
    r"(?:doubao|dreamina)-[\w.-]+|(?:seedance|seedream|seed3d)-\d[\w.-]*|ep-\d{8,}-\w+"
    r"|\d{4}-\d\d?-\d\d?(?:T[\d:.]+Z?)?|\d\d?:\d\d(?::\d\d)?(?:[.,]\d+)?|\d{1,5}[x×:]\d{1,5}"
    r"|\d{3,4}[pk]|\d+(?:\.\d+)?(?:s|ms|fps|kb|mb|gb|px)|v?\d+(?:\.\d+)+"
    r"|[\w.-]+@[\w.-]+|(?:[\w-]+\.)+(?:com|cn|ai|org|net|io|dev|top|invalid)(?::\d+)?"
    r"|[\w.-]+\.(?:mp4|mov|png|jpe?g|webp|gif|zip|glb|json|jsonl|csv|txt|log|md|py|sh|html?|wav|mp3)",
    re.IGNORECASE,
)

_WORDS = frozenset(
    {
        *("id", "ids", "task_id", "task_ids", "taskid", "tasks", "items", "data", "null", "none"),
        *("true", "false", "nan", "undefined", "eof", "string", "integer", "object", "array"),
        *("queued", "pending", "submitted", "not_start", "creating", "running", "in_progress"),
        *("processing", "succeeded", "success", "completed", "succeed", "failed", "failure"),
        *("error", "done", "finished", "curl", "location", "bearer", "hello", "thanks"),
        *("fail", "cancelled", "canceled", "cancel", "expired", "timeout", "unknown"),
        *("get", "post", "put", "delete", "patch"),
    }
)


def is_key(token: str) -> bool:
    """Whether it has the looks of an API key: never an id, never to be shown."""
    return KEY.fullmatch(token) is not None


def is_token(token: str) -> bool:
    """Whether it could be an id where the place says that it is one."""
    return (
        _TOKEN.fullmatch(token) is not None
        and token.casefold() not in _WORDS
        and any(c.isalnum() for c in token)
        and not token.startswith("sk-")
    )


def may_be(token: str) -> bool:
    """Whether a token that stands alone may be an id of a shape never seen before."""
    return is_token(token) and not is_key(token) and NO_ID.fullmatch(token) is None


def is_labelled(token: str) -> bool:
    """As `may_be`, behind a label such as "task id:"; in documentation a word stands there."""
    return may_be(token) and any(c.isdigit() for c in token)


def looks_like(token: str) -> bool:
    """As `may_be`, where other text stands around it.

    Words of prose have no digits; names in code have few (`sqlite3`), unless they are put
    together of parts, as ids are.
    """
    if SHAPE.fullmatch(token):
        return True
    digits = sum(c.isdigit() for c in token)
    put_together = digits >= 4 or (digits >= 1 and bool(set(token) & set("-_")))
    return may_be(token) and len(token) >= 6 and put_together and not set(token) & set(":=@+~")
