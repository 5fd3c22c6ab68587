"""How each fault must end: a look at a task, a download, a download that goes on.

What is tried again when stands in `core/retry.py` and `saving/job.py`;
"missing" is a task its service does not know, asked about again.
"""

from rushes.core.failure import Kind

OK, MISSING = "ok", "missing"

BLOCKED_URL = Kind.BLOCKED_URL.value
DAMAGED = Kind.DAMAGED.value
DENIED = Kind.DENIED.value
FORBIDDEN = Kind.FORBIDDEN.value
LIMITED = Kind.LIMITED.value
LINK_ENDED = Kind.LINK_ENDED.value
MALFORMED = Kind.MALFORMED.value
NOT_API = Kind.NOT_API.value
OFFLINE = Kind.OFFLINE.value
OVERDUE = Kind.OVERDUE.value
PROXY = Kind.PROXY.value
REJECTED = Kind.REJECTED.value
SERVER = Kind.SERVER.value
SLOW = Kind.SLOW.value
STALLED = Kind.STALLED.value
TLS = Kind.TLS.value
TOO_LARGE = Kind.TOO_LARGE.value
WRONG_FILE = Kind.WRONG_FILE.value

OUTCOMES: dict[str, tuple[str, str, str]] = {
    "not-accepted": (SLOW, SLOW, SLOW),
    "proxy-socks": (PROXY, PROXY, PROXY),
    "proxy-refused": (PROXY, PROXY, PROXY),
    "no-such-name": (OFFLINE, OFFLINE, OFFLINE),
    "refused": (OFFLINE, OFFLINE, OFFLINE),
    "reset-at-once": (OFFLINE, OFFLINE, OFFLINE),
    "reset-in-headers": (OFFLINE, OFFLINE, OFFLINE),
    "reset-after-headers": (OFFLINE, OFFLINE, OFFLINE),
    "reset-mid-body": (OFFLINE, OFFLINE, OFFLINE),
    "closed-at-once": (OFFLINE, OFFLINE, OFFLINE),
    "closed-in-headers": (OFFLINE, OFFLINE, OFFLINE),
    "short-body": (OFFLINE, OFFLINE, OFFLINE),
    "half-closed": (OFFLINE, OFFLINE, OFFLINE),
    "hang-at-once": (SLOW, SLOW, SLOW),
    "hang-in-headers": (SLOW, SLOW, SLOW),
    "hang-after-headers": (SLOW, STALLED, STALLED),
    "hang-mid-body": (SLOW, STALLED, STALLED),
    "drip-headers": (SLOW, SLOW, SLOW),
    "drip-body": (SLOW, STALLED, STALLED),
    "another-protocol": (MALFORMED, MALFORMED, MALFORMED),
    "no-status-line": (MALFORMED, MALFORMED, MALFORMED),
    "bad-status": (MALFORMED, MALFORMED, MALFORMED),
    "endless-header": (MALFORMED, MALFORMED, MALFORMED),
    "too-many-headers": (MALFORMED, MALFORMED, MALFORMED),
    "header-without-colon": (MALFORMED, MALFORMED, MALFORMED),
    "nul-in-header": (MALFORMED, MALFORMED, MALFORMED),
    "two-lengths": (MALFORMED, MALFORMED, MALFORMED),
    "negative-length": (MALFORMED, MALFORMED, MALFORMED),
    "length-and-chunks": (MALFORMED, MALFORMED, MALFORMED),
    "chunk-garbage": (MALFORMED, MALFORMED, MALFORMED),
    "chunk-of-all-there-is": (OFFLINE, OFFLINE, DAMAGED),
    "chunks-cut": (OFFLINE, OFFLINE, OFFLINE),
    "long-body": (MALFORMED, MALFORMED, MALFORMED),
    "no-length-cut": (MALFORMED, DAMAGED, OFFLINE),
    "early-hints": (OK, OK, OK),
    "gzip-unasked": (OK, OK, OK),
    "gzip-lie": (OK, OK, OK),
    "gzip-bomb": (TOO_LARGE, TOO_LARGE, TOO_LARGE),
    "gzip-in-gzip-bomb": (MALFORMED, WRONG_FILE, WRONG_FILE),
    "gzip-cut": (MALFORMED, DAMAGED, DAMAGED),
    "brotli-unasked": (MALFORMED, OK, OK),
    "too-deep": (MALFORMED, DAMAGED, DAMAGED),
    "too-large": (TOO_LARGE, TOO_LARGE, TOO_LARGE),
    "too-large-by-its-length": (SLOW, TOO_LARGE, TOO_LARGE),
    "status-400": (REJECTED, REJECTED, REJECTED),
    "status-401": (DENIED, LINK_ENDED, LINK_ENDED),
    "status-402": (OVERDUE, REJECTED, REJECTED),
    "status-403": (DENIED, LINK_ENDED, LINK_ENDED),
    "status-404": (MISSING, LINK_ENDED, LINK_ENDED),
    "status-405": (NOT_API, REJECTED, REJECTED),
    "status-407": (PROXY, PROXY, PROXY),
    "status-408": (SERVER, SERVER, SERVER),
    "status-410": (MISSING, LINK_ENDED, LINK_ENDED),
    "status-416": (REJECTED, REJECTED, REJECTED),
    "status-429": (LIMITED, LIMITED, LIMITED),
    "status-451": (FORBIDDEN, REJECTED, REJECTED),
    "status-500": (SERVER, SERVER, SERVER),
    "status-502": (SERVER, SERVER, SERVER),
    "status-503": (SERVER, SERVER, SERVER),
    "status-504": (SERVER, SERVER, SERVER),
    "status-204": (MALFORMED, SERVER, SERVER),
    "status-304": (NOT_API, SERVER, SERVER),
    "status-999": (SERVER, SERVER, SERVER),
    "empty-200": (MALFORMED, WRONG_FILE, WRONG_FILE),
    "retry-after-seconds": (LIMITED, LIMITED, LIMITED),
    "retry-after-garbage": (LIMITED, LIMITED, LIMITED),
    "signature-expired": (NOT_API, LINK_ENDED, LINK_ENDED),
    "signature-expired-400": (NOT_API, LINK_ENDED, LINK_ENDED),
    "captive-portal": (NOT_API, WRONG_FILE, WRONG_FILE),
    "gateway-page": (SERVER, SERVER, SERVER),
    "retry-after-date": (SERVER, SERVER, SERVER),
    "range-from-elsewhere": (OK, OK, OK),
    "range-of-another-length": (OK, OK, OK),
    "range-not-said": (OK, OK, OK),
    "range-of-another-file": (OK, OK, OK),
    "range-with-weak-etag": (OK, OK, OK),
    "range-contradicts-length": (OK, OK, OK),
    "range-past-the-end": (OK, OK, OK),
    "range-past-an-unknown-end": (OK, OK, OK),
    "range-ignored": (OK, OK, OK),
    "file-changed": (OK, OK, OK),
    "redirect-here": (OK, OK, OK),
    "redirect-elsewhere": (BLOCKED_URL, OK, OK),
    "redirect-circle": (BLOCKED_URL, BLOCKED_URL, BLOCKED_URL),
    "redirect-private": (BLOCKED_URL, BLOCKED_URL, BLOCKED_URL),
    "redirect-metadata": (BLOCKED_URL, BLOCKED_URL, BLOCKED_URL),
    "redirect-file": (BLOCKED_URL, BLOCKED_URL, BLOCKED_URL),
    "redirect-userinfo": (BLOCKED_URL, BLOCKED_URL, BLOCKED_URL),
    "redirect-garbage": (BLOCKED_URL, BLOCKED_URL, BLOCKED_URL),
    "redirect-portal": (BLOCKED_URL, BLOCKED_URL, BLOCKED_URL),
    "redirect-downgrade": (BLOCKED_URL, BLOCKED_URL, BLOCKED_URL),
    "redirect-nowhere": (NOT_API, SERVER, SERVER),
    "tls-expired": (TLS, TLS, TLS),
    "tls-other-host": (TLS, TLS, TLS),
    "tls-self-signed": (TLS, TLS, TLS),
    "tls-old": (TLS, TLS, TLS),
    "tls-cut": (OFFLINE, OFFLINE, OFFLINE),
    "tls-missing": (TLS, TLS, TLS),
    "proxy-407": (PROXY, PROXY, PROXY),
    "proxy-502": (PROXY, PROXY, PROXY),
    "proxy-closes": (OFFLINE, OFFLINE, OFFLINE),
}
