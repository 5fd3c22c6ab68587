"""The helper that reads and draws 3D models, because the files are strangers'.

    read RESULT FOLDER      check a GLB, or the one in a zip; write `MODEL` and `FACTS` into FOLDER
    render MODEL FOLDER     write one picture for each angle: ``00.png``, ``01.png``, …
    orbit MODEL             open a window to turn the model in

Ends with 0 when it is done; `files/models.py` says what the other codes mean.
"""

import argparse
import errno
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from rushes.core.model import ModelTrouble
from rushes.files.archive import unpack
from rushes.files.model_facts import NotAModel, checked
from rushes.files.models import CODES, FACTS, FRAMES, MODEL
from rushes.files.verdict import Damaged, Uncheckable

_SIDE = 480


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="turntable")
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
