"""Text of strangers does nothing to a terminal but show itself."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from crypto.terminal import visible, visible_line


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = visible(text)
    assert not [
        one
        for one in shown
        if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") and one not in "\n\t"
    ]
    assert not [
        one
        for one in shown
        if unicodedata.bidirectional(one)
        in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    ]


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_letters_of_any_language_are_shown_as_they_are(text: str) -> None:
    assert visible(text) == visible_line(text) == text


@given(st.text())
def test_a_line_stays_one_line(text: str) -> None:
    assert len(visible_line(text).splitlines()) <= 1


def test_what_is_hidden_is_named() -> None:
    assert visible("a\x1b\u202e\ud800\nb\tc") == "a<U+001B><U+202E><U+D800>\nb\tc"
    assert visible_line("a\nb\tc") == "a<U+000A>b<U+0009>c"


def test_lines_that_end_as_on_windows_stay_lines():
    assert visible("uno\r\ndos") == "uno\ndos"


def test_a_carriage_return_that_would_overwrite_a_line_is_shown():
    assert visible("verdad\rmentira\r\r\n") == "verdad<U+000D>mentira<U+000D>\n"
