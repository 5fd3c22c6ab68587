"""`rushes doctor`: what works here and what does not, without a key and without a network call."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from rushes.cli.session import OK, Session, Words
from rushes.options import Options
from rushes.presentation.format import file_size
from rushes.presentation.text import tr

_PACKAGES = ("rushes", "PySide6-Essentials", "httpx", "aiohttp", "qasync", "keyring", "msgspec")


async def doctor(words: Words, options: Options) -> int:
    del words
    async with Session(options) as session:
        backend = session.backend
        free = await backend.files.free_bytes()
        accounts = await backend.accounts()
        facts = [
            (tr("System"), f"{platform.platform()}, Python {sys.version.split()[0]}"),
            (tr("Versions"), ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)),
            (tr("Settings"), str(backend.places.config)),
            (tr("Data"), str(backend.places.data)),
            (tr("Results"), str(backend.files.folder)),
            (tr("Free space"), tr("unknown") if free is None else file_size(free)),
            (
                tr("Password store"),
                await backend.vault.describe() or tr("none: keys last until quit"),
            ),
            (tr("Accounts"), ", ".join(f"{a.name} ({a.service.value})" for a in accounts) or "-"),
        ]
    for label, text in facts:
        print(f"{label}: {text}")
    return OK


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return tr("not installed")
