import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from rushes.presentation.untrusted import LIMIT, one_line, shown


def test_that_ordinary_text_of_any_language_stays_as_it_is() -> None:
    for text in ("plain, with “quotes”", "中文名称，第二条", "emoji 👩‍👩‍👧 and é", "a\nb\tc"):
        assert shown(text) == text


def test_that_characters_that_hide_or_turn_text_become_visible() -> None:
    assert shown("a\u202egpj.exe") == "a⟨U+202E⟩gpj.exe"
    assert shown("a\u200bb\ufeff") == "a⟨U+200B⟩b⟨U+FEFF⟩"
    assert shown("bell\x07\x1b[31m\x00") == "bell␇␛[31m␀"
    assert shown("line\u2028end\u2800") == "line⟨U+2028⟩end⟨U+2800⟩"
    assert shown("pay\u200dpal") == "pay⟨U+200D⟩pal"


def test_that_long_text_is_elided() -> None:
    assert shown("x" * LIMIT) == "x" * LIMIT
    assert shown("x" * (LIMIT + 1)) == "x" * LIMIT + "…"
    assert one_line("word " * 1000, 20) == "word word word word …"


def test_that_a_row_stays_on_one_line() -> None:
    assert one_line("a\r\n b\t\tc\u3000d") == "a b c d"


@given(st.text(max_size=200))
def test_that_nothing_invisible_is_left(text: str) -> None:
    left = set(shown(text)) - {"\n", "\t", "\u200c", "\u200d"}
    assert not [c for c in left if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co")]


@given(st.text(max_size=200))
def test_that_one_line_has_no_line_break(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
