"""Real file servers with links that really end: nginx (`secure_link`) and an S3 store (SeaweedFS).

Both are other people's programs, started here on free ports and ended with their context.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import aiohttp

_READY_S = 30.0
_BUCKET, _NAME, _SECRET = "films", "AKIDOFTHETESTS", "secret of the tests"

_NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      root {folder}/files;
      secure_link $arg_md5,$arg_expires;
      secure_link_md5 "$secure_link_expires$uri secret";
      if ($secure_link = "") {{ return 403; }}
      if ($secure_link = "0") {{ return 410; }}
    }}
  }}
}}
"""


@dataclass
class FileStore:
    """A running server.

    Attributes:
        link: A link to the file of a name that ends after so many seconds.
        put: Put a file there.
    """

    link: Callable[[str, float], str]
    put: Callable[[str, bytes], Awaitable[None]]


Store = Callable[[Path], AbstractAsyncContextManager[FileStore]]


def program(name: str) -> str | None:
    """Where it is: beside this Python, or among the system's programs."""
    beside = str(Path(sys.executable).parent)
    return shutil.which(
        name, path=os.pathsep.join((beside, os.environ.get("PATH", ""), "/usr/sbin"))
    )


@asynccontextmanager
async def nginx(folder: Path) -> AsyncIterator[FileStore]:
    port, files = _free_ports(1)[0], folder / "files"
    files.mkdir(parents=True)
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port), encoding="ascii")

    def link(name: str, life_s: float) -> str:
        end = int(time.time() + life_s)
        digest = hashlib.md5(f"{end}/{name} secret".encode(), usedforsecurity=False).digest()
        md5 = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return f"http://127.0.0.1:{port}/{name}?md5={md5}&expires={end}"

    async def put(name: str, body: bytes) -> None:
        part = files / f"{name}.part"
        await asyncio.to_thread(part.write_bytes, body)
        part.rename(files / name)

    words = ("nginx", "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log"))
    async with _running(folder, *words), _answering(f"http://127.0.0.1:{port}/"):
        yield FileStore(link, put)


@asynccontextmanager
async def seaweed(folder: Path) -> AsyncIterator[FileStore]:
    master, volume, filer, s3 = _free_ports(4)
    folder.mkdir(parents=True)
    mine = {"accessKey": _NAME, "secretKey": _SECRET}
    one = {"name": "tests", "credentials": [mine], "actions": ["Admin", "Read", "Write"]}
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [one]}), encoding="ascii")
    host = f"127.0.0.1:{s3}"

    def link(name: str, life_s: float) -> str:
        return presigned("GET", host, f"/{_BUCKET}/{name}", life_s)

    async def put(name: str, body: bytes) -> None:
        await _send(presigned("PUT", host, f"/{_BUCKET}/{name}", 60), body)

    words = (
        *("weed", "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *(f"-master.port={master}", f"-volume.port={volume}", "-volume.max=5"),
        *("-master.volumeSizeLimitMB=64", "-filer", f"-filer.port={filer}"),
        *("-s3", f"-s3.port={s3}", f"-s3.config={config}", "-s3.port.iceberg=0"),
        "-s3.port.lance=0",
    )
    async with _running(folder, *words), _answering(f"http://{host}/"):
        await _send(presigned("PUT", host, f"/{_BUCKET}", 60), b"")
        yield FileStore(link, put)


STORES: dict[str, tuple[str, Store]] = {"nginx": ("nginx", nginx), "S3": ("weed", seaweed)}


def presigned(method: str, host: str, path: str, life_s: float) -> str:
    """A link signed with AWS Signature Version 4 in its query."""
    when = datetime.now(UTC)
    day = when.strftime("%Y%m%d")
    scope = (day, "us-east-1", "s3", "aws4_request")
    terms = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": "/".join((_NAME, *scope)),
        "X-Amz-Date": when.strftime("%Y%m%dT%H%M%SZ"),
        "X-Amz-Expires": str(int(life_s)),
        "X-Amz-SignedHeaders": "host",
    }
    query = urlencode(terms, quote_via=quote)
    asked = (method, quote(path), query, f"host:{host}\n", "host", "UNSIGNED-PAYLOAD")
    digest = hashlib.sha256("\n".join(asked).encode()).hexdigest()
    text = "\n".join((terms["X-Amz-Algorithm"], terms["X-Amz-Date"], "/".join(scope), digest))
    key = f"AWS4{_SECRET}".encode()
    for word in (*scope, text):
        key = hmac.digest(key, word.encode(), "sha256")
    return f"http://{host}{path}?{query}&X-Amz-Signature={key.hex()}"


@asynccontextmanager
async def _running(folder: Path, name: str, *words: str) -> AsyncIterator[None]:
    found = program(name)
    assert found is not None, f"{name} is not installed"
    with (folder / "output").open("wb") as output:
        process = await asyncio.create_subprocess_exec(found, *words, stdout=output, stderr=output)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # it ended by itself: what failed says why
            process.kill()
        await process.wait()


@asynccontextmanager
async def _answering(url: str) -> AsyncIterator[None]:
    """Wait until the server gives any answer."""
    async with asyncio.timeout(_READY_S), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url):
                    break
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
    yield


async def _send(url: str, body: bytes) -> None:
    """Put `body` there; a store that has just begun may have no room yet."""
    async with asyncio.timeout(_READY_S), aiohttp.ClientSession() as session:
        while True:
            async with session.put(url, data=body) as response:
                if response.status == 200:
                    return
            await asyncio.sleep(0.1)


def _free_ports(count: int) -> list[int]:
    """Ports that are free, each with the one 10,000 above (a store listens there as well)."""
    held: list[socket.socket] = []
    found: list[int] = []
    try:
        while len(found) < count:
            one = socket.create_server(("127.0.0.1", 0))
            held.append(one)
            port = one.getsockname()[1]
            if port > 55_000:
                port -= 20_000
                held.append(socket.create_server(("127.0.0.1", port)))
            held.append(socket.create_server(("127.0.0.1", port + 10_000)))
            found.append(port)
    except OSError:
        return _free_ports(count)
    finally:
        for each in held:
            each.close()
    return found
