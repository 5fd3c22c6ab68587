"""What the search field offers while one types: names of fields, then values that are known."""

from collections.abc import Mapping, Sequence

from rushes.core.task import ArtifactState, Pick, Status
from rushes.presentation.search import FIELD_NAMES

Known = Mapping[str, Sequence[str]]

_YES_NO = ("yes", "no")
_FIXED: Known = {
    "status": tuple(status.value for status in Status),
    "saved": (*_YES_NO, *(state.value for state in ArtifactState)),
    "pick": tuple(pick.value for pick in Pick),
    "rating": (">=4", ">=3", "5", "4", "3", "2", "1", "0"),
    "audio": _YES_NO,
    "draft": _YES_NO,
}
#: Fields whose values are also found by what stands inside them: "seedance" in a model's id.
_INSIDE = frozenset({"model", "account"})
_MOST = 12


def completions(text: str, known: Known) -> tuple[str, ...]:
    """Whole search lines that `text` may become, by its last word.

    Args:
        known: Values by field: the tags, accounts and models there are.
    """
    head, _, word = text.rpartition(" ")
    head = f"{head} " if head else ""
    minus = "-" if word.startswith("-") else ""
    word = word.removeprefix("-")
    name, colon, value = word.partition(":")
    if text.count('"') % 2 or not word:
        return ()  # inside quotes, or nothing begun
    if not colon:
        begun = name.casefold()
        offered = [
            f"{field}:" for field in FIELD_NAMES if field.startswith(begun) and len(begun) > 1
        ]
        return tuple(f"{head}{minus}{each}" for each in offered)
    field, begun = name.casefold(), value.casefold()
    values = tuple(dict.fromkeys((*_FIXED.get(field, ()), *known.get(field, ()))))
    others = [each for each in values if each.casefold() != begun]
    fitting = [each for each in others if each.casefold().startswith(begun)]
    if field in _INSIDE:
        fitting += [each for each in others if begun in each.casefold() and each not in fitting]
    return tuple(f"{head}{minus}{name}:{_quoted(each)}" for each in fitting[:_MOST])


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
