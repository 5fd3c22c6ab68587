"""Lets a second start hand its wishes to the window that runs already."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from rushes.system.handover import LIMIT

#: Answers one message. The reply function may be called later, once.
Handler = Callable[[dict[str, Any], Callable[[dict[str, Any]], None]], None]


class HandoverServer(QObject):
    """Listens on a local socket that only this user can open; one message a connection. What
    comes before `serve` waits for it."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self._handler: Handler | None = None
        self._early: list[tuple[dict[str, Any], QLocalSocket]] = []
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)
        # The store's lock says that no other window runs: what is left here is from a crash.
        QLocalServer.removeServer(where)
        self.listening = self._server.listen(where)

    def serve(self, handler: Handler) -> None:
        """Answer from now on, also what came already."""
        self._handler = handler
        early, self._early = self._early, []
        for message, link in early:
            handler(message, partial(_reply, link))

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        link = self._server.nextPendingConnection()
        link.setReadBufferSize(LIMIT)
        link.readyRead.connect(lambda: self._read(link))
        link.disconnected.connect(link.deleteLater)
        self._read(link)

    def _read(self, link: QLocalSocket) -> None:
        if not link.canReadLine():
            if link.bytesAvailable() >= LIMIT:
                link.abort()
            return
        try:
            message = json.loads(bytes(link.readLine(LIMIT).data()))
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            link.abort()
            return
        if self._handler is None:
            self._early.append((message, link))
        else:
            self._handler(message, partial(_reply, link))


def _reply(link: QLocalSocket, answer: dict[str, Any]) -> None:
    if not shiboken6.isValid(link):
        return  # the asker did not wait
    if link.state() is QLocalSocket.LocalSocketState.ConnectedState:
        link.write(json.dumps(answer).encode() + b"\n")
        link.disconnectFromServer()
