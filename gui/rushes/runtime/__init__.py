"""Qt's loop, log and memory. Importing it spares what is imported afterwards PySide's reading."""

import PySide6.QtCore  # noqa: F401 - brings what is patched

from rushes import patches

patches.skip_source_reading()
