"""The helper that is the demo's services: `simulator/serve.py`, ended with its window."""

import msgspec

from rushes.simulator.serve import serve


def main(how: str) -> int:
    """Serve until told to stop, or until the window is gone.

    Args:
        how: What `serve` takes, as a JSON object.
    """
    return serve(**msgspec.json.decode(how), stop_with_parent=True)
