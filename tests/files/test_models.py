"""3D results: what a GLB says about itself, and the process that draws it."""

import json
import math
import os
import shutil
import struct
import sys
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rushes.assets import asset
from rushes.core.model import ModelFacts, ModelTrouble
from rushes.files import archive
from rushes.files.models import ModelCache, Unpacked
from rushes.helpers.models import NotAModel, checked


def glb(path: Path, **description: Any) -> Path:
    raw = json.dumps({"asset": {"version": "2.0"}, **description}).encode()
    raw += b" " * (-len(raw) % 4)
    head = struct.pack("<4sIII4s", b"glTF", 2, 20 + len(raw), len(raw), b"JSON")
    path.write_bytes(head + raw)
    return path


def cube(**node: Any) -> dict[str, Any]:
    """A description of one box, 2 × 4 × 6, of 12 triangles, placed as `node` says."""
    return {
        "nodes": [{"mesh": 0, **node}],
        "scenes": [{"nodes": [0]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [{"count": 24, "min": [-1, -2, -3], "max": [1, 2, 3]}, {"count": 36}],
        "materials": [{}, {}],
        "textures": [{}],
    }


# --- facts -----------------------------------------------------------------------------------


def read_facts(path: Path) -> ModelFacts:
    return checked(path, path.with_name(f"checked {uuid.uuid4().hex}"))


def test_that_counts_and_extent_are_those_of_the_scene(tmp_path: Path) -> None:
    facts = read_facts(glb(tmp_path / "a.glb", **cube()))
    assert (facts.triangles, facts.meshes, facts.materials, facts.textures) == (12, 1, 2, 1)
    assert facts.size == (2, 4, 6)


@pytest.mark.parametrize(
    ("node", "size"),
    [
        ({"scale": [2, 1, 0.5]}, (4, 4, 3)),
        ({"translation": [5, 6, 7]}, (2, 4, 6)),
        ({"rotation": [0, 0, math.sqrt(0.5), math.sqrt(0.5)]}, (4, 2, 6)),
        ({"rotation": [math.sqrt(0.5), 0, 0, math.sqrt(0.5)], "scale": [1, 2, 1]}, (2, 6, 8)),
        ({"matrix": [0, 0, 2, 0, 0, 1, 0, 0, 1, 0, 0, 0, 9, 9, 9, 1]}, (6, 4, 4)),
    ],
)
def test_that_the_extent_follows_how_a_mesh_is_placed(
    tmp_path: Path, node: dict[str, Any], size: tuple[float, float, float]
) -> None:
    assert read_facts(glb(tmp_path / "a.glb", **cube(**node))).size == pytest.approx(size)


def test_that_a_mesh_that_stands_twice_in_the_scene_counts_twice(tmp_path: Path) -> None:
    raw = cube()
    raw["nodes"] = [{"children": [1, 2]}, {"mesh": 0}, {"mesh": 0, "translation": [10, 0, 0]}]
    facts = read_facts(glb(tmp_path / "a.glb", **raw))
    assert (facts.triangles, facts.size) == (24, (12, 4, 6))


def test_that_strips_and_fans_are_counted_in_triangles_and_lines_are_not(tmp_path: Path) -> None:
    raw = cube()
    part = raw["meshes"][0]["primitives"][0]
    raw["meshes"][0]["primitives"] = [{**part, "mode": mode} for mode in (5, 6, 1)]
    assert read_facts(glb(tmp_path / "a.glb", **raw)).triangles == 68


@pytest.mark.parametrize("part", ["buffers", "images"])
@pytest.mark.parametrize("uri", ["http://host.invalid/a", "file:///etc/passwd", "../a.png", ""])
def test_that_a_model_that_asks_for_other_files_is_not_looked_at(
    tmp_path: Path, part: str, uri: str
) -> None:
    path = glb(tmp_path / "a.glb", **cube(), **{part: [{"uri": uri}]})
    with pytest.raises(NotAModel) as told:
        read_facts(path)
    assert told.value.trouble is ModelTrouble.OTHER_FILES


def _with(**changed: Any) -> dict[str, Any]:
    return {**cube(), **changed}


@pytest.mark.parametrize(
    "raw",
    [
        _with(nodes=[{"mesh": 7}]),
        _with(nodes=[{"mesh": -1}]),
        _with(nodes=[{"mesh": "0"}]),
        _with(nodes=5),
        _with(scenes=[{"nodes": [99]}]),
        _with(scene=4),
        _with(meshes=[{}]),
        _with(meshes=[{"primitives": [{"attributes": {}}]}]),
        _with(accessors=[{"count": "many"}]),
        _with(accessors=[{"count": -5, "min": [], "max": []}, {"count": 3}]),
        _with(nodes=[{"mesh": 0, "matrix": [1, 2]}]),
        _with(nodes=[{"mesh": 0, "scale": ["a", "b", "c"]}]),
        _with(buffers=["no"]),
        _with(nodes=[{"children": [0]}]),
        _with(nodes=[{"children": [1] * 1000}, {"children": [2] * 1000}, {"mesh": 0}]),
    ],
)
def test_that_a_description_that_makes_no_sense_is_refused(
    tmp_path: Path, raw: dict[str, Any]
) -> None:
    with pytest.raises(NotAModel):
        read_facts(glb(tmp_path / "a.glb", **raw))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"glTF",
        b"glTF" + bytes(40),
        struct.pack("<4sIII4s", b"glTF", 2, 99, 2**31, b"JSON") + b"{}",
        struct.pack("<4sIII4s", b"glTF", 2, 22, 2, b"JSON") + b"[]",
        struct.pack("<4sIII4s", b"glTF", 2, 90_020, 90_000, b"JSON") + b"[" * 90_000,
    ],
)
def test_that_what_is_no_glb_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.glb"
    path.write_bytes(content)
    with pytest.raises(NotAModel):
        read_facts(path)


def raw_glb(path: Path, text: bytes, *, after: bytes = b"") -> Path:
    """A GLB whose description is exactly this text."""
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text) + len(after), len(text), b"JSON")
    path.write_bytes(head + text + after)
    return path


def as_text(raw: dict[str, Any]) -> str:
    return json.dumps({"asset": {"version": "2.0"}, **raw})


@pytest.mark.parametrize(
    ("before", "twice"),
    [
        ('"buffers": [', '"buffers": [{"uri": "/etc/passwd", "byteLength": 9}], "buffers": ['),
        ('"uri": "data:,"', '"uri": "/etc/passwd", "uri": "data:,"'),
        ('"uri": "data:,"', '"uri": "data:,", "\\u0075ri": "/etc/passwd"'),
        ('"nodes": [{', '"nodes": [], "nodes": [{'),
    ],
)
def test_that_a_name_that_stands_twice_is_refused(tmp_path: Path, before: str, twice: str) -> None:
    text = as_text(_with(buffers=[{"uri": "data:,", "byteLength": 0}]))
    assert before in text
    read_facts(raw_glb(tmp_path / "once.glb", text.encode()))
    with pytest.raises(NotAModel) as told:
        read_facts(raw_glb(tmp_path / "twice.glb", text.replace(before, twice, 1).encode()))
    assert told.value.trouble is ModelTrouble.BROKEN


@pytest.mark.parametrize(
    "text",
    [
        as_text(cube()).encode("utf-16"),
        b"\xef\xbb\xbf" + as_text(cube()).encode(),
        as_text(_with(extensions={"x": "\xff"})).encode("latin-1").replace(b"\\u00ff", b"\xff"),
    ],
)
def test_that_a_description_in_another_encoding_is_refused(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(NotAModel):
        read_facts(raw_glb(tmp_path / "a.glb", text))


def test_that_an_address_in_an_extension_is_seen(tmp_path: Path) -> None:
    raw = _with(extensions={"EXT_any": {"lights": [{"uri": "../secret.png"}]}})
    with pytest.raises(NotAModel) as told:
        read_facts(glb(tmp_path / "a.glb", **raw))
    assert told.value.trouble is ModelTrouble.OTHER_FILES


def test_that_a_scene_of_millions_of_parts_is_refused_before_they_are_counted(
    tmp_path: Path,
) -> None:
    raw = cube()
    part = raw["meshes"][0]["primitives"][0]
    raw["meshes"][0]["primitives"] = [part] * 4000
    raw["nodes"] = [{"mesh": 0}] * 4000
    raw["scenes"] = [{"nodes": list(range(4000))}]
    with pytest.raises(NotAModel) as told:
        read_facts(glb(tmp_path / "a.glb", **raw))
    assert told.value.trouble is ModelTrouble.TOO_HEAVY


def test_that_the_copy_that_is_drawn_holds_what_was_checked_and_nothing_else(
    tmp_path: Path,
) -> None:
    raw = {"asset": {"version": "2.0"}, **cube(), "extras": {"uri": "/etc/passwd"}}
    buffer = struct.pack("<I4s", 6, b"BIN\0") + b"buffer"
    junk = struct.pack("<I4s", 4, b"JSON") + b"{}  "
    given = raw_glb(tmp_path / "a.glb", json.dumps(raw).encode(), after=buffer + b"\0\0" + junk)
    facts = checked(given, tmp_path / "b.glb")
    assert facts == read_facts(given)
    made = (tmp_path / "b.glb").read_bytes()
    total, size = struct.unpack("<8xII", made[:16])
    assert total == len(made)
    del raw["extras"]
    assert json.loads(made[20 : 20 + size]) == raw
    assert made[20 + size :] == struct.pack("<I4s", 8, b"BIN\0") + b"buffer\0\0"
    assert checked(tmp_path / "b.glb", tmp_path / "c.glb") == facts
    assert (tmp_path / "c.glb").read_bytes() == made


@pytest.mark.parametrize(
    "after",
    [b"BIN", struct.pack("<I4s", 99, b"BIN\0") + b"cut", struct.pack("<I4s", 0, b"JSON")],
)
def test_that_a_model_with_a_cut_or_foreign_buffer_is_not_drawn(
    tmp_path: Path, after: bytes
) -> None:
    given = raw_glb(tmp_path / "a.glb", as_text(cube()).encode(), after=after)
    with pytest.raises(NotAModel):
        checked(given, tmp_path / "b.glb")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_that_a_pipe_is_no_model(shelf: ModelCache, tmp_path: Path) -> None:
    for name in ("a.glb", "a.zip"):
        os.mkfifo(tmp_path / name)
        assert shelf.unpacked(tmp_path / name, name) is ModelTrouble.DISK


# --- the shelf -------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[ModelCache]:
    made = ModelCache(tmp_path / "models")
    yield made
    made.close()


def unpacked(shelf: ModelCache, result: Path, name: str = "one") -> Unpacked:
    found = shelf.unpacked(result, name)
    assert isinstance(found, Unpacked)
    return found


def test_that_a_model_is_drawn_from_all_sides_once_and_then_kept(
    qapp: object, shelf: ModelCache
) -> None:
    found = unpacked(shelf, asset("media", "vase.zip"))
    assert found.facts.triangles == 4128
    pictures = shelf.turntable(found.path, "one")
    assert not isinstance(pictures, ModelTrouble)
    assert [path.name for path in pictures] == [f"{at:02}.png" for at in range(24)]
    assert len({path.read_bytes() for path in pictures}) > 12
    made = pictures[0].stat().st_mtime_ns
    assert shelf.turntable(found.path, "one") == pictures
    assert pictures[0].stat().st_mtime_ns == made


def test_that_one_picture_is_drawn_alone_and_taken_from_the_turntable_once_there_is_one(
    shelf: ModelCache,
) -> None:
    found = unpacked(shelf, asset("media", "vase.zip"))
    still = shelf.picture(found.path, "one")
    assert isinstance(still, Path)
    assert [path.name for path in still.parent.iterdir()] == ["00.png"]
    if sys.platform == "linux":  # what Qt and the driver keep for the next time stays below ours
        assert not list(Path(os.environ["XDG_CACHE_HOME"]).iterdir())
    turn = shelf.turntable(found.path, "one")
    assert isinstance(turn, tuple)
    assert shelf.picture(found.path, "one") == turn[0]


def test_that_a_damaged_model_costs_the_drawing_process_alone(
    qapp: object, shelf: ModelCache, tmp_path: Path
) -> None:
    whole = unpacked(shelf, asset("media", "vase.zip")).path.read_bytes()
    damaged = tmp_path / "damaged.glb"
    damaged.write_bytes(whole[: len(whole) // 2])
    assert isinstance(shelf.turntable(damaged, "two"), ModelTrouble)
    assert not any((tmp_path / "models" / "two").iterdir())


def test_that_a_computer_that_cannot_draw_in_3d_says_so_and_keeps_the_facts(
    shelf: ModelCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    found = unpacked(shelf, asset("media", "vase.zip"))
    assert shelf.turntable(found.path, "one") is ModelTrouble.NO_DRAWING


def test_that_an_archive_without_a_model_says_so(shelf: ModelCache, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no model here")
    assert shelf.unpacked(path, "one") is ModelTrouble.NO_MODEL


@pytest.mark.parametrize("name", ["模型乗.glb", "人物/龍.glb", "café.glb"])
def test_that_names_of_chinese_archives_are_read(tmp_path: Path, name: str) -> None:
    """In GBK, the second byte of 乗 is a backslash."""
    raw = name.encode("cp437" if name == "café.glb" else "gbk")
    path, place = tmp_path / "model.zip", "x" * len(raw)
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(place, b"glTF")
    path.write_bytes(path.read_bytes().replace(place.encode(), raw))
    (file,) = archive.unpack(path, tmp_path / "out")
    assert file.relative_to(tmp_path / "out").as_posix() == name


def test_that_an_archive_that_would_get_out_is_not_unpacked(
    shelf: ModelCache, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../model.glb", "out")
    assert shelf.unpacked(path, "one") is ModelTrouble.REFUSED
    assert not list(tmp_path.rglob("*.glb"))


def test_that_a_result_that_is_gone_is_told(shelf: ModelCache, tmp_path: Path) -> None:
    assert shelf.unpacked(tmp_path / "gone.zip", "one") is ModelTrouble.DISK


def test_that_the_oldest_models_go_when_there_are_too_many(
    shelf: ModelCache, tmp_path: Path
) -> None:
    small = tmp_path / "small.zip"
    with zipfile.ZipFile(small, "w") as archive:
        archive.write(glb(tmp_path / "a.glb", **cube()), "a.glb")
    models = tmp_path / "models"
    unpacked(shelf, small, "model 00")
    for number in range(28):
        if number:
            shutil.copytree(models / "model 00", models / f"model {number:02}")
        os.utime(models / f"model {number:02}", (number, number))
    for number in (28, 29):
        unpacked(shelf, small, f"model {number:02}")
        kept = sorted(path.name for path in models.iterdir())
        assert kept == [f"model {left:02}" for left in range(number - 23, number + 1)]


def test_that_no_process_starts_after_the_end(shelf: ModelCache, tmp_path: Path) -> None:
    path = tmp_path / "a.glb"
    shutil.copy(unpacked(shelf, asset("media", "vase.zip")).path, path)
    shelf.close()
    assert shelf.turntable(path, "late") is ModelTrouble.NO_DRAWING


def test_that_a_reading_process_that_hangs_is_killed_in_its_time(tmp_path: Path) -> None:
    shelf = ModelCache(tmp_path / "models", limit_s=0.01)
    assert shelf.unpacked(asset("media", "vase.zip"), "one") is ModelTrouble.TOO_HEAVY
    assert not any((tmp_path / "models" / "one").iterdir())
    shelf.close()
