"""Python passes every vector of the phrase and of signed documents."""

import base64
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest

from crypto import dsse, strictjson
from crypto.card import open_card
from crypto.directory import Directory, keys_by_week, verify_directory
from crypto.errors import BuzonError
from crypto.fingerprint import fingerprint_words
from crypto.freshness import Freshness, open_freshness
from crypto.history import history_of, parse_history
from crypto.hpke import public_key_from_seed
from crypto.mark import Mark, mark_of
from crypto.phrase import Phrase, PhraseWordError
from crypto.pouch import have_of, parse_have, parse_listing
from crypto.publication import Publication, verify_publication
from crypto.receipt import Receipt, open_receipt
from crypto.roster import Roster, check_successor, lawyer_id, open_roster
from crypto.trust import Trust, accept_change, open_trust
from crypto.weekly_key import WeeklyKey, open_weekly_key
from tests.vectors import directory_document, vector_file, vectors

Vector = dict[str, Any]


def each(name: str) -> pytest.MarkDecorator:
    """One test for each vector of a file."""
    listed = vectors(name)
    return pytest.mark.parametrize("vector", listed, ids=[vector["name"] for vector in listed])


def outcome(act: Callable[[], object]) -> str:
    """What a vector's "outcome" says about *act*."""
    try:
        act()
    except BuzonError as error:
        return error.code
    return "ok"


@each("strict_json")
def test_strict_json(vector: Vector):
    document = base64.b64decode(vector["document"])

    assert outcome(lambda: strictjson.parse(document, vector["max_bytes"])) == vector["outcome"]
    if vector["outcome"] == "ok":
        value = strictjson.parse(document, vector["max_bytes"])
        assert strictjson.serialise(value) == base64.b64decode(vector["written"])


FIELDS: dict[str, Callable[[Any, Any], object]] = {
    "text": strictjson.text,
    "day": lambda value, _: strictjson.day(value),
    "hex": strictjson.hexadecimal,
    "base64": strictjson.base64_bytes,
    "integer": lambda value, highest: strictjson.integer(value, 1, highest),
}


@each("fields")
def test_fields(vector: Vector):
    read = FIELDS[vector["kind"]]

    assert outcome(lambda: read(vector["value"], vector["argument"])) == vector["outcome"]


@each("envelope")
def test_envelopes(vector: Vector):
    keys = [bytes.fromhex(key) for key in vector["keys"]]

    def verify() -> tuple[bytes, str]:
        envelope = dsse.parse_envelope(vector["envelope"].encode(), vector["max_bytes"])
        payload = dsse.verified_payload(envelope, vector["type"], keys, vector["threshold"])
        return payload, envelope.payload_hash.hex()

    assert outcome(verify) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert verify() == (base64.b64decode(vector["payload"]), vector["hash"])


def drawn(mark: Mark) -> Vector:
    rows = ["".join(".#"[cell] for cell in row) for row in mark.rows]
    return {"rows": rows, "colour": mark.colour}


@each("phrase")
def test_phrases(vector: Vector):
    assert outcome(lambda: Phrase.from_words(vector["typed"])) == vector["outcome"]
    if vector["outcome"] == "ok":
        phrase = Phrase.from_words(vector["typed"])
        assert phrase.entropy.hex() == vector["entropy"]
        assert (phrase.words("es"), phrase.words("en")) == (vector["es"], vector["en"])
        assert phrase.reply_seed.hex() == vector["reply_seed"]
        assert phrase.tag_key.hex() == vector["tag_key"]
        assert phrase.thread_seed.hex() == vector["thread_seed"]
        assert drawn(phrase.mark) == vector["mark"]
        reply_key = public_key_from_seed(phrase.reply_seed)
        assert sha256(reply_key).hexdigest() == vector["reply_public_key_sha256"]


@pytest.mark.parametrize(
    "vector", [vector for vector in vectors("phrase") if "positions" in vector]
)
def test_an_unknown_word_is_named_by_its_position(vector: Vector):
    with pytest.raises(PhraseWordError) as refused:
        Phrase.from_words(vector["typed"])

    assert list(refused.value.positions) == vector["positions"]


@each("mark")
def test_marks(vector: Vector):
    assert drawn(mark_of(bytes.fromhex(vector["bits"]))) == vector["mark"]


@each("fingerprint")
def test_fingerprints(vector: Vector):
    key = bytes.fromhex(vector["key"])

    assert fingerprint_words(key, "es") == vector["es"]
    assert fingerprint_words(key, "en") == vector["en"]


@each("trust")
def test_trust(vector: Vector):
    def accept() -> Trust:
        envelope = vector["envelope"].encode()
        if vector["held"] is None:
            return open_trust(envelope)
        return accept_change(open_trust(vector["held"].encode()), envelope)

    assert outcome(accept) == vector["outcome"]
    if vector["outcome"] == "ok":
        payload_hash = accept().payload_hash
        assert payload_hash.hex() == vector["hash"]
        assert fingerprint_words(payload_hash) == vector["es"]


@each("roster")
def test_rosters(vector: Vector):
    trust = open_trust(vector_file("roster")["trust"].encode())

    def accept() -> Roster:
        roster = open_roster(vector["envelope"].encode(), trust)
        if vector["held"] is not None:
            check_successor(open_roster(vector["held"].encode(), trust), roster)
        return roster

    assert outcome(accept) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert accept().payload_hash.hex() == vector["hash"]


@each("weekly_key")
def test_weekly_keys(vector: Vector):
    def accept() -> WeeklyKey:
        return open_weekly_key(vector["envelope"].encode(), bytes.fromhex(vector["identity"]))

    assert outcome(accept) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert accept().payload_hash.hex() == vector["hash"]


@each("card")
def test_cards(vector: Vector):
    assert outcome(lambda: open_card(vector["card"].encode())) == vector["outcome"]
    if vector["outcome"] == "ok":
        opened = open_card(vector["card"].encode())
        assert lawyer_id(opened.card.identity).hex() == vector["lawyer"]
        assert fingerprint_words(opened.card.identity) == vector["es"]
        assert [key.week for key, _ in opened.weekly_keys] == vector["weeks"]


@each("freshness")
def test_freshness(vector: Vector):
    trust = open_trust(vector_file("freshness")["trusts"][vector["trust"]].encode())

    def accept() -> Freshness:
        return open_freshness(vector["envelope"].encode(), trust)

    assert outcome(accept) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert accept().payload_hash.hex() == vector["hash"]


@each("directory")
def test_directories(vector: Vector):
    def verify() -> Directory:
        return verify_directory(
            directory_document(vector),
            open_trust(vector_file("directory")["envelopes"][vector["trust"]].encode()),
            datetime.fromisoformat(vector["now"]),
            vector["origin"],
        )

    assert outcome(verify) == vector["outcome"]
    if vector["outcome"] == "ok":
        directory = verify()
        assert directory.week == vector["week"]
        assert [one.lawyer.id.hex() for one in directory.recipients] == vector["recipients"]
        assert [sha256(one.key).hexdigest() for one in directory.recipients] == vector["keys"]
        assert directory.roster_hash.hex() == vector["roster_hash"]
        assert directory.freshness_hash.hex() == vector["freshness_hash"]


@each("publication")
def test_publications(vector: Vector):
    envelopes = vector_file("publication")["envelopes"]
    trust = open_trust(envelopes[vector["trust"]].encode())
    published_roster = published_freshness = None

    def payload(name: str) -> bytes:
        return dsse.parse_envelope(envelopes[name].encode(), 64 * 1024).payload

    if vector["published_roster"] is not None:
        # Verified when it was published, perhaps under an earlier trust.
        published_roster = Roster.from_payload(payload(vector["published_roster"]))
        published_freshness = Freshness.from_payload(payload(vector["published_freshness"]))

    def verify() -> Publication:
        return verify_publication(
            envelopes[vector["roster"]].encode(),
            envelopes[vector["freshness"]].encode(),
            [envelopes[name].encode() for name in vector["weekly_keys"]],
            trust,
            datetime.fromisoformat(vector["now"]),
            published_roster,
            published_freshness,
        )

    assert outcome(verify) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert list(keys_by_week(verify().weekly_keys)) == vector["weeks"]


@each("receipt")
def test_receipts(vector: Vector):
    about = vector_file("receipt")

    def accept() -> Receipt:
        return open_receipt(
            vector["envelope"].encode(),
            Roster.from_payload(about["roster"].encode()),
            {bytes.fromhex(each["hash"]): each["origins"] for each in about["earlier"]},
            datetime.fromisoformat(about["now"]),
        )

    assert outcome(accept) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert accept().payload_hash.hex() == vector["hash"]


@each("listing")
def test_listings(vector: Vector):
    listing = vector["listing"].encode()

    assert outcome(lambda: parse_listing(listing)) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert parse_listing(listing).to_json() == listing


@each("have")
def test_what_a_station_holds(vector: Vector):
    have = bytes.fromhex(vector["have"])
    held = frozenset(map(bytes.fromhex, vector["held"]))

    assert parse_have(have) == held
    if held:
        assert have_of(held) == have


@each("history")
def test_histories(vector: Vector):
    history = vector["history"].encode()

    assert outcome(lambda: parse_history(history)) == vector["outcome"]
    if vector["outcome"] == "ok":
        envelopes = parse_history(history)
        assert [envelope.payload_hash.hex() for envelope in envelopes] == vector["hashes"]
        assert history_of(envelopes) == history
