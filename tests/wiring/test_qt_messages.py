"""Qt's own messages end in the log."""

import logging

import pytest
from PySide6.QtCore import QLoggingCategory, qCWarning, qWarning

from rushes.wiring import qt_messages


def test_that_what_qt_says_is_logged_with_its_category_and_level(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    qt_messages.to_log()
    try:
        qWarning("100 %s of it")
        qCWarning(QLoggingCategory(b"qt.network"), b"no route")
    finally:
        qt_messages.to_terminal()
    assert caplog.record_tuples == [
        ("qt", logging.WARNING, "100 %s of it"),
        ("qt.network", logging.WARNING, "no route"),
    ]
    assert capfd.readouterr().err == ""
