"""The house rules that a machine can hold: who imports whom, and when a file is to be split."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rushes.providers import gateway

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "gui" / "rushes").rglob("*.py"))
#: Beyond these something was forgotten. What is read together stands together: a limit is no aim.
LONGEST_FILE, LONGEST_FUNCTION = 800, 90
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
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_that_the_map_is_short_and_names_the_routes_in_their_order() -> None:
    lines = (ROOT / "gui" / "README.md").read_text("utf-8").splitlines()
    assert len(lines) <= 120
    routes = [
        request.path + "".join(f"?{name}={value}" for name, value in request.query)
        for request in gateway.one("", "ID")
    ]
    (row,) = [line for line in lines if routes[0].replace("ID", "{id}") in line]
    assert re.findall(r"`([^`]+)`", row) == [route.replace("ID", "{id}") for route in routes]


def test_that_every_module_the_map_names_is_there() -> None:
    text = (ROOT / "gui" / "README.md").read_text("utf-8")
    known = {path.name for path in SOURCES} | {path.name for path in (ROOT / "tests").rglob("*.py")}
    known |= {"dev.py"}
    named = {name.rpartition("/")[2] for name in re.findall(r"`([\w/]+\.py)`", text)}
    assert named - known == set()
