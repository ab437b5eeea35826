"""A lawyer's new identity, her leaving and the seizure of her machine, as people type them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from crypto.airgap import ceremony, cosigning
from crypto.airgap.signer import Signer
from crypto.card import open_card
from crypto.roster import Roster
from crypto.weeks import first_day, week_of
from tests.offline.airgap.test_programs import Person, done, last_words, refused
from tests.offline.airgap.world import NOW, Witness, World

TODAY = NOW.date().isoformat()
WEEK = week_of(NOW.date())
NEW = ("identity", "new", "--pseudonym", "Ahuehuete", "--out")


@pytest.fixture
def lawyer(world: World, tmp_path: Path) -> Person:
    """Mezquite, whose vault is where the program looks for it."""
    person = Person(tmp_path / "home")
    world.vault_path("Mezquite").rename(person.home / "buzon-vault")
    return person


@pytest.fixture
def director(world: World, tmp_path: Path) -> Person:
    """One of three, with trust and the present roster at hand."""
    person = Person(tmp_path / "director")
    (person.home / "trust.json").write_bytes(world.trust_file)
    (person.home / "roster.json").write_bytes(world.signed(world.roster).to_json())
    return person


def test_a_lawyer_takes_a_new_identity_and_directors_put_it_in_the_place_of_the_old(
    world, witness, pouch, lawyer, director
):
    pouch.put(witness.message("Lo vi todo."))
    done(lawyer.station("import", pouch.path))
    (thread,) = (one["thread"] for one in json.loads(done(lawyer.station("list", "--json"))))
    done(lawyer.station("reply", thread, "--text", "-", said="La escuchamos."))
    card = director.home / "ahuehuete.card.json"
    told = done(lawyer.station(*NEW, card))
    words = last_words(told)
    assert "--replaces" in told
    assert "Respalde la bóveda antes" in told
    before, new = json.loads(done(lawyer.station("identity", "show", "--json")))
    assert (before["place"], before["status"]) == ("speaks", "active")
    assert (new["place"], new["status"]) == ("waits", "absent")
    assert before["lawyer"] in told
    again = director.home / "again.card.json"
    assert last_words(done(lawyer.station("card", "--out", again))) == words

    draft = ["roster", "draft", "--trust", "trust.json", "--previous", "roster.json",
             "--card", card, "--fingerprint", words, "--today", TODAY, "--out", "next.json"]  # fmt: skip
    refused(director.ceremony(*draft, "--replaces", "Huizache"), "replacement-unsigned")
    refused(director.ceremony(*draft, "--replaces", "Nadie"), "lawyer-unknown")
    assert not (director.home / "next.json").exists()
    told = done(director.ceremony(*draft, "--replaces", "Mezquite"))
    assert "“Ahuehuete” toma el lugar de “Mezquite”, la misma persona" in told

    drafted = cosigning.parse_draft((director.home / "next.json").read_bytes(), Roster)
    world.roster = Roster.from_payload(drafted.payload)
    statuses = {one.pseudonym: one.status for one in world.roster.lawyers}
    assert statuses == {"Mezquite": "retired", "Huizache": "active", "Ahuehuete": "active"}
    world.take_card(card.read_bytes())
    (pouch.path / "directory.json").write_bytes(world.directory())
    pouch.put(Witness(world).message("Después."))
    told = done(lawyer.station("import", pouch.path))
    assert "desde ahora usted firma y responde como “Ahuehuete”" in told
    assert "mensajes 1 (abiertos 1)" in told
    assert "Lo vi todo." in done(lawyer.station("show", thread))
    before, new = json.loads(done(lawyer.station("identity", "show", "--json")))
    assert (before["place"], before["status"]) == ("before", "retired")
    assert (new["place"], new["status"]) == ("speaks", "active")
    refused(lawyer.station("card", "--of", "Mezquite", "--out", "m.json"), "identity-unknown")
    done(lawyer.station("receipts", pouch.path, "--held-by-two"))
    acts = [entry["act"] for entry in json.loads(done(lawyer.station("custody", "--json")))]
    assert acts.index("identity") < acts.index("succeeded") < acts.index("receipt")


def test_a_second_new_identity_while_one_waits_is_asked_about(lawyer):
    done(lawyer.station(*NEW, "one.json"))
    other = ["identity", "new", "--pseudonym", "Encino", "--out", "two.json"]
    refused(lawyer.station(*other, said="no\n"), "not-confirmed")
    assert len(json.loads(done(lawyer.station("identity", "show", "--json")))) == 2
    done(lawyer.station(*other, "--yes"))
    shown = done(lawyer.station("identity", "show"))
    assert "Encino: espera a los directores" in shown
    assert "Mezquite: firma y responde" in shown


def test_a_card_that_cannot_be_written_can_be_written_again(lawyer):
    (lawyer.home / "there.json").write_text("x", "utf-8")
    refused(lawyer.station(*NEW, "there.json"), "file-exists")
    done(lawyer.station("card", "--out", "card.json"))
    assert b"payload" in (lawyer.home / "card.json").read_bytes()


def test_the_card_of_each_identity_can_be_written_while_one_waits(lawyer):
    speaking = last_words(done(lawyer.station("card", "--out", "before.json")))
    new = last_words(done(lawyer.station(*NEW, "new.json")))
    assert last_words(done(lawyer.station("card", "--out", "newest.json"))) == new
    of = ["card", "--of", "Mezquite", "--out", "speaking.json"]
    assert last_words(done(lawyer.station(*of))) == speaking
    assert open_card((lawyer.home / "speaking.json").read_bytes()).card.pseudonym == "Mezquite"
    refused(lawyer.station("card", "--of", "Nadie", "--out", "nobody.json"), "identity-unknown")
    assert not (lawyer.home / "nobody.json").exists()


def test_a_card_written_after_all_keys_have_run_out_has_new_ones(lawyer):
    done(lawyer.station(*NEW, "new.json"))
    late = (NOW + timedelta(weeks=40)).date()
    for pseudonym in ("Mezquite", "Ahuehuete"):
        out = lawyer.home / f"{pseudonym}.json"
        given = ["--today", late.isoformat(), "--passphrase-file", "passphrase"]
        done(lawyer.run("buzon-workstation", "card", "--of", pseudonym, "--out", out, *given))
        weeks = [key.week for key, _ in open_card(out.read_bytes()).weekly_keys]
        assert weeks == list(range(week_of(late), week_of(late) + 26))


def test_a_pseudonym_that_was_hers_is_refused_with_a_sentence(lawyer):
    refused(
        lawyer.station("identity", "new", "--pseudonym", "Mezquite", "--out", "c.json"),
        "pseudonym-taken",
    )
    assert not (lawyer.home / "c.json").exists()


def test_keys_are_told_with_their_weeks_and_a_clock_of_2040_is_noticed(lawyer, pouch):
    done(lawyer.station("import", pouch.path))
    told = done(lawyer.station("keys", pouch.path))
    assert f"del {first_day(WEEK)} al {first_day(WEEK + 25)}" in told
    assert "En la bolsa espera un lote." in told  # a trip without one would be refused
    assert "¡Atención!" not in told
    given = ["--today", "2040-01-02", "--passphrase-file", "passphrase"]
    told = done(lawyer.run("buzon-workstation", "keys", pouch.path, *given))
    assert "El reloj dice 2040-01-02" in told
    assert "Claves nuevas: 0; en la bolsa: 26" in done(lawyer.station("keys", pouch.path))


def test_under_a_clock_behind_what_was_signed_keys_are_refused_with_a_sentence(lawyer, pouch):
    done(lawyer.station("import", pouch.path))
    given = ["--today", "2024-06-01", "--passphrase-file", "passphrase"]
    refused(lawyer.run("buzon-workstation", "keys", pouch.path, *given), "clock-behind")
    assert not (pouch.path / "out" / "weekly-keys").exists()


def test_keys_are_made_for_the_identity_that_waits_too_and_its_card_has_them(lawyer, pouch):
    done(lawyer.station(*NEW, "one.json"))
    given = ["--today", "2026-05-06", "--passphrase-file", "passphrase"]
    told = done(lawyer.run("buzon-workstation", "keys", pouch.path, *given))
    assert "Claves nuevas: 9" in told
    assert "También para la identidad que espera: 9" in told


def test_a_revoked_lawyer_learns_it_at_her_next_import(world, pouch, lawyer):
    world.join("Ceiba")
    world.end("Mezquite", "revoked")
    (pouch.path / "directory.json").write_bytes(world.directory())
    told = done(lawyer.station("import", pouch.path))
    assert "REVOCARON a “Mezquite”" in told
    value = json.loads(done(lawyer.station("import", pouch.path, "--json")))
    (identity,) = value["identities"]
    assert identity["status"] == "revoked"


def test_exposure_is_told_on_a_colleagues_station_and_to_scripts(witness, pouch, lawyer):
    pouch.put(witness.message())
    done(lawyer.station("import", pouch.path))
    given = ["exposure", "Huizache", "--seized", TODAY, "--last-good", "2026-02-25"]
    told = done(lawyer.station(*given))
    assert "Hilos de esta bóveda que ella pudo leer: 1." in told
    assert "siguen sellando para ella hasta el 2026-03-08" in told
    assert "Qué hacer ahora, en este orden:" in told
    value = json.loads(done(lawyer.station(*given, "--json")))
    assert value["first_week"] == WEEK - 9
    assert [one["could"] for one in value["threads"]] == [1]
    refused(
        lawyer.station("exposure", "Huizache", "--seized", TODAY, "--last-good", "2026-03-05"),
        "days-reversed",
    )


def test_exposure_without_any_roster_is_refused_with_a_sentence(lawyer):
    refused(lawyer.station("exposure", "Huizache", "--seized", TODAY), "roster-missing")


def test_directors_work_out_the_exposure_from_what_they_signed_alone(world, director):
    freshness, envelope = world.freshness(weeks=4)
    (director.home / "freshness.json").write_bytes(envelope.to_json())
    given = ["roster", "exposure", "Huizache", "--seized", TODAY, "--today", TODAY,
             "--trust", "trust.json", "--roster", "roster.json",
             "--freshness", "freshness.json"]  # fmt: skip
    told = done(director.ceremony(*given))
    assert "siguen sellando para ella hasta el 2026-03-29" in told
    assert str(first_day(freshness.weeks[-1].week)) in told
    value = json.loads(done(director.ceremony(*given, "--json")))
    assert value["sealed_until"] == "2026-03-29"
    (director.home / "freshness.json").write_bytes(freshness.to_envelope().to_json())
    refused(director.ceremony(*given), "document-malformed")


def test_directors_who_changed_show_both_trusts(world, director):
    _, envelope = world.freshness(weeks=4)
    (director.home / "freshness.json").write_bytes(envelope.to_json())
    (director.home / "before.json").write_bytes(world.trust_file)
    new = [Signer(bytes([number]) * 32) for number in range(2)]
    changed = ceremony.draft_trust("Casa", [one.public_key for one in new], 2, None, 2, world.trust)
    signed = new[1].add_signature(new[0].sign_document(changed))
    (director.home / "trust.json").write_bytes(signed.to_json())
    given = ["roster", "exposure", "Huizache", "--seized", TODAY, "--today", TODAY,
             "--trust", "trust.json", "--roster", "roster.json",
             "--freshness", "freshness.json"]  # fmt: skip
    refused(director.ceremony(*given), "document-signatures")
    done(director.ceremony(*given, "--previous-trust", "before.json"))
