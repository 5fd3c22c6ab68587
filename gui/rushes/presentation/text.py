"""The one door for visible text: everything a person reads goes through `tr`.

No Qt here: `app` installs Qt's translator with `install`; without it (the command line) the
English source is used. `pyside6-lupdate` finds the calls, so keep the literal inside:
``tr("Saved to {folder}", folder=name)`` and ``tr("%n task(s)", None, count)``. It overlooks a
plural whose count is a keyword. A text of a table is marked there with
`core.translatable.QT_TR_NOOP`, which is found as well, and comes through `translated`.
"""

import re
from collections.abc import Callable

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
