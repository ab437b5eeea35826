"""The organisation's own words stand on the first page of their language, and break nothing."""

from pathlib import Path

import pytest

from app.folder import rebuild_site
from app.settings import Settings
from app.site.build import SiteSettings, build_site
from app.site.errors import SiteSourceError
from app.site.organisation import MOST_CHARACTERS, read_own_words
from tests.online.organisation import Organisation

ES, EN = "index.html", "en/index.html"


def built(organisation: Organisation, folder: Path, words: Path) -> Path:
    settings = SiteSettings(own_words=read_own_words(words))
    build_site(organisation.trust_envelope, folder, settings=settings)
    return folder


@pytest.fixture
def words(tmp_path: Path) -> Path:
    folder = tmp_path / "organisation"
    folder.mkdir()
    return folder


def test_each_language_shows_its_own_paragraphs_escaped(organisation, tmp_path, words):
    spanish = "Leemos el buzón\nlos lunes.\n\n<b>No</b> es una línea de emergencia.\n"
    (words / "es.txt").write_text(spanish, encoding="utf-8")
    site = built(organisation, tmp_path / "site", words)
    page = (site / ES).read_text("utf-8")
    assert "<p>Leemos el buzón los lunes.</p>" in page
    assert "<p>&lt;b&gt;No&lt;/b&gt; es una línea de emergencia.</p>" in page
    assert "Leemos" not in (site / EN).read_text("utf-8")


def test_without_words_the_pages_are_as_if_there_were_no_folder(organisation, tmp_path, words):
    (words / "en.txt").write_text("\n\n", encoding="utf-8")
    without = built(organisation, tmp_path / "without", tmp_path / "no-such-folder")
    empty = built(organisation, tmp_path / "empty", words)
    for name in (ES, EN):
        assert (empty / name).read_bytes() == (without / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sp.txt", b"Hola."),
        ("es.md", b"Hola."),
        ("es.txt", b"\xff"),
        ("es.txt", "a\u202eb".encode()),
        ("es.txt", b"a\x1bb"),
        ("es.txt", b"a" * (MOST_CHARACTERS + 1)),
    ],
)
def test_words_that_cannot_be_shown_are_refused_and_the_old_site_stays(
    settings: Settings, name, content
):
    before = (settings.site / ES).read_bytes()
    (settings.organisation / name).write_bytes(content)
    with pytest.raises(SiteSourceError):
        rebuild_site(settings)
    assert (settings.site / ES).read_bytes() == before


def test_the_longest_words_are_taken(words):
    (words / "es.txt").write_text("á" * MOST_CHARACTERS, encoding="utf-8")
    assert read_own_words(words) == {"es": ("á" * MOST_CHARACTERS,)}


def test_a_folder_in_place_of_a_text_is_refused(words):
    (words / "es.txt").mkdir()
    with pytest.raises(SiteSourceError):
        read_own_words(words)
