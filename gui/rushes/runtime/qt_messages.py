"""What Qt has to say goes into the log, where keys and signatures are hidden, not to the terminal.

Qt writes whole URLs into its warnings.
"""

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def to_log() -> None:
    """From now on, until `to_terminal`."""
    qInstallMessageHandler(_tell)


def to_terminal() -> None:
    qInstallMessageHandler(None)


def _tell(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    category = context.category or ""
    name = category if category.startswith("qt.") else "qt"
    logging.getLogger(name).log(_LEVELS[kind], "%s", message)
