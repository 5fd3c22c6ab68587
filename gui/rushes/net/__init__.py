"""Everything outside the program: network, disk, processes, the keyring."""

import sys

# httpx brings a command line of its own wherever it finds rich and click: 77 modules, 7 MB and
# 80 ms for something nobody calls. With None in its place the import fails, which httpx allows for.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
