"""A long text is read in pieces, and the same ids are found in it."""

import json

import pytest

from rushes.core.long_text import read_all
from rushes.core.task_ids import read_text

PIECE = 12 * 1024

TASK = {
    "id": "",
    "model": "doubao-seedance-1-0-pro",
    "status": "succeeded",
    "content": {"video_url": "https://h.example/v.mp4?X-Tos-Signature=c0ffee", "parts": [{"a": 1}]},
    "prompt": "a lantern { over ] the water, " * 8,
}
IDS = [f"cgt-20260101000000-{n:05d}" for n in range(1200)]


def page(ids: list[str], indent: int | None) -> str:
    rows = [{**TASK, "id": each} for each in ids]
    return json.dumps({"items": rows, "total": len(ids)}, indent=indent)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(page(IDS, 2), id="indented"),
        pytest.param(page(IDS, None), id="one line"),
        pytest.param("\n".join(IDS * 4), id="lines"),
        pytest.param("\r\n".join(IDS * 4), id="lines of Windows"),
        pytest.param("\n".join(f"12:00 task {each} is running" * 3 for each in IDS), id="log"),
        pytest.param(
            "name,task id,note\n" + "\n".join(f"n,odd{n}x{n},a note" * 1 for n in range(9000)),
            id="table of ids of no known shape",
        ),
        pytest.param("\n".join(f"k{n}x7f3a9b{n}" for n in range(9000)), id="words of no shape"),
    ],
)
def test_that_a_long_text_gives_the_ids_and_lines_that_it_gives_as_a_whole(text: str) -> None:
    assert len(text) > 5 * PIECE
    whole = {found.id: found.line for found in read_text(text).found}
    pieces = {found.id: found.line for found in read_all(text, PIECE).found}
    assert whole
    assert list(pieces) == list(whole)
    if "\n" in text and "{" not in text:
        assert pieces == whole


def test_that_a_text_of_one_endless_word_ends() -> None:
    assert read_all("x" * (5 * PIECE), PIECE).found == ()
    assert read_all(" " * (5 * PIECE), PIECE).found == ()


def test_that_prompts_and_what_is_left_out_are_kept_with_their_lines() -> None:
    rows = [f"cgt-20260101000000-{n:05d},prompt {n}" for n in range(2000)]
    rows[1500] = "8.31922E+17,rounded"
    text = "task_id,prompt\n" + "\n".join(rows)
    reading = read_all(text, PIECE)
    assert reading.found == read_text(text).found
    assert [(each.text, each.line) for each in reading.left_out] == [("8.31922E+17", 1502)]
