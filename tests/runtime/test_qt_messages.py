"""Qt's own messages end in the log."""

import logging

import pytest
from PySide6.QtCore import QUrl, qCritical, qWarning
from PySide6.QtGui import QPixmap

from rushes.runtime.loop import qt_to_log, qt_to_terminal


def test_that_what_qt_says_is_logged_with_its_level_and_not_printed(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], qapp: object
) -> None:
    qt_to_log()
    try:
        qWarning("100 %s of it")
        qCritical(QUrl("https://a.example/?q=1").toString())
        QPixmap().scaled(2, 2)
    finally:
        qt_to_terminal()
    assert caplog.record_tuples == [
        ("qt", logging.WARNING, "100 %s of it"),
        ("qt", logging.ERROR, "https://a.example/?q=1"),
        ("qt", logging.WARNING, "QPixmap::scaled: Pixmap is a null pixmap"),
    ]
    assert capfd.readouterr().err == ""
