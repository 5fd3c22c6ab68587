"""Connections: sockets, TLS, redirects, keys on the wire."""

from rushes import patches

patches.skip_httpx_command_line()
