"""Directors change: each way of it at the documents, and one from hand to hand with the programs."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from nacl.utils import random

from crypto.airgap import ceremony, cosigning
from crypto.airgap.signer import Signer
from crypto.directory import DirectoryDocument, RosterSignaturesError, verify_directory
from crypto.document import Document
from crypto.dsse import DocumentSignaturesError, Envelope
from crypto.freshness import Freshness
from crypto.publication import verify_publication
from crypto.roster import RosterTrustError, check_successor, open_roster
from crypto.trust import Trust, TrustChainError, accept_change, open_trust
from tests.offline.airgap.test_programs import TODAY, Person, done, last_words, refused
from tests.offline.airgap.world import NOW, ORIGIN, World

STRANGERS = [Signer(random(32)) for _ in range(3)]


@dataclass(frozen=True)
class Rotation:
    """What changes of three directors with a quorum of two."""

    stay: int = 3
    come: int = 0
    quorum: int = 2
    threshold: int | None = None
    fewest: int = 2
    organisation: str = "Colectivo"


ROTATIONS = {
    "a director is replaced": Rotation(stay=2, come=1),
    "two directors are replaced": Rotation(stay=1, come=2),
    "all directors are replaced": Rotation(stay=0, come=3),
    "a director comes": Rotation(come=1),
    "a director leaves": Rotation(stay=2),
    "the quorum rises": Rotation(quorum=3),
    "two come and the quorum rises": Rotation(come=2, quorum=3),
    "one may confirm weeks": Rotation(threshold=1),
    "the fewest recipients are fewer": Rotation(fewest=1),
    "the organisation has another name": Rotation(organisation="Casa"),
}


def by(document: Document, *signers: Signer) -> Envelope:
    envelope = document.to_envelope()
    for signer in signers:
        envelope = cosigning.add_signature(envelope, signer, [signer.public_key])
    return envelope


@pytest.fixture(params=list(ROTATIONS.values()), ids=list(ROTATIONS))
def rotated(request, world: World) -> tuple[Trust, list[Signer]]:
    """The trust that follows the world's, and its directors."""
    how: Rotation = request.param
    directors = [*world.directors[: how.stay], *STRANGERS[: how.come]]
    keys = [one.public_key for one in directors]
    return ceremony.draft_trust(
        how.organisation, keys, how.quorum, how.threshold, how.fewest, world.trust
    ), directors


def test_a_change_takes_the_old_quorum_and_the_new_and_one_less_of_either_is_refused(
    world, rotated
):
    trust, directors = rotated
    old, new = world.directors[:2], directors[-trust.quorum :]
    both = list({one.public_key: one for one in [*old, *new]}.values())
    assert accept_change(world.trust, by(trust, *both)) == trust
    assert open_trust(by(trust, *both)) == trust
    for keep in (world.trust, trust):
        # Everybody signs but so many of *keep* that its quorum lacks one.
        of_it = [one for one in [*world.directors, *directors] if one.public_key in keep.directors]
        of_it = list({one.public_key: one for one in of_it}.values())
        missing = {one.public_key for one in of_it[keep.quorum - 1 :]}
        rest = {one.public_key: one for one in [*world.directors, *directors]}
        with pytest.raises(DocumentSignaturesError):
            accept_change(world.trust, by(trust, *(s for k, s in rest.items() if k not in missing)))


def test_a_change_follows_the_trust_held_and_no_other(world, rotated):
    trust, directors = rotated
    everybody = {one.public_key: one for one in [*world.directors, *directors]}.values()
    for wrong in ({"serial": 3}, {"previous": random(32)}):
        with pytest.raises(TrustChainError):
            accept_change(world.trust, by(replace(trust, **wrong), *everybody))
    with pytest.raises(TrustChainError):
        accept_change(trust, by(trust, *everybody))


def test_the_next_roster_follows_the_last_under_the_new_trust_and_is_published(world, rotated):
    trust, directors = rotated
    cards = world.roster.origins, world.roster.policy, NOW.date(), world.roster.expires
    roster = ceremony.draft_roster(trust, world.roster, [], [], [], *cards)
    check_successor(world.roster, roster)
    freshness, _ = ceremony.draft_freshness(trust, roster, world.keys, NOW.date(), 2)
    signed = [by(one, *directors[: trust.quorum]) for one in (roster, freshness)]
    keys = [key.to_json() for key in world.keys if _listed(key, freshness)]
    published = verify_publication(
        signed[0].to_json(), signed[1].to_json(), keys, trust, NOW, world.roster
    )
    assert published.roster == roster
    with pytest.raises((RosterTrustError, DocumentSignaturesError)):
        open_roster(world.signed(world.roster), trust)


def _listed(key: Envelope, freshness: Freshness) -> bool:
    return any(key.payload_hash == listed for week in freshness.weeks for _, listed in week.keys)


def test_a_page_with_the_trust_of_before_refuses_what_the_new_directors_signed(world, rotated):
    trust, directors = rotated
    roster = replace(
        world.roster, trust=trust.payload_hash, serial=2, previous=world.roster.payload_hash
    )
    freshness, _ = ceremony.draft_freshness(trust, roster, world.keys, NOW.date(), 1)
    keys = [key for key in world.keys if _listed(key, freshness)]
    signed = [by(one, *directors[: trust.quorum]) for one in (roster, freshness)]
    document = DirectoryDocument(signed[0], signed[1], tuple(keys)).to_json()
    assert verify_directory(document, trust, NOW, ORIGIN).roster == roster
    with pytest.raises((RosterSignaturesError, RosterTrustError)):
        verify_directory(document, world.trust, NOW, ORIGIN)


# ----------------------------------------------------------------- with the programs


KEY = ("--passphrase-file", "passphrase", "--today", TODAY)


@dataclass
class Table:
    """Directors with homes of their own, and the stick that passes between them."""

    stick: Path
    directors: dict[str, Person]
    words: dict[str, str]


@pytest.fixture
def table(tmp_path: Path, world: World) -> Table:
    """Ana, Beto and Cora sign for the world; Dora has just made her key."""
    stick = tmp_path / "stick"
    stick.mkdir()
    people = {name: Person(tmp_path / name) for name in ("ana", "beto", "cora", "dora")}
    made = Table(stick, people, {})
    for name, person in people.items():
        told = done(person.ceremony("directors", "init", "--out", "my.key", "--card",
                                    stick / f"{name}.json", "--memory", 1, *KEY))  # fmt: skip
        made.words[name] = last_words(told)
    cards = [stick / f"{name}.json" for name in ("ana", "beto", "cora")]
    trust = stick / "trust.json"
    done(people["ana"].ceremony("trust", "draft", "--organisation", "Casa", "--director", *cards,
                                "--quorum", 2, "--minimum-recipients", 1, "--confirmed",
                                "--out", trust))  # fmt: skip
    for name in ("ana", "beto"):
        done(people[name].ceremony("trust", "sign", trust, "--key", "my.key", "--yes", *KEY))
    return made


def test_a_director_is_replaced_from_hand_to_hand_and_everybody_goes_over(table, tmp_path):
    stick, words = table.stick, table.words
    ana, beto, _, dora = table.directors.values()
    trust, new = stick / "trust.json", stick / "new.json"
    told = done(ana.ceremony("trust", "show", trust))
    assert "Está completo" in told
    assert "buzon-ceremony roster draft" in told

    # Two lawyers, a roster and its weeks, under the directors of before.
    lawyers = [Person(tmp_path / name) for name in ("Mezquite", "Huizache")]
    for lawyer in lawyers:
        done(lawyer.station("init", "--trust", trust, "--pseudonym", lawyer.home.name,
                            "--team", "Norte", "--memory", 1))  # fmt: skip
        done(lawyer.station("card", "--out", stick / f"{lawyer.home.name}.card.json"))
    cards = [stick / f"{lawyer.home.name}.card.json" for lawyer in lawyers]
    roster = stick / "roster.json"
    draft = ("roster", "draft", "--today", TODAY, "--out")
    told = done(ana.ceremony(*draft, roster, "--trust", trust, "--card", *cards, "--confirmed",
                             "--origin", ORIGIN))  # fmt: skip
    assert f"buzon-ceremony roster sign {roster} --trust {trust} --key" in told
    sign(ana, beto, "roster", roster, "--trust", trust)
    publish(ana, beto, stick, cards, roster, trust, "first")
    pouch = carried(tmp_path / "pouch", stick / "first")
    for lawyer in lawyers:
        done(lawyer.station("import", pouch))

    # Dora takes Cora's place.
    directors = [stick / f"{name}.json" for name in ("ana", "beto", "dora")]
    told = done(ana.ceremony("trust", "draft", "--previous", trust, "--director", *directors,
                             "--quorum", 2, "--confirmed", "--out", new))  # fmt: skip
    assert f"DIRECTORA NUEVA: {words['dora']}" in told
    assert f"ya no es directora: {words['cora']}" in told
    assert "al menos 1 abogados" in told  # as before, though nobody said so
    change = ("trust", "sign", new, "--previous", trust, "--key", "my.key", *KEY)
    refused(ana.ceremony(*change, said="no\n"), "not-confirmed")
    blind = ana.ceremony("trust", "sign", new, "--key", "my.key", *KEY, said="no\n")
    assert "sin el de antes (--previous) no se ve qué cambia" in blind.stdout
    told = done(ana.ceremony(*change, said="sí\nsí\n"))
    assert words["dora"] in told.split("Leyó")[0]
    assert f"buzon-ceremony trust sign {new} --key director.key --previous {trust}" in told
    # With Dora the new quorum is there, the old one is not; she is told whom to ask.
    told = done(dora.ceremony(*change, "--yes"))
    new_ones, before = told.split("Los directores de antes:")
    assert "faltan 0" in new_ones.split("Los directores nuevos:")[1]
    assert "faltan 1" in before
    assert {words["beto"], words["cora"]} <= {line.strip() for line in before.splitlines()}
    refused(dora.ceremony("trust", "show", new, "--previous", trust), "document-signatures")
    assert "Repita con --previous" in done(dora.ceremony("trust", "show", new))
    refused(lawyers[0].station("trust", new), "document-signatures")
    told = done(beto.ceremony(*change, "--yes"))
    assert "Está completo" in told
    assert f"buzon-workstation trust {new}" in told
    assert f"--previous-trust {trust}" in told

    # The new directors sign the next roster, which follows the last.
    later = stick / "roster-new.json"
    follow = (*draft, later, "--trust", new, "--previous", roster)
    refused(dora.ceremony(*follow), "previous-trust-needed")
    told = done(dora.ceremony(*follow, "--previous-trust", trust))
    assert "ninguno, salvo las fechas" in told
    sign(
        dora, ana, "roster", later, "--trust", new, "--previous", roster, "--previous-trust", trust
    )
    publish(dora, ana, stick, cards, later, new, "second")

    # Stations refuse it until they go over, then take it and keep both in their chain.
    pouch = carried(tmp_path / "pouch-2", stick / "second")
    for lawyer in lawyers:
        answer = lawyer.station("import", pouch)
        assert answer.returncode == 1
        assert "orden `trust`" in answer.stderr
        told = done(lawyer.station("trust", new))
        assert last_words(told) == last_words(
            done(ana.ceremony("trust", "show", new, "--previous", trust)).split("Cambios:")[0]
        )
        done(lawyer.station("import", pouch))
        told = json.loads(done(lawyer.station("rosters", "--json")))
        assert [one["serial"] for one in told["rosters"]] == [1, 2]
        assert "firmada por otros directores" in done(lawyer.station("rosters"))


def sign(first: Person, second: Person, kind: str, document: Path, *bound: object) -> None:
    """Both sign; the first is told that one is missing, the second what comes next."""
    told = done(first.ceremony(kind, "sign", document, *bound, "--key", "my.key", "--yes", *KEY))
    assert "faltan 1" in told
    assert f"buzon-ceremony {kind} sign {document}" in told
    told = done(second.ceremony(kind, "sign", document, *bound, "--key", "my.key", "--yes", *KEY))
    assert "faltan 0" in told
    assert "Está completa" in told


def publish(
    first: Person, second: Person, stick: Path, cards: list[Path], roster: Path, trust: Path,
    name: str,
) -> None:  # fmt: skip
    """Confirm a week, and make the folder for the server."""
    freshness, bound = stick / f"{name}.json", ("--trust", trust, "--roster", roster)
    keys = ("--card", *cards)
    done(first.ceremony("freshness", "draft", *bound, *keys, "--weeks", 1, "--today", TODAY,
                        "--out", freshness))  # fmt: skip
    sign(first, second, "freshness", freshness, *bound)
    done(first.ceremony("freshness", "bundle", freshness, *bound, *keys, "--today", TODAY,
                        "--out", stick / name))  # fmt: skip


def carried(pouch: Path, publication: Path) -> Path:
    """A pouch with the directory of a publication of one week."""
    (pouch / "cells").mkdir(parents=True)
    (pouch / "POUCH").write_bytes(b"buzon pouch 1\n")
    (pouch / "listing.json").write_text(f'{{"day":"{TODAY}","messages":[],"parts":[]}}', "utf-8")
    envelopes = [json.loads((publication / f"{name}.json").read_text("utf-8"))
                 for name in ("roster", "freshness")]  # fmt: skip
    keys = [json.loads(path.read_text("utf-8")) for path in (publication / "weekly-keys").iterdir()]
    directory = {"roster": envelopes[0], "freshness": envelopes[1], "weekly_keys": keys}
    (pouch / "directory.json").write_text(json.dumps(directory), "utf-8")
    return pouch


def test_a_director_s_new_passphrase_opens_the_same_key_and_the_old_one_does_not(table):
    ana, words = table.directors["ana"], table.words["ana"]
    (ana.home / "new").write_text("otra contraseña\n", "utf-8")
    (ana.home / "wrong").write_text("ninguna\n", "utf-8")
    change = ("directors", "passphrase", "--key", "my.key", "--memory", 1,
              "--new-passphrase-file", "new", "--passphrase-file")  # fmt: skip
    refused(ana.ceremony(*change, "wrong"), "keyfile-locked")
    assert "destrúyalas" in done(ana.ceremony(*change, "passphrase"))
    assert (ana.home / "my.key").stat().st_mode & 0o777 == 0o600
    card = ("directors", "card", "--key", "my.key", "--out", "card.json", "--passphrase-file")
    refused(ana.ceremony(*card, "passphrase"), "keyfile-locked")
    assert last_words(done(ana.ceremony(*card, "new"))) == words
    assert (ana.home / "card.json").read_bytes() == (table.stick / "ana.json").read_bytes()
