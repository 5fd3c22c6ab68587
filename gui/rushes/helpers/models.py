"""The helper that reads and draws 3D models, because the files are strangers'.

    read RESULT FOLDER      check a GLB, or the one in a zip; write `MODEL` and `FACTS` into FOLDER
    render MODEL FOLDER     write one picture for each angle: ``00.png``, ``01.png``, …
    orbit MODEL             open a window to turn the model in

Ends with 0 when it is done; `files/models.py` says what the other codes mean.

The JSON part of a GLB is read up to a limit; every number in it is checked where it is used. What
was read is written anew for the importer that draws it (`checked`), which reads nothing else.
Source: glTF 2.0 specification, 3.4 (nodes), 3.7 (meshes), 4.4 (GLB).
"""

import argparse
import errno
import itertools
import json
import math
import shutil
import struct
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from rushes.core.model import ModelFacts, ModelTrouble
from rushes.files import Damaged, Uncheckable
from rushes.files.archive import unpack
from rushes.files.models import CODES, FACTS, FRAMES, MODEL
from rushes.system.disk import open_regular

_SIDE = 480  # pixels of a picture
_MAX_JSON_BYTES = 32 * 2**20
_MAX_VISITS = 200_000  # nodes of the scene, counted as often as they are reached
_MAX_DEPTH = 256
_MAX_DRAWS = 50_000  # parts of meshes in the scene, counted as often as they stand there
_BLOCK = 2**20
_TRIANGLES, _STRIP, _FAN = 4, 5, 6

_Matrix = tuple[float, ...]  # 16 numbers, column by column
_ONE: _Matrix = (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)
_Point = tuple[float, float, float]


class NotAModel(Exception):
    """`trouble` says why the file is not looked at."""

    def __init__(self, trouble: ModelTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="models")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("read", "render"):
        made = verbs.add_parser(verb)
        made.add_argument("source", type=Path)
        made.add_argument("folder", type=Path)
        made.add_argument("--frames", type=int, default=FRAMES)
    orbit = verbs.add_parser("orbit")
    orbit.add_argument("source", type=Path)
    orbit.add_argument("--title", default="Rushes")
    told = parser.parse_args(words)
    if told.verb == "read":
        trouble = read(told.source, told.folder)
        return 0 if trouble is None else CODES[trouble]
    from rushes.helpers import scene  # Qt is for drawing only

    if told.verb == "render":
        scene.render(told.source, told.folder, told.frames, _SIDE)
    return scene.orbit(told.source, told.title)


def read(result: Path, folder: Path) -> ModelTrouble | None:
    """Write what was checked of a result's model, and nothing else of it.

    Only this is given to the importer that draws: two readers may understand one file in two ways
    (a name that stands twice, bytes that are no text), but not a file that one of them wrote.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="zip.", dir=folder) as inner:
            source = _model_in(result, Path(inner, "content"))
            if source is None:
                return ModelTrouble.NO_MODEL
            facts = checked(source, folder / MODEL)
        (folder / FACTS).write_bytes(msgspec.json.encode(facts))
    except Uncheckable:
        return ModelTrouble.REFUSED
    except Damaged:  # or no archive at all
        return ModelTrouble.BROKEN
    except NotAModel as e:
        return e.trouble
    except MemoryError:
        return ModelTrouble.TOO_HEAVY
    except OSError as e:
        return ModelTrouble.TOO_HEAVY if e.errno == errno.EFBIG else ModelTrouble.DISK
    return None


def _model_in(result: Path, content: Path) -> Path | None:
    """The GLB itself, or the largest one in the zip, which is unpacked into `content`."""
    if result.suffix.lower() == ".glb":
        return result
    unpack(result, content)
    found = [path for path in content.rglob("*") if path.suffix.lower() == ".glb"]
    return max(found, key=lambda path: path.stat().st_size, default=None)


# --- what a GLB says ----------------------------------------------------------------------------


def checked(path: Path, out: Path) -> ModelFacts:
    """What a GLB says about itself, and the same written to `out` as a GLB of our own making.

    Blocks, for seconds at worst.

    Raises:
        NotAModel: damaged, too large a description, or it refers to other files.
        OSError: it cannot be read, or `out` not be written.
    """
    with open_regular(path) as file:
        raw, facts = _understood(file)
        try:
            text = json.dumps(raw, separators=(",", ":"), allow_nan=False).encode("ascii")
        except ValueError as e:
            raise NotAModel(ModelTrouble.BROKEN) from e
        text += b" " * (-len(text) % 4)
        size = _buffer_bytes(file)
        padded = size + -size % 4
        total = 20 + len(text) + (8 + padded if size else 0)
        if total >= 2**32:
            raise NotAModel(ModelTrouble.TOO_HEAVY)
        with out.open("xb") as made:
            made.write(struct.pack("<4sIII4s", b"glTF", 2, total, len(text), b"JSON") + text)
            if size:
                made.write(struct.pack("<I4s", padded, b"BIN\0"))
                shutil.copyfileobj(file, made, _BLOCK)
                made.truncate(total - padded + size)
                made.seek(0, 2)
                made.write(bytes(padded - size))
    return facts


def _understood(file: BinaryIO) -> tuple[dict[str, Any], ModelFacts]:
    """The description and what it says. `file` stands behind it afterwards."""
    try:
        raw = _description(file)
        return raw, _facts(raw)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as e:
        raise NotAModel(ModelTrouble.BROKEN) from e


def _description(file: BinaryIO) -> dict[str, Any]:
    header = file.read(20)
    if len(header) < 20:
        raise NotAModel(ModelTrouble.BROKEN)
    magic, version, _length, chunk, kind = struct.unpack("<4sIII4s", header)
    if (magic, version, kind) != (b"glTF", 2, b"JSON") or chunk > _MAX_JSON_BYTES:
        raise NotAModel(ModelTrouble.BROKEN)
    raw = json.loads(file.read(chunk).decode("utf-8"), object_pairs_hook=_each_once)
    if not isinstance(raw, dict):
        raise NotAModel(ModelTrouble.BROKEN)
    for part in ("buffers", "images"):
        if not all(isinstance(entry, dict) for entry in raw.get(part, ())):
            raise NotAModel(ModelTrouble.BROKEN)
    if any(not str(uri).startswith("data:") for uri in _addresses(raw)):
        raise NotAModel(ModelTrouble.OTHER_FILES)
    return raw


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values of one name, readers take this one or that: such a file is refused.

    Notes of the program that made the file are left out. Nobody reads them.
    """
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice")
    made.pop("extras", None)
    return made


def _addresses(raw: Any) -> Iterator[Any]:
    """Everything the description calls an address, wherever an extension may have put it."""
    waiting = [raw]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "uri" in one:
                yield one["uri"]
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _buffer_bytes(file: BinaryIO) -> int:
    """The size of the buffer that follows; `file` stands at its first byte afterwards."""
    header = file.read(8)
    if not header:
        return 0
    if len(header) < 8 or header[4:] != b"BIN\0":
        raise NotAModel(ModelTrouble.BROKEN)
    size = int.from_bytes(header[:4], "little")
    at = file.tell()
    if file.seek(0, 2) - at < size:
        raise NotAModel(ModelTrouble.BROKEN)
    file.seek(at)
    return size


def _facts(raw: dict[str, Any]) -> ModelFacts:
    triangles, draws, low, high = 0, 0, [math.inf] * 3, [-math.inf] * 3
    per_mesh: dict[int, tuple[int, list[_Point]]] = {}
    for mesh, place in _placed(raw):
        draws += len(raw["meshes"][mesh]["primitives"])
        if draws > _MAX_DRAWS:
            raise NotAModel(ModelTrouble.TOO_HEAVY)
        if mesh not in per_mesh:
            per_mesh[mesh] = _measured(raw, raw["meshes"][mesh])
        count, corners = per_mesh[mesh]
        triangles += count
        for corner in corners:
            for axis, value in enumerate(_moved(place, corner)):
                low[axis], high[axis] = min(low[axis], value), max(high[axis], value)
    size = tuple(b - a for a, b in zip(low, high, strict=True))
    return ModelFacts(
        triangles=triangles,
        meshes=len(raw.get("meshes", ())),
        materials=len(raw.get("materials", ())),
        textures=len(raw.get("textures", ())),
        size=(size[0], size[1], size[2]) if all(map(math.isfinite, size)) else None,
    )


def _placed(raw: dict[str, Any]) -> Iterator[tuple[int, _Matrix]]:
    """Every mesh of the scene with where it stands."""
    nodes = raw.get("nodes", ())
    scenes = raw.get("scenes")
    roots = scenes[_index(raw.get("scene", 0))].get("nodes", ()) if scenes else range(len(nodes))
    waiting = [(_index(root), _ONE, 0) for root in roots]
    visits = 0
    while waiting:
        at, above, depth = waiting.pop()
        visits += 1
        if visits > _MAX_VISITS or depth > _MAX_DEPTH:
            raise NotAModel(ModelTrouble.TOO_HEAVY)
        node = nodes[at]
        here = _product(above, _matrix(node))
        if "mesh" in node:
            yield _index(node["mesh"]), here
        waiting += [(_index(child), here, depth + 1) for child in node.get("children", ())]


def _measured(raw: dict[str, Any], mesh: dict[str, Any]) -> tuple[int, list[_Point]]:
    """Triangles of a mesh, and the corners of the boxes its parts fill."""
    triangles, corners = 0, list[_Point]()
    for part in mesh["primitives"]:
        position = raw["accessors"][_index(part["attributes"]["POSITION"])]
        counted = raw["accessors"][_index(part["indices"])] if "indices" in part else position
        count, mode = _index(counted["count"]), part.get("mode", _TRIANGLES)
        if mode == _TRIANGLES:
            triangles += count // 3
        elif mode in (_STRIP, _FAN):
            triangles += max(0, count - 2)
        if "min" in position and "max" in position:
            sides = zip(_numbers(position["min"], 3), _numbers(position["max"], 3), strict=True)
            corners += [(x, y, z) for x, y, z in itertools.product(*sides)]
    return triangles, corners


def _matrix(node: dict[str, Any]) -> _Matrix:
    if "matrix" in node:
        return _numbers(node["matrix"], 16)
    tx, ty, tz = _numbers(node.get("translation", (0, 0, 0)), 3)
    x, y, z, w = _numbers(node.get("rotation", (0, 0, 0, 1)), 4)
    sx, sy, sz = _numbers(node.get("scale", (1, 1, 1)), 3)
    return (
        *(sx * (1 - 2 * (y * y + z * z)), sx * 2 * (x * y + w * z), sx * 2 * (x * z - w * y), 0),
        *(sy * 2 * (x * y - w * z), sy * (1 - 2 * (x * x + z * z)), sy * 2 * (y * z + w * x), 0),
        *(sz * 2 * (x * z + w * y), sz * 2 * (y * z - w * x), sz * (1 - 2 * (x * x + y * y)), 0),
        *(tx, ty, tz, 1),
    )


def _product(a: _Matrix, b: _Matrix) -> _Matrix:
    return tuple(
        sum(a[row + 4 * k] * b[k + 4 * column] for k in range(4))
        for column in range(4)
        for row in range(4)
    )


def _moved(place: _Matrix, point: _Point) -> _Point:
    x, y, z = point
    moved = (place[r] * x + place[r + 4] * y + place[r + 8] * z + place[r + 12] for r in range(3))
    return (next(moved), next(moved), next(moved))


def _numbers(raw: Sequence[Any], count: int) -> tuple[float, ...]:
    found = tuple(float(value) for value in raw)
    if len(found) != count:
        raise ValueError(count)
    return found


def _index(raw: Any) -> int:
    if type(raw) is not int or raw < 0:
        raise ValueError(type(raw).__name__)
    return raw
