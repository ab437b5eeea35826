"""Weekly keys: the table and the lawyer's signature."""

from tests.vectors.generator import organisation as org
from tests.vectors.generator.organisation import (
    JSON,
    b64,
    digest,
    public,
    text,
    weekly_key_value,
    without,
)

_TYPE = "buzon/weekly-key/v1"
_MALFORMED = "document-malformed"


def _vector(name: str, document: JSON, outcome: str = "ok") -> JSON:
    return {
        "name": name,
        "comment": "",
        "identity": public("lawyer-a").hex(),
        "envelope": text(document),
        "outcome": outcome,
    }


def _accepted(name: str, value: JSON) -> JSON:
    return _vector(name, _signed(value)) | {"hash": digest(value)}


def _signed(value: JSON, signer: str = "lawyer-a") -> JSON:
    return org.envelope(_TYPE, value, [signer])


def document() -> JSON:
    """The file's content."""
    good = weekly_key_value("lawyer-a")
    malformed = {f"{key}-missing": without(good, key) for key in good} | {
        "an-unknown-field": {**good, "x": 1},
        "lawyer-of-7-bytes": {**good, "lawyer": "00" * 7},
        "a-negative-week": org.compact(good).replace(b'"week":100', b'"week":-1'),
        "a-week-after-the-last": {**good, "week": 416168},
        "a-week-as-text": {**good, "week": "100"},
        "a-key-of-1215-bytes": {**good, "key": b64(bytes(1215))},
        "a-key-of-1217-bytes": {**good, "key": b64(bytes(1217))},
        "payload-too-long": org.compact(good) + b" " * 4096,
    }
    return {
        "format": "weekly key",
        "source": "crypto/spec/roster-v1.md, section 3",
        "fields": "identity: the lawyer's Ed25519 public key; hash: of the weekly key",
        "vectors": [
            _accepted("plain", good),
            _accepted("first-week", {**good, "week": 0}),
            _accepted("last-week", {**good, "week": 416167}),
            *(_vector(name, _signed(value), _MALFORMED) for name, value in malformed.items()),
            _vector(
                "another-type", org.envelope("buzon/card/v1", good, ["lawyer-a"]), "document-type"
            ),
            _vector("signed-by-another", _signed(good, "lawyer-b"), "document-signatures"),
            _vector("signed-by-a-director", _signed(good, "director-a"), "document-signatures"),
        ],
    }
