"""Each change to a library's inside does what it is for on the installed version, and nothing where
the inside has gone."""

import subprocess
import sys
from types import ModuleType

import pytest

from rushes import patches


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_that_httpx_comes_without_its_command_line() -> None:
    assert run("import sys, rushes.net.http; print(*{'click', 'rich'} & set(sys.modules))") == ""


def test_that_httpx_with_its_command_line_loaded_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = ModuleType("httpx._main")
    monkeypatch.setitem(sys.modules, "httpx._main", there)
    patches.skip_httpx_command_line()
    assert sys.modules["httpx._main"] is there


def test_that_pyside_reads_the_source_of_hardly_any_module_of_ours() -> None:
    code = (
        "import linecache, rushes.app;"
        "print(sum('rushes' in name and name.endswith('.py') for name in linecache.cache))"
    )
    assert int(run(code)) <= 3  # what is loaded until it is spared; more than 100 without


@pytest.mark.parametrize("feature", [None, ModuleType("feature")])
def test_that_a_pyside_without_that_inside_is_left_alone(
    feature: ModuleType | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shibokensupport.feature", feature)
    patches.skip_source_reading()
    assert feature is None or not hasattr(feature, "_mod_uses_pyside")


def test_that_argparse_says_its_own_words_as_it_is_told() -> None:
    code = (
        "import argparse; from rushes import patches; patches.translate_argparse(str.upper);"
        "argparse.ArgumentParser(prog='p').print_usage()"
    )
    assert run(code) == "USAGE: p [-h]"
