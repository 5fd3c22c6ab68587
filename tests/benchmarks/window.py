"""The program's own window, driven by a measurement."""

from unittest.mock import patch

from rushes import app
from rushes.options import Options
from rushes.system import threads


def driven(options: Options, script: app.Script) -> None:
    """Open the window, run `script` in it and return when it has ended, however long that takes.
    For a user the process would be ended after some time; here it has figures to tell."""
    with patch.object(threads, "exit_now", lambda _code: None):
        app.main(options, script)
