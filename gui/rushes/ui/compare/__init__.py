"""Two to four takes side by side on one transport."""

import rushes.ui.preview  # noqa: F401  # keeps Qt Multimedia quiet, see `preview/hush.py`

# isort: split
from rushes.ui.compare.compare import Compare

__all__ = ["Compare"]
