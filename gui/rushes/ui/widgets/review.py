"""Changes of what the user says about takes, as functions the store can apply to any row."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rushes.core.listing import Term
from rushes.core.task import Mark, Pick

MarkChange = Callable[[Mark], Mark]


def rated(stars: int) -> MarkChange:
    return lambda mark: replace(mark, rating=stars)


def picked(pick: Pick) -> MarkChange:
    return lambda mark: replace(mark, pick=pick)


def named(name: str) -> MarkChange:
    return lambda mark: replace(mark, name=name)


def noted(note: str) -> MarkChange:
    return lambda mark: replace(mark, note=note)


def prompted(prompt: str) -> MarkChange:
    return lambda mark: replace(mark, prompt=prompt)


def grouped(group: str) -> MarkChange:
    """ "": out of its group."""
    return lambda mark: replace(mark, group=group)


def tagged(before: Sequence[str], after: Sequence[str]) -> MarkChange:
    """Take away the tags of `before` that are not in `after`, and add those that are new."""
    gone = set(before) - set(after)

    def change(mark: Mark) -> Mark:
        kept = [tag for tag in mark.tags if tag not in gone]
        return replace(mark, tags=tuple(dict.fromkeys([*kept, *after])))

    return change


def fulfilling(terms: Sequence[Term], tag: str = "") -> MarkChange | None:
    """What makes a take one that these conditions of a search hold for, and that has `tag`; None:
    nothing that can be said of a take does."""
    changes: list[MarkChange] = [tagged((), (tag,))] if tag else []
    picks = {pick.value: pick for pick in Pick} | {"yes": Pick.PICK}
    for term in terms:
        if term.negated or "," in term.text:
            return None
        if term.field == "pick" and term.text in picks:
            changes.append(picked(picks[term.text]))
        elif term.field == "rating" and term.compare in ("", ">=") and float(term.text) in range(6):
            changes.append(rated(int(float(term.text))))
        else:
            return None

    def change(mark: Mark) -> Mark:
        for each in changes:
            mark = each(mark)
        return mark

    return change if changes else None


def common_tags(marks: Sequence[Mark]) -> tuple[str, ...]:
    """The tags that all of them have, in the order of the first."""
    if not marks:
        return ()
    return tuple(tag for tag in marks[0].tags if all(tag in mark.tags for mark in marks))


def read_tags(text: str) -> tuple[str, ...]:
    """ "hero, b roll;  hero" -> ("hero", "b roll"). Full-width commas count."""
    for sign in "，、;；":
        text = text.replace(sign, ",")
    return tuple(dict.fromkeys(" ".join(tag.split()) for tag in text.split(",") if tag.strip()))
