"""Envelopes: DSSE, signatures counted by distinct key, and re-encodings."""

import base64
import json
from hashlib import sha256

from tests.vectors.generator.organisation import (
    JSON,
    b64,
    changed,
    envelope,
    public,
    seed,
    signature,
    signer,
    text,
    without,
)

_TYPE = "buzon/roster/v1"
_PAYLOAD = b'{"signed":"exactly these bytes"}'
_MALFORMED = "document-malformed"
_UNSIGNED = "document-signatures"
_KEYS = ("director-a", "director-b", "director-c")
_LIMIT = 16 * 1024
# RFC 8032's identity element: every signature of a certain form verifies under it
# with a careless verifier.
_SMALL_ORDER_KEY = bytes([1]) + bytes(31)
_GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493


def _good(signers: tuple[str, ...] = ("director-a", "director-b")) -> JSON:
    return envelope(_TYPE, _PAYLOAD, signers)


def _vector(
    name: str, document: JSON, outcome: str = "ok", comment: str = "", **other: JSON
) -> JSON:
    vector = {
        "name": name,
        "comment": comment,
        "envelope": document if isinstance(document, str) else text(document),
        "max_bytes": _LIMIT,
        "type": _TYPE,
        "keys": [public(label).hex() for label in _KEYS],
        "threshold": 2,
        "outcome": outcome,
    } | other
    if outcome == "ok":
        vector |= {"payload": b64(_PAYLOAD), "hash": sha256(_PAYLOAD).hexdigest()}
    return vector


def _with_s_raised(sig: str) -> str:
    raw = base64.b64decode(sig)
    raised = int.from_bytes(raw[32:], "little") + _GROUP_ORDER
    return b64(raw[:32] + raised.to_bytes(32, "little"))


def _spare_bit_set(padded: str) -> str:
    """The same bytes in base64 that is not canonical."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = len(padded.rstrip("=")) - 1
    assert len(padded) - last - 1 > 0
    return padded[:last] + alphabet[alphabet.index(padded[last]) + 1] + padded[last + 1 :]


def document() -> JSON:
    """The file's content."""
    good = _good()
    a, b = good["signatures"]
    c = signature("director-c", _TYPE, _PAYLOAD)
    stranger = signature("stranger", _TYPE, _PAYLOAD)
    return {
        "format": "DSSE envelope",
        "source": "crypto/spec/signed-documents-v1.md, sections 2 to 5",
        "fields": "keys: Ed25519 public keys that may sign; type: the expected payload type",
        "vectors": [
            _vector("two-of-three", good),
            _vector("three-of-three", _good(_KEYS)),
            _vector("one-of-one", _good(("director-a",)), threshold=1),
            # Re-encodings: the same signatures, the same payload, the same hash.
            _vector("white-space", json.dumps(good, indent=3) + "\n"),
            _vector("members-in-another-order", dict(reversed(good.items()))),
            _vector("signatures-in-another-order", {**good, "signatures": [b, a]}),
            _vector("a-keyid", changed(good, "signatures", 0, "keyid", to="director 1")),
            _vector(
                "a-keyid-of-64-characters", changed(good, "signatures", 0, "keyid", to="ñ" * 64)
            ),
            _vector("a-signature-twice", {**good, "signatures": [a, b, a]}),
            _vector("a-stranger-signed-too", {**good, "signatures": [stranger, a, b]}),
            _vector(
                "a-broken-signature-beside-enough",
                {**good, "signatures": [{**c, "sig": a["sig"]}, a, b]},
            ),
            _vector("thirty-two-signatures", {**good, "signatures": [stranger] * 30 + [a, b]}),
            _vector(
                "a-key-allowed-twice",
                good,
                keys=[public("director-a").hex()] * 2 + [public("director-b").hex()],
            ),
            _vector(
                "escaped-base64",
                text(good)
                .replace('"payload":"', '"payload":"\\u0065', 1)
                .replace("\\u0065e", "\\u0065", 1),
            ),
            # Refused.
            _vector("no-json", "no", _MALFORMED),
            _vector("an-array", [good], _MALFORMED),
            _vector("payload-missing", without(good, "payload"), _MALFORMED),
            _vector("type-missing", without(good, "payloadType"), _MALFORMED),
            _vector("signatures-missing", without(good, "signatures"), _MALFORMED),
            _vector("an-unknown-member", {**good, "x": 1}, _MALFORMED),
            _vector(
                "a-member-twice", text(good)[:-1] + ',"payloadType":"' + _TYPE + '"}', _MALFORMED
            ),
            _vector("no-signatures", {**good, "signatures": []}, _MALFORMED),
            _vector(
                "thirty-three-signatures",
                {**good, "signatures": [a, b] + [stranger] * 31},
                _MALFORMED,
            ),
            _vector("signatures-not-in-an-array", {**good, "signatures": {"0": a}}, _MALFORMED),
            _vector(
                "a-signature-without-keyid", without(good, "signatures", 0, "keyid"), _MALFORMED
            ),
            _vector("a-signature-without-sig", without(good, "signatures", 0, "sig"), _MALFORMED),
            _vector(
                "an-unknown-member-of-a-signature",
                changed(good, "signatures", 0, "cert", to=""),
                _MALFORMED,
            ),
            _vector(
                "a-keyid-of-65-characters",
                changed(good, "signatures", 0, "keyid", to="a" * 65),
                _MALFORMED,
            ),
            _vector(
                "a-keyid-that-is-a-number",
                changed(good, "signatures", 0, "keyid", to=1),
                _MALFORMED,
            ),
            _vector(
                "a-keyid-with-a-lone-surrogate",
                text(good).replace('"keyid":""', r'"keyid":"\ud800"', 1),
                _MALFORMED,
            ),
            _vector(
                "a-signature-of-63-bytes",
                changed(good, "signatures", 0, "sig", to=b64(bytes(63))),
                _MALFORMED,
            ),
            _vector(
                "a-signature-of-65-bytes",
                changed(good, "signatures", 0, "sig", to=b64(bytes(65))),
                _MALFORMED,
            ),
            _vector(
                "a-signature-in-base64-that-is-not-canonical",
                changed(good, "signatures", 0, "sig", to=_spare_bit_set(a["sig"])),
                _MALFORMED,
                "the same bytes, so that only the encoding is wrong",
            ),
            _vector(
                "a-signature-without-padding",
                changed(good, "signatures", 0, "sig", to=a["sig"].rstrip("=")),
                _MALFORMED,
            ),
            _vector(
                "a-payload-in-base64-that-is-not-canonical",
                changed(good, "payload", to=_spare_bit_set(good["payload"])),
                _MALFORMED,
                "the same bytes, so that only the encoding is wrong",
            ),
            _vector(
                "a-payload-without-padding",
                changed(good, "payload", to=good["payload"].rstrip("=")),
                _MALFORMED,
            ),
            _vector(
                "a-payload-with-a-newline",
                changed(good, "payload", to=good["payload"] + "\n"),
                _MALFORMED,
            ),
            _vector("a-payload-that-is-no-text", changed(good, "payload", to={"a": 1}), _MALFORMED),
            _vector("a-type-that-is-no-text", changed(good, "payloadType", to=1), _MALFORMED),
            _vector("too-long", " " * (_LIMIT + 1 - len(text(good))) + text(good), _MALFORMED),
            _vector(
                "another-type-signed-as-such",
                envelope("buzon/trust/v1", _PAYLOAD, _KEYS),
                "document-type",
            ),
            _vector(
                "a-type-in-upper-case",
                envelope("BUZON/ROSTER/V1", _PAYLOAD, _KEYS),
                "document-type",
            ),
            _vector("a-type-with-a-space", envelope(_TYPE + " ", _PAYLOAD, _KEYS), "document-type"),
            _vector("an-empty-type", envelope("", _PAYLOAD, _KEYS), "document-type"),
            _vector("one-signature-for-a-threshold-of-two", _good(("director-a",)), _UNSIGNED),
            _vector("one-director-twice", {**good, "signatures": [a, a]}, _UNSIGNED),
            _vector(
                "one-director-twice-under-two-keyids",
                {**good, "signatures": [{**a, "keyid": "1"}, {**a, "keyid": "2"}]},
                _UNSIGNED,
            ),
            _vector(
                "one-director-and-a-stranger", {**good, "signatures": [a, stranger]}, _UNSIGNED
            ),
            _vector(
                "one-director-allowed-twice",
                _good(("director-a",)),
                _UNSIGNED,
                keys=[public("director-a").hex()] * 2,
            ),
            _vector("strangers-only", {**good, "signatures": [stranger] * 2}, _UNSIGNED),
            _vector(
                "signatures-over-another-payload",
                changed(_good(), "payload", to=b64(_PAYLOAD + b" ")),
                _UNSIGNED,
            ),
            _vector(
                "signatures-over-another-type",
                {**good, "signatures": envelope("buzon/trust/v1", _PAYLOAD, _KEYS)["signatures"]},
                _UNSIGNED,
            ),
            _vector(
                "signatures-over-the-payload-alone",
                {**good, "signatures": [_over_payload(label) for label in _KEYS]},
                _UNSIGNED,
            ),
            _vector(
                "signatures-over-the-base64",
                {
                    **good,
                    "signatures": envelope(_TYPE, b64(_PAYLOAD).encode(), _KEYS)["signatures"],
                },
                _UNSIGNED,
            ),
            _vector(
                "a-signature-with-s-above-the-group-order",
                {**good, "signatures": [a, {**b, "sig": _with_s_raised(b["sig"])}]},
                _UNSIGNED,
                "careless verifiers accept it",
            ),
            _vector(
                "a-key-of-small-order",
                {**good, "signatures": [{"keyid": "", "sig": b64(_SMALL_ORDER_KEY + bytes(32))}]},
                _UNSIGNED,
                "verifies under the small-order key with careless verifiers",
                keys=[_SMALL_ORDER_KEY.hex()],
                threshold=1,
            ),
            _vector(
                "an-allowed-key-that-is-no-point",
                good,
                _UNSIGNED,
                keys=[seed("no point").hex(), public("director-a").hex()],
            ),
            _vector(
                "all-zero-signatures",
                {**good, "signatures": [{"keyid": "", "sig": b64(bytes(64))}] * 2},
                _UNSIGNED,
            ),
            _vector("an-empty-payload", changed(good, "payload", to=""), _UNSIGNED),
        ],
    }


def _over_payload(label: str) -> JSON:
    return {"keyid": "", "sig": b64(signer(label).sign(_PAYLOAD).signature)}
