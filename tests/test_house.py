"""The house rules that a machine can hold: who imports whom, and when a file is to be split."""

import ast
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rushes.core.task import Flag, Report
from rushes.core.wire import Reply
from rushes.providers import gateway, links
from rushes.providers.registry import read_one

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "gui" / "rushes").rglob("*.py"))
#: Beyond these something was forgotten. What is read together stands together: a limit is no aim.
LONGEST_FILE, LONGEST_FUNCTION = 900, 90
LOCKS = sorted((ROOT / "packaging").glob("*.lock"))


def test_that_imports_point_down_never_up_never_sideways() -> None:
    # In a process of its own: it sets up logging anew and so mutes every logger there is.
    code = "import importlinter.cli as c; raise SystemExit(c.lint_imports(no_cache=True))"
    checked = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_that_no_file_and_no_function_has_outgrown_its_room() -> None:
    assert [p for p in SOURCES if p.read_text("utf-8").count("\n") > LONGEST_FILE] == []
    assert list(_long_functions()) == []


def _long_functions() -> Iterator[str]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    yield f"{path.name}:{node.lineno} {node.name}: {lines} lines"


def test_that_lock_and_documents_name_no_package_registry() -> None:
    papers = [*LOCKS, *ROOT.rglob("README.md")]
    papers = [p for p in papers if not p.relative_to(ROOT).parts[0].startswith(".venv")]
    hosts = re.compile(r"https?://\S*(pypi|pythonhosted|registry|index)|--(extra-)?index-url")
    assert [p.name for p in papers if hosts.search(p.read_text("utf-8"))] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_that_a_lock_has_a_hash_for_everything_it_names(lock: Path) -> None:
    text = lock.read_text("utf-8")
    entries = [e for e in re.split(r"\n(?=\S)", text.strip()) if not e.startswith("#")]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


MAP = (ROOT / "gui" / "README.md").read_text("utf-8").splitlines()


def _table(head: str) -> list[list[str]]:
    """The cells of the rows below the line that begins so."""
    (first,) = [i for i, line in enumerate(MAP) if line.startswith(head)]
    rows = itertools.takewhile(bool, MAP[first + 2 :])
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_that_the_map_is_short_and_names_the_routes_in_their_order() -> None:
    assert len(MAP) <= 120
    routes = [
        request.path + "".join(f"?{name}={value}" for name, value in request.query)
        for request in gateway.one("", "ID")
    ]
    ((row,),) = _table("| Routes of an unknown gateway")
    assert _quoted(row) == [route.replace("ID", "{id}") for route in routes]


#: What a service behind a gateway may have said, by the words of the map.
_SAID_BEHIND: dict[str, dict[str, Any] | None] = {
    "nothing": None,
    "running": {"status": "running"},
    "succeeded with a film": {"status": "succeeded", "video_url": "https://f.example/a.mp4"},
    "succeeded without a film": {"status": "succeeded"},
    "failed": {"status": "failed", "error": {"code": "Broken", "message": "It broke."}},
    "failed without a reason": {"status": "failed"},
    "expired": {"status": "expired"},
    "cancelled": {"status": "cancelled"},
    "an error about asking": {"error": {"code": "AuthenticationError", "message": "No such key"}},
    "a refusal of the content": {"error": {"code": "InputSensitive", "message": "Not this."}},
}


def _read(data: dict[str, Any]) -> Report:
    body = json.dumps({"code": "success", "data": {"task_id": "t"} | data}).encode()
    found = read_one(Reply(200, body), "t")
    assert isinstance(found, Report)
    return found


def test_that_the_map_says_which_level_of_an_answer_speaks() -> None:
    told: dict[tuple[str, str], str] = {}
    for outer, inner, counts in _table("| The gateway says"):
        told |= {(_quoted(outer)[0], said): counts for said in inner.split(", ")}
    words = ("IN_PROGRESS", "SUCCESS", "FAILURE")
    assert set(told) == set(itertools.product(words, _SAID_BEHIND))
    for (outer, inner), counts in told.items():
        found = _read({"status": outer, "fail_reason": "no" * (outer == "FAILURE"),
                       "data": _SAID_BEHIND[inner]})  # fmt: skip
        status, *_ = inner.split() if "the service's word" in counts else _quoted(counts)
        flags = [*_quoted(counts)] if "the service's word" in counts else _quoted(counts)[1:]
        assert found.status.value == status, (outer, inner)
        assert [f.value for f in found.flags - {Flag.RESULT_MISSING}] == flags, (outer, inner)
        assert found.provisional == ("not final" in counts), (outer, inner)


def test_that_the_map_names_the_candidates_for_a_film_in_their_order() -> None:
    rows = _table("| Candidates for the film")
    assert _quoted(rows[0][0]) == [".".join(place) for place in links.MAIN_PLACES]
    direct, second, own = (_quoted(row[1])[0].replace("{id}", "t") for row in rows)
    named = {"result_url": own, "video_url": second, "url": direct}
    (film,) = _read({"status": "SUCCESS", "data": {"status": "succeeded"} | named}).links
    assert (film.url, *film.others) == (direct, second, "/v1/videos/t/content")
    (film,) = _read({"status": "SUCCESS"}).links
    assert film.url == "/v1/videos/t/content"


def test_that_every_module_the_map_names_is_there() -> None:
    known = {path.name for path in SOURCES} | {path.name for path in (ROOT / "tests").rglob("*.py")}
    known |= {"dev.py"}
    named = {name.rpartition("/")[2] for name in re.findall(r"`([\w/]+\.py)`", "\n".join(MAP))}
    assert named - known == set()
