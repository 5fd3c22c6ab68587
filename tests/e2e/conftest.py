"""Fixtures of the end-to-end tests."""

from tests.yesterday import evening, yesterday

__all__ = ["evening", "yesterday"]
