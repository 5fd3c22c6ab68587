"""Puts the window together: panes, desks, what second starts are told."""

import asyncio
from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QIcon

from rushes import assets
from rushes.backend import second_starts
from rushes.backend.backend import Backend
from rushes.controllers.account_desk import AccountDesk
from rushes.controllers.attention import Attention, NetworkWatch
from rushes.controllers.compare_desk import CompareDesk
from rushes.controllers.file_desk import FileDesk
from rushes.controllers.frame_desk import FrameDesk
from rushes.controllers.front import Front
from rushes.controllers.handover import Handler
from rushes.controllers.list_desk import ListDesk
from rushes.controllers.model_desk import ModelDesk
from rushes.controllers.outward_desk import OutwardDesk
from rushes.controllers.poster_desk import PosterDesk
from rushes.controllers.presence_desk import PresenceDesk
from rushes.controllers.tell_desk import TellDesk, bring_up
from rushes.controllers.upstream_desk import UpstreamDesk
from rushes.controllers.window import Desk
from rushes.ui.inspector.inspector import Inspector
from rushes.ui.preview.content_stack import ContentStack
from rushes.ui.preview.preview import Preview
from rushes.ui.window import tray

Reply = Callable[[dict[str, Any]], None]


async def desk(front: Front) -> Desk:
    """The window with all its panes, joined to a backend that has not started yet.

    The window is on the screen already: between the parts, it has its turn.
    """
    window = front.window
    hears: list[Desk] = []
    backend = Backend(front.workspace, lambda news: hears[0].hear(news))
    stack = ContentStack()
    await _turn()
    preview = Preview(window.commands, stack)
    await _turn()
    inspector = Inspector(preview)
    window.set_inspector(inspector)
    window.set_preview(preview)
    await _turn()
    strips = window.middle.gallery.view.strips
    await _turn()
    whole = Desk(front, inspector, preview, backend)
    hears.append(whole)
    ListDesk(whole)
    UpstreamDesk(whole)
    FileDesk(whole)
    OutwardDesk(whole)
    AccountDesk(whole)
    CompareDesk(whole)
    posters = PosterDesk(whole, window.middle.posters, strips)
    FrameDesk(whole)
    ModelDesk(whole, posters.shelf)
    await _turn()
    Attention(whole)
    NetworkWatch(whole)
    PresenceDesk(whole)
    if tray.is_available():
        icon = QIcon(str(assets.asset("icons", "rushes.svg")))
        TellDesk(whole, tray.Tray(icon, whole))
    front.wishes.hand_on()
    return whole


async def _turn() -> None:
    await asyncio.sleep(0)


def answers(desk: Desk) -> Handler:
    """What second starts are told: `show` brings the window up, `add` adds task ids,
    `save` saves their results, `forget_prompts` empties all prompts."""

    def answer(message: dict[str, Any], reply: Reply) -> None:
        match message.get("verb"):
            case "show":
                bring_up(desk.window)
                reply({})
            case "ping":
                reply({})
            case "add":
                desk.do(_add(desk, message, reply))
            case "forget_prompts":
                desk.do(_forget_prompts(desk, reply))
            case "save":
                desk.do(second_starts.save(message, desk.backend))
                reply({})
            case _:
                reply(second_starts.not_understood())

    return answer


async def _add(desk: Desk, message: dict[str, Any], reply: Reply) -> None:
    reply(await second_starts.add(message, desk.accounts.values(), desk.add))


async def _forget_prompts(desk: Desk, reply: Reply) -> None:
    list_desk = desk.findChild(ListDesk)
    assert list_desk is not None
    await list_desk.forget_prompts()
    reply({"told": second_starts.forgotten()})
