"""Marks texts that stand in a table, away from the call that translates them."""


def QT_TR_NOOP(text: str) -> str:  # noqa: N802 - pyside6-lupdate looks for this name of Qt's
    """The text as it is; `presentation.text.translated` puts it into the user's language."""
    return text
