"""The one door for visible text: everything a person reads goes through `tr`.

No Qt here: `app` installs Qt's translator with `install`, the command line the same texts with
`install_table`; without them the English source is used. `pyside6-lupdate` finds the calls, so
keep the literal inside: ``tr("Saved to {folder}", folder=name)`` and
``tr("%n task(s)", None, count)``. It overlooks a plural whose count is a keyword. A text of a
table is marked there with
`core.translatable.QT_TR_NOOP`, which is found as well, and comes through `translated`.
"""

import re
from collections.abc import Callable, Iterable, Mapping

Translator = Callable[[str, str, str | None, int], str]


def _english(context: str, text: str, comment: str | None, n: int) -> str:
    del context, comment
    if n < 0:
        return text
    return re.sub(r"\(s\)", "" if n == 1 else "s", text).replace("%n", str(n))


_translator: Translator = _english


def install(translator: Translator | None) -> None:
    """Use `translator` (Qt's `QCoreApplication.translate`) from now on; None: plain English."""
    global _translator
    _translator = translator or _english


def install_table(table: Mapping[str, str]) -> None:
    """Use these texts, by the English ones, from now on: of a language whose words have one form
    for all numbers."""

    def look_up(context: str, text: str, comment: str | None, n: int) -> str:
        done = table.get(text)
        return done.replace("%n", str(n)) if done else _english(context, text, comment, n)

    install(look_up)


def shipped_language(names: Iterable[str]) -> str:
    """The language of ours that fits a user's best: "zh_CN", else "en".

    Args:
        names: Names of locales as systems write them, the one that is liked best first.
    """
    for name in names:
        words = re.split(r"[-_.@]", name.casefold())
        if words[0] == "zh" and not _TRADITIONAL.intersection(words):
            return "zh_CN"
        if words[0]:
            return "en"
    return "en"


#: Who reads these signs is not given the simplified ones in their place.
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def tr(text: str, comment: str | None = None, n: int = -1, /, **values: object) -> str:
    """Translate, then fill in ``{name}`` fields. Values are put in as they are, never parsed.

    Args:
        comment: For translators, where the same words mean different things.
        n: With 0 or more, it replaces "%n" and chooses the plural.
    """
    done = _translator("", text, comment, n)
    return done.format(**values) if values else done


def translated(marked: str, **values: object) -> str:
    """As `tr`, for a text that was marked with `QT_TR_NOOP` where it stands."""
    done = _translator("", marked, None, -1)
    return done.format(**values) if values else done
