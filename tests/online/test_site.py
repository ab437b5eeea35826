"""The witness site as it is built: whole, the same every time, and quiet."""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.site import build, modules, pages, words
from app.site.build import MIB, SiteSettings, build_site
from app.site.errors import SiteSourceError
from crypto.dsse import DocumentSignaturesError
from crypto.fingerprint import fingerprint_words
from tests.browser.organisation import Organisation

NOW = datetime(2026, 11, 25, tzinfo=UTC)
SOURCES = Path(build.__file__).parent
SECTION = re.compile(r"^## (.*)$", re.MULTILINE)
CODE = re.compile(r"`([a-z]+(?:-[a-z]+)+)`")


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return Organisation(["http://127.0.0.1:8000"], NOW)


@pytest.fixture(scope="module")
def site(organisation: Organisation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    build_site(organisation.trust_envelope, folder, settings=SiteSettings())
    return folder


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and what stands inside script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in {"script", "style"} and data.strip():
            self.inline.append(data)


def html_files(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_the_same_input_gives_the_same_bytes(
    organisation: Organisation, site: Path, tmp_path: Path
) -> None:
    build_site(organisation.trust_envelope, tmp_path, settings=SiteSettings())

    def every_file(folder: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    assert every_file(tmp_path) == every_file(site)


def test_an_envelope_written_otherwise_changes_no_byte(
    organisation: Organisation, site: Path, tmp_path: Path
) -> None:
    spaced = json.dumps(json.loads(organisation.trust_envelope), indent=3).encode()
    build_site(spaced, tmp_path, settings=SiteSettings())
    manifest = "manifest.json"
    assert (tmp_path / manifest).read_bytes() == (site / manifest).read_bytes()


def test_the_manifest_lists_every_file_and_nothing_else(site: Path) -> None:
    listed = json.loads((site / "manifest.json").read_text("utf-8"))["files"]
    found = {
        str(path.relative_to(site))
        for path in site.rglob("*")
        if path.is_file() and path.suffix != ".gz" and path.name != "manifest.json"
    }
    assert {entry["path"] for entry in listed} == found
    for entry in listed:
        body = (site / entry["path"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(body).hexdigest()
        assert entry["bytes"] == len(body)


def test_packed_files_are_the_plain_ones_without_a_time(site: Path) -> None:
    packed = list(site.rglob("*.gz"))
    assert len(packed) > 10
    for path in packed:
        assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()
        assert path.read_bytes()[4:8] == bytes(4)


def test_no_page_has_a_script_a_style_or_a_handler_of_its_own(site: Path) -> None:
    for path in html_files(site):
        parsed = Tags(path.read_text("utf-8"))
        assert parsed.inline == []
        for tag, attributes in parsed.tags:
            assert tag not in {"style", "iframe", "object", "embed", "base"}
            assert not [name for name in attributes if name.startswith("on") or name == "style"]


def test_no_form_says_where_to_send_or_what_a_field_is_called(site: Path) -> None:
    for path in html_files(site):
        for tag, attributes in Tags(path.read_text("utf-8")).tags:
            assert not attributes.keys() & {"action", "formaction", "method"}
            if tag in {"textarea", "input"}:
                assert attributes.get("autocomplete") == "off"
                assert attributes.get("name", "readers") == "readers"
            if tag == "textarea":
                assert attributes["spellcheck"] == "false"


def test_every_address_in_a_page_is_of_the_site(site: Path) -> None:
    listed = {entry["path"] for entry in json.loads((site / "manifest.json").read_text())["files"]}
    for path in html_files(site):
        for _, attributes in Tags(path.read_text("utf-8")).tags:
            for name in ("href", "src"):
                address = attributes.get(name)
                if address is not None:
                    assert (address.removeprefix("/") or "index.html") in listed


def test_no_file_of_ours_names_a_foreign_address(site: Path) -> None:
    for path in site.rglob("*"):
        if path.suffix in {".html", ".css", ".js"} and "vendor" not in path.parts:
            text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
            assert "http:" not in text
            assert "https:" not in text
            assert "url(" not in text


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_page_has_the_way_out_and_the_other_language(site: Path, language: str) -> None:
    for page in pages.PAGES:
        if language not in page.files or page.name == "exit":
            continue
        tags = Tags((site / page.files[language]).read_text("utf-8")).tags
        links = {attributes.get("href") for tag, attributes in tags if tag == "a"}
        other = "en" if language == "es" else "es"
        assert pages.address("exit", language) in links
        assert pages.address(page.name if other in page.files else "start", other) in links


def test_titles_and_names_of_files_say_nothing(site: Path) -> None:
    for path in html_files(site):
        title = re.search(r"<title>(.*)</title>", path.read_text("utf-8"))
        assert title
        assert title[1] in {"Inicio", "Start"}
        assert not re.search("buz|test|denu|tort|desap|tell|contar", path.name)


def test_the_trusts_fingerprint_and_name_are_shown(organisation: Organisation, site: Path) -> None:
    text = (site / "acerca.html").read_text("utf-8")
    shown = re.findall(r"<li>(\w+)</li>", text)
    assert " ".join(shown) == fingerprint_words(organisation.trust.payload_hash)
    start = (site / "index.html").read_text("utf-8")
    assert html.escape(organisation.trust.organisation) in start


def test_the_trust_is_compiled_in(organisation: Organisation, site: Path) -> None:
    assert organisation.trust.payload_hash.hex() in (site / "trust.js").read_text("utf-8")


def test_the_organisations_name_cannot_break_out_of_a_page(tmp_path: Path) -> None:
    organisation = Organisation(["http://127.0.0.1:8000"], NOW)
    object.__setattr__(organisation.trust, "organisation", '<script src="x">&"')
    build_site(organisation.trust_envelope, tmp_path, settings=SiteSettings())
    assert '<script src="x">' not in (tmp_path / "index.html").read_text("utf-8")


def test_a_trust_that_too_few_signed_builds_nothing(
    organisation: Organisation, tmp_path: Path
) -> None:
    alone = organisation.directors[0].sign_document(organisation.trust).to_json()
    with pytest.raises(DocumentSignaturesError):
        build_site(alone, tmp_path / "site", settings=SiteSettings())
    assert not (tmp_path / "site").exists()


def test_a_folder_with_something_in_it_is_left_alone(
    organisation: Organisation, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(SiteSourceError):
        build_site(organisation.trust_envelope, tmp_path, settings=SiteSettings())
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("size", "said"), [(512 * MIB, "512 MB"), (4096 * MIB, "4 GB"), (1536 * MIB, "1536 MB")]
)
def test_the_operators_limit_is_said_before_choosing(
    organisation: Organisation, tmp_path: Path, size: int, said: str
) -> None:
    build_site(organisation.trust_envelope, tmp_path, settings=SiteSettings(max_file_bytes=size))
    text = (tmp_path / "escribir.html").read_text("utf-8")
    assert said in text
    assert f'data-max-file-bytes="{size}"' in text


@pytest.mark.parametrize("size", [0, MIB - 1, 4096 * MIB + 1])
def test_a_limit_that_cannot_be_is_refused(size: int) -> None:
    with pytest.raises(SiteSourceError):
        SiteSettings(max_file_bytes=size)


def test_the_command_builds_and_says_what_it_refused(
    organisation: Organisation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = tmp_path / "trust.json"
    trust.write_bytes(organisation.trust_envelope)
    out = str(tmp_path / "out")
    assert build.main(["--trust", str(trust), "--out", out]) == 0
    assert build.main(["--trust", str(trust), "--out", out]) == 1
    assert "not empty" in capsys.readouterr().err
    assert build.main(["--trust", str(tmp_path / "none"), "--out", out]) == 1


# ---------------------------------------------------------------- words


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    words.check_languages_agree({language: words.read_words(language) for language in ("es", "en")})


@pytest.mark.parametrize(
    "other", [{"a": "x {n}"}, {"a": "x {m}", "b": "y"}, {}], ids=["lacking", "gaps", "empty"]
)
def test_words_that_disagree_are_refused(other: dict[str, str]) -> None:
    with pytest.raises(SiteSourceError):
        words.check_languages_agree({"es": {"a": "x {n}", "b": "y"}, "en": other})


def test_no_word_is_superfluous(
    organisation: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = words.read_words
    monkeypatch.setattr(words, "read_words", lambda language: real(language) | {"more": "x"})
    with pytest.raises(SiteSourceError, match="more"):
        build_site(organisation.trust_envelope, tmp_path, settings=SiteSettings())


def spoken_by_scripts() -> str:
    return "\n".join(path.read_text("utf-8") for path in (SOURCES / "client/pages").glob("*.js"))


def test_every_sentence_is_spoken_by_a_script_and_every_spoken_one_is_there() -> None:
    known = {key.removeprefix("say.") for key in words.read_words("es") if key.startswith("say.")}
    plain = {key for key in known if "." not in key}
    source = spoken_by_scripts()
    called = set(re.findall(r'\b(?:say|sentence)\("([^"]+)"', source))
    quoted = set(re.findall(r'"([a-z-]+)"', source))
    states = {
        f"file-{state}"
        for state in ("ready", "large", "empty", "sending", "sent", "failed", "cancelled")
    }
    assert {key for key in called if "." not in key} <= plain | {"error.unexpected"}
    assert plain - quoted - states == set()
    assert states <= plain


def section(text: str, title: str) -> str:
    parts = SECTION.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[title]


def codes_that_a_witness_may_meet(checkout: Path) -> set[str]:
    """As the interface, the directory's specification and the browser program name them."""
    interface = (checkout / "app/interface-v1.md").read_text("utf-8")
    directory = (checkout / "crypto/spec/directory-v1.md").read_text("utf-8")
    found = set(CODE.findall(section(interface, "Common to both")))
    found |= set(
        re.findall(r"`(?:\d{3} )?([a-z]+(?:-[a-z]+)+)`", section(interface, "Intake (public)"))
    )
    found |= set(re.findall(r"`\d{3} ([a-z-]+)`", section(interface, "Common to both")))
    found |= set(CODE.findall(section(directory, "Verification")))
    client = SOURCES / "client"
    for name in ("intake", "upload", "witness", "part", "phrase", "reply"):
        source = (client / f"{name}.js").read_text("utf-8")
        found |= set(re.findall(r'new BuzonError\("([a-z-]+)"', source))
        found |= set(re.findall(r'super\("([a-z-]+)"', source))
    found |= {"connection", "cell-size", "request-malformed", "hpke-key"}
    return found - {"unseal", "board-cells"}


def test_every_code_has_a_sentence_and_every_sentence_a_code(checkout: Path) -> None:
    prefix = "say.error."
    said = {key.removeprefix(prefix) for key in words.read_words("es") if key.startswith(prefix)}
    assert said - {"unexpected"} == codes_that_a_witness_may_meet(checkout)


RELOADING = {"es": "vuelva a cargar", "en": "load the page again"}
COPYING = {"es": "copie", "en": "copy"}
DATE = {"es": "fecha de su aparato", "en": "date of your device"}
TELLING = {"es": "avise a la organización", "en": "tell the organisation"}
# What a device whose date is wrong may meet.
BY_THE_CLOCK = (
    "roster-not-yet", "roster-expired", "freshness-not-yet", "freshness-week", "keys-missing",
    "recipients-too-few", "cell-week",
)  # fmt: skip


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_nothing_that_goes_wrong_costs_a_witness_her_text(language: str) -> None:
    spoken = words.read_words(language)
    for key, sentence in spoken.items():
        if key.startswith("say.error.") and RELOADING[language] in sentence:
            before = sentence[: sentence.index(RELOADING[language])]
            assert COPYING[language] in before, key


@pytest.mark.parametrize("code", BY_THE_CLOCK)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_wrong_date_is_looked_for_before_anybody_is_alarmed(language: str, code: str) -> None:
    sentence = words.read_words(language)[f"say.error.{code}"]
    assert DATE[language] in sentence
    alarm = sentence.find(TELLING[language])
    assert alarm == -1 or sentence.index(DATE[language]) < alarm


# ---------------------------------------------------------------- modules


def client_sources() -> dict[str, str]:
    return {
        str(path.relative_to(SOURCES)): path.read_text("utf-8")
        for folder in ("client", "client/pages", "vendor")
        for path in sorted((SOURCES / folder).glob("*.js"))
    } | {"trust.js": 'export const PAYLOAD = "";\n'}


def test_a_joined_module_is_its_source_without_comments(checkout: Path, tmp_path: Path) -> None:
    esbuild = checkout / "tests/browser/node_modules/esbuild/bin/esbuild"
    node = shutil.which("node")
    assert node, "node is missing: make setup"
    sources = {path: text for path, text in client_sources().items() if path.startswith("client/")}
    minified = []
    for name, texts in (
        ("with", sources),
        ("without", {path: modules.without_comments(text) for path, text in sources.items()}),
    ):
        for path, text in texts.items():
            target = tmp_path / name / "in" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        outcome = subprocess.run(
            [
                node, esbuild, *(str(tmp_path / name / "in" / path) for path in texts),
                "--minify", "--charset=utf8", "--legal-comments=none",
                f"--outdir={tmp_path / name / 'out'}", f"--outbase={tmp_path / name / 'in'}",
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert outcome.returncode == 0, outcome.stderr
        minified.append(
            {path: (tmp_path / name / "out" / path).read_text("utf-8") for path in texts}
        )
    assert minified[0] == minified[1]
    assert all(minified[0].values())


@pytest.mark.parametrize("page", ["tell", "read"])
def test_a_joined_script_holds_every_module_once_and_no_comment(page: str) -> None:
    script = modules.join(f"client/pages/{page}.js", client_sources())
    assert set(script.beside) == {"trust.js", "vendor/ed25519.js", "vendor/hpke.js"}
    names = re.findall(r"^// (client/\S+)$", script.source, re.MULTILINE)
    assert len(names) == len(set(names)) > 20
    assert not re.search(r"^\s*(?:/\*\*|\* )", script.source, re.MULTILINE)
    assert re.findall(r"^import .*", script.source, re.MULTILINE) == [
        'import * as $trust from "/trust.js";',
        'import * as $vendor_ed25519 from "/vendor/ed25519.js";',
        'import * as $vendor_hpke from "/vendor/hpke.js";',
    ]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ('import x from "./b.js";\n', "not understood"),
        ("export default 1;\n", "not understood"),
        ('export * from "./b.js";\n', "not understood"),
        ("export let x = 1;\n", "not understood"),
        ('const b = await import("./b.js");\n', "not understood"),
        ('import { b } from "./missing.js";\n', "no module"),
        ('import { b } from "elsewhere";\n', "outside"),
        ('import { b } from "./b.js";\n', "circle"),
    ],
)
def test_modules_that_cannot_be_joined_are_refused(source: str, complaint: str) -> None:
    sources = {"client/a.js": source, "client/b.js": 'import { a } from "./a.js";\n'}
    with pytest.raises(SiteSourceError, match=complaint):
        modules.join("client/a.js", sources)


# ---------------------------------------------------------------- weight


def weight(site: Path, name: str) -> int:
    """Bytes of a page and of all that it links, as they travel."""
    tags = Tags((site / name).read_text("utf-8")).tags
    linked = {
        address.removeprefix("/")
        for tag, attributes in tags
        if tag in {"link", "script"}
        for address in [attributes.get("href") or attributes.get("src") or ""]
        if address and "noscript" not in address
    }
    total = 0
    for path in {name, *linked}:
        packed = site / f"{path}.gz"
        total += (packed if packed.exists() else site / path).stat().st_size
    return total


def test_pages_are_light_enough_for_a_slow_line(site: Path) -> None:
    sixteen = Organisation(["http://127.0.0.1:8000"], NOW, lawyers=16).directory()
    directory = len(gzip.compress(sixteen, 9))
    assert weight(site, "index.html") < 30_000
    assert weight(site, "escribir.html") + directory < 120_000
    assert weight(site, "leer.html") + directory < 120_000
