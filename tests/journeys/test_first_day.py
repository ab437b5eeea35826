"""The first day, from an empty table to the first testimony, as its page says it."""

import urllib.request

from crypto.fingerprint import fingerprint_words
from crypto.trust import open_trust
from tests.journeys.house import House
from tests.journeys.runbook import page

TEXT = "Es lo primero que alguien cuenta aquí."
TEAM = ("mezquite", "huizache")


def shown(house: House, path: str) -> str:
    """A page of the site as it is served."""
    with urllib.request.urlopen(f"{house.intake}/{path}", timeout=60) as answer:
        found: str = answer.read().decode("utf-8")
    return found


def test_the_first_testimony_is_read_by_both_lawyers_and_answered(house):
    house.testimony(TEXT)
    house.trip(*TEAM)
    for lawyer in TEAM:
        assert house.texts(lawyer) == {TEXT}
    thread = house.thread_of("huizache", TEXT)
    answer = house.stage.home("huizache") / "respuesta.txt"
    answer.write_text("Gracias. La leímos.", encoding="utf-8")
    house.say("huizache", "reply", thread, "--text", answer, "--pouch", house.pouch)
    while house.push()["waiting"]:
        pass  # a trip carries one batch, and colleagues' came first
    assert house.replies(TEXT) == ["Gracias. La leímos."]


def test_poster_and_page_show_the_same_words_address_and_name(house):
    trust = open_trust((house.stage.stick / "trust.json").read_bytes())
    poster = (house.stage.stick / "cartel.html").read_text("utf-8")
    site = shown(house, "acerca.html")
    for word in fingerprint_words(trust.payload_hash, "es").split():
        assert word in poster
        assert f"<li>{word}</li>" in site
    assert house.intake in poster
    assert trust.organisation in poster
    assert trust.organisation in shown(house, "")


def test_the_first_page_says_what_the_organisation_wrote(house):
    assert "We read the box on Mondays." in shown(house, "en/index.html")


def test_nobodys_secret_is_in_anybody_elses_home(house):
    for person in ("directora-1", "directora-2", "directora-3"):
        key = (house.stage.home(person) / "directora.key").read_bytes()
        for other in ("directora-1", "directora-2", "directora-3", *TEAM, "operadora", "mensajera"):
            assert house.holds(other, key) == (other == person)
    assert not house.on_stick((house.stage.home("mezquite") / "buzon-vault/vault.key").read_bytes())


def test_the_page_for_a_refusal_only_looks(house):
    house.stage.play(page("when-refused"))
