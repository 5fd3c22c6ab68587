"""Text from a server, a file or a paste, made fit to be shown: visible, short, plain.

It is shown as plain text only; what remains to be done here is that no character can hide, turn
the reading direction or break the line it stands in.
"""

import unicodedata

#: Longer text is elided: nobody reads it in a window, and it could freeze one.
LIMIT = 2000

_KEPT = {"\n", "\t"}
#: Zero-width joiners shape words of many scripts and emoji: they stay between visible letters.
_JOINERS = {"\u200c", "\u200d"}
#: Drawn as nothing although their category says otherwise.
_BLANKS = {"\u115f", "\u1160", "\u3164", "\uffa0", "\u2800", "\u034f", "\u2028", "\u2029"}


def shown(text: str, limit: int = LIMIT) -> str:
    """Make control, direction and invisible characters visible, and elide beyond `limit`."""
    cut = text[:limit]
    done = cut if _is_plain(cut) else "".join(_visible(c, cut, i) for i, c in enumerate(cut))
    return f"{done}…" if len(text) > limit else done


def one_line(text: str, limit: int = 300) -> str:
    """As `shown`, with every run of white space as one space: for rows, chips and strips."""
    return shown(" ".join(text[: 4 * limit].split()), limit)


def for_terminal(text: str) -> str:
    """One line for a terminal, whole however long: nothing in it can move the cursor, colour or
    clear the screen, forge a second line or column, or be no valid Unicode."""
    if _is_plain(text):
        return text
    return "".join(_named(c) if c in _KEPT else _visible(c, text, i) for i, c in enumerate(text))


def _is_plain(text: str) -> bool:
    """Whether it is shown as it is: nearly all text, and it is painted all the time."""
    return text.isprintable() and (text.isascii() or _BLANKS.isdisjoint(text))


def _visible(c: str, text: str, at: int) -> str:
    if " " <= c <= "~" or c in _KEPT:
        return c
    if c in _JOINERS:
        inside = 0 < at < len(text) - 1 and ord(text[at - 1]) > 0x7F and ord(text[at + 1]) > 0x7F
        return c if inside else _named(c)
    if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") or c in _BLANKS:
        return _named(c)
    return c


def _named(c: str) -> str:
    code = ord(c)
    if code < 0x20:
        return chr(0x2400 + code)  # ␀ to ␟
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"
