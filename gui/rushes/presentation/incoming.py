"""What is said about ids that were found in a text, before they are added."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rushes.core.account import Account
from rushes.presentation.text import tr
from rushes.presentation.untrusted import one_line

if TYPE_CHECKING:  # the readers are loaded when there is something to read
    from rushes.core.prompts import PromptInfo
    from rushes.core.task_ids import LeftOut


def account_label(account: Account) -> str:
    """ "Ark (·7f3a)"."""
    hint = f" (·{account.key_hint})" if account.key_hint else ""
    return one_line(account.name + hint, 60)


def prompt_info_line(said: "PromptInfo") -> str:
    """Name and beginning of the prompt, in one line; "" when nothing stands beside the id."""
    parts = [one_line(part, 200) for part in (said.name, said.prompt) if part]
    if said.references:
        parts.append(tr("%n reference(s)", None, len(said.references)))
    return " · ".join(parts)


def prompt_info_text(said: "PromptInfo") -> str:
    """All of it, for a tool tip."""
    return "\n".join(part for part in (said.name, said.prompt, *said.references) if part)


def left_out_words(left_out: "Sequence[LeftOut]") -> str:
    """What looked like ids and is none, and what to do; "" when there is nothing of the kind."""
    rounded = [each.text for each in left_out if each.why == "rounded"]
    half = [each.text for each in left_out if each.why == "half"]
    told = []
    if rounded:
        told.append(
            tr(
                "Left out: %n number(s) that lost the last digits in the table ({example}). Format "
                "the column as text and export again.",
                None,
                len(rounded),
                example=one_line(rounded[0], 40),
            )
        )
    if half:
        told.append(
            tr(
                "Left out: %n ID(s) cut in two by a line break ({example}). Copy again from a "
                "wider window.",
                None,
                len(half),
                example=one_line(half[0], 40),
            )
        )
    return "\n".join(told)
