"""A task to be added as a JSON object: a line of `rushes add --jsonl`, and what one start of the
program hands to another."""

import json
from typing import Any

from rushes.core.incoming import Incoming
from rushes.presentation.text import tr

#: The most of each field (characters) and list that is kept; more is a mistake of a script.
LONGEST_ID = 4096
LONGEST_PROMPT = 20_000
LONGEST_NOTE = 10_000
LONGEST_WORD = 2_000
MOST_WORDS = 100


class BadLine(ValueError):
    """Cannot be added. `args[0]` is one sentence that says why."""


def read_line(raw: bytes) -> tuple[Incoming, str] | None:
    """What a line of JSON says, and the account it names ("": none). None: the line is empty.

    Raises:
        BadLine
    """
    try:
        text = raw.decode("utf-8-sig").strip()
        said = json.loads(text) if text else None
    except UnicodeDecodeError:
        raise BadLine(tr("It is no UTF-8 text.")) from None
    except (ValueError, RecursionError):
        raise BadLine(tr("It is no JSON object. Write one whole object on each line.")) from None
    return None if not text else read_object(said)


def read_object(said: object) -> tuple[Incoming, str]:
    """As `read_line`, of an object that was read already. Fields that are not ours are passed
    over."""
    if not isinstance(said, dict):
        raise BadLine(tr("It is no JSON object. Write one whole object on each line."))
    id_ = said.get("id")
    if isinstance(id_, int) and not isinstance(id_, bool):
        id_ = str(id_)
    if not isinstance(id_, str) or not id_.strip():
        raise BadLine(tr("It has no “id”."))
    if len(id_) > LONGEST_ID:
        raise BadLine(tr("“{field}” is too long.", field="id"))
    item = Incoming(
        id_.strip(),
        prompt=_text(said, "prompt", LONGEST_PROMPT),
        references=_words(said, "references"),
        name=_text(said, "name", LONGEST_WORD),
        tags=_words(said, "tags"),
        note=_text(said, "notes", LONGEST_NOTE),
    )
    return item, _text(said, "account", LONGEST_WORD)


def as_object(item: Incoming) -> dict[str, Any]:
    """What `read_object` reads; what is empty is left out."""
    said = {
        "id": item.id,
        "prompt": item.prompt,
        "references": list(item.references),
        "name": item.name,
        "tags": list(item.tags),
        "notes": item.note,
    }
    return {field: value for field, value in said.items() if value}


def _text(said: dict[str, Any], field: str, longest: int) -> str:
    value = said.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadLine(tr("“{field}” is no text.", field=field))
    if len(value) > longest:
        raise BadLine(tr("“{field}” is too long.", field=field))
    return value.strip()


def _words(said: dict[str, Any], field: str) -> tuple[str, ...]:
    """A list of texts; one text alone is a list of one."""
    value = said.get(field)
    if value is None:
        return ()
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise BadLine(tr("“{field}” is no list of texts.", field=field))
    kept = tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
    is_long = len(kept) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in kept)
    if is_long or any(word.startswith("data:") for word in kept):
        raise BadLine(tr("“{field}” is too long. Give addresses or file names.", field=field))
    return kept
