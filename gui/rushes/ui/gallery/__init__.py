"""The tasks as tiles: posters in a grid, over the list's own rows and selection."""

from rushes.ui.gallery.gallery import Gallery

__all__ = ["Gallery"]
