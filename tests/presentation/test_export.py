import csv
import io
import json
import shlex

import pytest

from rushes.core.account import Account, Service
from rushes.core.task import (
    Artifact,
    ArtifactKind,
    Charge,
    Flag,
    Link,
    Mark,
    Pick,
    Status,
    TaskError,
)
from rushes.presentation.export import (
    csv_chunks,
    curl_without_key,
    guarded,
    parameters_json,
    task_line,
)
from tests.presentation.tasks import ARK, CTX, FULL, NOW, task


def test_that_a_line_holds_what_scripts_rely_on() -> None:
    assert task_line(FULL, ARK, NOW) == {
        "schema": 2,
        "account": "Ark",
        "service": "ark",
        "id": "cgt-20260427191505-9j2q7",
        "name": "Fox, take 3",
        "name_shown": "Fox, take 3",
        "prompt": "",
        "rating": 3,
        "pick": "none",
        "tags": ["fox", "night"],
        "notes": "good light",
        "group": "",
        "references": [],
        "status": "succeeded",
        "status_raw": "succeeded",
        "model": "doubao-seedance-1-0-pro-250528",
        "created_at": NOW - 7200,
        "updated_at": None,
        "started_at": NOW - 7100,
        "finished_at": NOW - 7000,
        "resolution": "1080p",
        "ratio": "16:9",
        "duration_s": 5.0,
        "frames": None,
        "fps": 24.0,
        "seed": 10136,
        "audio": False,
        "draft": None,
        "tier": None,
        "subdivision": None,
        "file_format": None,
        "progress_raw": None,
        "usage": {
            "completion_tokens": 108900,
            "total_tokens": 108900,
            "billed_tokens": None,
            "charged": None,
        },
        "error": {"code": "", "message": "", "request_id": ""},
        "artifacts": [
            {
                "kind": "video",
                "state": "saved",
                "refused": False,
                "problem": None,
                "problem_said": None,
                "damaged": False,
                "trashed": False,
                "playable": None,
                "checked": None,
                "next_try_at": None,
                "expires_at": NOW + 79200,
                "expires_inferred": False,
                "path": "/videos/fox.mp4",
                "bytes": 12_345_678,
                "sha256": "ab" * 32,
                "found_by_search": False,
            }
        ],
        "upstream_id": None,
        "upstream_said": None,
        "flags": [],
        "flag_notes": {},
        "last_seen_at": NOW - 60,
    }


def test_that_the_words_of_who_refuses_a_file_are_in_the_line() -> None:
    film = Artifact(kind=ArtifactKind.VIDEO, problem="link_ended request blocked: port 9401")
    (line,) = task_line(task(artifacts=(film,)), ARK, NOW)["artifacts"]
    assert (line["problem"], line["problem_said"]) == ("link_ended", "request blocked: port 9401")


def test_that_a_bare_task_is_a_line_too() -> None:
    line = task_line(task(flags=frozenset({Flag.STALE, Flag.NOT_FOUND})), ARK, NOW)
    assert line["error"] is None
    assert line["usage"] == dict.fromkeys(
        ("completion_tokens", "total_tokens", "billed_tokens", "charged")
    )
    assert line["flags"] == ["not_found", "stale"]
    assert json.loads(json.dumps(line)) == line


def test_that_no_signed_link_gets_out() -> None:
    error = TaskError(message="could not fetch https://a.example/i.png?X-Tos-Signature=abc now")
    line = task_line(task(status=Status.FAILED, error=error, artifacts=FULL.artifacts), ARK, NOW)
    assert "Signature" not in json.dumps(line)
    assert line["error"]["message"] == "could not fetch https://a.example/i.png?… now"
    assert "http" not in json.dumps(line["artifacts"])


def test_that_parameters_hold_only_what_is_known() -> None:
    assert json.loads(parameters_json(FULL)) == {
        "model": "doubao-seedance-1-0-pro-250528",
        "resolution": "1080p",
        "ratio": "16:9",
        "duration_s": 5.0,
        "fps": 24.0,
        "seed": 10136,
        "audio": False,
    }


def test_that_the_curl_command_asks_for_the_key_at_run_time() -> None:
    command = curl_without_key(ARK, "/api/v3/contents/generations/tasks/cgt-1")
    assert shlex.split(command) == [
        "curl",
        "-sS",
        "https://ark.cn-beijing.volces.com/api/v3/contents/generations/tasks/cgt-1",
        "-H",
        "Authorization: Bearer $ARK_API_KEY",
    ]


def test_that_the_accounts_own_variable_is_used() -> None:
    own = Account(
        id="b", name="b", service=Service.JIMENG, base_url="https://g.example/a'b", key_env="MY_KEY"
    )
    words = shlex.split(curl_without_key(own, "/jimeng/fetch/x"))
    assert words[2] == "https://g.example/a'b/jimeng/fetch/x"
    assert words[4].endswith("$MY_KEY")


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx"),
        *(" =1+1", "\t=1", "\r\n+1", " \u00a0 -1", "\u3000@x", "＝1+1"),
    ],
)
def test_that_a_spreadsheet_runs_no_cell(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


def test_that_ordinary_cells_stay_as_they_are() -> None:
    assert [guarded(c) for c in ("", "a=b", "中文", "3", " a =b")] == [
        "",
        "a=b",
        "中文",
        "3",
        " a =b",
    ]


def test_that_a_table_can_be_read_back() -> None:
    odd = task("=cmd", mark=Mark(name='say "hi",\nnow', pick=Pick.REJECT))
    text = "".join(
        csv_chunks(
            [FULL, odd], CTX, ("poster", "name", "rating", "id", "seed", "tokens", "nonsense")
        )
    )
    assert list(csv.reader(io.StringIO(text))) == [
        ["Take", "Rating", "Task ID", "Seed", "Tokens", "Choice", "Flags"],
        ["Fox, take 3", "3", "cgt-20260427191505-9j2q7", "10136", "108900", "", ""],
        ['say "hi", now', "", "'=cmd", "", "", "Reject", ""],
    ]


def test_that_a_table_says_what_was_charged_and_what_is_odd_about_a_take() -> None:
    url = "https://files.example/f.mp4"
    found = Link(kind=ArtifactKind.VIDEO, url=url, found_by_search=True)
    one = task(
        "t-1",
        status=Status.SUCCEEDED,
        charged=Charge(amount=0.000002, currency="USD"),
        links=(found,),
        artifacts=(Artifact(kind=ArtifactKind.VIDEO, url=url),),
        flags=frozenset({Flag.RESULT_MISSING}),
    )
    two = task("t-2", status=Status.FAILED, flags=frozenset({Flag.UPSTREAM_TROUBLE, Flag.GAVE_UP}))
    text = "".join(csv_chunks([one, two], CTX, ("id", "cost", "charged")))
    assert list(csv.reader(io.StringIO(text))) == [
        ["Task ID", "Cost", "Charged", "Choice", "Flags"],
        ["t-1", "", "0.000002 USD", "", "found_by_search result_missing"],
        ["t-2", "", "", "", "gave_up upstream_trouble"],
    ]
