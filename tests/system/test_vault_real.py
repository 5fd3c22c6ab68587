"""The vault over a real gnome-keyring, in a D-Bus session of its own that ends with the test."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import LIMIT_S

ROOT = Path(__file__).parents[2]
NEEDED = ("dbus-run-session", "gnome-keyring-daemon")

# The daemon ends by itself when its bus does.
SESSION = """
printf 'a password' | gnome-keyring-daemon --unlock --components=secrets > /dev/null || exit 90
exec "$PYTHON" -m pytest tests/system/vault_real.py -q --no-xvfb -p no:xdist
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Secret Service is the vault of Linux")
def test_that_the_real_secret_service_keeps_every_promise(tmp_path: Path) -> None:
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    data, runtime = tmp_path / "data", tmp_path / "runtime"
    data.mkdir()
    runtime.mkdir(mode=0o700)
    # Without a display the unlock dialog cannot open, so that nobody needs to dismiss it.
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PYTEST_ADDOPTS")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env |= {
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(data),
        "XDG_RUNTIME_DIR": str(runtime),
        "RUSHES_TEST_KEYRING_HOME": str(data),
        "PYTHON": sys.executable,
    }
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", SESSION],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    assert " passed" in done.stdout
