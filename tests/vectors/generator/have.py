"""What a station holds already, in a pouch: digests without anything around them."""

from hashlib import sha256

from tests.vectors.generator.organisation import JSON


def _vector(name: str, have: bytes, held: list[bytes]) -> JSON:
    return {
        "name": name,
        "comment": "",
        "have": have.hex(),
        "outcome": "ok",
        "held": [digest.hex() for digest in held],
    }


def document() -> JSON:
    """The file's content."""
    digests = sorted(sha256(f"cell {number}".encode()).digest() for number in range(3))
    whole = b"".join(digests)
    return {
        "format": "have",
        "source": "crypto/spec/pouch-v1.md, What need not be brought",
        "fields": "have: the file, hex; held: the digests that count, hex",
        "vectors": [
            _vector("three-cells", whole, digests),
            _vector("nothing", b"", []),
            _vector("a-byte-missing", whole[:-1], []),
            _vector("a-byte-more", whole + b"\n", []),
            _vector("not-ascending", b"".join(digests[::-1]), []),
            _vector("a-cell-twice", digests[0] + digests[0], []),
            _vector("written-in-hex", digests[0].hex().encode(), []),
        ],
    }
