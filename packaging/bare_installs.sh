#!/bin/sh
# Runs in the system that `bare.sh --installs` made.
set -eu
export HOME=/root
cd /root
python3 -c '
import dev, sys
sys.exit(not dev.system_packages([*dev.QT_LIBRARIES, *dev.VIRTUAL_SCREEN, "libgl1-mesa-dri"]))'
DIST=/root python3 installs.py "$(command -v python3)"
