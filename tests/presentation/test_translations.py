"""Every visible text is in the translations, translated, and takes the same values there."""

import ast
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

import rushes
from rushes.assets import asset
from rushes.presentation import text
from rushes.presentation.text import tr

#: What the collector takes for a text to be translated.
MARKS = ("tr", "QT_TR_NOOP")


def _literals() -> Iterator[tuple[str, bool]]:
    """(text, whether it has a plural) of every `tr` call of the program, and of every text that
    is marked for one."""
    for path in sorted(Path(rushes.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{path.name}:{node.lineno}: no literal"
                yield str(first.value), len(node.args) > 2


def _messages(name: str) -> dict[str, list[str]]:
    """source -> its translations: one, or one for each number."""
    root = ET.parse(asset("i18n", f"{name}.ts")).getroot()
    found: dict[str, list[str]] = {}
    for message in root.iter("message"):
        source, done = message.find("source"), message.find("translation")
        assert source is not None
        assert done is not None
        forms = [form.text or "" for form in done.iter("numerusform")] or [done.text or ""]
        found[source.text or ""] = [] if done.get("type") else forms
    return found


def _fields(message: str) -> set[str | None]:
    marks: set[str | None] = {"%n"} if "%n" in message else set()
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None} | marks


def test_that_every_text_of_the_program_is_translated_into_chinese() -> None:
    known = _messages("rushes_zh_CN")
    missing = sorted({source for source, _ in _literals() if not all(known.get(source) or [""])})
    assert not missing, f"run dev.py i18n, then translate: {missing}"


def test_that_every_plural_has_its_english_forms() -> None:
    known = _messages("rushes_en")
    missing = sorted({source for source, plural in _literals() if plural and not known.get(source)})
    assert not missing, f"run dev.py i18n, then fill in: {missing}"


@pytest.mark.parametrize("name", ["rushes_zh_CN", "rushes_en"])
def test_that_translations_take_the_same_values(name: str) -> None:
    for source, forms in _messages(name).items():
        for form in forms:
            assert _fields(form) == _fields(source), source


@pytest.mark.parametrize("name", ["rushes_zh_CN", "rushes_en"])
def test_that_the_compiled_file_is_that_of_its_source(name: str) -> None:
    translator = QTranslator()
    assert translator.load(str(asset("i18n", f"{name}.qm")))
    for source, forms in _messages(name).items():
        if forms:
            n = 1 if "%n" in source else -1
            assert translator.translate("", source, None, n) == forms[0], "run dev.py i18n"


@pytest.mark.parametrize(
    ("system", "ours"),
    [
        (["zh_CN.UTF-8"], "zh_CN"),
        (["zh-Hans-SG", "en"], "zh_CN"),
        (["", "zh"], "zh_CN"),
        (["zh_TW.UTF-8"], "en"),
        (["zh-Hant-CN"], "en"),
        (["de_DE", "zh_CN"], "en"),
        (["C.UTF-8"], "en"),
        ([], "en"),
    ],
)
def test_that_a_users_language_is_met_as_well_as_can_be(system: list[str], ours: str) -> None:
    assert text.shipped_language(system) == ours


@pytest.mark.usefixtures("qapp")
def test_that_the_window_speaks_the_language_of_its_settings() -> None:
    translator = QTranslator()
    folder = str(asset("i18n", "rushes_zh_CN.qm").parent)
    assert translator.load(QLocale("zh_CN"), "rushes", "_", folder)
    QCoreApplication.installTranslator(translator)
    text.install(QCoreApplication.translate)
    try:
        assert tr("Time left") == "剩余时间"
        assert tr("%n task(s) added.", None, 3) == "已添加 3 个任务。"
        assert tr("{time} ago", time="2 分钟") == "2 分钟前"
    finally:
        text.install(None)
        QCoreApplication.removeTranslator(translator)
    assert tr("%n task(s) added.", None, 1) == "1 task added."
