"""Undoes the compression of an answer, with a limit on what comes out of it.

16 KiB of gzip can hold 16 MiB, and compressed twice 16 GiB: what is too much is never made.
"""

import zlib

_GZIP = 16 + zlib.MAX_WBITS
_PLAIN = frozenset({"", "identity"})
_GZIPPED = frozenset({"gzip", "x-gzip"})

#: What we ask for, and what when an answer was not what it said. Anything else that comes was
#: not asked for.
ACCEPT_ENCODING = "gzip"
AS_IT_IS = "identity"

#: No JSON begins so.
_GZIP_BEGINS = b"\x1f"


class BadEncoding(ValueError):
    """The body is not compressed in the way it says, or in one we did not ask for."""


class TooMuch(ValueError):
    """More than the limit came out."""


class Inflater:
    """A body in the making: `feed` it all chunks, then take it with `finish`."""

    def __init__(self, encoding: str, limit: int, asked: str = ACCEPT_ENCODING) -> None:
        """Raises BadEncoding: not one that we asked for.

        Args:
            asked: `AS_IT_IS`: a body that says to be gzip counts as one only if it begins so.
        """
        self._doubts = asked == AS_IT_IS
        encoding = encoding.strip().lower()
        if encoding not in _PLAIN | _GZIPPED:
            raise BadEncoding("compressed in a way that was not asked for")
        self._zip = zlib.decompressobj(_GZIP) if encoding in _GZIPPED else None
        self._limit = limit
        self._came = False
        self._body = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Raises BadEncoding or TooMuch."""
        if self._doubts and chunk and not self._came and chunk[:1] != _GZIP_BEGINS:
            self._zip = None
        self._came = self._came or bool(chunk)
        if self._zip is None:
            self._body += chunk
        else:
            try:
                self._body += self._zip.decompress(chunk, self._limit + 1 - len(self._body))
            except zlib.error:
                raise BadEncoding("not compressed as it says") from None
        if len(self._body) > self._limit:
            raise TooMuch

    def finish(self) -> bytes:
        """The whole body. Raises BadEncoding: it was cut off."""
        if self._zip is not None and self._came and not self._zip.eof:
            raise BadEncoding("the compressed body was cut off")
        return bytes(self._body)
