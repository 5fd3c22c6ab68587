"""What the adapters load, in a process of its own."""

import subprocess
import sys


def test_that_the_network_does_not_bring_the_command_line_of_its_library() -> None:
    look = (
        "import sys; from rushes.net import http, session;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "httpx" in loaded
    assert loaded.isdisjoint({"rich", "click", "pygments"})
