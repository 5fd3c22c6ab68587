"""Files that stand in their own link, as `data:` URLs: nothing is asked for over the network."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Self
from urllib.parse import unquote_to_bytes

from rushes.core.failure import Failure, Kind

#: Of the file; more is no link any more.
MAX_BYTES = 64 * 2**20


class _Whole:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        data, self._data = self._data, b""
        if not data:
            raise StopAsyncIteration
        return data


class DataStream:
    """The file as an answer that has come (`core.ports.Stream`)."""

    url = ""

    def __init__(self, data: bytes) -> None:
        self.status = 200
        self.headers: Mapping[str, str] = {"content-length": str(len(data))}
        self._data = data

    def chunks(self) -> _Whole:
        return _Whole(self._data)


def open_data(url: str) -> DataStream | Failure:
    head, found, body = url.partition(",")
    if len(body) > MAX_BYTES * 4 // 3 + 4:
        return Failure(Kind.TOO_LARGE, detail="more than 64 MiB in the link")
    data = unquote_to_bytes(body)
    if head.lower().endswith(";base64"):
        try:
            data = b64decode(data, validate=True)
        except binascii.Error:
            return Failure(Kind.WRONG_FILE, detail="the link holds no file")
    if not found or not data:
        return Failure(Kind.WRONG_FILE, detail="the link holds no file")
    return DataStream(data)
