"""Keeps Qt Multimedia and FFmpeg from talking to the terminal.

A file that cannot be played is told in the window. Imported before QtMultimedia, which warns
about optional libraries while it is being loaded.
"""

import ctypes
from functools import cache
from pathlib import Path

import PySide6
from PySide6.QtCore import QLoggingCategory

_SILENT = -8  # AV_LOG_QUIET in libavutil/log.h

QLoggingCategory.setFilterRules("qt.multimedia.*.info=false\nqt.multimedia.*.warning=false")


@cache
def silence_ffmpeg() -> None:
    """Call after the first multimedia object, which loads the libraries FFmpeg needs itself.

    FFmpeg prints the path and the streams of every file it opens, and Qt has no switch for that.
    """
    folder = Path(PySide6.__file__).parent
    for pattern in ("Qt/lib/libavutil.so.*", "Qt/lib/libavutil.*.dylib", "avutil-*.dll"):
        for library in sorted(folder.glob(pattern))[:1]:
            try:
                ctypes.CDLL(str(library)).av_log_set_level(_SILENT)
            except (OSError, AttributeError):
                return  # a Qt that was built differently stays talkative, no more
