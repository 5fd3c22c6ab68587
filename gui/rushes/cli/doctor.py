"""`rushes doctor`: what works here and what does not, without a key and without a network call.

With `--bundle FILE` the same, the settings and the end of the log go into a file for a bug report.
Every word of it is printed first: nobody sends what he has not seen.
"""

import json
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rushes.adapters import logs
from rushes.cli.session import FAILED, OK, Session, Stop, Words, say
from rushes.core.account import KeySource
from rushes.options import Options
from rushes.presentation.format import file_size
from rushes.presentation.text import tr
from rushes.presentation.untrusted import for_terminal
from rushes.wiring.backend import Backend

_PACKAGES = ("rushes", "PySide6-Essentials", "httpx", "aiohttp", "qasync", "keyring", "msgspec")
_LOG_LINES = 200
_CRASH_BYTES = 16_384


async def doctor(words: Words, options: Options) -> int:
    async with Session(options) as session:
        backend = session.backend
        facts = await _facts(backend)
        report = await _bundle(backend, facts) if words.bundle else ""
    if not words.bundle:
        for label, text in facts:
            say(f"{label}: {text}")
        return OK
    for line in report.splitlines():
        say(line)
    return _write(Path(words.bundle).expanduser(), report)


async def _facts(backend: Backend) -> list[tuple[str, str]]:
    free = await backend.files.free_bytes()
    accounts = await backend.accounts()
    return [
        (tr("System"), f"{platform.platform()}, Python {sys.version.split()[0]}"),
        (tr("Versions"), ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)),
        (tr("Settings"), str(backend.places.config)),
        (tr("Data"), str(backend.places.data)),
        (tr("Results"), str(backend.files.folder)),
        (tr("Free space"), tr("unknown") if free is None else file_size(free)),
        (tr("Password store"), await backend.vault.describe() or tr("none: keys last until quit")),
        (tr("Accounts"), ", ".join(f"{a.name} ({a.service.value})" for a in accounts) or "-"),
    ]


async def _bundle(backend: Backend, facts: list[tuple[str, str]]) -> str:
    """The whole report. Hidden in it: keys, signatures of links, and whose home folder it is."""
    for account in await backend.accounts():
        if account.key_source is KeySource.ENVIRONMENT:  # the others never are in a text of ours
            await backend.secret_to_hide(account)
    lines = [f"{label}: {text}" for label, text in facts]
    lines += await _accounts(backend)
    lines += await _list(backend)
    settings = {k: v for k, v in asdict(backend.settings).items() if k != "window"}
    lines += ["", "[settings]", json.dumps(settings, indent=2, ensure_ascii=False)]
    lines += ["", "[log]", *backend.log.tail(_LOG_LINES)]
    lines += ["", "[crashes]", *_crashes(backend.places.data / "crash.log")]
    text = logs.redact("\n".join(lines)).replace(str(Path.home()), "~")
    return "".join(f"{for_terminal(line)}\n" for line in text.splitlines())


async def _accounts(backend: Backend) -> list[str]:
    lines = ["", "[accounts]"]
    for number, account in enumerate(await backend.accounts(), start=1):
        source = account.key_source.value
        own = ", own authorities" if account.ca_file else ""
        lines.append(f"{number}: {account.service.value} at {account.host}, key: {source}{own}")
    return lines


async def _list(backend: Backend) -> list[str]:
    counts: dict[str, int] = {}
    for task in await backend.store.tasks():
        counts[task.status.value] = counts.get(task.status.value, 0) + 1
    found = [f"{status}: {count}" for status, count in sorted(counts.items())]
    return ["", "[list]", *found, *_files(backend.places.data)]


def _files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield f"{path.relative_to(folder)}: {path.stat().st_size} bytes"


def _crashes(path: Path) -> list[str]:
    try:
        return path.read_bytes()[-_CRASH_BYTES:].decode("utf-8", "replace").splitlines()
    except OSError:
        return []


def _write(path: Path, report: str) -> int:
    """Ask where somebody can answer, then write. Nothing is replaced."""
    if sys.stdin is not None and sys.stdin.isatty():
        try:
            answer = input(for_terminal(tr("Write this to {path}? [y/N] ", path=path)))
        except EOFError:  # Ctrl+D
            return FAILED
        if answer.strip().lower() not in ("y", "yes"):
            return FAILED
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Stop(tr("{path} is there already. Choose another name.", path=path)) from None
    with os.fdopen(file, "w", encoding="utf-8") as out:
        out.write(report)
    return OK


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return tr("not installed")
