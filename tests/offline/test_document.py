"""Every kind of signed document comes back as it was written, and keeps its exact bytes."""

import json
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.receipt import Receipt
from crypto.roster import Roster
from crypto.strictjson import DocumentMalformedError
from crypto.trust import Trust
from tests.offline.documents import DOCUMENTS, KINDS
from tests.vectors.generator import organisation as org


@given(DOCUMENTS)
def test_a_payload_is_read_back_as_the_document_it_was_made_from(document):
    payload = document.to_payload()
    again = type(document).from_payload(payload)

    assert again == document
    assert again.to_payload() == payload
    assert again.payload_hash == document.payload_hash == sha256(payload).digest()


@given(DOCUMENTS)
def test_a_document_written_otherwise_keeps_the_bytes_that_were_signed(document):
    spaced = json.dumps(json.loads(document.to_payload()), indent=1).encode()
    again = type(document).from_payload(spaced)

    assert again == document
    assert again.to_payload() == spaced
    assert again.payload_hash == sha256(spaced).digest()
    assert again.to_envelope().payload == spaced


@given(st.sampled_from(KINDS), st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_with_the_one_error(kind, payload):
    with pytest.raises(DocumentMalformedError):
        kind.from_payload(payload)


@settings(max_examples=300)
@given(DOCUMENTS, st.data())
def test_a_payload_with_one_bit_flipped_is_refused_or_says_something_else(document, data):
    payload = bytearray(document.to_payload())
    payload[data.draw(st.integers(0, len(payload) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        other = type(document).from_payload(bytes(payload))
    except DocumentMalformedError:
        return
    assert other != document
    assert other.payload_hash != document.payload_hash


@given(DOCUMENTS, st.sampled_from(KINDS))
def test_a_document_is_not_read_as_one_of_another_kind(document, kind):
    if kind is type(document):
        return
    with pytest.raises(DocumentMalformedError):
        kind.from_payload(document.to_payload())


def test_a_changed_document_is_written_anew():
    trust = Trust.from_payload(org.compact(org.trust_value()))
    changed = replace(trust, minimum_recipients=3)

    assert changed.payload_hash != trust.payload_hash
    assert Trust.from_payload(changed.to_payload()).minimum_recipients == 3


def test_a_document_that_nobody_would_accept_is_not_written():
    roster = Roster.from_payload(org.compact(org.roster_value()))

    with pytest.raises(DocumentMalformedError):
        replace(roster, expires=date(2030, 1, 1)).to_payload()


@pytest.mark.parametrize(
    ("count", "accepted"), [(1, True), (4096, True), (0, False), (4097, False)]
)
def test_a_receipt_names_one_to_4096_cells(count, accepted):
    digests = tuple(number.to_bytes(32, "big") for number in range(count))
    receipt = Receipt("http://a.onion", bytes(8), bytes(32), 100, digests)

    if accepted:
        envelope = receipt.to_envelope().with_signature(bytes(64))
        assert len(envelope.to_json()) <= Receipt.max_envelope_bytes()
    else:
        with pytest.raises(DocumentMalformedError):
            receipt.to_payload()
