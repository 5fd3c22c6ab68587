"""Troubles of whole services, the record of what was heard, the truth, and the process."""

import hashlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from rushes.core.task import ArtifactKind
from rushes.simulator import media
from rushes.simulator.job import new_jobs
from rushes.simulator.links import LinkBook, LinkCheck, Signer
from rushes.simulator.scene import Site
from rushes.simulator.scenes import find
from rushes.simulator.server import Simulator
from tests.patience import LIMIT_S
from tests.simulated import HandClock, Play, playing
from tests.simulator.conftest import Answer, Ask, task_url


def looks(sim: Simulator, ask: Ask, name: str, count: int) -> list[Answer]:
    end = sim.endpoint(name)
    return [ask(task_url(end), key=end.key) for _ in range(count)]


@pytest.mark.parametrize(
    ("scene", "name", "statuses"),
    [
        ("rate-limit", "ark", [200, 429, 429, 429, 200]),
        ("rate-limit", "anyfast", [200, 429, 429, 429, 200]),
        ("rate-limit-silent", "jimeng", [200, 429, 429, 200]),
        ("quota", "ark", [200, 429, 429, 200]),
        ("server-error", "rong", [200, 500, 500, 500, 200]),
        ("server-error", "jimeng", [200, 500, 500, 500, 200]),
        ("bad-gateway", "anyfast", [200, 502, 502, 200]),
        ("overdue", "ark", [200, 403, 403]),
        ("revoked", "ark", [200, 200, 401, 401]),
    ],
)
def test_that_a_service_has_its_trouble_and_gets_over_it(
    simulator: Play, ask: Ask, scene: str, name: str, statuses: list[int]
) -> None:
    answers = looks(simulator(scene), ask, name, len(statuses))
    assert [a.status for a in answers] == statuses


def test_that_429_comes_with_and_without_the_time_to_wait(simulator: Play, ask: Ask) -> None:
    loud = looks(simulator("rate-limit"), ask, "ark", 2)[1]
    assert loud.headers["retry-after"] == "1"
    assert loud.json["error"]["type"] == "TooManyRequests"
    silent = looks(simulator("rate-limit-silent"), ask, "ark", 2)[1]
    assert "retry-after" not in silent.headers
    assert silent.body == b""


def test_that_a_quota_is_told_apart_from_a_rate(simulator: Play, ask: Ask) -> None:
    answer = looks(simulator("quota"), ask, "ark", 2)[1]
    assert answer.json["error"]["code"] == "QuotaExceeded"


def test_that_json_may_break_off(simulator: Play, ask: Ask) -> None:
    answer = looks(simulator("truncated"), ask, "rong", 2)[1]
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)


def test_that_a_new_key_is_accepted_after_the_old_one_was_revoked(
    simulator: Play, ask: Ask
) -> None:
    sim = simulator("revoked")
    assert looks(sim, ask, "jimeng", 4)[-1].status == 401
    jimeng = sim.endpoint("jimeng")
    key = sim.new_key("jimeng")
    assert ask(task_url(jimeng), key=key).status == 200
    assert ask(task_url(jimeng), key=jimeng.key).status == 401


def test_that_slow_answers_come_late_but_come(simulator: Play, ask: Ask) -> None:
    assert looks(simulator("slow", speed=500), ask, "ark", 1)[0].status == 200


def test_that_everything_heard_is_on_record_with_the_service_it_went_to(
    simulator: Play, ask: Ask
) -> None:
    clock = HandClock()
    sim = simulator("one", clock=clock)
    clock.forward(60)
    rong = sim.endpoint("rong")
    body = ask(task_url(rong), key=rong.key, X_Client_Request_Id="mine").json
    ask(body["content"]["video_url"])
    asked, fetched = sim.heard
    assert (asked.service, asked.method, asked.origin) == ("rong", "GET", rong.base_url)
    assert asked.path.endswith(rong.ids[0])
    assert asked.headers["authorization"] == f"Bearer {rong.key}"
    assert asked.at == clock.now
    assert (fetched.service, "X-Tos-Signature=" in fetched.query) == ("files", True)
    assert "authorization" not in fetched.headers


def test_that_answers_carry_request_ids_and_the_simulators_own_time(
    simulator: Play, ask: Ask
) -> None:
    clock = HandClock()
    clock.now = 1_777_288_506.0
    ark = simulator("one", clock=clock).endpoint("ark")
    answer = ask(task_url(ark), key=ark.key, X_Client_Request_Id="mine")
    assert answer.headers["date"] == "Mon, 27 Apr 2026 11:15:06 GMT"
    assert answer.headers["x-client-request-id"] == "mine"
    assert len(answer.headers["x-request-id"]) == 32


def test_that_the_two_ark_accounts_know_nothing_of_each_other(simulator: Play, ask: Ask) -> None:
    sim = simulator("one")
    video, models = sim.endpoint("ark"), sim.endpoint("ark_list")
    assert video.key != models.key
    assert ask(task_url(models), key=video.key).status == 401
    assert ask(task_url(video, models.ids[0]), key=video.key).status == 404


def test_that_the_truth_names_files_as_they_really_are() -> None:
    for name in media.names():
        what = media.medium(name)
        body = what.path.read_bytes()
        assert (len(body), hashlib.sha256(body).hexdigest()) == (what.bytes, what.sha256)


def test_that_the_media_are_small_and_of_many_kinds() -> None:
    everything = [media.medium(name) for name in media.names()]
    films = [what for what in everything if what.suffix == ".mp4"]
    assert sum(what.bytes for what in everything) <= 4_000_000
    assert len(films) >= 6
    assert {what.ratio for what in films} >= {"16:9", "9:16", "1:1", "21:9", "4:3"}
    assert {what.resolution for what in films} == {"480p", "720p", "1080p"}
    assert {what.fps for what in films} == {24, 30}
    assert {what.audio for what in films} == {True, False}
    assert all(2 <= what.duration_s <= 5 for what in films)
    assert all(what.bytes <= 150_000 for what in everything if what.suffix == ".png")
    assert sum(what.suffix == ".zip" for what in everything) >= 1


@contextmanager
def serving(
    *parameters: object, lines: int = 5
) -> Iterator[tuple[subprocess.Popen[str], list[dict[str, Any]]]]:
    """`serve` in a process of its own, and the lines it printed."""
    said = ", ".join(map(str, parameters))
    program = f"from rushes.simulator.server import serve; raise SystemExit(serve({said}))"
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        yield process, [json.loads(process.stdout.readline()) for _ in range(lines)]
    finally:
        process.kill()
        process.wait(LIMIT_S)
        process.stdout.close()
        process.stderr.close()


def refused(*parameters: object) -> tuple[int, str]:
    said = ", ".join(map(str, parameters))
    program = f"from rushes.simulator.server import serve; raise SystemExit(serve({said}))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def services(lines: Sequence[dict[str, Any]]) -> list[str]:
    return [line["service"] for line in lines]


@pytest.mark.skipif(os.name == "nt", reason="no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_that_serve_prints_a_line_a_service_and_ends_well_when_told(
    ask: Ask, number: signal.Signals
) -> None:
    with serving(repr("one"), 0, 50) as (process, lines):
        assert services(lines) == ["ark", "ark_list", "rong", "anyfast", "jimeng"]
        assert all(line["ids"] and line["key"] and line["title"] for line in lines)
        url = f"{lines[0]['base_url']}/api/v3/contents/generations/tasks/{lines[0]['ids'][0]}"
        assert ask(url, key=lines[0]["key"]).status == 200
        truth = ask(lines[0]["truth"]).json
        assert {name: list(tasks) for name, tasks in truth.items()} == {
            line["service"]: line["ids"] for line in lines
        }
        heard = ask(lines[0]["truth"].replace("expected", "heard")).json
        assert [one["service"] for one in heard] == ["ark"]
        process.send_signal(number)
        assert process.wait(LIMIT_S) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.skipif(os.name == "nt", reason="orphans keep their parent's number there")
def test_that_serve_ends_when_the_process_that_started_it_has_gone(tmp_path: Path) -> None:
    inner = (
        "from rushes.simulator.server import serve; "
        "raise SystemExit(serve('empty', stop_with_parent=True))"
    )
    outer = (
        "import subprocess, sys; "
        f"child = subprocess.Popen([sys.executable, '-c', {inner!r}], stdout=subprocess.PIPE); "
        "child.stdout.readline(); print(child.pid, flush=True)"
    )
    parent = subprocess.run(
        [sys.executable, "-c", outer], capture_output=True, text=True, timeout=LIMIT_S, check=True
    )
    assert _gone(int(parent.stdout), within_s=10)


def _gone(pid: int, within_s: float) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat")
            if state.exists() and re.search(r"\) Z ", state.read_text()):
                return True  # ended; only its new parent has not looked yet
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_that_serve_names_the_scenes_when_it_does_not_know_one() -> None:
    code, said = refused(repr("nonsense"))
    assert code == 2
    assert "no scene “nonsense”" in said
    assert "demo" in said
    assert "Traceback" not in said


def test_that_serve_says_when_a_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = refused(repr("one"), port)
    assert code == 1
    assert f"Port {port} or one of the next 5 is taken" in said
    assert "Traceback" not in said


def test_that_who_hangs_up_does_no_harm_and_who_still_waits_does_not_stop_the_end(
    ask: Ask,
) -> None:
    clock = HandClock()
    with playing(Simulator(find("throttled"), clock=clock)) as sim:  # 60 kB a second
        clock.forward(60)
        ark = sim.endpoint("ark")
        url = ask(task_url(ark), key=ark.key).json["content"]["video_url"]
        with urllib.request.urlopen(url, timeout=LIMIT_S) as gone:
            assert gone.read(1000)
        still = urllib.request.urlopen(url, timeout=LIMIT_S)
        assert still.read(1000)
        assert list(sim.downloads.values()) == [2]
    with still, pytest.raises((http.client.IncompleteRead, ConnectionError)):
        still.read()


def test_that_a_scene_that_began_earlier_goes_on_with_the_same_tasks_and_files() -> None:
    clock = HandClock()
    scene = find("demo")
    with playing(Simulator(scene, clock=clock)) as first:
        ids = {e.service: e.ids for e in first.endpoints}
        truth = first.expected()
    began = clock.now
    clock.forward(600)
    with playing(Simulator(scene, clock=clock, began=began)) as again:
        assert {e.service: e.ids for e in again.endpoints} == ids
        status = {i: job["status"] for i, job in again.expected()["ark"].items()}
        assert status == {i: job["status"] for i, job in truth["ark"].items()}


def test_that_the_links_of_a_scene_played_again_count_as_given_out_before() -> None:
    now = HandClock().now
    jobs = [job for held in new_jobs(find("demo"), now, 1.0).values() for job in held.values()]
    (job,) = (job for job in jobs if job.slot.name == "renewed")
    signer = Signer(b"a secret", "127.0.0.1")
    for again, state in ((False, LinkCheck.ENDED), (True, LinkCheck.GOOD)):
        url = urlsplit(LinkBook(signer, again=again).show(job, now)[ArtifactKind.VIDEO])
        assert signer.check(url.path, url.query, url.netloc, now) is state


def test_that_who_asks_more_often_than_allowed_is_refused_and_counted(ask: Ask) -> None:
    clock = HandClock()
    with playing(Simulator(find("one"), clock=clock, calls={Site.JIMENG: 2})) as sim:
        assert [a.status for a in looks(sim, ask, "jimeng", 3)] == [200, 200, 429]
        assert [a.status for a in looks(sim, ask, "anyfast", 3)] == [200, 200, 200]
        clock.forward(1.0)
        assert [a.status for a in looks(sim, ask, "jimeng", 1)] == [200]
        refused = ask(sim.endpoints[0].truth.replace("expected", "refused")).json
        assert refused == {"jimeng": 1}
