"""What measurements stand on. The figures themselves are no tests."""

import subprocess
import sys
from pathlib import Path

from tests.patience import LIMIT_S

_DRIVEN = """
import asyncio, sys, time
from pathlib import Path
from rushes.options import Options
from tests.benchmarks.window import driven

async def script(main):
    # A thread that is still busy when the window is closed, as a film that is being decoded.
    asyncio.get_running_loop().run_in_executor(None, time.sleep, 4)
    return 0

driven(Options(base_dir=Path(sys.argv[1])), script)
print("told")
"""


def test_figures_are_told_though_the_end_of_the_window_takes_long(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _DRIVEN, str(tmp_path / "base")],
        stdout=subprocess.PIPE,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.stdout == "told\n"
