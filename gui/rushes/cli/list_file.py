"""`rushes export-list` and `rushes import-list`: the whole list to another installation."""

from dataclasses import replace
from pathlib import Path

from rushes.backend import list_file
from rushes.backend.workspace import SETTINGS_FILE
from rushes.cli.session import (
    OK,
    USAGE,
    Session,
    Stop,
    Words,
    by_who_has_the_list,
    print_row,
    read_anyhow,
)
from rushes.core.settings import Settings
from rushes.options import Options
from rushes.presentation.text import tr
from rushes.system import handover, places, settings_file, threads

#: A list of a million tasks takes minutes.
_LONGEST_S = 3600.0


async def export_list(words: Words, options: Options) -> int:
    """Also beside a running window. No file is replaced: it may be the only copy of another."""
    path = Path(words.file).absolute()
    if path.exists():
        raise Stop(tr("{file} is there already. Choose another name.", file=path.name), USAGE)
    where = places.look(options.base_dir)
    settings, _ = settings_file.read(where.config / SETTINGS_FILE, keep=True)
    async with read_anyhow(options) as (ask, _):
        written = await list_file.export_list(ask, path, settings)
    told = tr("%n take(s) exported to {name}.", None, written, name=path.name)
    more = tr("It holds prompts, and no key: keep it to yourself.")
    print_row(f"{told} {more}")
    return OK


def import_list(words: Words, options: Options) -> int:
    """Also beside a running window or `watch`: who has the list does it."""
    path = Path(words.file).absolute()

    def hand_over(where: str) -> str:
        if words.settings:
            raise Stop(tr("Quit Rushes first: a running window keeps its own settings."))
        answer = handover.ask(where, {"verb": "import_list", "path": str(path)}, _LONGEST_S)
        if answer is None:
            raise Stop(tr("The running window did not answer. Look there for what was imported."))
        if answer.get("problem"):
            raise Stop(str(answer["problem"]))
        return str(answer.get("told", ""))

    def here() -> str:
        return threads.run(_import(path, options, with_settings=words.settings))

    print_row(by_who_has_the_list(options, hand_over, here))
    return OK


async def _import(path: Path, options: Options, *, with_settings: bool) -> str:
    async with Session(options) as session:
        done = await list_file.import_list(session.backend, path)
        if not done.is_done:
            raise Stop(done.told)
        if not with_settings:
            return done.told
        await session.backend.set_settings(
            replace(
                done.settings or Settings(),
                **{name: getattr(session.backend.settings, name) for name in list_file.OF_HERE},
            )
        )
    more = tr("Its settings are used from now on.")
    return f"{done.told} {more}"
