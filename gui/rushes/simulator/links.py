"""Presigned links in the manner of TOS: made here, checked here, ended here.

Source: contract 1.2. Real TOS puts the query into a canonical form before it checks the
signature; here the query counts byte for byte, so that a client that re-encodes is found out.
"""

import enum
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote

from rushes.core.task import ArtifactKind
from rushes.simulator.job import ServiceJob, stamp

_ENDINGS = {
    ArtifactKind.VIDEO: ".mp4",
    ArtifactKind.ORIGINAL_VIDEO: "_original.mp4",
    ArtifactKind.LAST_FRAME: "_last_frame.png",
    ArtifactKind.MODEL: ".zip",
}
BUCKET = "ark-acg-cn-beijing"
DAY = 86400


class LinkCheck(enum.Enum):
    """What the file server thinks of a link. The value is the XML's error code."""

    GOOD = ""
    UNSIGNED = "AccessDenied"
    TAMPERED = "SignatureDoesNotMatch"
    ENDED = "RequestExpired"


def path_of(job: ServiceJob, kind: ArtifactKind) -> str:
    return f"/{BUCKET}/{job.slot.model}/{job.upstream_id}{_ENDINGS[kind]}"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and checks paths of one file server."""

    secret: bytes
    host: str  # with the port, as the Host header has it

    def sign(self, path: str, at: int, lifetime_s: int, max_requests: int | None = None) -> str:
        """An absolute URL for `path` that ends `lifetime_s` after `at` (Unix seconds)."""
        credential = quote(f"AKLTsimulator/{stamp(at, '%Y%m%d')}/cn-beijing/tos/request", safe="")
        query = "&".join(
            [
                "X-Tos-Algorithm=TOS4-HMAC-SHA256",
                f"X-Tos-Credential={credential}",
                f"X-Tos-Date={stamp(at, '%Y%m%dT%H%M%SZ')}",
                f"X-Tos-Expires={lifetime_s}",
                *([] if max_requests is None else [f"X-Tos-Max-Requests={max_requests}"]),
                "X-Tos-SignedHeaders=host",
            ]
        )
        return f"http://{self.host}{path}?{query}&X-Tos-Signature={self._mac(path, query)}"

    def sign_oss(self, path: str, ends_at: int) -> str:
        """The same in the manner of Alibaba's OSS: only the end stands in the URL."""
        query = f"Expires={ends_at}&OSSAccessKeyId=LTAIsimulator"
        return f"http://{self.host}{path}?{query}&Signature={self._mac(path, query)}"

    def check(self, path: str, query: str, host: str, now: float) -> LinkCheck:
        """Judge a raw query string; the signature stands last, as `sign` puts it."""
        signed, found, mac = query.rpartition("&Signature=")
        if found and signed.startswith("Expires="):
            if host != self.host or not hmac.compare_digest(mac, self._mac(path, signed)):
                return LinkCheck.TAMPERED
            return (
                LinkCheck.GOOD if now < int(dict(parse_qsl(signed))["Expires"]) else LinkCheck.ENDED
            )
        signed, found, mac = query.rpartition("&X-Tos-Signature=")
        fields = dict(parse_qsl(signed))
        if not found or "X-Tos-Date" not in fields or "X-Tos-Expires" not in fields:
            return LinkCheck.UNSIGNED
        if host != self.host or not hmac.compare_digest(mac, self._mac(path, signed)):
            return LinkCheck.TAMPERED
        return LinkCheck.GOOD if now < ends_at(fields) else LinkCheck.ENDED

    def _mac(self, path: str, query: str) -> str:
        text = f"GET\n{path}\n{query}\nhost:{self.host}".encode()
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()


def ends_at(fields: dict[str, str]) -> float:
    """When a link with these query fields ends (Unix seconds)."""
    signed = datetime.strptime(fields["X-Tos-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return signed.timestamp() + int(fields["X-Tos-Expires"])


@dataclass(frozen=True, slots=True)
class Issue:
    """One signing of one file: when (Unix seconds), and for how long."""

    at: int
    lifetime_s: int

    @property
    def ends_at(self) -> int:
        return self.at + self.lifetime_s


class LinkBook:
    """Which links were given out. A task's files are signed together, at its end.

    A task whose rule says so is signed again when somebody asks after having been shown a link
    that has ended since: that is what "asking again gives a new one" means to a client.
    """

    def __init__(self, signer: Signer, *, again: bool = False) -> None:
        self._signer = signer
        self._again = again  # the first links may have been shown by one that was stopped
        self._latest: dict[str, Issue] = {}

    def show(self, job: ServiceJob, now: float) -> dict[ArtifactKind, str]:
        """The links in an answer given now; empty before they exist."""
        if not job.has_link(now):
            return {}
        shown = self._latest.get(job.id) or (self.first(job) if self._again else None)
        issue = shown or self.first(job)
        if shown is not None and job.slot.link.renews and now >= shown.ends_at:
            issue = Issue(int(now), DAY)
        self._latest[job.id] = issue
        return {
            kind: self._signer.sign(
                path_of(job, kind), issue.at, issue.lifetime_s, max_requests(job)
            )
            for kind in job.media
        }

    def sign_oss(self, job: ServiceJob, ends_at: int) -> str:
        """The film's link as Alibaba signs it."""
        return self._signer.sign_oss(path_of(job, ArtifactKind.VIDEO), ends_at)

    def latest(self, job: ServiceJob) -> Issue:
        return self._latest.get(job.id) or self.first(job)

    def first(self, job: ServiceJob) -> Issue:
        rule = job.slot.link
        late = (rule.appears_s or 0.0) / job.speed
        return Issue(job.ended_at + int(late), rule.lifetime_s)


def max_requests(job: ServiceJob) -> int | None:
    """Seedance 2.5 allows 100 downloads of a link (contract 1.2)."""
    return job.slot.link.max_requests or (100 if "-2-5-" in job.slot.model else None)
