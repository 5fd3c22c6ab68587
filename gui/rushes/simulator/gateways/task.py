"""A task of a gateway: the service's own job, and what the gateway believes about it.

Both are pure functions of the time, so a gateway that was killed knows the same as before when it
is started again.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from rushes.simulator.gateway_cases import (
    BACK_S,
    FILM_TROUBLE_S,
    POLL_S,
    TIMEOUT_S,
    TROUBLE_S,
    Behind,
    Case,
    Fate,
    GatewayKind,
    Way,
)
from rushes.simulator.job import UTC8, ServiceJob
from rushes.simulator.life import Phase, TaskState
from rushes.simulator.scene import SEEDANCE_20, Delivery, LinkRule, Site, Slot

TIMED_OUT = "任务超时（1440分钟）"
UNREAD = "upstream returned unrecognized message"
SLOW_BYTES_PER_S = 5_000.0  # a simulated second: the film takes 75

MODELS = {
    Behind.SEEDANCE: SEEDANCE_20,
    Behind.KLING: "kling-v1-6",
    Behind.JIMENG: "jimeng_vgfm_t2v_l20",
    Behind.VIDU: "viduq2",
    Behind.HAILUO: "MiniMax-Hailuo-2.3",
    Behind.WAN: "wan2.5-t2v-preview",
    Behind.SORA: "sora-2",
    Behind.VEO: "veo-3.1-generate-preview",
    Behind.RUNWAY: "gen4_turbo",
    Behind.GROK: "grok-imagine-video",
}
#: Code and message of a refusal of the content, in the service's own words.
REFUSALS = {
    Behind.SEEDANCE: (
        "OutputVideoSensitiveContentDetected",
        "The request failed because the output video may contain sensitive information.",
    ),
    Behind.KLING: ("", "Failure to pass the risk control system"),
    Behind.JIMENG: ("50511", "Post Img Risk Not Pass"),
    Behind.VIDU: ("AuditSubmitIllegal", "AuditSubmitIllegal"),
    Behind.HAILUO: ("1027", "output new_sensitive"),
    Behind.WAN: ("DataInspectionFailed", "Output data may contain inappropriate content."),
    Behind.SORA: ("moderation_blocked", "Your request was blocked by our moderation system."),
    Behind.VEO: ("", ""),
    Behind.RUNWAY: ("INTERNAL.BAD_OUTPUT.CODE01", "An unexpected error occurred."),
    Behind.GROK: ("invalid_argument", "Generated video rejected by content moderation."),
}
_ALIASES = {
    Behind.SEEDANCE: "seedance-fal",
    Behind.WAN: "wan",
    Behind.HAILUO: "hailuo",
    Behind.SORA: "sora-2",
    Behind.RUNWAY: "gen4",
}
PROVIDERS = {
    Behind.SEEDANCE: ("fal_ai", "fal-ai/bytedance/seedance/v1/pro/text-to-video"),
    Behind.WAN: ("dashscope", "wan"),
    Behind.HAILUO: ("minimax", "MiniMax-H3"),
    Behind.SORA: ("openai", "sora-2"),
    Behind.RUNWAY: ("runwayml", "gen4_turbo"),
}
_MIXED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LOWER = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class GatewayView:
    """What a new-api gateway says at one time.

    Attributes:
        word: Its own status word.
        seen: What it saw behind at its last look; None: only the answer to the submission.
        refused: Its last look was refused behind.
        reason: Why it failed; "" where it did not.
        started_s, changed_s, finished_s: Simulated seconds; None: not yet.
    """

    word: str
    seen: TaskState | None = None
    refused: bool = False
    reason: str = ""
    started_s: float | None = None
    changed_s: float = 0.0
    finished_s: float | None = None

    @property
    def is_success(self) -> bool:
        return self.word == "SUCCESS"

    @property
    def is_failure(self) -> bool:
        return self.word == "FAILURE"


@dataclass(frozen=True)
class GatewayTask:
    """One case at one gateway.

    Attributes:
        number: The row's number in the gateway's store, from 1.
        job: The service's own task: its life, its file, its id.
        inner: The task of the gateway behind, where two stand in a row.
    """

    kind: GatewayKind
    case: Case
    number: int
    job: ServiceJob
    inner: "GatewayTask | None" = field(default=None)

    @property
    def id(self) -> str:
        return self.job.id

    @property
    def behind(self) -> Behind:
        return self.case.behind

    @property
    def model(self) -> str:
        """The model's name at the gateway."""
        if self.case.alias:
            return self.case.alias
        if self.kind is GatewayKind.AISIX:
            return "sora-2" if self.behind is Behind.SORA else self.behind.value
        if self.kind is GatewayKind.LITELLM:
            return _ALIASES[self.behind]
        return MODELS[self.behind]

    @property
    def created_at(self) -> int:
        return self.job.created_at

    @property
    def upstream_id(self) -> str:
        return self.inner.id if self.inner else self.job.upstream_id

    def moment(self, now: float) -> TaskState | None:
        """What the service's job really is; None: not submitted yet."""
        return self.job.moment(now)

    def in_trouble(self, now: float) -> bool:
        """Whether the service behind answers so just now."""
        began, over = TROUBLE_S
        since = self.job.elapsed(now) - self.case.life.submitted_s
        is_any = self.case.trouble is not None and not self.case.only_film
        return is_any and began <= since < over

    def film_in_trouble(self, now: float) -> bool:
        """The same, where only the film is concerned."""
        over = self.case.life.ends_s + FILM_TROUBLE_S
        return self.case.only_film and self.job.elapsed(now) < over

    @cached_property
    def _first_look_s(self) -> float:
        """Of an outer gateway: before or after the inner one looked for the first time."""
        if self.kind is not GatewayKind.OUTER:
            return POLL_S
        return POLL_S / 2 if self.case.fate in (Fate.UNREAD, Fate.CAME_BACK) else POLL_S * 1.5

    def view(self, now: float) -> GatewayView:
        """What the gateway, which looks behind by itself from time to time, has seen so far."""
        submitted, elapsed = self.case.life.submitted_s, self.job.elapsed(now)
        since = elapsed - submitted
        own = self._looked(elapsed, since)
        if self.case.times_out and since >= TIMEOUT_S and own.word not in ("SUCCESS", "FAILURE"):
            at = submitted + TIMEOUT_S
            return GatewayView("FAILURE", own.seen, own.refused, TIMED_OUT, own.started_s, at, at)
        return own

    def _looked(self, elapsed: float, since: float) -> GatewayView:
        first = self._first_look_s
        submitted = self.case.life.submitted_s
        if since < first or self.case.fate is Fate.CHANNEL_GONE:
            return GatewayView("NOT_START", changed_s=submitted)
        gave_up = self._gave_up(elapsed)
        if gave_up is not None:
            return gave_up
        at = submitted + first + POLL_S * ((since - first) // POLL_S)
        if self.case.fate is Fate.KEY_REFUSED:
            return GatewayView("IN_PROGRESS", None, True, "", submitted + first, at)
        started = None if self.behind is Behind.JIMENG else submitted + first
        seen = self._seen(at)
        ends = self._look_after(self.case.life.ends_s)
        match seen.phase:
            case Phase.SUCCEEDED:
                return GatewayView("SUCCESS", seen, False, "", started, ends, ends)
            case Phase.FAILED:
                return GatewayView("FAILURE", seen, False, self.reason, started, ends, ends)
            case Phase.CANCELLED if self.behind is Behind.WAN:
                return GatewayView("FAILURE", seen, False, "task failed", started, ends, ends)
            case Phase.QUEUED:
                return GatewayView("QUEUED", seen, False, "", None, at)
            case _:  # a new-api has no word for `expired` and `cancelled`
                return GatewayView("IN_PROGRESS", seen, False, "", started, at)

    def _gave_up(self, elapsed: float) -> GatewayView | None:
        """The failure of a gateway that could not read what it saw, while it says so."""
        if self.case.fate not in (Fate.UNREAD, Fate.CAME_BACK):
            return None
        if self.case.fate is Fate.CAME_BACK and elapsed >= self.case.life.ends_s + BACK_S:
            return None
        if self.inner is not None:  # it read the inner NOT_START: "unknown"
            at, seen = self.case.life.submitted_s + self._first_look_s, None
        else:
            at = self._look_after(self.case.life.starts_s or 0.0)
            seen = self._seen(at)
            if elapsed < at:
                return None
        return GatewayView("FAILURE", seen, False, UNREAD, None, at, at)

    def _look_after(self, at_s: float) -> float:
        """The first look at or after that moment."""
        first = self.case.life.submitted_s + self._first_look_s
        return max(first, first + POLL_S * -(-(at_s - first) // POLL_S))

    def _seen(self, at_s: float) -> TaskState:
        """What the service says at a look."""
        found = self.job.moment(self.job.unix(at_s) + 0.5e-3)
        return found or TaskState(Phase.QUEUED, at_s)

    @property
    def reason(self) -> str:
        """Why the service refused it, as a new-api says it outside."""
        message = REFUSALS[self.behind][1]
        return f"{message} Request id: {self.job.request_id}" if self._names_request else message

    @property
    def _names_request(self) -> bool:
        return self.behind is Behind.SEEDANCE

    @property
    def refusal(self) -> tuple[str, str]:
        return REFUSALS[self.behind][0], self.reason


def new_task(
    kind: GatewayKind, case: Case, number: int, epoch: float, speed: float,
    inner: GatewayTask | None = None,
) -> GatewayTask:  # fmt: skip
    """Give a case its ids and its place in real time."""
    code, message = REFUSALS[case.behind]
    slot = Slot(
        name=case.name,
        life=case.life,
        model=MODELS[case.behind],
        result=case.film,
        original="ribbons_720p.mp4" if case.behind is Behind.VIDU else "",  # the watermarked one
        last_frame=case.behind in (Behind.SEEDANCE, Behind.VIDU),  # Vidu: the cover
        seed=4304,
        code=code if case.end is Phase.FAILED else "",
        message=message if case.end is Phase.FAILED else "",
        link=LinkRule(),
        delivery=Delivery(bytes_per_s=SLOW_BYTES_PER_S if case.way is Way.SLOW else None),
    )
    seed = f"{kind.value}/{case.name}"
    draft = ServiceJob(slot, Site.ANYFAST, "", "", epoch, speed)
    seed += f"/{draft.created_at}"
    is_fal = (
        kind is GatewayKind.LITELLM and case.behind is Behind.SEEDANCE
    )  # fal's Seedance, not Ark's
    service = Behind.RUNWAY if is_fal else case.behind
    upstream = inner.job.upstream_id if inner else _upstream_id(service, draft, seed)
    task_id = _own_id(kind, case, upstream, seed)
    return GatewayTask(
        kind, case, number, ServiceJob(slot, Site.ANYFAST, task_id, upstream, epoch, speed), inner
    )


def _own_id(kind: GatewayKind, case: Case, upstream: str, seed: str) -> str:
    if kind.is_new_api:
        return f"task_{letters(seed, 32)}"
    if kind is GatewayKind.AISIX:
        alias = "sora-2" if case.behind is Behind.SORA else case.behind.value
        owner = uuid(f"aisix/{alias}")
        return _plain(f"{owner}:{_plain(alias)}:{upstream}")
    if kind is GatewayKind.LITELLM:
        return litellm_id(case, upstream)
    return uuid(seed)


def litellm_id(case: Case, video_id: str, *, model_id: str = "") -> str:
    provider, model = PROVIDERS[case.behind]
    if case.alias:
        model = "sora-2-pro"
    owner = digest(f"{provider}/{model}")
    text = (
        f"litellm:custom_llm_provider:{provider};model_id:{model_id or model};"
        f"video_id:{video_id};deployment_id:{owner}"
    )
    return "video_" + base64.b64encode(text.encode()).decode()


def _upstream_id(behind: Behind, job: ServiceJob, seed: str) -> str:
    match behind:
        case Behind.SEEDANCE:
            stamp = datetime.fromtimestamp(job.created_at, UTC8).strftime("%Y%m%d%H%M%S")
            return f"cgt-{stamp}-{letters(seed, 5, _LOWER)}"
        case Behind.KLING | Behind.VIDU | Behind.HAILUO | Behind.JIMENG:
            return str(7 * 10**17 + int(digest(seed)[:14], 16))
        case Behind.SORA:
            return f"video_{digest(seed)[:48]}"
        case _:
            return uuid(seed)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def letters(text: str, length: int, among: str = _MIXED) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return "".join(among[byte % len(among)] for byte in raw[:length])


def uuid(text: str) -> str:
    d = digest(text)
    return f"{d[:8]}-{d[8:12]}-4{d[13:16]}-a{d[17:20]}-{d[20:32]}"


def _plain(text: str) -> str:
    """Base64 without its padding."""
    return base64.b64encode(text.encode()).decode().rstrip("=")


def decoded(text: str) -> str:
    """What such a text stands for; "" where it is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return ""
