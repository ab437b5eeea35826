"""Fingerprint words of keys and of trust."""

from hashlib import sha256

from tests.vectors.generator.organisation import JSON, digest, public, trust_value
from tests.vectors.generator.phrase import sentence


def words(key: bytes, language: str) -> str:
    """The twelve words of a key."""
    return sentence(sha256(b"buzon/fingerprint/v1" + key).digest()[:16], language)


def document() -> JSON:
    """The file's content."""
    keys = {
        "zeros": bytes(32),
        "a-director": public("director-a"),
        "a-lawyer": public("lawyer-a"),
        "a-trust": bytes.fromhex(digest(trust_value())),
    }
    return {
        "format": "fingerprint words",
        "source": "crypto/spec/signed-documents-v1.md, section 6",
        "fields": "key: Ed25519 public key, or hash of a trust; es, en: its words",
        "vectors": [
            {
                "name": name,
                "comment": "",
                "key": key.hex(),
                "outcome": "ok",
                "es": words(key, "es"),
                "en": words(key, "en"),
            }
            for name, key in keys.items()
        ],
    }
