"""Keeps the setting "start at login" and what the system does at login the same."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from rushes.controllers.main_controller import MainController
from rushes.core.settings import Settings
from rushes.presentation.text import tr
from rushes.system import login_start
from rushes.system.menu_entry import NoProgram
from rushes.system.threads import in_thread


class LoginStart(QObject):
    """What the system does counts: the user may have changed it there."""

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
            program = await in_thread(partial(login_start.found, self._base_dir), "login")
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
            await in_thread(partial(login_start.switch, self._base_dir, on=on), "login")
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
