"""The inline preview: plays and shows files that are on this disk, and nothing else."""

import rushes.ui.preview.hush  # noqa: F401  # before QtMultimedia is loaded, see there

# isort: split
from rushes.ui.preview.preview import Preview
from rushes.ui.preview.stage import Stage

__all__ = ["Preview", "Stage"]
