"""The page that a lawyer prints says what the windows say."""

import re
from pathlib import Path

import pytest

from app.courier.launcher import ENTRY_NAME
from app.courier.texts import text
from crypto.sentences import sentence
from crypto.wordlist import Language

SAID = [
    "title-forms", "title-progress", "title-end", "cancel", "begin", "go-on", "stop", "close",
    "trip-done", "trip-refused", "trip-cut", "trip-not-begun", "take-out", "soon",
]  # fmt: skip
SENTENCES = ["login-refused", "server-unreachable", "stick-gone", "pouch-full"]


@pytest.fixture(scope="module")
def page(checkout: Path) -> dict[Language, str]:
    """The two halves."""
    spanish, english = (
        (checkout / "deploy" / "runbooks" / "courier.md").read_text("utf-8").split("\n---\n")
    )
    return {"es": spanish, "en": english}


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("key", SAID)
def test_what_a_window_says_stands_on_the_page(page, language, key):
    assert f"**{text(key, language)}**" in page[language]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_on_the_page_begins_as_the_programs_own(page, language, code):
    rows = re.findall(r"^\| ([^|*]+?) \|", page[language], re.MULTILINE)
    assert any(sentence(code, language).startswith(row) for row in rows)


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_launcher_is_called_as_it_is(page, language):
    assert f"`{ENTRY_NAME}`" in page[language]
