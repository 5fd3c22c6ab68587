"""Reads what a GLB says about itself: counts and extent. The file is a stranger's.

Only its JSON part is read, up to a limit; every number in it is checked where it is used.
Source: glTF 2.0 specification, 3.4 (nodes), 3.7 (meshes), 4.4 (GLB).
"""

import itertools
import json
import math
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rushes.core.model import ModelFacts, ModelTrouble

_MAX_JSON_BYTES = 32 * 2**20
_MAX_VISITS = 200_000  # nodes of the scene, counted as often as they are reached
_MAX_DEPTH = 256
_TRIANGLES, _STRIP, _FAN = 4, 5, 6

_Matrix = tuple[float, ...]  # 16 numbers, column by column
_ONE: _Matrix = (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)
_Point = tuple[float, float, float]


class NotAModel(Exception):
    """`trouble` says why the file is not looked at."""

    def __init__(self, trouble: ModelTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


def read_facts(path: Path) -> ModelFacts:
    """Blocks for a moment.

    Raises:
        NotAModel: damaged, too large a description, or it refers to other files.
        OSError: it cannot be read.
    """
    try:
        return _facts(_description(path))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as e:
        raise NotAModel(ModelTrouble.BROKEN) from e


def _description(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        header = file.read(20)
        if len(header) < 20:
            raise NotAModel(ModelTrouble.BROKEN)
        magic, version, _length, chunk, kind = struct.unpack("<4sIII4s", header)
        if (magic, version, kind) != (b"glTF", 2, b"JSON") or chunk > _MAX_JSON_BYTES:
            raise NotAModel(ModelTrouble.BROKEN)
        raw = json.loads(file.read(chunk))
    if not isinstance(raw, dict):
        raise NotAModel(ModelTrouble.BROKEN)
    for part in ("buffers", "images"):
        for entry in raw.get(part, ()):
            if not str(entry.get("uri", "data:")).startswith("data:"):
                raise NotAModel(ModelTrouble.OTHER_FILES)
    return raw


def _facts(raw: dict[str, Any]) -> ModelFacts:
    triangles, low, high = 0, [math.inf] * 3, [-math.inf] * 3
    per_mesh: dict[int, tuple[int, list[_Point]]] = {}
    for mesh, place in _placed(raw):
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
