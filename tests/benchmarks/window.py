"""The program's own window, driven by a measurement."""

import os
from threading import Timer
from unittest.mock import patch

from rushes import app
from rushes.options import Options
from rushes.system import threads

#: One that has not ended by then never will.
_ENDS_S = 120.0


def driven(options: Options, script: app.Script) -> None:
    """Open the window, run `script` in it and return when it has ended. For a user the process
    would be ended a moment after the window; here it has figures to tell, so that it has more time
    (exit code 1 after two minutes)."""
    late = Timer(_ENDS_S, os._exit, (1,))
    late.daemon = True

    def wait(_code: int) -> None:
        if not late.is_alive():
            late.start()

    with patch.object(threads, "exit_now", wait):
        try:
            app.main(options, script)
        finally:
            late.cancel()
