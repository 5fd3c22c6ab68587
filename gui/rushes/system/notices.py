"""Notifications of the desktop over D-Bus, for desktops without a tray (GNOME, sway).

Not by Qt: its Python side cannot send the unsigned numbers that this interface is called with.

Source: Desktop Notifications Specification 1.3.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

from jeepney import DBusAddress, DBusErrorResponse, MatchRule, message_bus, new_method_call
from jeepney.io.asyncio import DBusRouter, Proxy, open_dbus_router
from jeepney.io.common import RouterClosed
from jeepney.wrappers import unwrap_msg

log = logging.getLogger(__name__)

_NAME = "org.freedesktop.Notifications"
_SERVER = DBusAddress("/org/freedesktop/Notifications", bus_name=_NAME, interface=_NAME)
#: What a click on the notification itself is called, and one on its second button.
_CLICK, _FOLDER = "default", "folder"
_PATIENCE_S = 5.0
#: No bus, an address that is none, nobody who answers, or not any more.
_TROUBLE = (OSError, EOFError, KeyError, ValueError, RuntimeError, RouterClosed, DBusErrorResponse)


Button = tuple[str, Callable[[], object]]


class Notices:
    """One notification at a time: the next takes the place of the last."""

    def __init__(self, router: DBusRouter, happening: "asyncio.Queue[Any]") -> None:
        """Use `opened`."""
        self._router = router
        #: What is to be told: (title, text, has_files); and signals of the server.
        self._happening = happening

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator[Self | None]:
        """None: this desktop shows no notifications."""
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    router = await stack.enter_async_context(open_dbus_router())
                    if not await _is_there(router):
                        router = None
            except _TROUBLE as e:
                log.debug("no notifications over D-Bus: %s", e)
                router = None
            if router is None:
                yield None
                return
            happening: asyncio.Queue[Any] = asyncio.Queue()
            stack.enter_context(router.filter(_clicks(), queue=happening))
            yield cls(router, happening)

    def tell(self, title: str, text: str, *, has_files: bool) -> None:
        """Show a notification of plain text; one that does not come through is nobody's loss.

        Args:
            has_files: It is about takes that may have files, whose folder can be shown.
        """
        self._happening.put_nowait((title, text, has_files))

    async def show(self, icon: str, clicked: Button, folder: Button) -> None:
        """Show what is told, until cancelled or until the bus has gone.

        Args:
            icon: The URI of a picture.
            clicked: What a click does, and the words where a desktop shows a button for it.
            folder: The second button, of what has files.
        """
        number, done = 0, {_CLICK: clicked[1], _FOLDER: folder[1]}
        try:
            await Proxy(message_bus, self._router).AddMatch(_clicks())
            while True:
                came = await self._happening.get()
                if isinstance(came, tuple):
                    *told, has_files = came
                    buttons = [_CLICK, clicked[0], *([_FOLDER, folder[0]] if has_files else [])]
                    number = await self._notify(number, icon, buttons, *told)
                elif came.body[0] == number and came.body[1] in done:
                    done[came.body[1]]()
        except _TROUBLE as e:
            log.info("notifications over D-Bus have ended: %s", e)

    async def _notify(
        self, number: int, icon: str, buttons: list[str], title: str, text: str
    ) -> int:
        hints = {"desktop-entry": ("s", "rushes")}
        body = ("Rushes", number, icon, title, text, buttons, hints, -1)
        call = new_method_call(_SERVER, "Notify", "susssasa{sv}i", body)
        async with asyncio.timeout(_PATIENCE_S):
            (shown,) = unwrap_msg(await self._router.send_and_get_reply(call))
        return int(shown)


async def _is_there(router: DBusRouter) -> bool:
    """Whether a server runs, or is started when it is asked."""
    bus = Proxy(message_bus, router)
    (has_owner,) = await bus.NameHasOwner(_NAME)
    if has_owner:
        return True
    (activatable,) = await bus.ListActivatableNames()
    return _NAME in activatable


def _clicks() -> MatchRule:
    return MatchRule(
        type="signal", interface=_NAME, member="ActionInvoked", path=_SERVER.object_path
    )
