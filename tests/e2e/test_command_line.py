"""The program without a window, as its own process against the simulator."""

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.command import PROGRAM, Shell, differences, simulating
from tests.e2e.screen import until
from tests.patience import LIMIT_S

#: Every scene is played inside the process by tests/watching; here the process itself counts.
SCENES: tuple[str, ...] = ("demo", "super-resolution", "late-url", "proxy-url")
ALL = (
    "statuses",
    "moderation",
    "frames",
    "model",
    "flex",
    "last-frame",
    "link-renewed",
    "unknown-status",
    "rate-limit",
    "server-error",
    "url-in-fail-reason",
    "nested-error",
)
if os.environ.get("RUSHES_FULL"):
    SCENES += ALL


@pytest.mark.parametrize("scene", SCENES)
def test_that_watching_until_done_ends_with_what_the_services_hold(
    scene: str, base_dir: Path
) -> None:
    with simulating(scene, speed=60) as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served)
        done = shell.run("--speed", "60", "watch", "--until-done", "--save", "--json")
        last = {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}
        truth = served.truth()
        assert differences(last, truth) == []
        assert differences(shell.listed(), truth) == []


def test_that_a_kill_in_the_middle_loses_nothing_and_doubles_nothing(base_dir: Path) -> None:
    dice = random.Random(7)
    with simulating("demo") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served)
        for _ in range(4):
            words = shell.words("watch", "--until-done", "--save", "--json")
            with subprocess.Popen(words, env=shell.env, stdout=subprocess.DEVNULL) as watching:
                time.sleep(0.4 + dice.random())
                watching.send_signal(signal.SIGKILL)
        done = shell.run("watch", "--until-done", "--save", "--json")
        assert done.returncode == 1, done.stderr  # one of its tasks never gets its link
        assert differences(shell.listed(), served.truth()) == []
        saved = [a for line in shell.listed().values() for a in line["artifacts"] if a["path"]]
        on_disk = [p for p in (base_dir / "files").rglob("*") if p.is_file()]
        results = {p for p in on_disk if p.suffix in (".mp4", ".png", ".zip")}
        assert results == {Path(artifact["path"]) for artifact in saved}
        assert not [p for p in on_disk if ".part" in p.name]
        for artifact in saved:
            digest = hashlib.sha256(Path(artifact["path"]).read_bytes()).hexdigest()
            assert digest == artifact["sha256"]


def test_that_the_key_travels_to_its_own_origin_only_and_stays_in_no_file(base_dir: Path) -> None:
    with simulating("demo", speed=60) as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served)
        fast = ("--debug-flag", "log", "--speed", "60")
        shell.run(*fast, "watch", "--until-done", "--save", "--json")
        for line in served.lines:
            heard = [h for h in served.heard() if line["key"] in json.dumps(h["headers"])]
            assert {h["service"] for h in heard} == {line["service"]}
            for path in base_dir.rglob("*"):
                assert not path.is_file() or line["key"].encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["accounts", "list"], 3, "rushes: No account yet. Add one with: rushes accounts add\n"),
        (["accounts", "test"], 3, "rushes: No account yet. Add one with: rushes accounts add\n"),
        (["list"], 3, "rushes: No account yet. Add one with: rushes accounts add\n"),
        (["watch", "--once"], 3, "rushes: No account yet. Add one with: rushes accounts add\n"),
        (["add", "cgt-1"], 3, "rushes: No account yet. Add one with: rushes accounts add\n"),
        (
            ["accounts", "add", "--name", "x", "--service", "jimeng", "--key-env", "K"],
            2,
            "rushes: This service needs --base-url: where does it answer?\n",
        ),
        (
            [
                *("accounts", "add", "--name", "x", "--service", "gateway", "--key-env", "K"),
                *("--base-url", "http://example.com"),
            ],
            2,
            "rushes: The key would travel unprotected: use https:// for another computer.\n",
        ),
        (
            ["accounts", "add", "--name", "x", "--service", "ark", "--key-stdin"],
            2,
            "rushes: No key came through standard input.\n",
        ),
        (
            [
                *("accounts", "add", "--name", "x", "--service", "ark", "--key-env", "PATH"),
                *("--ca-file", "/dev/null"),
            ],
            2,
            "rushes: /dev/null cannot be used: it must be a PEM file with certificates.\n",
        ),
        (
            [
                *("accounts", "add", "--name", "x", "--service", "rong-bj", "--key-env", "PATH"),
                "--keep-importing",
            ],
            2,
            "rushes: This service cannot list its tasks, so there is nothing to import.\n",
        ),
        (
            ["accounts", "remove", "x"],
            3,
            "rushes: No account yet. Add one with: rushes accounts add\n",
        ),
    ],
)
def test_that_what_cannot_be_done_is_one_sentence_and_an_exit_code(
    words: list[str], code: int, told: str, base_dir: Path
) -> None:
    done = Shell(base_dir, {"PATH": "/usr/bin:/bin", "HOME": str(base_dir)}).run(*words)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", told)


@pytest.mark.parametrize(
    ("word", "code"), [("a" * 5000, 2), ("/proc/1/cwd/a.mp4", 2), ("file://[a", 1)]
)
def test_that_no_file_on_the_command_line_ends_in_a_traceback(
    word: str, code: int, base_dir: Path
) -> None:
    """There is no screen here, so a window is refused in a sentence."""
    done = Shell(base_dir, {"PATH": "/usr/bin:/bin", "HOME": str(base_dir)}).run(word)
    assert "Traceback" not in done.stderr
    assert done.returncode == code


def test_that_a_wrong_key_is_said_in_one_sentence_and_ends_no_watch(
    base_dir: Path, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    with simulating("one") as served:
        shell = Shell.on(base_dir, served)
        for line in served.lines:
            shell.env[f"KEY_{line['service']}"] = "wrong-key-0000"
        names = ("ark", "anyfast")
        shell.add_all(served, services=names)
        words = shell.words("watch", "--until-done", "--json")
        with (
            told.open("wb") as stderr,
            subprocess.Popen(
                words, env=shell.env, stdout=subprocess.DEVNULL, stderr=stderr
            ) as watching,
        ):
            try:
                said = [f"rushes: {name}: This key is not accepted by" for name in names]
                until(lambda: all(each in told.read_text("utf-8") for each in said))
                assert watching.poll() is None
            finally:
                watching.send_signal(signal.SIGINT)
        assert "Traceback" not in told.read_text("utf-8")
        assert {line["status"] for line in shell.listed().values()} == {"unknown"}


def test_that_an_account_without_its_variable_names_it(base_dir: Path) -> None:
    with simulating("one") as served:
        shell = Shell.on(base_dir, served)
        added = shell.good(
            *("accounts", "add", "--name", "film", "--service", "ark"),
            *("--base-url", served.line("ark")["base_url"], "--key-env", "KEY_ark"),
        )
        assert added == "Added film. Try it: rushes accounts test\n"
        shell.good("add", *served.line("ark")["ids"])
        told = "rushes: film: $KEY_ark is not set or empty. Set it, then run this again.\n"
        for empty in ("", None):
            shell.env.pop("KEY_ark", None)
            if empty is not None:
                shell.env["KEY_ark"] = empty
            for words in (["watch", "--until-done"], ["watch", "--once"], ["accounts", "test"]):
                done = shell.run(*words)
                assert (done.returncode, done.stderr) == (1, told), words
        shell.env["KEY_ark"] = "two words"
        done = shell.run("watch", "--once")
        assert done.stderr.startswith("rushes: film: $KEY_ark: The key contains spaces")
        assert served.heard() == []


def test_that_a_key_refused_once_is_said_to_be_refused_and_when_it_is_asked_again(
    base_dir: Path,
) -> None:
    with simulating("one", speed=1) as served:
        shell = Shell.on(base_dir, served)
        shell.env["KEY_ark"] = "wrong-key-0000"
        shell.add_all(served, services=["ark"])
        done = shell.run("--speed", "1", "watch", "--until-done", "--timeout", "2")
        assert done.returncode == 4
        told = r"rushes: ark: 127\.0\.0\.1:\d+ refused the key just now\. Next try at \S+"
        assert re.search(told, done.stderr), done.stderr
        assert "base URL" not in done.stderr
        done = shell.run("accounts", "test")
        assert " does not accept this key. Check it and paste it again." in done.stderr


def test_that_a_second_program_is_refused_clearly_while_one_has_the_list(base_dir: Path) -> None:
    with simulating("running") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served)
        watching = subprocess.Popen(
            shell.words("watch", "--json"), env=shell.env, stdout=subprocess.PIPE
        )
        try:
            assert watching.stdout is not None
            watching.stdout.readline()
            done = shell.run("watch", "--once")
            assert done.returncode == 1
            assert done.stderr.startswith("rushes: Another Rushes is running with this folder.")
        finally:
            watching.send_signal(signal.SIGINT)
            watching.communicate(timeout=LIMIT_S)


def watched(shell: Shell) -> "subprocess.CompletedProcess[str]":
    done = shell.run("watch", "--until-done", "--save", "--json")
    assert "Traceback" not in done.stderr
    return done


def test_that_a_web_page_instead_of_an_api_says_to_check_the_address_and_is_asked_again(
    base_dir: Path,
) -> None:
    with simulating("one") as served:
        shell, anyfast = Shell.on(base_dir, served), served.line("anyfast")
        wrong = f"{anyfast['base_url']}/elsewhere"
        shell.good(
            *("accounts", "add", "--name", "gateway", "--service", "anyfast"),
            *("--base-url", wrong, "--key-env", "KEY_anyfast"),
        )
        shell.good("add", *anyfast["ids"])
        done = shell.run("watch", "--until-done", "--save", "--timeout", "4")
        assert done.returncode == 4
        assert "Check address and key. Next try at " in done.stderr
        assert [line["status"] for line in shell.listed().values()] == ["unknown"]


def test_that_an_unreachable_service_is_said_and_the_rows_stay(base_dir: Path) -> None:
    with simulating("one") as served:
        shell = Shell.on(base_dir, served)
        ark = served.line("ark")
        shell.good(
            *("accounts", "add", "--name", "gone", "--service", "ark"),
            *("--base-url", "http://127.0.0.1:9", "--key-env", "KEY_ark"),
        )
        shell.good("add", *ark["ids"])
        done = shell.run("watch", "--once", "--json")
        assert done.returncode == 1
        assert "cannot be reached" in done.stderr, done.stderr
        assert list(shell.listed()) == ark["ids"]


def test_that_an_id_nobody_knows_is_kept_and_flagged_after_three_answers(base_dir: Path) -> None:
    with simulating("one") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served)
        for service in ("ark", "rong", "anyfast", "jimeng"):
            shell.good("add", "--account", service, f"nobody-{service}")
        done = watched(shell)
        assert done.returncode == 1, done.stderr
        assert "nobody-ark: This service does not know the task" in done.stderr
        found = shell.listed()
        unknown = {id_: line["flags"] for id_, line in found.items() if id_.startswith("nobody")}
        assert unknown == {
            f"nobody-{service}": ["not_found"] for service in ("ark", "rong", "anyfast", "jimeng")
        }


def test_that_a_file_that_is_no_video_is_not_kept_and_the_task_is(base_dir: Path) -> None:
    with simulating("broken-file") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served)
        shell.good("watch", "--until-done")
        done = shell.run("save", *shell.listed())
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert done.stderr.count("not the promised file") >= 2
        assert "not saved yet. Next try in " in done.stderr.splitlines()[-1]
        files = [a for line in shell.listed().values() for a in line["artifacts"]]
        assert all(a["refused"] and a["next_try_at"] for a in files if a["state"] == "remote")
        assert differences(shell.listed(), served.truth()) == []
        assert not list((base_dir / "files").rglob("*.mp4"))


def test_that_a_folder_that_cannot_be_written_stops_saving_with_one_sentence(
    base_dir: Path,
) -> None:
    (base_dir / "files").write_text("a file where the folder should be", encoding="utf-8")
    with simulating("one") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, services=("ark",))
        done = shell.run("watch", "--until-done", "--save", "--timeout", "4")
        assert done.returncode == 4  # it goes on by itself as soon as the folder can be written
        assert done.stderr.splitlines() == [
            f"rushes: Cannot use {base_dir / 'files'}: Not a directory. Downloads paused, nothing "
            "lost.",
            "rushes: The time is over, and not everything has ended.",
        ]
        assert [line["status"] for line in shell.listed().values()] == ["succeeded"]


def test_that_a_reader_that_has_seen_enough_is_no_trouble(base_dir: Path) -> None:
    with simulating("demo") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, services=("ark",))
        listing = subprocess.Popen(
            shell.words("list", "--json"),
            env=shell.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert listing.stdout is not None
        listing.stdout.close()
        assert listing.stderr is not None
        assert listing.stderr.read() == ""
        listing.stderr.close()
        assert listing.wait(LIMIT_S) == 1


def test_that_the_doctors_report_is_shown_whole_and_holds_no_key(base_dir: Path) -> None:
    key, file = "canary-key-0f3c2b1a", base_dir / "report.txt"
    shell = Shell(base_dir, {"PATH": "/usr/bin:/bin", "HOME": str(base_dir), "MY_KEY": key})
    shell.run(
        *("accounts", "add", "--name", f"pasted {key}", "--service", "jimeng"),
        *("--base-url", "https://gate.example", "--key-env", "MY_KEY"),
    )
    done = shell.run("doctor", "--bundle", str(file))
    assert done.returncode == 0
    assert file.read_text(encoding="utf-8") == done.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    assert key not in done.stdout
    assert str(base_dir) not in done.stdout  # the home folder says who it is
    for part in ("rushes 0.1.0", "jimeng at gate.example, key: environment", '"theme"', "[log]"):
        assert part in done.stdout
    again = shell.run("doctor", "--bundle", str(file))
    assert again.returncode == 1
    assert again.stderr.endswith("report.txt is there already. Choose another name.\n")


def test_that_the_list_is_told_while_another_program_has_it_open(base_dir: Path) -> None:
    with simulating("demo") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served)
        before = shell.listed()
        watching = subprocess.Popen(
            shell.words("watch", "--json"), env=shell.env, stdout=subprocess.PIPE, text=True
        )
        assert watching.stdout is not None
        watching.stdout.readline()  # it has the store
        beside = shell.listed()
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=LIMIT_S)
        assert before
        assert beside.keys() == before.keys()


def test_that_the_list_for_people_says_how_long_files_and_records_are_there(base_dir: Path) -> None:
    with simulating("last-frame") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, ("ark",))
        shell.run("watch", "--until-done")
        (line, *_) = shell.good("list").splitlines()
        ends = line.split("\t")[-1]
        assert re.fullmatch(r"Video: 2[34] h, Last frame: 2[34] h, record: [67] d", ends), ends


def test_that_the_list_for_people_speaks_their_language_and_json_english(base_dir: Path) -> None:
    with simulating("last-frame") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, ("ark",))
        shell.run("watch", "--until-done")
        chinese = replace(shell, env={**shell.env, "LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1"})
        (line, *_) = chinese.good("list").splitlines()
        assert line.split("\t")[2:4] == ["已成功", "未保存"]
        assert chinese.run("add", "--account", "nobody", "cgt-1").stderr == (
            "rushes: 没有名为 nobody 的账户。\n"
        )
        assert chinese.listed() == shell.listed()
        (base_dir / "config" / "settings.json").write_text('{"language": "en"}', encoding="utf-8")
        assert "\tSucceeded\tNot saved\t" in chinese.good("list")


def test_that_a_word_that_means_nothing_is_one_sentence(base_dir: Path) -> None:
    shell = Shell(base_dir, {"PATH": "/usr/bin:/bin", "HOME": str(base_dir)})
    (folder := base_dir / "films").mkdir(parents=True)
    told = {
        str(folder): f"rushes: {folder} is a folder. Its films come into the list by Take in a "
        "folder… in the window.\n",
        "wacth": "rushes: “wacth” is neither a command nor a file. A task is added by: rushes add "
        "ID. All commands: rushes --help\n",
    }
    for word, sentence in told.items():
        for words in ([word], ["--", word]):
            done = shell.run(*words)
            assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)
    for words in (["b" * 5000], ["accounts", "b" * 5000], ["watch", "--" + "b" * 5000]):
        done = shell.run(*words)
        assert done.returncode == 2
        assert len(done.stderr) < 700


def test_that_wrong_usage_is_said_in_the_users_language(base_dir: Path) -> None:
    shell = Shell(base_dir, {**os.environ, "LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1"})
    told = {
        ("accounts",): "rushes accounts：错误：缺少以下参数：list|add|test|remove\n",
        ("watch", "--bogus"): "rushes：错误：无法识别的参数：--bogus\n",
        ("simulate", "--port", "-1"): "rushes simulate：错误：参数 --port：应为 0 至 65530\n",
        ("simulate", "--port", "x"): "rushes simulate：错误：参数 --port：应为 0 至 65530\n",
        ("add",): "rushes add：错误：缺少以下参数：ID|FILE\n",
    }
    for words, last in told.items():
        done = shell.run(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("用法：rushes")
        assert done.stderr.endswith(last)
    assert shell.good("--help").startswith("用法：rushes")
    assert shell.run("list", "--json", "--bogus").stderr.startswith("usage: ")
    english = replace(shell, env={**shell.env, "LC_ALL": "C.UTF-8"})
    assert english.run("add").stderr.startswith("usage: ")


def test_that_a_terminal_without_chinese_signs_gets_english(base_dir: Path) -> None:
    shell = Shell(base_dir, {**os.environ, "LC_ALL": "zh_CN", "PYTHONIOENCODING": "ascii"})
    assert shell.run("list").stderr.startswith("rushes: No account yet.")


def test_that_an_id_nobody_knows_is_listed_in_the_windows_words(base_dir: Path) -> None:
    with simulating("running") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served, ("ark",))
        shell.run("add", "--account", "ark", "nobody-1")
        shell.run("watch", "--timeout", "20", "nobody-1", "--until-done")
        assert "\tnobody-1\tNot found\t" in shell.good("list")


@pytest.mark.parametrize("verb", [["doctor"], ["list"], ["accounts", "list"]])
def test_that_options_may_stand_after_the_command(verb: list[str], base_dir: Path) -> None:
    words = ["--base-dir", str(base_dir), "--debug-flag", "log"]
    done = [subprocess.run([*PROGRAM, *w], capture_output=True, text=True, check=False)
            for w in ((*verb, *words), (*words, *verb))]  # fmt: skip
    assert done[0].returncode in (0, 3), done[0]
    # What is free on the disk may change between the two.
    said = [re.sub(r"(?m)^Free space: .*$", "Free space", one.stdout) for one in done]
    assert (said[0], done[0].stderr) == (said[1], done[1].stderr)


def test_that_ids_and_accounts_narrow_what_is_asked_for_and_what_counts(base_dir: Path) -> None:
    with simulating("one") as served:
        shell = Shell.on(base_dir, served)
        shell.env["KEY_rong"] = "wrong-key-0000"
        shell.add_all(served)
        (anyfast,), (jimeng,) = served.line("anyfast")["ids"], served.line("jimeng")["ids"]
        done = shell.run("watch", "--until-done", "--save", "--account", "anyfast")
        assert (done.returncode, done.stderr) == (0, "")
        assert {each["service"] for each in served.heard()} == {"anyfast", "files"}
        done = shell.run("watch", "--until-done", "--save", jimeng)
        assert (done.returncode, done.stderr) == (0, "")
        assert {each["service"] for each in served.heard()} == {"anyfast", "jimeng", "files"}
        rows = shell.listed().items()
        saved = {id_ for id_, line in rows if any(a["path"] for a in line["artifacts"])}
        assert saved == {anyfast, jimeng}
        assert shell.run("watch", "--once", "nobody").returncode == 3
        assert shell.run("watch", "--once", "--account", "nobody").returncode == 3
        done = shell.run("watch", "--once", "nobody", jimeng)
        assert (done.returncode, done.stderr) == (1, "rushes: Not in the list: nobody\n")


def test_that_the_end_of_the_tasks_ends_a_watch_that_saves_nothing(base_dir: Path) -> None:
    with simulating("no-url") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served)
        done = shell.run("watch", "--until-done", "--timeout", "30")
        assert (done.returncode, done.stderr) == (0, "")
        ended = [row for row in shell.good("list").splitlines() if "\tSucceeded\t" in row]
        assert {row.split("\t")[3] for row in ended} == {"No link yet", "Not saved"}


def test_that_a_watch_ends_with_code_four_when_its_time_is_over(base_dir: Path) -> None:
    with simulating("running") as served:
        shell = Shell.on(base_dir, served)
        shell.add_all(served)
        done = shell.run("watch", "--until-done", "--timeout", "1")
        assert done.returncode == 4
        assert done.stderr == "rushes: The time is over, and not everything has ended.\n"
