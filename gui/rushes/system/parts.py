"""What Rushes is made of here, and under which licences: for the window, and for who bundles it."""

import os
import re
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from rushes.presentation.text import tr
from rushes.system.helper import app_image, is_frozen

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FFMPEG = re.compile(rb"FFmpeg version n?(\d[\w.-]*)")
#: Packages that only bring the text.
_READ = {"httpx-aiohttp": "BSD-3-Clause"}


class Part(NamedTuple):
    name: str
    version: str
    licence: str


def own_version() -> str:
    """ "": not installed."""
    try:
        return metadata.version("rushes")
    except metadata.PackageNotFoundError:
        return ""


def installed_by() -> tuple[str, str]:
    """What put this program here, and the command that puts another version in its place."""
    if os.environ.get("FLATPAK_ID"):
        return "Flatpak", "flatpak update"
    if (image := app_image()) is not None:
        return "AppImage", tr("put the new file in place of {file}").format(file=image)
    if is_frozen():
        program = Path(sys.executable)
        if sys.platform == "win32":
            return "rushes-setup.exe", "rushes-setup.exe"
        if sys.platform == "darwin":  # Rushes.app/Contents/MacOS/rushes
            told = tr("put the new file in place of {file}", file=program.parents[2])
            return "Rushes.dmg", told
        if program.is_relative_to("/usr"):
            return "apt", "sudo apt install ./rushes_*.deb"
        return tr("unpacking it"), tr("unpack the new archive in place of {folder}").format(
            folder=program.parents[2]  # the archive holds bin, lib/rushes and share
        )
    prefix = Path(sys.prefix)
    if (prefix / "pipx_metadata.json").is_file():
        return "pipx", "pipx install --force rushes-*.whl"
    if (prefix / "uv-receipt.toml").is_file():
        return "uv", "uv tool install --reinstall rushes-*.whl"
    return "pip", f"{sys.executable} -m pip install --upgrade rushes-*.whl"


def addresses() -> list[str]:
    """Where the project is found, as its package says; each is a label and an address."""
    try:
        return list(metadata.metadata("rushes").get_all("Project-URL") or ())
    except metadata.PackageNotFoundError:
        return []


def python_parts() -> list[Part]:
    """Every Python package that Rushes needs or can use and that is there, by name."""
    found: dict[str, Part] = {}
    todo = ["rushes"]
    while todo:
        name = todo.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # of another system, or another Python
        found[key] = Part(package.metadata["Name"], package.version, _licence(package))
        for line in package.requires or ():
            match = _NAME.match(line)
            if match is not None and (name == "rushes" or "extra ==" not in line):
                todo.append(match[0])
    return sorted(found.values(), key=lambda part: part.name.lower())


def _licence(package: metadata.Distribution) -> str:
    about = package.metadata
    classified = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or ()
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    said = (about.get_all("License-Expression") or [""])[0]
    short = (about.get_all("License") or [""])[0].strip()
    if not said and short and "\n" not in short and len(short) < 60:
        said = short
    return said or _READ.get(about["Name"], "") or " OR ".join(classified) or "unknown"


def ffmpeg_versions() -> dict[str, str]:
    """The versions of FFmpeg, by the package that brings one: players have Qt's, frames PyAV's.

    They are read from the libraries: to ask these would load them.
    """
    found = {}
    for package, below in (("PySide6", ("Qt/lib", ".")), ("av", ("../av.libs", ".dylibs"))):
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        folders = [Path(spec.origin).parent / each for each in below]
        for library in (path for each in folders for path in sorted(each.glob("*avutil*"))):
            if match := _FFMPEG.search(library.read_bytes()):
                found[package] = match[1].decode("ascii")
                break
    return found


def licences_folder() -> Path | None:
    """Where a bundle keeps the texts of all licences; None: each package keeps its own."""
    folder = Path(sys.executable).resolve().parent / "licences"
    return folder if is_frozen() and folder.is_dir() else None


def listing() -> str:
    """A line a part. In a bundle all of them, elsewhere the Python packages.

    Raises:
        OSError: a bundle's list cannot be read.
    """
    if folder := licences_folder():
        return (folder / "PARTS.txt").read_text("utf-8").strip()
    return "\n".join(f"{name} {version}: {licence}" for name, version, licence in python_parts())
