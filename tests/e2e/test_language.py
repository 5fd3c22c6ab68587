"""Another language is spoken at once; a language without its signs, or from right to left, is not
half spoken."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import LIMIT_S

_SWITCH = """
import asyncio, json, sys, time
from dataclasses import replace
from pathlib import Path
from PySide6.QtWidgets import QApplication
from rushes import app
from rushes.core.account import Account, KeySource, Service
from rushes.core.secret import Secret
from rushes.options import Options
from rushes.ui.window.main_window import MainWindow

def shown():
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
    return [w for w in found if w.isVisible()]

async def until(true):
    end = time.monotonic() + 240
    while not true():
        assert time.monotonic() < end, [w.toolbar.search.accessibleName() for w in shown()]
        await asyncio.sleep(0.02)

def speaks(word):
    return [w.toolbar.search.accessibleName() for w in shown()] == [word]

async def script(main):
    account = Account(name="Mine", service=Service.ARK, base_url="https://127.0.0.1:9",
                      key_source=KeySource.SESSION)
    kept = await main.backend.add_account(account, Secret("a-key-0123456789"))
    await main.add(kept.id, ["cgt-1", "cgt-2"])
    (first,) = shown()
    first.sidebar.setFocus()
    first.resize(1000, 600)
    report = {"before": first.toolbar.search.accessibleName()}
    main.change_settings(replace(main.backend.settings, language="zh_CN"))
    await until(lambda: speaks("搜索"))
    (second,) = shown()
    await until(lambda: second.table.row_count == 2)
    await until(lambda: second.commands["settings"].isEnabled())
    report["size"] = [second.width(), second.height()]
    report["accounts"] = second.sidebar.topLevelItemCount() > 0
    report["key"] = isinstance(await main.backend.vault.read(kept), Secret)
    second.commands["settings"].trigger()
    await asyncio.sleep(0)
    second.command_context.do.add()
    from rushes.ui.settings.settings_dialog import SettingsDialog
    (dialog,) = second.findChildren(SettingsDialog)
    report["dialog"] = dialog.windowTitle()
    dialog.settings_changed.emit(replace(main.backend.settings, language="en"))
    await until(lambda: speaks("Search"))
    (third,) = shown()
    await until(lambda: third.commands["settings"].isEnabled())
    print(json.dumps(report))
    return 0

sys.exit(app.main(Options(base_dir=Path(sys.argv[1])), script))
"""

_DIRECTION = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from rushes import app
from rushes.core.settings import Settings
made = app._application()
app.dress(made, Settings())
print(made.layoutDirection().name, app.tr("Settings…"))
"""


def _python(script: str, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-c", script, *words],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def test_that_another_language_is_spoken_at_once(base_dir: Path) -> None:
    done = _python(_SWITCH, str(base_dir), PYTHONUTF8="1")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "before": "Search",
        "size": [1000, 600],
        "accounts": True,
        "key": True,  # one that is kept in memory only
        "dialog": "设置",
    }
    assert "Traceback" not in done.stderr
    log = (base_dir / "data" / "rushes.log").read_text(encoding="utf-8")
    assert "Traceback" not in log, log


@pytest.mark.parametrize("language", ["ar_EG.UTF-8", "he_IL.UTF-8"])
def test_that_an_english_window_is_not_mirrored(language: str) -> None:
    done = _python(_DIRECTION, LC_ALL=language, LANG=language)
    assert done.stdout.split() == ["LeftToRight", "Settings…"], done


def test_that_english_is_spoken_where_no_font_has_the_signs(tmp_path: Path) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir>'
        f"<cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    words = {"LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8"}
    assert "设置" in _python(_DIRECTION, **words).stdout
    assert "Settings…" in _python(_DIRECTION, **words, FONTCONFIG_FILE=str(fonts)).stdout
