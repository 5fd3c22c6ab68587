"""Films whose frames say which one they are: sixteen black or white cells across the picture."""

import subprocess
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, qGray

_CELLS = 16
_FILM_BITS, _FRAME_BITS = 4, 9  # between a white cell at the left, and parity and a black one
_TOP, _TALL = 0.35, 0.3  # of the picture's height
_AVC = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def make(
    path: Path,
    film: int,
    *,
    size: str = "640x360",
    rate: str = "24",
    frames: int = 96,
    how: tuple[str, ...] = _AVC,
    thinned: str = "",
) -> Path:
    """Burn `film` (0 to 15) and the number of each frame (0 to 511) into a moving picture.

    Args:
        thinned: An expression of ffmpeg's `select` that is 0 for source frames left out; those
            left stand longer and keep their numbers of before.
    """
    cells = ["1", *(f"{film >> k & 1}" for k in range(_FILM_BITS))]
    cells += [f"mod(floor(n/{2**k}),2)" for k in range(_FRAME_BITS)]
    cells += ["mod(" + "+".join(cells[1:]) + ",2)", "0"]
    boxes = [f"drawbox=x=0:y=ih*{_TOP}:w=iw:h=ih*{_TALL}:color=black:t=fill"]
    boxes += [
        f"drawbox=x=iw*{k}/{_CELLS}:y=ih*{_TOP}:w=iw/{_CELLS}:h=ih*{_TALL}:color=white:t=fill"
        f":enable='{cell}'"
        for k, cell in enumerate(cells)
    ]
    graph = ",".join(boxes) + (f",select='{thinned}'" if thinned else "")
    source = f"testsrc2=s={size}:r={rate}"
    words = ["-f", "lavfi", "-i", source, "-vf", graph, "-fps_mode", "vfr"]
    words += ["-frames:v", str(frames), *how, str(path)]
    subprocess.run(["ffmpeg", "-loglevel", "error", "-nostdin", "-y", *words], check=True)
    return path


def read(image: QImage) -> tuple[int, int] | None:
    """Film and frame that are seen, in a whole picture or a line of its middle. None: no such
    picture, or a blur."""
    if image.isNull():
        return None
    y = min(int(image.height() * (_TOP + _TALL / 2)), image.height() - 1)
    bits = []
    for k in range(_CELLS):
        grey = qGray(image.pixel(QPoint(int(image.width() * (k + 0.5) / _CELLS), y)))
        if 80 < grey < 176:
            return None
        bits.append(int(grey >= 176))
    first, *told, parity, last = bits
    if not first or last or sum(told) % 2 != parity:
        return None
    film = sum(bit << k for k, bit in enumerate(told[:_FILM_BITS]))
    return film, sum(bit << k for k, bit in enumerate(told[_FILM_BITS:]))
