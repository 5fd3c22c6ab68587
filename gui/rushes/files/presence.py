"""Whether saved files still are where they were: by name, size and time, a `stat` each.

A folder that is away is looked at once, not once for each file below it. Each place (see `Disk`) is
asked in a thread of its own: a dead drive is a folder that is away, and holds up no other.
"""

import asyncio
import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from rushes.core.presence import AwayFolder, Found, KeptFile, Why
from rushes.system.patience import Beat, Patience

_BLOCK_BYTES = 2**20

#: Places that are asked at the same time.
_AT_ONCE = 8

_MOUNTS = Path("/proc/self/mountinfo")


class Disk:
    """`core.ports.Disk` on the file systems of this computer.

    What does not answer, if a file's `stat` does not end, is its *place*: the mounted disk it lies
    on, or the folder of results, or else its own folder (it may be a link to a dead drive).

    Args:
        roots: The folders that results are kept in.
    """

    def __init__(self, roots: Callable[[], Iterable[Path]], patience: Patience) -> None:
        self._roots = roots
        self._patience = patience

    async def look(self, files: Sequence[KeptFile]) -> list[Found]:
        """What is there of each file, in the order of `files`."""
        roots = [str(root) for root in self._roots()]
        tops = sorted({*_mounts(), *roots}, key=len, reverse=True)
        places: defaultdict[str, list[int]] = defaultdict(list)
        folders: dict[str, str] = {}
        for number, file in enumerate(files):
            folder = os.path.dirname(file.path or "")  # noqa: PTH120 - of thousands of them
            if folder not in folders:
                folders[folder] = next((top for top in tops if _is_in(folder, top)), folder)
            places[folders[folder]].append(number)
        found = [Found()] * len(files)
        free = asyncio.Semaphore(_AT_ONCE)

        async def look_at(place: str, numbers: list[int]) -> None:
            asked = [files[number] for number in numbers]
            gates = [top for top in reversed(tops) if _is_in(place, top)]
            try:
                async with free:
                    said = await self._patience.ask(
                        place, lambda beat: _look(asked, gates, roots, beat)
                    )
            except TimeoutError:
                said = [Found(away=AwayFolder(place, Why.SILENT))] * len(asked)
            for number, each in zip(numbers, said, strict=True):
                found[number] = each

        await asyncio.gather(*(look_at(*each) for each in places.items()))
        return found

    async def is_same(self, file: KeptFile) -> bool:
        """Whether the file that is there has the content it was saved with. Reads all of it."""
        path = file.path or ""
        with suppress(OSError, ValueError):  # TimeoutError is one
            return await self._patience.ask(path, lambda beat: _digest(path, beat)) == file.sha256
        return False


def _mounts() -> list[str]:
    """Where disks are mounted, but for the system's own; empty where nobody says so."""
    try:
        lines = _MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []
    escaped = (line.split(" ")[4] for line in lines)
    points = {each.encode("utf-8", "surrogateescape") for each in escaped if each != "/"}
    # Blanks and the like are written as three octal digits.
    return [os.fsdecode(point.decode("unicode_escape").encode("latin-1")) for point in points]


def _is_in(folder: str, top: str) -> bool:
    return folder == top or folder.startswith(top.rstrip(os.sep) + os.sep)


def _look(
    files: Sequence[KeptFile], gates: Sequence[str], roots: Sequence[str], beat: Beat
) -> list[Found]:
    """`gates` are the disks and roots the files are in, the outermost first. A dead drive keeps
    whoever asks for itself only as long as that is wanted; who looks for the same name in it as
    somebody else waits in the kernel for good, and cannot even be killed (Linux)."""
    for gate in gates:
        with suppress(OSError):
            os.stat(gate)  # noqa: PTH116
        beat()
    looker = _Looker(roots, beat)
    return [looker.look(file) for file in files]


class _Looker:
    """Looks at files one after the other and keeps what it has learnt of their folders."""

    def __init__(self, roots: Sequence[str], beat: Beat) -> None:
        self._roots = frozenset(roots)
        self._beat = beat
        self._known: dict[str, AwayFolder | None] = {}

    def look(self, file: KeptFile) -> Found:
        folder = os.path.dirname(file.path or "")  # noqa: PTH120
        if not file.path or not folder:
            return Found()
        try:
            if (away := self._folder(folder)) is not None:
                return Found(away=away)
            state = os.stat(file.path)  # noqa: PTH116
        except ValueError:  # never a path
            return Found()
        except (FileNotFoundError, NotADirectoryError):
            return Found(away=self._if_empty(folder))
        except OSError:
            return Found(away=AwayFolder(folder, Why.CLOSED))
        finally:
            self._beat()
        if not stat.S_ISREG(state.st_mode) or file.size not in (None, state.st_size):
            return Found()
        if file.mtime_ns in (None, state.st_mtime_ns):
            return Found(there=True)
        return Found(there=True, changed_at=state.st_mtime_ns)

    def _folder(self, folder: str) -> AwayFolder | None:
        """What is away, if this folder cannot be looked into; above what is there, the topmost."""
        if folder not in self._known:
            self._known[folder] = self._ask(folder)
            self._beat()
        return self._known[folder]

    def _ask(self, folder: str) -> AwayFolder | None:
        above = os.path.dirname(folder)  # noqa: PTH120
        try:
            is_folder = stat.S_ISDIR(os.stat(folder).st_mode)  # noqa: PTH116
        except (FileNotFoundError, NotADirectoryError):
            is_folder = False
        except PermissionError:
            return self._above(folder) or AwayFolder(above, Why.CLOSED)
        except OSError:
            return self._above(folder) or AwayFolder(folder, Why.CLOSED)
        if is_folder:
            return None
        return self._above(folder) or self._if_empty(above) or AwayFolder(folder, Why.GONE)

    def _above(self, folder: str) -> AwayFolder | None:
        above = os.path.dirname(folder)  # noqa: PTH120
        return None if above == folder else self._folder(above)

    def _if_empty(self, folder: str) -> AwayFolder | None:
        """A folder of results in which nothing is left is the empty place of a disk that is not
        mounted, or its files were all taken away: either way this is what there is to say."""
        if folder in self._roots:
            with suppress(OSError), os.scandir(folder) as entries:
                if next(entries, None) is None:
                    return AwayFolder(folder, Why.EMPTY)
        return None


def _digest(path: str, beat: Beat) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:  # noqa: PTH123
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            beat()
    return digest.hexdigest()
