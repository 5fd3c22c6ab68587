"""What comes into the list: a task id, and what was said beside it (`core.prompts`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rushes.core.task import Mark


@dataclass(frozen=True, slots=True)
class Incoming:
    """A task to be added. Everything but `id` may be empty.

    Attributes:
        references: Addresses or file names of reference images, never image data.
    """

    id: str
    prompt: str = ""
    references: tuple[str, ...] = ()
    name: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""


def as_incoming(items: Iterable[str | Incoming]) -> tuple[Incoming, ...]:
    """Ids alone are tasks of which nothing else is said."""
    return tuple(Incoming(item) if isinstance(item, str) else item for item in items)


def filled(mark: Mark, said: Incoming | None) -> Mark:
    """`mark` with what `said` knows and the user has not said: nothing is overwritten."""
    if said is None:
        return mark
    return replace(
        mark,
        prompt=mark.prompt or said.prompt,
        references=mark.references or said.references,
        name=mark.name or said.name,
        tags=mark.tags or said.tags,
        note=mark.note or said.note,
    )


def joined(items: Sequence[Incoming]) -> dict[str, Incoming]:
    """By id; of one id that comes twice, what the first leaves empty the later ones say."""
    found: dict[str, Incoming] = {}
    for item in items:
        first = found.setdefault(item.id, item)
        found[item.id] = replace(
            first,
            prompt=first.prompt or item.prompt,
            references=first.references or item.references,
            name=first.name or item.name,
            tags=first.tags or item.tags,
            note=first.note or item.note,
        )
    return found
