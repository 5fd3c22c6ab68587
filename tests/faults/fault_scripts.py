"""The faults, one coroutine each.

A fault is given a `Talk`; whatever it does not do itself is done as a good server does it.
"""

import gzip
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate

from tests.faults.fault_talk import Talk

ETAG = '"5d41402abc4b2a76b9719d911017c592"'
OTHER_ETAG = '"00000000000000000000000000000000"'
HTML = b"<!DOCTYPE html><html><title>Sign in to the hotel</title><body>Welcome!</body></html>"
EXPIRED_XML = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code>'
    b"<Message>Request has expired</Message><HostId>1</HostId></Error>"
)
MIB = 2**20


Play = Callable[[Talk], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave.

    Attributes:
        tls: "" plain; else which certificate is shown ("good", "expired", "other-host",
            "self-signed").
        away: What is asked for instead of this server; the server may be the proxy.
        proxy: Which proxy the client shall use: "" none, "server" this one, or an address.
    """

    name: str
    play: Play
    tls: str = ""
    away: str = ""
    proxy: str = ""
    accepts: bool = True


FAULTS: dict[str, Fault] = {}


def fault(name: str, **more: str | bool) -> Callable[[Play], Play]:
    def register(play: Play) -> Play:
        FAULTS[name] = replace(Fault(name, play), **more)  # type: ignore[arg-type]
        return play

    return register


async def well(talk: Talk) -> None:
    """No fault."""
    await talk.listen()
    await talk.reply()


# the connection


@fault("refused", away="http://127.0.0.1:9")
@fault("no-such-name", away="https://no-such-host.invalid")
@fault("proxy-refused", away="https://ark.invalid", proxy="http://127.0.0.1:9")
@fault("proxy-socks", away="https://ark.invalid", proxy="socks5://127.0.0.1:9")
@fault("not-accepted", accepts=False)
async def _nobody(talk: Talk) -> None:
    raise AssertionError("nobody should have come here")


@fault("reset-at-once")
async def _reset_at_once(talk: Talk) -> None:
    talk.reset()


@fault("reset-in-headers")
async def _reset_in_headers(talk: Talk) -> None:
    await talk.listen()
    await talk.send(talk.good.text()[:40])
    talk.reset()


@fault("reset-after-headers")
async def _reset_after_headers(talk: Talk) -> None:
    await talk.listen()
    await talk.send(talk.good.text())
    talk.reset()


@fault("reset-mid-body")
async def _reset_mid_body(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(cut=len(talk.good.body) // 2)
    talk.reset()


@fault("closed-at-once")
async def _closed_at_once(talk: Talk) -> None:
    await talk.listen()


@fault("closed-in-headers")
async def _closed_in_headers(talk: Talk) -> None:
    await talk.listen()
    await talk.send(talk.good.text()[:40])


@fault("short-body")
async def _short_body(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(cut=len(talk.good.body) // 2)


@fault("half-closed")
async def _half_closed(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(cut=len(talk.good.body) // 2)
    talk.writer.write_eof()
    await talk.hang()


@fault("hang-at-once")
async def _hang_at_once(talk: Talk) -> None:
    await talk.hang()


@fault("hang-in-headers")
async def _hang_in_headers(talk: Talk) -> None:
    await talk.listen()
    await talk.send(talk.good.text()[:40])
    await talk.hang()


@fault("hang-after-headers")
async def _hang_after_headers(talk: Talk) -> None:
    await talk.listen()
    await talk.send(talk.good.text())
    await talk.hang()


@fault("hang-mid-body")
async def _hang_mid_body(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(cut=len(talk.good.body) // 2)
    await talk.hang()


@fault("drip-headers")
async def _drip_headers(talk: Talk) -> None:
    await talk.listen()
    await talk.drip(talk.good.text())


@fault("drip-body")
async def _drip_body(talk: Talk) -> None:
    await talk.listen()
    await talk.send(talk.good.text())
    await talk.drip(talk.good.body)


# what is no HTTP


@fault("another-protocol")
async def _another_protocol(talk: Talk) -> None:
    await talk.send(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    await talk.hang()


@fault("no-status-line")
async def _no_status_line(talk: Talk) -> None:
    await talk.listen()
    await talk.send(talk.good.body)


@fault("bad-status")
async def _bad_status(talk: Talk) -> None:
    await talk.listen()
    await talk.send(talk.good.text().replace(b"HTTP/1.1 20", b"HTTP/1.1 OK ", 1) + talk.good.body)


@fault("endless-header")
async def _endless_header(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(headers={"X-Long": "x" * 200_000})


@fault("too-many-headers")
async def _too_many_headers(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(headers={f"X-{n}": "x" for n in range(5000)})


@fault("header-without-colon")
async def _header_without_colon(talk: Talk) -> None:
    await talk.listen()
    await talk.send(talk.good.text()[:-2] + b"no colon here\r\n\r\n" + talk.good.body)


@fault("nul-in-header")
async def _nul_in_header(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(headers={"X-Nul": "a\0b"})


@fault("two-lengths")
async def _two_lengths(talk: Talk) -> None:
    await talk.listen()
    length = f"Content-Length: {len(talk.good.body) // 2}\r\n\r\n".encode()
    await talk.send(talk.good.text()[:-2] + length + talk.good.body)


@fault("negative-length")
async def _negative_length(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(headers={"Content-Length": "-1"})


@fault("length-and-chunks")
async def _length_and_chunks(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(headers={"Transfer-Encoding": "chunked"})


@fault("chunk-garbage")
async def _chunk_garbage(talk: Talk) -> None:
    await talk.listen()
    body = b"10\r\n" + talk.good.body[:16] + b"\r\nzz;garbage\r\n\r\n"
    await talk.reply(
        body=body, without=["Content-Length"], headers={"Transfer-Encoding": "chunked"}
    )


@fault("chunk-of-all-there-is")
async def _chunk_of_all(talk: Talk) -> None:
    await talk.listen()
    body = b"7fffffffffffffff\r\n" + talk.good.body
    await talk.reply(
        body=body, without=["Content-Length"], headers={"Transfer-Encoding": "chunked"}
    )


@fault("chunks-cut")
async def _chunks_cut(talk: Talk) -> None:
    await talk.listen()
    half = talk.good.body[: len(talk.good.body) // 2]
    body = b"%x\r\n%b\r\n" % (len(half), half)
    await talk.reply(
        body=body, without=["Content-Length"], headers={"Transfer-Encoding": "chunked"}
    )


@fault("long-body")
async def _long_body(talk: Talk) -> None:
    await talk.listen()
    good = talk.good
    await talk.send(good.text() + good.body + b"and some more that nobody announced")


@fault("no-length-cut")
async def _no_length_cut(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(without=["Content-Length"], cut=len(talk.good.body) // 2)


@fault("early-hints")
async def _early_hints(talk: Talk) -> None:
    await talk.listen()
    await talk.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    await talk.reply()


# what is compressed, large or deep


_BOMB = gzip.compress(bytes(32 * MIB), 1)


@fault("gzip-unasked")
async def _gzip_unasked(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(body=gzip.compress(talk.good.body), headers={"Content-Encoding": "gzip"})


@fault("gzip-lie")
async def _gzip_lie(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(headers={"Content-Encoding": "gzip"})


@fault("gzip-bomb")
async def _gzip_bomb(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(body=_BOMB, headers={"Content-Encoding": "gzip"})


@fault("gzip-in-gzip-bomb")
async def _gzip_in_gzip(talk: Talk) -> None:
    await talk.listen()
    body = gzip.compress(_BOMB, 9)
    await talk.reply(body=body, headers={"Content-Encoding": "gzip, gzip"})


@fault("gzip-cut")
async def _gzip_cut(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(body=gzip.compress(talk.good.body)[:-12], headers={"Content-Encoding": "gzip"})


@fault("brotli-unasked")
async def _brotli(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(headers={"Content-Encoding": "br"})


@fault("too-deep")
async def _too_deep(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(body=b"[" * 100_000 + b"]" * 100_000)


@fault("too-large")
async def _too_large(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(body=b'{"id": "' + b"x" * (9 * MIB) + b'"}')


@fault("too-large-by-its-length")
async def _too_large_by_length(talk: Talk) -> None:
    await talk.listen()
    await talk.send(talk.good.text().replace(b"Content-Length: ", b"Content-Length: 99999999"))
    await talk.hang()


# statuses


def _status(status: int, body: bytes = b"{}", headers: Mapping[str, str] = {}) -> Play:
    async def play(talk: Talk) -> None:
        await talk.listen()
        await talk.reply(status, body, without=["ETag", "Content-Range"], headers=headers)

    return play


_XML = "application/xml"
for _code in (400, 401, 402, 403, 404, 405, 407, 408, 410, 416, 429, 451, 500, 502, 503, 504):
    fault(f"status-{_code}")(_status(_code))
fault("status-204")(_status(204, b"", headers={"Content-Length": "0"}))
fault("status-304")(_status(304, b"", headers={"Content-Length": "0"}))
fault("status-999")(_status(999))
fault("empty-200")(_status(200, b""))
fault("retry-after-seconds")(_status(429, headers={"Retry-After": "7"}))
fault("retry-after-garbage")(_status(429, headers={"Retry-After": "soon; \x7f"}))
fault("signature-expired")(_status(403, EXPIRED_XML, headers={"Content-Type": _XML}))
fault("signature-expired-400")(_status(400, EXPIRED_XML, headers={"Content-Type": _XML}))
fault("captive-portal")(_status(200, HTML, headers={"Content-Type": "text/html"}))
fault("gateway-page")(_status(502, HTML, headers={"Content-Type": "text/html"}))


@fault("retry-after-date")
async def _retry_after_date(talk: Talk) -> None:
    await talk.listen()
    at = formatdate(time.time() + 90, usegmt=True)
    await talk.reply(503, b"{}", without=["ETag"], headers={"Retry-After": at})


# ranges: only what continues a part is answered wrongly


def _ranged(status: int, body: bytes | None = None, headers: Mapping[str, str] = {}) -> Play:
    async def play(talk: Talk) -> None:
        await talk.listen()
        if not talk.is_ranged:
            await talk.reply()
            return
        without = [name for name, value in headers.items() if not value]
        said = {name: value for name, value in headers.items() if value}
        await talk.reply(status, body, headers=said, without=without)

    return play


fault("range-from-elsewhere")(_ranged(206, headers={"Content-Range": "bytes 17-65535/65536"}))
fault("range-of-another-length")(_ranged(206, headers={"Content-Range": "bytes 32768-99998/99999"}))
fault("range-not-said")(_ranged(206, headers={"Content-Range": ""}))
fault("range-of-another-file")(_ranged(206, headers={"ETag": OTHER_ETAG}))
fault("range-with-weak-etag")(_ranged(206, headers={"ETag": f"W/{ETAG}"}))
fault("range-contradicts-length")(_ranged(206, b"short"))
fault("range-past-the-end")(_ranged(416, b"", headers={"Content-Range": "bytes */65536"}))
fault("range-past-an-unknown-end")(_ranged(416, b"", headers={"Content-Range": ""}))


@fault("range-ignored")
async def _range_ignored(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(200, talk.content.body, without=["Content-Range"])


@fault("file-changed")
async def _file_changed(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(
        200, talk.content.body, without=["Content-Range"], headers={"ETag": OTHER_ETAG}
    )


# redirects


def _redirect(target: str, status: int = 302) -> Play:
    async def play(talk: Talk) -> None:
        await talk.listen()
        if talk.path.startswith("/moved"):
            await talk.reply()
            return
        host, _, port = talk.url.partition("://")[2].rpartition(":")
        place = target.format(url=talk.url, host=host, port=port)
        await talk.reply(
            status, b"", without=["ETag", "Content-Range"], headers={"Location": place}
        )

    return play


fault("redirect-here")(_redirect("/moved"))
fault("redirect-elsewhere")(_redirect("http://localhost:{port}/moved", 307))
fault("redirect-circle")(_redirect("{url}/round"))
fault("redirect-private")(_redirect("https://10.0.0.1/v"))
fault("redirect-metadata")(_redirect("https://169.254.169.254/latest/meta-data"))
fault("redirect-file")(_redirect("file:///etc/passwd"))
fault("redirect-userinfo")(_redirect("http://user:word@127.0.0.1:{port}/moved"))
fault("redirect-garbage")(_redirect("http://[broken/"))
fault("redirect-portal")(_redirect("http://captive.example/login"))
fault("redirect-downgrade", tls="good")(_redirect("http://127.0.0.1:{port}/moved"))


@fault("redirect-nowhere")
async def _redirect_nowhere(talk: Talk) -> None:
    await talk.listen()
    await talk.reply(302, b"", without=["ETag", "Content-Range"])


# TLS


for _kind in ("expired", "other-host", "self-signed"):
    fault(f"tls-{_kind}", tls=_kind)(well)


@fault("tls-old", away="https://{address}")
async def _tls_old(talk: Talk) -> None:
    """What a server answers that knows nothing newer than TLS 1.1: the alert protocol_version."""
    await talk.reader.read(1)
    await talk.send(b"\x15\x03\x01\x00\x02\x02\x46")


@fault("tls-cut", away="https://{address}")
async def _tls_cut(talk: Talk) -> None:
    await talk.reader.read(1)


@fault("tls-missing", away="https://{address}")
async def _tls_missing(talk: Talk) -> None:
    await talk.reader.read(1)
    await talk.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


# proxies


def _tunnel(answer: bytes) -> Play:
    async def play(talk: Talk) -> None:
        await talk.listen()
        await talk.send(answer)

    return play


fault("proxy-407", away="https://ark.invalid", proxy="server")(
    _tunnel(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
)
fault("proxy-502", away="https://ark.invalid", proxy="server")(
    _tunnel(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
)
fault("proxy-closes", away="https://ark.invalid", proxy="server")(_tunnel(b""))
