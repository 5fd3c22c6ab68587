"""The last answer as received, made readable, without what gives access to the file."""

import json
import re

from rushes.presentation.text import tr

#: Longer answers are shown as they came: laying them out would make the window wait.
_PRETTY_UP_TO = 256 * 1024

# A signed URL is a bearer capability: whoever reads its query can fetch the file.
# Slashes and ampersands may be escaped, once or, in JSON inside a string, several times.
_SLASH = r"(?:\\*/)"
# One without a query matches as well, so that a long text is looked through once.
_URL = re.compile(
    rf"(https?:{_SLASH}{{2}}(?:{_SLASH}|[^\s\"'?#\\])*)"
    rf"([?#](?:\\+u[0-9a-f]{{4}}|{_SLASH}|[^\s\"'\\])*)?",
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """Cut the query off every URL: ``https://host/a.mp4?X-Sig=…`` becomes ``…/a.mp4?[hidden]``."""
    return _URL.sub(lambda url: f"{url[1]}?[hidden]" if url[2] else url[0], text)


def pretty(raw: str) -> str:
    """Indented JSON with URL queries hidden; what is no JSON is shown as it came."""
    if not raw:
        return tr("No answer yet.")
    text = raw
    if len(raw) <= _PRETTY_UP_TO:
        try:
            text = json.dumps(json.loads(raw), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            text = raw
    return redacted(text)
