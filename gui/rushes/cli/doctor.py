"""`rushes doctor`: what works here and what does not, without a key and without a network call.

It runs beside everything: an open window, a disk that may not be written, folders that are not
there, a damaged list. It only reads; what cannot be read is a line of the report.

With `--bundle FILE` the same, the settings and the end of the log go into a file for a bug report.
Every word of it is printed first: nobody sends what he has not seen.
"""

import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rushes.backend.workspace import SETTINGS_FILE, STORE_FILE
from rushes.cli.session import FAILED, OK, Stop, Words, print_json, print_row
from rushes.core.account import KeySource
from rushes.core.secret import Secret
from rushes.core.settings import Settings
from rushes.files import timeline
from rushes.files.file_store import free_in
from rushes.options import Options
from rushes.presentation.format import file_size
from rushes.presentation.sentences import sentence
from rushes.presentation.text import tr
from rushes.presentation.untrusted import for_terminal
from rushes.store import StoreTooNew, schema
from rushes.store.opening import Examined, examine
from rushes.system import awake, helper, libraries, logs, places, settings_file
from rushes.system.disk import open_regular
from rushes.system.vault import KeyringVault

_PACKAGES = ("rushes", "PySide6-Essentials", "httpx", "aiohttp", "qasync", "keyring", "msgspec")
_LOG_LINES = 200
_LOG_BYTES = 262_144
_CRASH_BYTES = 16_384
#: Loading Qt takes a second; on a busy machine with a cold disk, many.
_TRIED_S = 60.0

Facts = list[tuple[str, str]]


async def doctor(words: Words, options: Options) -> int:
    where = places.look(options.base_dir)
    vault = KeyringVault()
    settings, ignored = settings_file.read(where.config / SETTINGS_FILE, keep=True)
    unused = _unused(where.config / SETTINGS_FILE, ignored) if ignored else ""
    found = await asyncio.to_thread(examine, where.data / STORE_FILE)
    facts = _facts(where, settings, unused, found)
    facts.append((tr("Password store"), await vault.describe() or tr("none: keys last until quit")))
    lacking = await asyncio.to_thread(_library_problems)
    facts.append((tr("Libraries"), " ".join(lacking) or tr("all there")))
    problems = [*filter(None, [unused]), *lacking]
    if found.is_too_new:
        problems.append(sentence(StoreTooNew(found.version, schema.KNOWN).failure).text)
    timelines = await asyncio.to_thread(_timelines)
    facts.append((tr("Timelines"), ", ".join(timelines) or tr("not installed")))
    asleep = await asyncio.to_thread(awake.problem)
    facts.append((tr("Awake while saving"), asleep or tr("yes")))
    facts.append((tr("Screen"), tr("there") if libraries.has_screen() else tr("none here")))
    if words.json:
        shown = {label: logs.redact(text) for label, text in facts}
        print_json({"facts": shown, "problems": [logs.redact(each) for each in problems]})
    elif not words.bundle:
        for label, text in facts:
            print_row(f"{label}: {logs.redact(text)}")
    if not words.bundle:
        return FAILED if problems else OK
    for account in found.accounts:
        if account.key_source is KeySource.ENVIRONMENT:  # the others never are in a text of ours
            secret = await vault.read(account)
            if isinstance(secret, Secret):
                logs.remember(secret)
    report = _bundle(where, settings, found, facts)
    for line in report.splitlines():
        print_row(line)
    return _write(Path(words.bundle).expanduser(), report)


def _unused(path: Path, ignored: tuple[str, ...]) -> str:
    """What of the settings cannot be used, and where the file is kept as it was."""
    told = tr(
        "Some settings in {file} cannot be used and have their defaults: {names}.",
        file=path,
        names=", ".join(ignored),
    )
    if ignored == (path.name,):
        told = tr("{file} cannot be read, so every setting has its default.", file=path)
    if not os.access(path, os.R_OK) or not path.is_file():
        return told
    try:
        aside = settings_file.aside(path)
    except OSError:
        return told
    kept = tr("The damaged file is kept as {aside}.", aside=aside)
    if not aside.exists():
        kept = tr("The next start keeps the damaged file as {aside}.", aside=aside)
    return f"{told} {kept}"


def _library_problems() -> list[str]:
    """What of Qt does not work here, each said once; tried by a process of its own."""
    with tempfile.TemporaryDirectory(prefix="rushes-doctor-") as folder:
        process = helper.start(
            Path(folder, "own"), "libraries", stdout=subprocess.PIPE, screen=True
        )
        try:
            said, _ = process.communicate(timeout=_TRIED_S)
        except subprocess.TimeoutExpired:
            helper.end(process)
            said, _ = process.communicate()
    found: list[str] = []
    part: str | None = None
    for line in map(json.loads, said.splitlines()):
        part = line.get("part")
        if line.get("problem"):
            found.append(line["problem"])
    if part is not None or not said:
        told = tr("{part} of Qt does not work here (it ended with {code}).")
        found.append(told.format(part=part or "QtCore", code=process.returncode))
    return list(dict.fromkeys(found))


def _timelines() -> list[str]:
    """The kinds of timeline that can be exported here; one of each is written."""
    found = []
    with tempfile.TemporaryDirectory(prefix="rushes-doctor-") as folder:
        shot = timeline.Shot(name="a", path=Path(folder, "a.mp4"), frames=1, fps=Fraction(24))
        for kind in timeline.ADAPTERS:
            path = Path(folder, f"a.{kind}")
            if not timeline.lacks(kind) and timeline.write(path, "a", [shot]) is None:
                found.append(kind)
    return found


def _facts(where: places.Places, settings: Settings, unused: str, found: Examined) -> Facts:
    files = Path(settings.folder).expanduser().absolute() if settings.folder else where.files
    free = free_in(files)
    return [
        (tr("System"), f"{platform.platform()}, Python {sys.version.split()[0]}"),
        (tr("Versions"), ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)),
        (tr("Settings"), ". ".join(filter(None, (_folder(where.config), unused)))),
        (tr("Data"), _folder(where.data)),
        (tr("Cache"), _folder(where.cache)),
        (tr("Results"), _folder(files)),
        (tr("Free space"), tr("unknown") if free is None else file_size(free)),
        (tr("List"), ", ".join(_list(found))),
        (tr("Backups"), ", ".join(found.backups) or "-"),
        (
            tr("Accounts"),
            ", ".join(f"{a.name} ({a.service.value})" for a in found.accounts) or "-",
        ),
    ]


def _folder(path: Path) -> str:
    """The folder, and what is wrong with it."""
    try:
        if not path.exists():
            return tr("{place} (not there)", place=path)
        if not path.is_dir():
            return tr("{place} (not a folder)", place=path)
        if not os.access(path, os.W_OK | os.X_OK):
            return tr("{place} (cannot be written)", place=path)
    except OSError as e:
        return f"{path} ({e.strerror})"
    return str(path)


def _list(found: Examined) -> Iterator[str]:
    if found.is_there:
        yield tr("%n task(s)", None, sum(found.counts.values()))
    elif not found.problem:
        yield tr("none yet") if not found.backups else tr("gone; there are backups")
    if found.is_whole is not None:
        yield tr("whole") if found.is_whole else tr("damaged")
    if found.is_too_new:
        yield tr("of a newer version of Rushes, which this one does not open")
    if found.is_held:
        yield tr("open in a running Rushes")
    if found.problem:
        yield found.problem


def _bundle(where: places.Places, settings: Settings, found: Examined, facts: Facts) -> str:
    """The whole report. Hidden in it: keys, signatures of links, and whose home folder it is."""
    lines = [f"{label}: {text}" for label, text in facts]
    lines += _accounts(found)
    lines += ["", "[list]", f"version {found.version}"]
    lines += [f"{status}: {count}" for status, count in found.counts.items()]
    lines += _files(where.data)
    kept = {k: v for k, v in settings_file.encode(settings).items() if k != "window"}
    lines += ["", "[settings]", json.dumps(kept, indent=2, ensure_ascii=False)]
    lines += ["", "[log]", *_end_of(where.data / "rushes.log", _LOG_BYTES)[-_LOG_LINES:]]
    lines += ["", "[crashes]", *_end_of(where.data / "crash.log", _CRASH_BYTES)]
    text = logs.redact("\n".join(lines)).replace(str(Path.home()), "~")
    return "".join(f"{for_terminal(line)}\n" for line in text.splitlines())


def _accounts(found: Examined) -> list[str]:
    lines = ["", "[accounts]"]
    for number, account in enumerate(found.accounts, start=1):
        source = account.key_source.value
        own = ", own authorities" if account.ca_file else ""
        lines.append(f"{number}: {account.service.value} at {account.host}, key: {source}{own}")
    return lines


def _files(folder: Path) -> Iterator[str]:
    try:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield f"{path.relative_to(folder)}: {path.stat().st_size} bytes"
    except OSError as e:  # gone, or not to be read
        yield f"{type(e).__name__}: {e.strerror}"


def _end_of(path: Path, size: int) -> list[str]:
    """The last lines of a file of ours; none when it cannot be read."""
    try:
        with open_regular(path) as file:
            file.seek(max(0, path.stat().st_size - size))
            return file.read().decode("utf-8", "replace").splitlines()
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
