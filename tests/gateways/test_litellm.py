"""Films ordered by the `openai` SDK through a real LiteLLM proxy, watched and saved by Rushes.

No test knows an id in advance: what the SDK printed is pasted, and what is listed afterwards is
decoded and compared with what the services behind the gateway were asked to make.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Shell
from tests.gateways.films import small_film
from tests.gateways.proxy import GROUPS, KEY, Gateway, with_inner_id
from tests.gateways.upstream import KINDS, REASON, TROUBLES, Upstream
from tests.gateways.watching import (
    ACCOUNT,
    files_that_differ,
    jobs_of,
    pasted,
    shell_at,
    watched,
    watching,
)
from tests.patience import LIMIT_S

# A busy machine takes its time to start a program of this size.
pytestmark = pytest.mark.timeout(400, func_only=True)

FULL = bool(os.environ.get("RUSHES_FULL"))

PRINTS = (
    "repr",
    "str",
    "list",
    "json",
    "json-indented",
    "dict",
    "id",
    "sentence",
    "assignment",
    "retrieved",
)
ALL_GROUPS = ",".join(group for group, *_ in GROUPS)
#: One model group a kind of service, all in one order.
ONE_A_KIND = "sora-2,hailuo,wan,seedance,gen4"


def ordered_in(upstream: Upstream, before: set[str]) -> set[str]:
    return set(upstream.jobs) - before


def saved(line: dict[str, Any]) -> bool:
    return [a["state"] for a in line["artifacts"]] == ["saved"]


@pytest.mark.parametrize("how", PRINTS)
def test_that_what_the_sdk_prints_gives_each_id_whole_and_once(
    how: str, proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    before = set(upstream.jobs)
    printed = proxy.submit("sora-2", "a fox", "a hare", how=how)
    ids = pasted(shell_at(base_dir, proxy), printed)
    assert {job.id for job in jobs_of(ids, upstream).values()} == ordered_in(upstream, before)
    assert len(ids) == 2


@pytest.mark.parametrize("group", ALL_GROUPS.split(","))
def test_that_the_ids_of_every_model_group_are_read_from_prints(
    group: str, proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    before = set(upstream.jobs)
    shell = shell_at(base_dir, proxy)
    told = shell.good("add", "-", given=proxy.submit(group, "a fox", "a hare", "an owl"))
    ids = list(shell.listed())
    assert {job.id for job in jobs_of(ids, upstream).values()} == ordered_in(upstream, before)
    assert told == "3 tasks added.\n"


def test_that_what_is_pasted_twice_in_two_forms_is_one_task_each(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    shell = shell_at(base_dir, proxy)
    printed = proxy.submit("hailuo", "a fox", "a hare")
    first = pasted(shell, printed)
    bare = "\n".join(first)
    assert pasted(shell, json.dumps({"log": printed}), bare, f"| {first[0]} |") == first


def test_that_films_of_five_kinds_of_services_are_watched_and_saved_byte_for_byte(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    shell = shell_at(base_dir, proxy)
    pasted(shell, proxy.submit(ALL_GROUPS, "a fox", "a hare"))
    done = watched(shell)
    found = shell.listed()
    assert files_that_differ(found, upstream) == []
    assert {line["status"] for line in found.values()} == {"succeeded"}
    assert len({a["path"] for line in found.values() for a in line["artifacts"]}) == 12
    assert (done.returncode, done.stderr) == (0, "")


def test_that_failed_and_cancelled_jobs_end_with_the_services_reason_and_leave_no_file(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    upstream.plans = {"forbidden": ("running", "failed"), "withdrawn": ("queued", "cancelled")}
    shell = shell_at(base_dir, proxy)
    pasted(shell, proxy.submit(ONE_A_KIND, "forbidden", "withdrawn"))
    done = watched(shell)
    found = shell.listed()
    for id_, job in jobs_of([*found], upstream).items():
        # LiteLLM has a word for a withdrawn job of two of the five.
        told = job.stage if job.kind in ("minimax", "dashscope") else "failed"
        assert (job.kind, found[id_]["status"]) == (job.kind, told)
        if job.stage == "failed":
            assert REASON in found[id_]["error"]["message"]
    assert not list((base_dir / "files").rglob("*.mp4"))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/videos"])
def test_that_an_address_pasted_with_its_path_is_the_same_gateway(
    path: str, proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    shell = shell_at(base_dir, proxy, path=path)
    pasted(shell, proxy.submit("sora-2", "a fox"), proxy.submit("gen4", "a hare"))
    done = watched(shell)
    assert files_that_differ(shell.listed(), upstream) == []
    assert done.returncode == 0, done.stderr


def test_that_a_gateway_killed_while_jobs_run_comes_back_and_nothing_is_lost(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    upstream.held = True
    shell = shell_at(base_dir, proxy)
    ids = pasted(shell, proxy.submit(ONE_A_KIND, "a fox", "a hare"))
    with watching(shell, "--until-done") as watch:
        watch.until(lambda last: {line["status"] for line in last.values()} == {"running"})
        proxy.kill()
        upstream.held = False
        proxy.start()
        assert watch.ended() == 0, watch.told()
    found = shell.listed()
    assert set(found) == set(ids)
    assert files_that_differ(found, upstream) == []
    assert {line["status"] for line in found.values()} == {"succeeded"}


def test_that_a_gateway_killed_in_the_middle_of_a_film_gives_the_whole_film_afterwards(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    upstream.films_flow.clear()
    shell = shell_at(base_dir, proxy)
    pasted(shell, proxy.submit(ONE_A_KIND, "a fox"))
    with watching(shell, "--until-done") as watch:
        watch.until(lambda last: any(line["artifacts"] for line in last.values()))
        upstream.film_asked.wait(LIMIT_S)
        proxy.kill()
        upstream.films_flow.set()
        proxy.start()
        assert watch.ended() == 0, watch.told()
    assert files_that_differ(shell.listed(), upstream) == []
    assert not [p for p in (base_dir / "files").rglob("*") if ".part" in p.name]


def test_that_gateway_and_rushes_killed_at_once_go_on_where_they_were(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    upstream.held = True
    shell = shell_at(base_dir, proxy)
    ids = pasted(shell, proxy.submit(ONE_A_KIND, "a fox", "a hare"))
    with watching(shell) as watch:
        watch.until(lambda last: any(line["status"] == "running" for line in last.values()))
        watch.killed()
    proxy.kill()
    upstream.held = False
    proxy.start()
    done = watched(shell)
    found = shell.listed()
    assert set(found) == set(ids)
    assert files_that_differ(found, upstream) == []
    assert (done.returncode, done.stderr) == (0, "")


def test_that_the_test_of_an_account_says_that_a_good_key_is_accepted(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    upstream.troubles = {"openai": "401", "minimax": "500"}  # says nothing about our key
    told = shell_at(base_dir, proxy).good("accounts", "test", ACCOUNT)
    assert told == f"{ACCOUNT}: the key is accepted\n"


def test_that_a_wrong_key_is_refused_by_test_and_said_while_watching(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    shell = shell_at(base_dir, proxy, key="sk-" + KEY[:2:-1])
    tested = shell.run("accounts", "test", ACCOUNT)
    assert (tested.returncode, tested.stdout) == (1, "")
    assert "does not accept this key" in tested.stderr
    pasted(shell, proxy.submit("sora-2", "a fox"), proxy.submit("wan", "a hare"))
    done = shell.run("watch", "--until-done", "--timeout", "40", timeout=LIMIT_S)
    assert done.returncode == 4  # a key may be good again: the watch goes on until its time is over
    assert f"{ACCOUNT}: This key is not accepted by" in done.stderr
    assert {line["status"] for line in shell.listed().values()} == {"unknown"}
    assert {flag for line in shell.listed().values() for flag in line["flags"]} == set()


@pytest.mark.parametrize("trouble", [*TROUBLES] if FULL else ["401", "page-200"])
def test_that_trouble_of_one_service_behind_holds_up_no_other_model_and_passes(
    trouble: str, proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    shell = shell_at(base_dir, proxy)
    ill = {"openai": trouble, "dashscope": trouble}
    ids = pasted(shell, proxy.submit(ONE_A_KIND, "a fox", "a hare"))
    jobs = jobs_of(ids, upstream)
    upstream.troubles = ill
    with watching(shell, "--until-done") as watch:
        well = [id_ for id_, job in jobs.items() if job.kind not in ill]
        watch.until(lambda last: all(id_ in last and saved(last[id_]) for id_ in well))
        waiting = [line for id_, line in shell.listed().items() if id_ not in well]
        assert {line["status"] for line in waiting} <= {"unknown", "queued", "running"}
        if trouble in ("401", "429"):
            assert {tuple(line["flags"]) for line in waiting} == {("upstream_trouble",)}
        upstream.troubles = {}
        assert watch.ended() == 0, watch.told()
        assert "not accepted" not in "".join(watch.complaints)
    found = shell.listed()
    assert files_that_differ(found, upstream) == []
    assert {tuple(line["flags"]) for line in found.values()} == {()}


def test_that_ids_nobody_knows_are_not_found_after_three_answers(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    shell = shell_at(base_dir, proxy)
    known = pasted(shell, proxy.submit(ONE_A_KIND, "a fox"))
    nobody = {id_: job.id[:-6] + "000000" for id_, job in jobs_of(known, upstream).items()}
    strangers = {with_inner_id(id_, other): other for id_, other in nobody.items()}
    pasted(shell, "\n".join(strangers))
    done = watched(shell)
    found = shell.listed()
    assert [found[id_]["flags"] for id_ in strangers] == [["not_found"]] * 5
    # Three times while watching, and once more when at the end everything is to be saved.
    assert {other: upstream.asked(other) for other in nobody.values()} == dict.fromkeys(
        nobody.values(), 4
    )
    assert files_that_differ({id_: found[id_] for id_ in known}, upstream) == []
    assert done.returncode == 1, done.stderr
    assert all(f"{id_}: This service does not know the task" in done.stderr for id_ in strangers)


def test_that_equal_films_of_one_deployment_saved_at_once_are_files_of_their_own(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    upstream.same_film = small_film()
    shell = shell_at(base_dir, proxy)
    settings = base_dir / "config" / "settings.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"template": "{id8}.{ext}"}))
    ids = pasted(shell, proxy.submit("sora-2", *(f"take {n}" for n in range(8))))
    done = watched(shell)
    found = shell.listed()
    assert len(ids) == 8
    assert files_that_differ(found, upstream) == []
    paths = {Path(a["path"]) for line in found.values() for a in line["artifacts"]}
    assert len(paths) == 8
    # Told apart by what differs in their ids, not by a number behind the same word.
    assert not [path.name for path in paths if "(" in path.name or " " in path.name]
    assert (done.returncode, done.stderr) == (0, "")


def test_that_a_page_in_the_films_place_is_not_kept_and_save_fetches_the_film_later(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    shell = shell_at(base_dir, proxy)
    ids = pasted(shell, proxy.submit(ONE_A_KIND, "a fox"))
    upstream.film_troubles = dict.fromkeys(KINDS, "page-200")
    shell.good("watch", "--until-done")
    assert {line["status"] for line in shell.listed().values()} == {"succeeded"}
    done = shell.run("save", *ids, timeout=LIMIT_S)
    assert done.returncode == 1
    assert done.stderr.count("not the promised file") >= 5
    assert list((base_dir / "files").rglob("*.mp4")) == []
    upstream.film_troubles = {}
    shell.good("save", *ids)
    assert files_that_differ(shell.listed(), upstream) == []


def test_that_a_film_that_is_not_ready_at_the_end_of_its_job_is_asked_for_again(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    shell = shell_at(base_dir, proxy)
    pasted(shell, proxy.submit("sora-2", "a fox"))
    upstream.not_ready["openai"] = 3
    done = watched(shell)
    found = shell.listed()
    assert files_that_differ(found, upstream) == []
    assert done.returncode == 0, done.stderr


def test_that_the_gateways_key_goes_to_no_service_behind_it_and_into_no_file(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    shell = shell_at(base_dir, proxy)
    pasted(shell, proxy.submit("gen4", "a fox"), proxy.submit("seedance", "a hare"))
    watched(shell, "--debug-flag", "log")
    assert KEY not in "".join(upstream.header_values)
    for path in base_dir.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_that_the_prompt_is_never_sent_back(
    proxy: Gateway, upstream: Upstream, base_dir: Path
) -> None:
    secret = f"a fox called {os.urandom(8).hex()}"
    shell: Shell = shell_at(base_dir, proxy)
    printed = proxy.submit("sora-2", secret)
    pasted(shell, f"prompt: {secret}\n{printed}")
    upstream.heard.clear()
    watched(shell)
    assert secret not in str(upstream.heard)
