"""What a disk may hold after the power went: every write not synced may be there, or not.

`record` runs a program and notes each of its writes, syncs and renames below one folder (strace);
`Disk` plays them. Content reaches the disk with a sync of its file, a name with a sync of its
folder, as POSIX says and no more. Whatever else was done may survive in any combination.
"""

import random
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

BLOCK = 4096  # what a disk writes whole
_CALLS = (
    "openat,creat,close,write,pwrite64,pwritev,writev,lseek,fsync,fdatasync,ftruncate,fallocate,"
    "rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,dup,dup2,sendfile"
)
_LINE = re.compile(r"(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$")
_STRING = re.compile(r'(?:AT_FDCWD, )?"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_PATH = re.compile(r'(?:(\d+), )?"')  # of a call that names things in an open folder


class Call(NamedTuple):
    """One finished system call. `texts` are its strings: paths, or what was written; `folders` the
    descriptor that each path starts from, or -1."""

    name: str
    numbers: tuple[str, ...]
    texts: tuple[bytes, ...]
    result: int
    folders: tuple[int, ...] = ()


def can_record() -> bool:
    return shutil.which("strace") is not None


def record(words: Sequence[str], env: Mapping[str, str], log: Path) -> list[Call]:
    """Run a program to its end. Raises CalledProcessError when it fails."""
    strace = ("strace", "-f", "--seccomp-bpf", "-xx", "-s", "9000000", "-e", f"trace={_CALLS}")
    subprocess.run([*strace, "-o", str(log), *words], env=env, check=True, capture_output=True)
    with log.open(encoding="ascii") as lines:
        return list(calls(lines))


def calls(lines: Iterator[str]) -> Iterator[Call]:
    """The calls in the order in which they ended."""
    begun: dict[str, str] = {}
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue  # a signal, an exit
        thread, resumed, name, rest = found.groups()
        if rest.endswith("<unfinished ...>"):
            begun[thread] = rest.removesuffix("<unfinished ...>")
            continue
        if resumed:
            name, rest = resumed, begun.pop(thread, "") + rest
        arguments, _, result = rest.rpartition(" = ")
        number = re.match(r"-?\d+", result)
        if number is None or int(number[0]) < 0:
            continue
        folders: tuple[int, ...] = ()
        if name.removesuffix("2").endswith("at"):
            folders = tuple(int(m[1] or -1) for m in _PATH.finditer(_without_ends(arguments)))
        strings = list(_STRING.finditer(arguments))
        assert not any(s[2] for s in strings), "a write was too long to be recorded"
        texts = tuple(bytes.fromhex(s[1].replace("\\x", "")) for s in strings)
        plain = tuple(part.strip() for part in _STRING.sub("", arguments).strip(") ").split(","))
        yield Call(name, plain, texts, int(number[0]), folders)


def _without_ends(arguments: str) -> str:
    """Each string with its first mark alone."""
    return re.sub(r'"[^"]*"', '"', arguments)


@dataclass
class File:
    """Bytes on the disk itself, and what was done since the last sync."""

    synced: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)  # None: cut here

    def sync(self) -> None:
        self.synced, self.pending = played(self.synced, self.pending), []

    def write(self, offset: int, data: bytes) -> None:
        while data:
            room = BLOCK - offset % BLOCK
            self.pending.append((offset, data[:room]))
            offset, data = offset + room, data[room:]

    @property
    def size(self) -> int:
        size = len(self.synced)
        for offset, data in self.pending:
            size = offset if data is None else max(size, offset + len(data))
        return size


def played(content: bytes, done: Sequence[tuple[int, bytes | None]]) -> bytes:
    now = bytearray(content)
    for offset, data in done:
        if data is None:
            del now[offset:]
            now.extend(bytes(max(0, offset - len(now))))
        else:
            now.extend(bytes(max(0, offset + len(data) - len(now))))
            now[offset : offset + len(data)] = data
    return bytes(now)


Names = dict[str, "File | Folder"]
Step = tuple[tuple[str, "File | Folder | None"], ...]  # one atomic change: name → new meaning


@dataclass
class Folder:
    synced: Names = field(default_factory=dict)
    pending: list[Step] = field(default_factory=list)

    def now(self) -> Names:
        return named(self.synced, self.pending)

    def sync(self) -> None:
        self.synced, self.pending = self.now(), []


def named(names: Names, steps: Sequence[Step]) -> Names:
    found: dict[str, File | Folder | None] = dict(names)
    for step in steps:
        found.update(step)
    return {name: what for name, what in found.items() if what is not None}


class Disk:
    """Everything below `top`, as a program's calls left it so far."""

    def __init__(self, top: Path) -> None:
        self._top = str(top)
        self.root = Folder()
        self._open: dict[int, File | Folder] = {}
        self._at: dict[int, int] = {}
        self.said = b""  # what went to standard output

    def play(self, call: Call) -> bool:
        """Take one call in. True when it may have changed something."""
        method = getattr(self, f"_{_SAME.get(call.name, call.name)}", None)
        return method is not None and method(call) is not False

    def end_process(self) -> None:
        """What was open is closed."""
        self._open.clear()
        self._at.clear()

    def _places(self, call: Call) -> Iterator[tuple[Folder, str] | None]:
        """What each path of a call means."""
        for number, path in enumerate(call.texts):
            fd = call.folders[number] if call.folders else -1
            within = self._open.get(fd)
            if isinstance(within, Folder) and b"/" not in path:
                yield within, path.decode()
            else:
                yield self._locate(path)

    def _locate(self, path: bytes) -> tuple[Folder, str] | None:
        text = path.decode()
        if not text.startswith(f"{self._top}/"):
            return None
        *folders, name = text.removeprefix(f"{self._top}/").split("/")
        at = self.root
        for part in folders:
            inner = at.now().get(part)
            if not isinstance(inner, Folder):
                return None
            at = inner
        return at, name

    def _openat(self, call: Call) -> bool:
        place = next(self._places(call))
        self._open.pop(call.result, None)
        if call.texts[0].decode() == self._top:
            self._open[call.result] = self.root
            return False
        if place is None:
            return False
        folder, name = place
        flags = " ".join(call.numbers)
        there = folder.now().get(name)
        if there is None:
            assert "O_CREAT" in flags, call
            there = File()
            folder.pending.append(((name, there),))
        if "O_TRUNC" in flags and isinstance(there, File):
            there.pending.append((0, None))
        self._open[call.result] = there
        self._at[call.result] = 0
        return True

    def _close(self, call: Call) -> bool:
        self._open.pop(int(call.numbers[0]), None)
        return False

    def _lseek(self, call: Call) -> bool:
        self._at[int(call.numbers[0])] = call.result
        return False

    def _file(self, call: Call) -> File | None:
        found = self._open.get(_first(call))
        return found if isinstance(found, File) else None

    def _write(self, call: Call) -> bool:
        fd = _first(call)
        if fd == 1:
            self.said += call.texts[0][: call.result]
            return True
        file = self._file(call)
        if file is None:
            return False
        file.write(self._at[fd], call.texts[0][: call.result])
        self._at[fd] += call.result
        return True

    def _pwrite64(self, call: Call) -> bool:
        file = self._file(call)
        if file is None:
            return False
        file.write(int(call.numbers[-1]), call.texts[0][: call.result])
        return True

    def _ftruncate(self, call: Call) -> bool:
        if file := self._file(call):
            file.pending.append((int(call.numbers[1]), None))
        return file is not None

    def _fallocate(self, call: Call) -> bool:
        file = self._file(call)
        end = int(call.numbers[2]) + int(call.numbers[3])
        if file is not None and end > file.size:
            file.pending.append((end, None))
        return file is not None

    def _fsync(self, call: Call) -> bool:
        found = self._open.get(int(call.numbers[0]))
        if found is None:
            return False
        found.sync()
        return True

    def _rename(self, call: Call) -> bool:
        old, new = self._places(call)
        if old is None or new is None:
            return False
        assert old[0] is new[0], "only within a folder"
        old[0].pending.append(((new[1], old[0].now()[old[1]]), (old[1], None)))
        return True

    def _link(self, call: Call) -> bool:
        old, new = self._places(call)
        if old is None or new is None:
            return False
        new[0].pending.append(((new[1], old[0].now()[old[1]]),))
        return True

    def _unlink(self, call: Call) -> bool:
        place = next(self._places(call))
        if place is None:
            return False
        place[0].pending.append(((place[1], None),))
        return True

    def _mkdir(self, call: Call) -> bool:
        place = self._locate(call.texts[0])
        if place is None:
            return False
        place[0].pending.append(((place[1], Folder()),))
        return True

    def _sendfile(self, call: Call) -> bool:
        assert self._file(call) is None, "what it copied is not recorded"
        return False

    def _refused(self, call: Call) -> bool:
        assert _first(call) not in self._open, f"{call.name} is not modelled"
        return False

    def write_out(self, to: Path, how: str, dice: random.Random) -> None:
        """Put one state the disk may be in into `to`, which is made anew.

        Args:
            how: "none" of what was not synced survived, "all" of it did, "first" a part of it in
                order, "some" of it in no order.
        """
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir()
        _write_folder(self.root, to, how, dice)


_SAME = {
    "creat": "refused",
    "pwritev": "refused",
    "writev": "refused",
    "dup": "refused",
    "dup2": "refused",
    "fdatasync": "fsync",
    "renameat": "rename",
    "renameat2": "rename",
    "linkat": "link",
    "unlinkat": "unlink",
    "mkdirat": "mkdir",
}


def _first(call: Call) -> int:
    return int(call.numbers[0]) if call.numbers[0].isdigit() else -1


def _survivors(pending: Sequence, how: str, dice: random.Random) -> list:  # type: ignore[type-arg]
    match how:
        case "none":
            return []
        case "all":
            return list(pending)
        case "first":
            return list(pending[: dice.randint(0, len(pending))])
        case _:
            return [one for one in pending if dice.random() < 0.5]


def _write_folder(folder: Folder, to: Path, how: str, dice: random.Random) -> None:
    made: dict[int, Path] = {}
    for name, what in named(folder.synced, _survivors(folder.pending, how, dice)).items():
        path = to / name
        if isinstance(what, Folder):
            path.mkdir()
            _write_folder(what, path, how, dice)
        elif id(what) in made:  # two names of one file
            path.hardlink_to(made[id(what)])
        else:
            path.write_bytes(played(what.synced, _survivors(what.pending, how, dice)))
            made[id(what)] = path
