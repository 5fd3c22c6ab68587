"""Connections: sockets, TLS, redirects, keys on the wire."""

from rushes.system import patches

patches.skip_httpx_command_line()
