"""What the pretended gateways have in common: keys, tasks, routes, and the truth about them."""

import enum
import hmac
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from aiohttp import web

from rushes.core.task import ArtifactKind
from rushes.simulator.files import send
from rushes.simulator.gateway_cases import Behind, Fate, GatewayKind, Way
from rushes.simulator.gateways.task import GatewayTask, letters
from rushes.simulator.life import TaskState
from rushes.simulator.links import LinkBook
from rushes.simulator.media import Medium, medium
from rushes.simulator.scene import Delivery
from rushes.simulator.task_object import Body
from rushes.simulator.truth import Truth

CUT_S = 60.0  # simulated seconds after which a new-api breaks off what it streams
_OSS_S = {Behind.HAILUO: 9 * 3600, Behind.WAN: 86400}  # how long such links live
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class KeyKind(enum.Enum):
    GOOD = "good"
    WRONG = "wrong"
    OFF = "off"  # switched off by its owner
    ENDED = "ended"  # past its date
    USED_UP = "used_up"  # without credit, until it is filled
    LIMITED = "limited"  # good for one model only


class Keys:
    """The keys of one gateway, of up to six kinds, and what each may see.

    Args:
        kinds: Which there are at this gateway.
        limited_to: The model that a limited key is good for.

    Attributes:
        all: By kind: what the scene hands to people. The wrong one is among them, to be tried.
    """

    def __init__(
        self, gateway: GatewayKind, secret: bytes, kinds: tuple[KeyKind, ...], limited_to: str
    ) -> None:
        self._gateway = gateway
        self.limited_to = limited_to
        self.all = {
            one: f"sk-{letters(f'{secret.hex()}/{gateway.value}/{one.value}', 32)}" for one in kinds
        }
        self._filled = False

    @property
    def good(self) -> str:
        return self.all[KeyKind.GOOD]

    def fill(self) -> None:
        """Give the used-up key credit again."""
        self._filled = True

    def add(self, key: str) -> None:
        """Another good key, as after "Replace key"; the one before is not accepted any more."""
        self.all[KeyKind.GOOD] = key

    def kind_of(self, authorization: str) -> KeyKind | None:
        """What the key in an `Authorization` header is; None: nobody's, or there is none.

        A new-api takes it without `Bearer` and without `sk-`, too.
        """
        word, _, rest = authorization.strip().partition(" ")
        is_bearer = word.lower() == "bearer"
        if not is_bearer and not self._gateway.is_new_api:
            return None
        given = rest.strip() if is_bearer else authorization.strip()
        for kind, key in self.all.items():
            same = hmac.compare_digest(given.encode(), key.encode())
            bare = self._gateway.is_new_api and given == key.removeprefix("sk-")
            if (same or bare) and kind is not KeyKind.WRONG:
                is_full = kind is KeyKind.USED_UP and self._filled
                return KeyKind.GOOD if is_full else kind
        return None


class KeyedRequest(NamedTuple):
    """Who asks, and for what.

    Attributes:
        key: What kind of key it is; None: nobody's.
        has_key: Whether one came at all.
    """

    task_id: str
    key: KeyKind | None
    task: GatewayTask | None
    has_key: bool


class Gateway(ABC):
    """One gateway program at one origin: a task's route, its film, a list of models.

    Attributes:
        inner_origin: Where the gateway behind listens; "" without one.
        cut_s: See `CUT_S`; None: it streams to the end.
    """

    videos = "/v1/videos"
    heads = False  # whether HEAD is answered as GET
    #: A gateway without a database has one key.
    key_kinds: tuple[KeyKind, ...] = (KeyKind.GOOD, KeyKind.WRONG)
    limited_to = ""

    def __init__(
        self,
        kind: GatewayKind,
        origin: str,
        tasks: dict[str, GatewayTask],
        *,
        secret: bytes,
        book: LinkBook,
        clock: Callable[[], float],
        speed: float,
        inner_origin: str = "",
    ) -> None:
        self.kind = kind
        self.origin = origin
        self.tasks = tasks
        self.keys = Keys(kind, secret, self.key_kinds, self.limited_to)
        self.clock = clock
        self.inner_origin = inner_origin
        self.cut_s: float | None = CUT_S
        self._book = book
        self._speed = speed

    # --- what each of them says -------------------------------------------------------------

    @abstractmethod
    def refused(self, asked: KeyedRequest) -> web.Response | None:
        """The answer to a key that may not ask; None: it may."""

    @abstractmethod
    def unknown(self, task_id: str) -> web.Response: ...

    def unknown_film(self, task_id: str) -> web.Response:
        return self.unknown(task_id)

    @abstractmethod
    def task(self, task: GatewayTask) -> web.Response: ...

    @abstractmethod
    def content(self, task: GatewayTask) -> web.Response | None:
        """What comes instead of the film; None: the film."""

    @abstractmethod
    async def models(self, request: web.Request) -> web.StreamResponse: ...

    @abstractmethod
    async def lost(self, request: web.Request) -> web.StreamResponse:
        """Any path that it does not have."""

    @abstractmethod
    def final(self, task: GatewayTask) -> dict[str, Any]:
        """What a client must know in the end: `status`, `status_raw`, and what differs from the
        usual of `flags`, `error`, `upstream_said` and `upstream_id`."""

    def more(self) -> list[web.RouteDef]:
        return []

    def film_headers(self, _: GatewayTask) -> dict[str, str]:
        return {}

    def shows_service(self, _: GatewayTask) -> bool:
        """Whether an answer holds the service's own object, whole."""
        return False

    def charged(self, _: GatewayTask) -> Truth | None:
        """What a film costs in money, where it says so."""
        return None

    def film_ends_at(self, task: GatewayTask) -> int | None:
        """When the film's best link ends; None: nobody says."""
        is_signed = task.case.way is Way.DIRECT or task.case.beside
        return self.ends_at(task, ArtifactKind.VIDEO) if is_signed else None

    # --- its paths -----------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{self.videos}/{{id}}", self.answer(self.task), allow_head=False),
            web.get(
                f"{self.videos}/{{id}}/content",
                self.answer(self.content, self.unknown_film),
                allow_head=self.heads,
            ),
            web.get(self.videos.replace("videos", "models"), self.models, allow_head=False),
            *self.more(),
            web.route("*", "/{tail:.*}", self.lost),
        ]

    def answer(
        self,
        tell: Callable[[GatewayTask], web.Response | None],
        unknown: Callable[[str], web.Response] | None = None,
    ) -> Handler:
        """A handler for tasks that are known and that the key may see.

        `tell` gives the answer; None: the film. `unknown` answers for any other id.
        """

        async def handle(request: web.Request) -> web.StreamResponse:
            asked = self.asked(request)
            refused = self.refused(asked)
            if refused is not None:
                return refused
            if asked.task is None:
                return (unknown or self.unknown)(asked.task_id)
            said = tell(asked.task)
            return await self._film(request, asked.task) if said is None else said

        return handle

    def asked(self, request: web.Request) -> KeyedRequest:
        task_id = request.match_info.get("id", "")
        key = self.keys.kind_of(request.headers.get("Authorization", ""))
        return KeyedRequest(task_id, key, self.find(task_id), "Authorization" in request.headers)

    def find(self, task_id: str) -> GatewayTask | None:
        task = self.tasks.get(task_id)
        return task if task is not None and task.moment(self.clock()) is not None else None

    def moment(self, task: GatewayTask) -> TaskState:
        found = task.moment(self.clock())
        assert found is not None, "tasks that were not submitted yet are not found"
        return found

    def model_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(task.model for task in self.tasks.values()))

    def redirect(self, task: GatewayTask) -> web.Response:
        link = self.links(task)[ArtifactKind.VIDEO]
        return web.Response(status=302, headers={"Location": link})

    def links(self, task: GatewayTask) -> dict[ArtifactKind, str]:
        """The service's own links, once the job has ended well."""
        found = self._book.show(task.job, self.clock())
        if found and task.behind in _OSS_S:
            ends = self.ends_at(task, ArtifactKind.VIDEO)
            found[ArtifactKind.VIDEO] = self._book.sign_oss(task.job, ends)
        return found

    def ends_at(self, task: GatewayTask, kind: ArtifactKind) -> int:
        """When one of those links ends (Unix seconds)."""
        if kind is ArtifactKind.VIDEO and task.behind in _OSS_S:
            return task.job.ended_at + _OSS_S[task.behind]
        return self._book.latest(task.job).ends_at

    async def _film(self, request: web.Request, task: GatewayTask) -> web.StreamResponse:
        """The bytes through the gateway: no ranges, and no longer than its cut."""
        what, how = medium(task.case.film), task.job.slot.delivery
        if how.bytes_per_s is not None and self.cut_s is not None:
            most = int(how.bytes_per_s * self.cut_s)
            cuts = (most,) if most < what.bytes else ()
            how = Delivery(bytes_per_s=how.bytes_per_s, cuts=cuts)
        headers = self.film_headers(task)
        return await send(request, what, how, self._speed, ranges=False, headers=headers)

    # --- the truth -----------------------------------------------------------------------------

    def truth_of(self, task: GatewayTask) -> Truth:
        """What a client that saw everything must know at the end of a task (contract 9-11).

        The fields are those of `list --json`. `status_raw` is the word of the first route.
        """
        final = self.final(task)
        is_success = final["status"] == "succeeded"
        has_tokens = is_success and self.shows_service(task) and task.behind is Behind.SEEDANCE
        tokens = medium(task.case.film).tokens if has_tokens else None
        usage: Truth = dict.fromkeys(("completion_tokens", "total_tokens", "billed_tokens"), tokens)
        truth: Truth = {
            "id": task.id,
            "service": "gateway",
            "gateway": self.kind.value,
            "case": task.case.name,
            "service_id": task.upstream_id,  # where an answer names it at any time
            "flags": [],
            "error": None,
            "upstream_said": None,
            "upstream_id": task.upstream_id,
            **final,
            "usage": usage | {"charged": self.charged(task) if is_success else None},
            "artifacts": self._artifacts(task) if is_success else [],
        }
        if task.case.prompt:
            truth["prompt"] = task.case.prompt
        return truth

    def _artifacts(self, task: GatewayTask) -> list[Truth]:
        film = medium(task.case.film)
        gives = film if self.gives_film(task) else None
        found = [_artifact("video", gives, self.film_ends_at(task))]
        if self.shows_service(task) and task.behind is Behind.SEEDANCE:
            kind = ArtifactKind.LAST_FRAME
            found.append(_artifact(kind.value, task.job.media[kind], self.ends_at(task, kind)))
        return found

    def gives_film(self, task: GatewayTask) -> bool:
        """Whether any of its ways leads to the whole film."""
        if task.case.fate is Fate.FILTERED:
            return False
        if task.case.way is Way.DIRECT or task.case.beside:
            return True
        if task.case.way in (Way.GUARDED, Way.NO_CHANNEL):
            return False
        pace = task.job.slot.delivery.bytes_per_s
        if pace is None or self.cut_s is None:
            return True
        return medium(task.case.film).bytes <= pace * self.cut_s


def _artifact(kind: str, what: Medium | None, ends_at: int | None) -> Truth:
    """`what` None: it is not given out."""
    return {
        "kind": kind,
        "state": "saved" if what else "remote",
        "expires_at": ends_at,
        "expires_inferred": False,
        "bytes": what.bytes if what else None,
        "sha256": what.sha256 if what else None,
    }


def end_of(task: GatewayTask) -> TaskState:
    """What the service's own job is at last."""
    return TaskState(task.case.end, task.case.life.ends_s)


def json_answer(
    body: Body, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    return web.json_response(body, status=status, headers=headers)


def empty_answer(status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer without a body."""
    return web.Response(status=status, headers=headers)
