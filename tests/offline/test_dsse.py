"""An envelope is worth its signatures: any change of what they are over is refused."""

import json
from base64 import b64decode, b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import dsse
from crypto.dsse import DocumentSignaturesError, DocumentTypeError, Envelope
from crypto.errors import BuzonError
from tests.vectors.generator import organisation as org

TYPE = "buzon/roster/v1"
PAYLOAD = b'{"signed":"exactly these bytes"}'
KEYS = [org.public(label) for label in org.DIRECTORS]
LIMIT = 16 * 1024


def signed(payload: bytes = PAYLOAD, signers: tuple[str, ...] = org.QUORUM) -> Envelope:
    """An envelope, signed."""
    envelope = Envelope(TYPE, payload)
    for label in signers:
        envelope = envelope.with_signature(org.signer(label).sign(envelope.signed_bytes).signature)
    return envelope


def verified(envelope: Envelope) -> bytes:
    """The payload that two of three directors signed."""
    return dsse.verified_payload(envelope, TYPE, KEYS, 2)


def test_the_bytes_under_a_signature_are_those_of_the_standard():
    # https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md, "Test vectors"
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@given(st.binary(max_size=100))
def test_an_envelope_comes_back(payload):
    envelope = signed(payload)

    assert dsse.parse_envelope(envelope.to_json(), LIMIT) == envelope
    assert verified(dsse.parse_envelope(envelope.to_json(), LIMIT)) == payload


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(document):
    with pytest.raises(BuzonError):
        dsse.parse_envelope(document, LIMIT)


@given(st.integers(0, 8 * len(PAYLOAD) - 1))
def test_a_flipped_bit_of_the_payload_is_refused(bit):
    payload = bytearray(PAYLOAD)
    payload[bit // 8] ^= 1 << bit % 8
    envelope = Envelope(TYPE, bytes(payload), signed().signatures)

    with pytest.raises(DocumentSignaturesError):
        verified(envelope)


@given(st.integers(0, 2 * 8 * 64 - 1))
def test_a_flipped_bit_of_either_signature_is_refused(bit):
    value = json.loads(signed().to_json())
    signature = bytearray(b64decode(value["signatures"][bit // 512]["sig"]))
    signature[bit % 512 // 8] ^= 1 << bit % 8
    value["signatures"][bit // 512]["sig"] = b64encode(signature).decode()

    with pytest.raises(DocumentSignaturesError):
        verified(dsse.parse_envelope(json.dumps(value).encode(), LIMIT))


@settings(max_examples=500)
@given(st.data())
def test_a_flipped_bit_anywhere_in_the_text_is_refused_or_changes_nothing_signed(data):
    text = bytearray(signed().to_json())
    text[data.draw(st.integers(0, len(text) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        envelope = dsse.parse_envelope(bytes(text), LIMIT)
        payload = verified(envelope)
    except BuzonError:
        return
    assert payload == PAYLOAD
    assert envelope.payload_hash == signed().payload_hash


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=64))
def test_a_keyid_is_ignored(keyid):
    value = json.loads(signed().to_json())
    value["signatures"][0]["keyid"] = keyid
    envelope = dsse.parse_envelope(json.dumps(value).encode(), LIMIT)

    assert verified(envelope) == PAYLOAD
    assert envelope.payload_hash == signed().payload_hash


@given(
    st.lists(
        st.sampled_from(["director-a", "director-b", "director-c", "stranger", "lawyer-a"]),
        min_size=1,
        max_size=6,
    )
)
def test_only_distinct_directors_count(signers):
    envelope = signed(signers=tuple(signers))
    if len(set(signers) & set(org.DIRECTORS)) >= 2:
        assert verified(envelope) == PAYLOAD
    else:
        with pytest.raises(DocumentSignaturesError):
            verified(envelope)


def test_an_envelope_without_signatures_is_not_verified():
    with pytest.raises(DocumentSignaturesError):
        verified(Envelope(TYPE, PAYLOAD))


def test_the_type_is_looked_at_before_the_signatures():
    with pytest.raises(DocumentTypeError):
        dsse.verified_payload(Envelope("buzon/trust/v1", PAYLOAD), TYPE, KEYS, 2)


@pytest.mark.parametrize("threshold", [0, -1])
def test_no_threshold_accepts_an_envelope_that_nobody_signed(threshold):
    with pytest.raises(ValueError, match="threshold"):
        dsse.verified_payload(Envelope(TYPE, PAYLOAD), TYPE, KEYS, threshold)
