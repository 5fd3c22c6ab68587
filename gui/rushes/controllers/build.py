"""Puts the rest of the window together: preview and inspector, the controllers, what second starts
are told, the start at login."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from rushes.backend import second_starts
from rushes.backend.backend import Backend
from rushes.controllers import notifications
from rushes.controllers.accounts_controller import AccountsController
from rushes.controllers.attention import NetworkMonitor, VisibleFiles, VisibleTasks
from rushes.controllers.export_controller import ExportController
from rushes.controllers.files_controller import FilesController
from rushes.controllers.handover import Handler
from rushes.controllers.help_controller import HelpController
from rushes.controllers.id_intake import IdIntake
from rushes.controllers.list_controller import ListController
from rushes.controllers.lookup import OwnerLookup, UpstreamLookup
from rushes.controllers.main_controller import MainController
from rushes.controllers.move_controller import MoveController
from rushes.controllers.poster_controller import ModelController, PosterController
from rushes.controllers.take_in_controller import TakeInController
from rushes.controllers.tasks_controller import TasksController
from rushes.controllers.trash_controller import TrashController
from rushes.controllers.usage_controller import UsageController
from rushes.controllers.viewer_controller import ViewerController
from rushes.core.settings import Settings
from rushes.presentation.text import tr
from rushes.system.menu_entry import NoProgram, found_at_login, switch_login_start
from rushes.system.threads import in_thread
from rushes.ui.inspector.inspector import Inspector
from rushes.ui.preview.content_stack import ContentStack
from rushes.ui.preview.preview import Preview
from rushes.ui.widgets.calm import calm

Reply = Callable[[dict[str, Any]], None]


async def main_controller(
    list_controller: ListController, backend: Backend | None = None
) -> MainController:
    """Everything behind the list, joined to a backend that has not started yet, or to one that a
    window before this one had.

    The window is on the screen already: between the parts, it has its turn. From the end on,
    everything that it offers can be done.
    """
    window = list_controller.window
    backend = backend or Backend(list_controller.workspace, lambda _: None)
    stack = ContentStack()
    await asyncio.sleep(0)
    preview = Preview(window.commands, stack)
    await asyncio.sleep(0)
    inspector = Inspector(preview, at_once=False)
    window.panes.set_inspector(inspector)
    for _ in inspector.build():
        await asyncio.sleep(0)
    window.set_preview(preview)
    calm(window)
    await asyncio.sleep(0)
    strips = window.content.gallery.view.strips
    await asyncio.sleep(0)
    main = MainController(list_controller, inspector, preview, backend)
    backend.tell = main.show_event
    TasksController(main)
    ViewerController(main)
    FilesController(main)
    MoveController(main)
    TrashController(main)
    TakeInController(main)
    UsageController(main)
    AccountsController(main)
    HelpController(main)
    IdIntake(main)
    OwnerLookup(main)
    UpstreamLookup(main)
    posters = PosterController(main, window.content.posters, strips)
    ModelController(main, posters.shelf)
    ExportController(main, posters.shelf)
    await asyncio.sleep(0)
    VisibleTasks(main)
    VisibleFiles(main)
    NetworkMonitor(main)
    notifications.begin(main)
    LoginStart(main)
    main.do(main.show_notices())
    window.set_ready()
    return main


def answers(main: MainController) -> Handler:
    """What second starts are told: `show` brings the window up, `open` offers what files and links
    hold, `add` adds task ids, `save` saves their results, `forget_prompts` empties all prompts,
    `import_list` takes another list in."""

    def answer(message: dict[str, Any], reply: Reply) -> None:
        match message.get("verb"):
            case "show":
                main.window.bring_up()
                reply({})
            case "open":
                main.window.bring_up()
                given = message.get("given")
                open_given(main, [g for g in given if isinstance(g, str)] if given else ())
                reply({})
            case "ping":
                reply({})
            case "add":
                main.do(_add(main, message, reply))
            case "forget_prompts":
                main.do(_forget_prompts(main, reply))
            case "import_list":
                main.do(_import_list(main, message, reply))
            case "save":
                main.do(second_starts.save(message, main.backend))
                reply({})
            case _:
                reply(second_starts.not_understood())

    return answer


def open_given(main: MainController, given: Iterable[str]) -> None:
    """Offer the ids of files and links; see `Options.given`."""
    intake = main.findChild(IdIntake)
    assert isinstance(intake, IdIntake)
    intake.open(given)


async def _add(main: MainController, message: dict[str, Any], reply: Reply) -> None:
    reply(await second_starts.add(message, main.accounts.values(), main.add))


async def _import_list(main: MainController, message: dict[str, Any], reply: Reply) -> None:
    done = await second_starts.import_list(message, main.backend)
    await main.reload_accounts()
    main.inspector.set_accounts(main.accounts)
    reply(done)


async def _forget_prompts(main: MainController, reply: Reply) -> None:
    await main.forget_prompts()
    reply({"told": second_starts.prompts_forgotten_sentence()})


class LoginStart(QObject):
    """Keeps the setting "start at login" and what the system does at login the same.

    What the system does counts: the user may have changed it there.
    """

    def __init__(self, main: MainController) -> None:
        super().__init__(main)
        self._main = main
        self._base_dir: Path | None = main.list.workspace.options.base_dir
        self._is_on = main.list.settings.settings.start_at_login
        main.list.settings.changed.connect(self._follow)
        if self._is_on:  # who never asked for it is not looked up
            main.do(self._look())

    async def _look(self) -> None:
        try:
            program = await in_thread(partial(found_at_login, self._base_dir), "login")
        except OSError:
            return  # nobody knows: as it was
        if program is None:
            self._put(False)
        elif not program.is_file():  # it has been installed somewhere else since
            await self._switch(True)

    def _follow(self, settings: Settings) -> None:
        if settings.start_at_login != self._is_on:
            self._is_on = settings.start_at_login
            self._main.do(self._switch(self._is_on))

    async def _switch(self, on: bool) -> None:
        try:
            if on and self._main.list.workspace.options.demo:
                raise NoProgram(tr("The demo is not started at login."))
            await in_thread(partial(switch_login_start, self._base_dir, on=on), "login")
        except (OSError, NoProgram) as e:
            why = e.strerror or str(e) if isinstance(e, OSError) else e.args[0]
            told = tr("What is started at login could not be changed: {why}.", why=why.rstrip("."))
            self._main.window.show_message(told, kind="error", replace="login")
            self._put(not on)

    def _put(self, on: bool) -> None:
        """Say in the settings how it is, without doing anything about it."""
        self._is_on = on
        settings = self._main.list.settings
        settings.change(replace(settings.settings, start_at_login=on))
