"""A 3D model in the preview: its facts, and pictures of it turning."""

from rushes.ui.model3d.pane import ModelPane

__all__ = ["ModelPane"]
