"""The helper that is the demo's services: `simulator/serve.py`, ended with its window."""

import os
import sys

import msgspec

from rushes.simulator.serve import serve


def main(how: str) -> int:
    """Serve until told to stop, or until the window is gone.

    Args:
        how: What `serve` takes, as a JSON object.
    """
    try:
        return serve(**msgspec.json.decode(how), stop_with_parent=True)
    except BrokenPipeError:  # the window was killed before it heard where the services are
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:  # before it minds signals by itself
        return 1
