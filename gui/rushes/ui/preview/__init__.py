"""The inline preview: plays and shows files that are on this disk, and nothing else."""

from rushes.ui.preview.preview import Preview

__all__ = ["Preview"]
