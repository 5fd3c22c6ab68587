"""The services behind the gateway: one small server that speaks as five kinds, by script.

The shapes are what LiteLLM's adapters ask for and read; everything else they leave out.
"""

import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from tests.gateways.films import distinct_film

KINDS = ("openai", "minimax", "dashscope", "fal", "runway")

#: What a job goes through; the last stage stays. One stage a look.
USUAL = ("queued", "running", "done")

_WORDS: Mapping[str, Mapping[str, str]] = {
    "openai": {
        "queued": "queued",
        "running": "in_progress",
        "done": "completed",
        "failed": "failed",
        "cancelled": "failed",
    },
    "minimax": {
        "queued": "queued",
        "running": "running",
        "done": "succeeded",
        "failed": "failed",
        "cancelled": "cancelled",
    },
    "dashscope": {
        "queued": "PENDING",
        "running": "RUNNING",
        "done": "SUCCEEDED",
        "failed": "FAILED",
        "cancelled": "CANCELED",
    },
    "fal": {
        "queued": "IN_QUEUE",
        "running": "IN_PROGRESS",
        "done": "COMPLETED",
        "failed": "COMPLETED",
        "cancelled": "COMPLETED",
    },
    "runway": {
        "queued": "PENDING",
        "running": "RUNNING",
        "done": "SUCCEEDED",
        "failed": "FAILED",
        "cancelled": "CANCELLED",
    },
}

REASON = "Your request was blocked by our moderation system."
PAGE = b"<!DOCTYPE html><html><body>502 Bad Gateway: the origin is restarting</body></html>"


@dataclass(frozen=True)
class Answer:
    """What goes back: a JSON value or bytes as they are."""

    body: Any
    status: int = 200
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


#: Trouble of a whole service, by name.
TROUBLES: Mapping[str, Answer] = {
    "401": Answer(
        {"error": {"message": "Incorrect API key provided: up-***.", "code": "invalid_api_key"}},
        401,
    ),
    "429": Answer(
        {"error": {"message": "Rate limit reached for requests", "code": "rate_limit_exceeded"}},
        429,
        headers={"retry-after": "2"},
    ),
    "500": Answer({"error": {"message": "The server had an error", "code": None}}, 500),
    "page-503": Answer(PAGE, 503, "text/html"),
    "page-200": Answer(PAGE, 200, "text/html"),
    "garbage": Answer(b'{"id": "video_', 200),
}


@dataclass(slots=True)
class Job:
    """One film that was ordered."""

    kind: str
    id: str
    model: str
    stages: tuple[str, ...]
    film: bytes
    created: int
    looks: int = 0

    @property
    def stage(self) -> str:
        return self.stages[min(self.looks, len(self.stages) - 1)]

    def looked_at(self, *, held: bool) -> None:
        """It goes on by one stage, but stays before the last one while it is held."""
        self.looks = min(self.looks + 1, len(self.stages) - (2 if held else 1))

    @property
    def word(self) -> str:
        return _WORDS[self.kind][self.stage]

    @property
    def failed(self) -> bool:
        return self.stage in ("failed", "cancelled")


class Upstream:
    """Holds the jobs; a test scripts what they go through and what trouble there is."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        #: Word of a prompt → what the job goes through.
        self.plans: dict[str, tuple[str, ...]] = {}
        #: Kind → a name of `TROUBLES`, for every question about a job.
        self.troubles: dict[str, str] = {}
        #: The same for the film alone; a page arrives from the gateway as 200 video/mp4.
        self.film_troubles: dict[str, str] = {}
        #: Films answered "not ready" although the job is done, by kind.
        self.not_ready: Counter[str] = Counter()
        #: Nothing ends while it is set.
        self.held = False
        #: Films wait for it.
        self.films_flow = Event()
        self.films_flow.set()
        self.film_asked = Event()
        #: Takes made while it is set get this very film.
        self.same_film: bytes | None = None
        #: (kind, path) of all questions.
        self.heard: list[tuple[str, str]] = []
        #: The values of all headers that came.
        self.header_values: list[str] = []
        #: Requests that were meant for another host: nothing may leave this computer.
        self.strangers: list[str] = []
        self.address = ""
        self._lock = Lock()

    def forget_scripts(self) -> None:
        """Everything is well again; the jobs stay."""
        for scripts in (self.plans, self.troubles, self.film_troubles, self.not_ready):
            scripts.clear()
        self.held, self.same_film = False, None
        self.films_flow.set()
        self.film_asked.clear()
        self.heard.clear()
        self.strangers.clear()
        self.header_values.clear()

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        with self._lock:
            return self._answer(method, path, body)

    def _answer(self, method: str, path: str, body: bytes) -> Answer:
        if "://" in path or method == "CONNECT":
            self.strangers.append(f"{method} {path}")
            return Answer({"error": "nothing leaves this computer"}, 403)
        _, kind, *rest = urlsplit(path).path.split("/")
        self.heard.append((kind, "/".join(rest)))
        if kind == "film":
            return self._film(self.jobs[rest[0]])
        if method == "POST":
            return _CREATED[kind](self._ordered(kind, body))
        if kind in self.troubles:
            return TROUBLES[self.troubles[kind]]
        job = next((self.jobs[part] for part in rest if part in self.jobs), None)
        if job is None:
            return _UNKNOWN[kind]
        if rest[-1] == "content":  # OpenAI's own route for the bytes
            return self._content(job)
        shown = _SHOWN[kind](job, f"{self.address}/film/{job.id}", rest)
        if rest[-1] == "status" or kind != "fal":
            job.looked_at(held=self.held)
        return shown

    def _content(self, job: Job) -> Answer:
        if job.stage != "done" or self.not_ready[job.kind] > 0:
            self.not_ready[job.kind] -= 1
            message = "Video is not ready yet, use GET /v1/videos/{video_id} to check status."
            return Answer({"error": {"message": message, "type": "invalid_request_error"}}, 404)
        return self._film(job)

    def _film(self, job: Job) -> Answer:
        if trouble := self.film_troubles.get(job.kind):
            return TROUBLES[trouble]
        return Answer(job.film, 200, "video/mp4")

    def _ordered(self, kind: str, body: bytes) -> Job:
        text = body.decode("utf-8", "replace")
        stages = next((plan for word, plan in self.plans.items() if word in text), USUAL)
        number = uuid.uuid4()
        id_ = {
            "openai": f"video_{number.hex}{number.hex[:16]}",
            "minimax": str(number.int % 10**18).zfill(18),
        }.get(kind, str(number))
        film = self.same_film or distinct_film(id_)
        job = Job(kind, id_, "", stages, film, int(time.time()))
        self.jobs[id_] = job
        return job

    def asked(self, job_id: str) -> int:
        """How often somebody wanted to know about this job."""
        return sum(job_id in path.split("/") for _, path in self.heard)


def _openai(job: Job, film: str = "", rest: object = ()) -> Answer:
    done = job.stage == "done"
    return Answer(
        {
            "id": job.id,
            "object": "video",
            "status": job.word,
            "model": "sora-2",
            "created_at": job.created,
            "completed_at": job.created + 40 if done else None,
            "expires_at": job.created + 3600 if done else None,
            "progress": 100 if done else 42 if job.stage == "running" else 0,
            "seconds": "4",
            "size": "1280x720",
            "error": {"code": "moderation_blocked", "message": REASON} if job.failed else None,
        }
    )


def _minimax(job: Job, film: str, rest: object) -> Answer:
    task = {
        "id": job.id,
        "model": "MiniMax-H3",
        "status": job.word,
        "created_at": job.created,
        "updated_at": job.created + 40,
        "duration": 5,
        "resolution": "768P",
    }
    if job.stage == "done":
        task |= {"content": {"url": film}, "usage": {"output_seconds": 5}}
    if job.stage == "failed":
        task |= {"error": {"code": "1026", "message": REASON}}
    return Answer({"task": task})


def _dashscope(job: Job, film: str, rest: object) -> Answer:
    output = {"task_id": job.id, "task_status": job.word}
    if job.stage == "done":
        output |= {"video_url": film}
    if job.stage == "failed":
        output |= {"code": "DataInspectionFailed", "message": REASON}
    return Answer({"request_id": str(uuid.uuid4()), "output": output})


def _fal(job: Job, film: str, rest: list[str]) -> Answer:
    if rest[-1] == "status":
        return Answer({"status": job.word, "request_id": job.id})
    if job.failed:
        detail = {"loc": ["body", "prompt"], "msg": REASON, "type": "content_policy_violation"}
        return Answer({"detail": [detail]}, 422)
    if job.stage != "done":
        return Answer({"detail": "Request is still in progress"}, 400)
    return Answer({"video": {"url": film, "content_type": "video/mp4"}})


def _runway(job: Job, film: str, rest: object) -> Answer:
    task: dict[str, Any] = {
        "id": job.id,
        "status": job.word,
        "createdAt": "2026-11-29T03:59:09.448Z",
    }
    if job.stage == "done":
        task |= {"output": [film]}
    if job.failed:
        task |= {"failure": REASON, "failureCode": "SAFETY.INPUT.TEXT"}
    return Answer(task)


_SHOWN: Mapping[str, Callable[[Job, str, list[str]], Answer]] = {
    "openai": _openai,
    "minimax": _minimax,
    "dashscope": _dashscope,
    "fal": _fal,
    "runway": _runway,
}

_CREATED: Mapping[str, Callable[[Job], Answer]] = {
    "openai": _openai,
    "minimax": lambda job: Answer({"task_id": job.id}),
    "dashscope": lambda job: Answer(
        {"request_id": job.id, "output": {"task_id": job.id, "task_status": "PENDING"}}
    ),
    "fal": lambda job: Answer({"request_id": job.id, "status": "IN_QUEUE"}),
    "runway": lambda job: Answer({"id": job.id, "estimatedCost": {"credits": 25}}),
}

_UNKNOWN: Mapping[str, Answer] = {
    "openai": Answer(
        {"error": {"message": "Video with this id not found.", "type": "invalid_request_error"}},
        404,
    ),
    "minimax": Answer({"type": "error", "error": {"message": "record not found"}}, 400),
    "dashscope": Answer({"output": {"task_id": "x", "task_status": "UNKNOWN"}}),
    "fal": Answer({"detail": "Request not found"}, 404),
    "runway": Answer(
        {"error": "Task not found", "docUrl": "https://docs.dev.runwayml.com/api"}, 404
    ),
}


@contextmanager
def serving(upstream: Upstream) -> Iterator[Upstream]:
    """Listen on a free loopback port until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            answer = upstream.answer(self.command, self.path, body)
            raw = (
                answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            )
            self.send_response(answer.status)
            self.send_header("content-type", answer.kind)
            self.send_header("content-length", str(len(raw)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            upstream.header_values += [
                v for k, v in self.headers.items() if "key" in k.lower() or "auth" in k.lower()
            ]
            if answer.kind == "video/mp4":
                upstream.film_asked.set()
                upstream.films_flow.wait()
            with suppress(OSError):  # the gateway was killed
                self.wfile.write(raw)

        do_GET = do_POST = do_CONNECT = do_HEAD = _handle  # noqa: N815 - the library's names

        def log_message(self, *args: object) -> None:
            """Nothing: the test says what was heard."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            """A gateway that was killed leaves connections behind."""

    with Server(("127.0.0.1", 0), Handler) as server:
        upstream.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield upstream
        finally:
            upstream.films_flow.set()
            server.shutdown()
            thread.join()
