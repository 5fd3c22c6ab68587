"""Films behind gateways: their own route, other links to the same file, what is not yet the end."""

import asyncio
import base64
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from rushes.assets import asset
from rushes.core.events import SaveFailed, TasksChanged
from rushes.core.failure import Kind
from rushes.core.task import ArtifactKind, ArtifactState, Flag, Status, Task
from rushes.presentation.sentences import unsaved_sentence
from tests.conftest import Drive
from tests.net.web import Site, serve
from tests.providers.test_gateway_samples import CASES, FIELD, asked_id, reply_of
from tests.watching.gateways import DATA, KEY, Answer, Films, keeping, made, plain, sample

FILM = asset("media", "dunes.mp4").read_bytes()
GOOD: Answer = (200, {"content-type": "video/mp4"}, FILM)
OWN = "/v1/videos/t/content"
OPENAI = plain({"id": "t", "object": "video", "status": "completed"})


def linked(*urls: str, **more: Any) -> Answer:
    """A task that succeeded with one link outside and the others further inside."""
    body: dict[str, Any] = {"task_id": "t", "status": "SUCCESS", "result_url": urls[0], **more}
    inner = body
    for url in urls[1:]:
        inner["data"] = {"status": "succeeded", "task_id": "t", "url": url}
        inner = inner["data"]
    return plain({"code": "success", "message": "", "data": body})


async def shelf(request: web.BaseRequest) -> web.StreamResponse:
    """Another origin."""
    if "refused" in request.path:
        return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>")
    if "cut" in request.path:
        response = web.StreamResponse(headers={"Content-Length": str(len(FILM))})
        await response.prepare(request)
        await response.write(FILM[:20_000])
        await asyncio.sleep(0.1)  # a slow line: what was sent has come before the cut
        assert request.transport is not None
        request.transport.close()
        return response
    if "trouble" in request.path:
        return web.Response(status=500)
    return web.Response(body=FILM, content_type="video/mp4")


@pytest.mark.parametrize("prefix", ["", "/gw"])
def test_that_a_film_without_a_link_is_fetched_at_the_gateway_s_own_route_with_the_key(
    run: Drive[Any], tmp_path: Path, prefix: str
) -> None:
    async def work() -> None:
        async with keeping(tmp_path, prefix=prefix) as films:
            films.gate.says |= {f"{prefix}/v1/videos/t": OPENAI, f"{prefix}{OWN}": GOOD}
            films.gate.key_refused = sample("newapi/key_refused")
            await films.look()
            assert await films.saved() == FILM
            assert f"{prefix}{OWN}" in films.gate.asked

    run(work())


@pytest.mark.parametrize("host", ["http://localhost:3000", "https://other.example:8443", ""])
def test_that_the_own_route_is_asked_at_the_account_s_address_whatever_host_it_names(
    run: Drive[Any], tmp_path: Path, host: str
) -> None:
    async def work() -> None:
        async with keeping(tmp_path) as films:
            films.gate.says |= {"/v1/video/generations/t": linked(f"{host}{OWN}"), OWN: GOOD}
            await films.look()
            assert await films.saved() == FILM
            assert (await films.film()).url == f"{films.gate.url}{OWN}"

    run(work())


def test_that_a_redirect_to_the_service_behind_is_followed_without_the_key(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with serve(shelf) as site, keeping(tmp_path) as films:
            there = (302, {"location": f"{site.url}/f.mp4?X-Tos-Signature=00"}, b"")
            films.gate.says |= {"/v1/videos/t": OPENAI, OWN: there}
            await films.look()
            assert await films.saved() == FILM
            assert site.keys() == [""]
            assert set(films.gate.keys) == {f"Bearer {KEY}"}

    run(work())


#: Where an own route leads to the service's link, and when that ends.
REDIRECTS = {
    "aisix/content_redirect": 1795988407.0,
    "aisix/wan_content_redirect": 1795988460.0,
}


@pytest.mark.parametrize(("name", "end"), REDIRECTS.items())
def test_that_the_end_of_a_link_behind_a_redirect_is_known_from_the_first_try_on(
    run: Drive[Any], tmp_path: Path, name: str, end: float
) -> None:
    async def work() -> None:
        refusals = 3

        async def once_refused(request: web.BaseRequest) -> web.StreamResponse:
            nonlocal refusals
            refusals -= 1
            return web.Response(status=403) if refusals >= 0 else await shelf(request)

        async with serve(once_refused) as site, keeping(tmp_path) as films:
            films.gate.says |= {"/v1/videos/t": OPENAI, OWN: sample(name, FILES=site.url)}
            await films.look()
            assert (await films.film()).expires_at is None
            await films.rig.until(lambda: films.rig.of(SaveFailed))
            film = films.rig.of(SaveFailed)[0].artifact
            assert (film.expires_at, film.expires_inferred) == (end, False)
            await films.look()
            assert (await films.film()).expires_at == end
            assert await films.saved() == FILM
            assert (await films.film()).expires_at == end
            assert site.keys() == [""] * len(site.heard)

    run(work())


def test_that_a_route_that_signs_a_new_link_each_time_does_not_end_with_one_of_them(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        refusals, signed_at = 5, 0

        async def once_refused(request: web.BaseRequest) -> web.StreamResponse:
            nonlocal refusals
            refusals -= 1
            return web.Response(status=403) if refusals >= 0 else await shelf(request)

        async def sign(request: web.BaseRequest) -> web.StreamResponse:
            """Links that ended before they were made, as this computer counts."""
            nonlocal signed_at
            signed_at += 1
            query = f"X-Amz-Date=20200101T0000{signed_at:02}Z&X-Amz-Expires=15"
            return made((302, {"location": f"{site.url}/f.mp4?{query}"}, b""))

        async with serve(once_refused) as site, keeping(tmp_path) as films:
            films.gate.says |= {"/v1/videos/t": OPENAI, OWN: sign}
            await films.look()
            assert await films.saved() == FILM
            assert {told.failure.kind for told in films.rig.of(SaveFailed)} == {Kind.LINK_ENDED}
            ends = [told.artifact.expires_at for told in films.rig.of(SaveFailed)]
            assert ends[0] is not None
            assert ends[1:] == [None] * (len(ends) - 1)

    run(work())


def test_that_the_end_an_answer_names_stays_whatever_its_redirect_leads_to(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with serve(shelf) as site, keeping(tmp_path) as films:
            named = 1795990000.0
            answer = {"id": "t", "object": "video", "status": "completed", "expires_at": named}
            there = sample("aisix/content_redirect", FILES=site.url)
            films.gate.says |= {"/v1/videos/t": plain(answer), OWN: there}
            await films.look()
            assert (await films.film()).expires_at == named
            assert await films.saved() == FILM
            assert (await films.film()).expires_at == named

    run(work())


@pytest.mark.parametrize("first", ["refused", "cut", "trouble", "away"])
def test_that_the_next_link_is_tried_in_the_same_attempt(
    run: Drive[Any], tmp_path: Path, first: str
) -> None:
    async def work() -> None:
        async with serve(shelf) as site, keeping(tmp_path) as films:
            url = "http://127.0.0.1:9/away.mp4" if first == "away" else f"{site.url}/{first}.mp4"
            answer = linked(url, f"{site.url}/good.mp4", f"{films.gate.url}{OWN}")
            films.gate.says |= {"/v1/video/generations/t": answer, OWN: GOOD}
            await films.look()
            assert await films.saved() == FILM
            assert films.rig.of(SaveFailed) == []
            assert _asked(site)[-1] == "/good.mp4"
            assert OWN not in films.gate.asked  # the last resort
            assert set(site.keys()) == {""}

    run(work())


def test_that_a_second_gateway_on_the_account_s_own_origin_gets_no_key(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with keeping(tmp_path) as films:
            second = "/v1/videos/other/content"
            answer = linked(f"http://localhost:3000{OWN}", f"{films.gate.url}{second}")
            films.gate.key_refused = sample("newapi/key_refused")
            films.gate.says |= {"/v1/video/generations/t": answer, OWN: GOOD, second: GOOD}
            await films.look()
            assert await films.saved() == FILM
            keys = dict(zip(films.gate.asked, films.gate.keys, strict=True))
            assert (keys[second], keys[OWN]) == ("", f"Bearer {KEY}")

    run(work())


BESIDE = {"picture": asset("media", "dunes.png").read_bytes(), "music": b"ID3\4" + bytes(2000)}


@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE)
def test_that_a_picture_or_a_sound_gives_way_to_the_next_link(
    run: Drive[Any], tmp_path: Path, beside: bytes
) -> None:
    async def work() -> None:
        async def other(request: web.BaseRequest) -> web.StreamResponse:
            body = FILM if "good" in request.path else beside
            return web.Response(body=body, content_type="video/mp4")

        async with serve(other) as site, keeping(tmp_path) as films:
            answer = linked(f"{site.url}/first", f"{site.url}/good")
            films.gate.says["/v1/video/generations/t"] = answer
            await films.look()
            assert await films.saved() == FILM
            assert _asked(site) == ["/first", "/good"]

    run(work())


def test_that_the_own_route_is_the_last_resort(run: Drive[Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with serve(shelf) as site, keeping(tmp_path) as films:
            answer = linked(f"http://localhost:3000{OWN}", f"{site.url}/refused.mp4")
            films.gate.says |= {"/v1/video/generations/t": answer, OWN: GOOD}
            await films.look()
            assert await films.saved() == FILM
            assert _asked(site) == ["/refused.mp4"]

    run(work())


@pytest.mark.parametrize("query", ["", "?X-Tos-Date=20200101T000000Z&X-Tos-Expires=3600"])
def test_that_the_own_route_is_asked_before_a_film_is_called_lost(
    run: Drive[Any], tmp_path: Path, query: str
) -> None:
    async def work() -> None:
        async with serve(shelf) as site, keeping(tmp_path) as films:
            answer = linked(f"{site.url}/refused.mp4{query}")
            films.gate.says |= {"/v1/video/generations/t": answer, OWN: GOOD}
            await films.look()
            assert await films.saved() == FILM
            assert films.gate.asked.count(OWN) == 1
            assert set(site.keys()) == {""}

    run(work())


@pytest.mark.parametrize("result_url", [f"http://localhost:3000{OWN}", ""])
def test_that_the_enhanced_film_is_waited_for_at_the_own_route(
    run: Drive[Any], tmp_path: Path, result_url: str
) -> None:
    async def work() -> None:
        async with serve(shelf) as site, keeping(tmp_path) as films:
            content = {"video_url": f"{site.url}/before.mp4"}
            inner = {"status": "succeeded", "super_resolution": "4k", "content": content}
            body = {"task_id": "t", "status": "SUCCESS", "result_url": result_url, "data": inner}
            films.gate.says |= {
                "/v1/video/generations/t": plain({"code": "success", "data": body}),
                OWN: sample("newapi/content_not_ready"),
            }
            await films.look()
            await films.rig.until(lambda: films.rig.of(SaveFailed))
            assert (await films.film()).state is not ArtifactState.SAVED
            films.gate.says[OWN] = GOOD
            assert await films.saved() == FILM
            assert (await films.film()).url == f"{films.gate.url}{OWN}"

    run(work())


def test_that_the_film_before_super_resolution_never_stands_in_for_the_result(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with serve(shelf) as site, keeping(tmp_path, patience_s=0.0) as films:
            answer = linked(
                f"{site.url}/refused.mp4",
                f"{site.url}/before.mp4",
                original_result_url=f"{site.url}/before.mp4",
            )
            films.gate.says["/v1/video/generations/t"] = answer
            await films.look()
            await films.saver.settled()
            task = await films.rig.task("t")
            states = {a.kind: a.state for a in task.artifacts}
            assert states[ArtifactKind.VIDEO] is ArtifactState.REMOTE
            assert states[ArtifactKind.ORIGINAL_VIDEO] is ArtifactState.SAVED

    run(work())


#: What an own route answers instead of a film.
NO_FILM = [
    *(f"newapi/content_{why}" for why in ("not_ready", "of_failed", "blocked", "channel_gone")),
    *(f"newapi/content_{why}" for why in ("cannot_resolve", "unknown")),
    *("aisix/content_not_ready", "aisix/content_of_failed", "litellm/content_openai_nokey"),
    *(f"litellm/content_{kind}_running" for kind in ("openai", "fal", "minimax")),
    *(f"litellm/content_{kind}_failed" for kind in ("openai", "fal", "minimax", "dash", "runway")),
    *(f"litellm/up_{what}_openai_content" for what in ("401", "429", "500", "503html", "quota")),
]
#: The heads of answers with a film; its bytes were left out.
GIVEN = [f"litellm/content_{kind}_done" for kind in ("openai", "fal", "minimax", "dash", "runway")]


@pytest.mark.parametrize("name", NO_FILM)
def test_that_what_the_own_route_answers_is_neither_the_end_nor_about_the_key(
    run: Drive[Any], tmp_path: Path, name: str
) -> None:
    async def work() -> None:
        async with keeping(tmp_path) as films:
            films.gate.says |= {"/v1/videos/t": OPENAI, OWN: sample(name)}
            await films.look()
            await films.rig.until(lambda: films.rig.of(SaveFailed))
            assert (await films.look()).status is Status.SUCCEEDED
            assert (await films.film()).state in (ArtifactState.REMOTE, ArtifactState.SAVING)
            films.gate.says[OWN] = GOOD
            assert await films.saved() == FILM

    run(work())


@pytest.mark.parametrize("name", GIVEN)
def test_that_a_film_with_the_head_of_a_real_gateway_is_saved(
    run: Drive[Any], tmp_path: Path, name: str
) -> None:
    async def work() -> None:
        async with keeping(tmp_path) as films:
            status, head, _ = sample(name)
            films.gate.says |= {"/v1/videos/t": OPENAI, OWN: (status, head, FILM)}
            await films.look()
            assert await films.saved() == FILM

    run(work())


def test_that_a_film_in_its_own_link_is_saved_without_a_request(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with keeping(tmp_path) as films:
            data = f"data:video/mp4;base64,{base64.b64encode(FILM).decode()}"
            films.gate.says["/v1/video/generations/t"] = linked(data)
            await films.look()
            before = len(films.gate.asked)
            assert await films.saved() == FILM
            assert len(films.gate.asked) == before

    run(work())


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (
            sample("newapi/content_blocked"),
            "link_ended request blocked: port 9401 is not allowed",
        ),
        (
            plain({"message": "see https://x.example/f?sig=S\n now", "code": "no"}, 502),
            "server see https://x.example/f?… now",
        ),
        (plain({"error": "gone"}, 410), "link_ended gone"),
        (plain({"detail": {"at": 1}}, 404), "link_ended"),
        (plain(["no"], 404), "link_ended"),
        ((404, {}, b"{"), "link_ended"),
    ],
)
def test_that_the_words_of_who_refuses_a_film_are_kept_and_shown(
    run: Drive[Any], tmp_path: Path, answer: Answer, problem: str
) -> None:
    async def work() -> None:
        async with keeping(tmp_path) as films:
            films.gate.says |= {"/v1/videos/t": OPENAI, OWN: answer}
            await films.look()
            await films.rig.until(lambda: len(films.rig.of(SaveFailed)) >= 1)
            found = films.rig.of(SaveFailed)[0].artifact
            assert found.problem == problem
            said = problem.partition(" ")[2]
            sign = f" The server says: {said}."
            assert unsaved_sentence(found, 1e12).endswith(sign if said else "just now.")
            films.gate.says[OWN] = GOOD
            assert await films.saved() == FILM

    run(work())


def test_that_a_download_that_is_cut_the_same_way_three_times_says_so(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with keeping(tmp_path) as films:

            async def cut(request: web.BaseRequest) -> web.StreamResponse:
                return await shelf(request.clone(rel_url="/cut"))

            films.gate.says |= {"/v1/videos/t": OPENAI, OWN: cut}
            await films.look()
            await films.rig.until(lambda: len(films.rig.of(SaveFailed)) >= 3)
            kinds = [news.failure.kind for news in films.rig.of(SaveFailed)]
            assert kinds[:3] == [Kind.OFFLINE, Kind.OFFLINE, Kind.CUT]
            (problem,) = {a.artifact.problem for a in films.rig.of(SaveFailed)[2:3]}
            assert problem == f"cut 0 20000 {len(FILM)}"
            films.gate.says[OWN] = GOOD
            assert await films.saved() == FILM

    run(work())


def test_that_the_cuts_of_each_link_are_counted_by_themselves(
    run: Drive[Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with serve(shelf) as site, keeping(tmp_path) as films:
            films.gate.says["/v1/video/generations/t"] = linked(
                f"{site.url}/cut.mp4", f"{site.url}/cut_too.mp4"
            )
            await films.look()
            await films.rig.until(lambda: len(films.rig.of(SaveFailed)) >= 3)
            kinds = [news.failure.kind for news in films.rig.of(SaveFailed)]
            assert kinds[:3] == [Kind.OFFLINE, Kind.OFFLINE, Kind.CUT]

    run(work())


# --- not yet the end ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status", "flag"),
    [
        ("newapi/doubao_expired_behind", Status.EXPIRED, Flag.STATUS_CONFLICT),
        ("newapi/jimeng_gave_up_while_generating", Status.FAILED, Flag.GAVE_UP),
        ("newapi/doubao_timed_out_key_refused", Status.FAILED, Flag.GAVE_UP),
        ("newapi/chain_doubao_gave_up", Status.FAILED, Flag.GAVE_UP),
    ],
)
def test_that_a_task_that_comes_back_after_its_gateway_gave_up_is_saved(
    run: Drive[Any], tmp_path: Path, name: str, status: Status, flag: Flag
) -> None:
    async def work() -> None:
        async with serve(shelf) as site, keeping(tmp_path) as films:
            films.gate.says["/v1/video/generations/t"] = sample(name)
            task = await films.look()
            assert (task.status, flag in task.flags) == (status, True)
            films.rig.start()  # the loop, which looks by itself
            films.gate.says["/v1/video/generations/t"] = linked(f"{site.url}/good.mp4")
            await films.rig.until(lambda: _has_succeeded(films))
            assert await films.saved() == FILM
            assert (await films.rig.task("t")).flags == frozenset()

    run(work())


def _has_succeeded(films: Films) -> bool:
    news = films.rig.of(TasksChanged)
    return any(t.status is Status.SUCCEEDED for each in news for t in each.diff.changed)


def _asked(site: Site) -> list[str]:
    return [request.path for request in site.heard]


# --- the samples, over HTTP --------------------------------------------------------------------


async def served(films: Films, text: str, film: str, id_: str) -> Task:
    """What comes of a task whose gateway gives this answer, on whatever route it is asked."""
    own = f"/v1/videos/{quote(id_, safe='=')}/content"
    answer = 200, {"content-type": "application/json"}, text.encode()
    films.gate.says = {f"/v1/video/generations/{quote(id_, safe='=')}": answer, own: GOOD}
    films.gate.key_refused = sample("newapi/key_refused")
    await films.rig.add(id_)
    await films.look(id_)
    if film:
        assert await films.saved(id_) == FILM
    else:
        await films.saver.settled()
        films_saved = [a for a in (await films.rig.task(id_)).artifacts if a.path]
        assert [a for a in films_saved if a.kind is ArtifactKind.VIDEO] == []
    return await films.rig.task(id_)


@pytest.mark.parametrize("name", FIELD)
def test_what_becomes_of_an_answer_of_the_field(run: Drive[Any], tmp_path: Path, name: str) -> None:
    async def work() -> None:
        async with serve(shelf) as site, keeping(tmp_path) as films:
            status, raw, film = FIELD[name]
            text = (DATA / "answers" / f"{name}.json").read_text("utf-8")
            text = text.replace("@BASE@", site.url)
            text = text.replace("AAAAIGZ0eXBpc29t", base64.b64encode(FILM).decode())
            task = await served(films, text, film if status is Status.SUCCEEDED else "", "t")
            assert (task.status, task.report.status_raw) == (status, raw)
            assert set(site.keys()) <= {""}

    run(work())


@pytest.mark.parametrize(
    ("path", "meant"), CASES, ids=[f"{path.parent.name}/{path.stem}" for path, _ in CASES]
)
def test_what_becomes_of_a_real_gateway_s_answer(
    run: Drive[Any], tmp_path: Path, path: Path, meant: Any
) -> None:
    async def work() -> None:
        async with serve(shelf) as site, keeping(tmp_path) as films:
            reply = reply_of(path)
            text = reply.body.decode().replace("https://files.example", site.url)
            id_ = asked_id(reply)
            task = await served(films, text, meant.film, id_)
            assert (task.status, task.flags) == (meant.status, meant.flags)
            assert (task.report.upstream_said or "") == meant.said
            assert set(site.keys()) <= {""}
            heard = zip(films.gate.asked, films.gate.keys, strict=True)
            keys = {key for path, key in heard if path != "/api/status"}  # that needs none
            assert keys == {f"Bearer {KEY}"}

    run(work())
