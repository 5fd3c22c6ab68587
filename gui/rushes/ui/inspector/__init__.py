"""The inspector: everything known about the selected takes, and what the user says about them."""

from rushes.ui.inspector.inspector import Inspector

__all__ = ["Inspector"]
