"""python -m rushes.turntable render MODEL FOLDER | orbit MODEL

`render` writes one picture for each of so many angles into FOLDER, as ``00.png``, ``01.png``, …,
and ends with 0; anything else means that there are none. `orbit` opens a window to turn the model
in.
"""

import argparse
import sys
from pathlib import Path

from rushes.turntable.limits import confine

FRAMES = 24
SIDE = 480
_RENDER_CPU_S = 60


def main() -> int:
    parser = argparse.ArgumentParser(prog="rushes.turntable")
    verbs = parser.add_subparsers(dest="verb", required=True)
    render = verbs.add_parser("render")
    render.add_argument("model", type=Path)
    render.add_argument("folder", type=Path)
    render.add_argument("--frames", type=int, default=FRAMES)
    orbit = verbs.add_parser("orbit")
    orbit.add_argument("model", type=Path)
    orbit.add_argument("--title", default="Rushes")
    words = parser.parse_args()
    confine(_RENDER_CPU_S if words.verb == "render" else None)
    from rushes.turntable import scene  # Qt, after the limits are in place

    if words.verb == "render":
        scene.render(words.model, words.folder, words.frames, SIDE)
    return scene.orbit(words.model, words.title)


if __name__ == "__main__":
    sys.exit(main())
