"""Fields of strict documents: text, day, hexadecimal, base64, integers."""

from tests.vectors.generator.organisation import JSON


def _ok(kind: str, name: str, value: JSON, argument: int | None = None) -> dict[str, JSON]:
    return _vector(kind, name, value, argument, "ok")


def _bad(kind: str, name: str, value: JSON, argument: int | None = None) -> dict[str, JSON]:
    return _vector(kind, name, value, argument, "document-malformed")


def _vector(
    kind: str, name: str, value: JSON, argument: int | None, outcome: str
) -> dict[str, JSON]:
    return {
        "name": f"{kind}-{name}",
        "comment": "",
        "kind": kind,
        "value": value,
        "argument": argument,
        "outcome": outcome,
    }


def document() -> JSON:
    """The file's content."""
    return {
        "format": "fields of strict documents",
        "source": "crypto/spec/signed-documents-v1.md, section 1",
        "fields": (
            "kind: text (argument: most characters), day, hex and base64 (argument: bytes; "
            "base64 of any length when null), integer (from 1 to argument)"
        ),
        "vectors": [
            _ok("text", "plain", "Buzón", 40),
            _ok("text", "exactly-as-long-as-allowed", "ñ" * 40, 40),
            _ok("text", "as-long-as-allowed-beyond-the-basic-plane", "\U0001f600" * 40, 40),
            _ok("text", "with-spaces-around", " a ", 40),
            _ok("text", "from-right-to-left", "\u05d0\u05d1", 40),
            _bad("text", "empty", "", 40),
            _bad("text", "too-long", "a" * 41, 40),
            _bad("text", "too-long-beyond-the-basic-plane", "\U0001f600" * 41, 40),
            _bad("text", "not-composed", "n\u0303", 40),
            _bad("text", "a-compatibility-form-that-nfc-changes", "\u212b", 40),
            _bad("text", "with-a-null", "a\u0000", 40),
            _bad("text", "with-a-newline", "a\nb", 40),
            _bad("text", "with-an-escape", "a\u001b[2J", 40),
            _bad("text", "with-delete", "a\u007f", 40),
            _bad("text", "with-a-control-character-of-the-second-block", "a\u009f", 40),
            _bad("text", "with-a-direction-override", "a\u202eb", 40),
            _bad("text", "with-a-direction-embedding", "a\u202ab", 40),
            _bad("text", "with-a-direction-isolate", "a\u2066b", 40),
            _bad("text", "with-the-end-of-an-isolate", "a\u2069b", 40),
            _bad("text", "with-a-line-separator", "a\u2028b", 40),
            _bad("text", "with-a-paragraph-separator", "a\u2029b", 40),
            _bad("text", "a-number", 7, 40),
            _bad("text", "nothing", None, 40),
            _bad("text", "a-list", ["a"], 40),
            _ok("day", "plain", "2025-12-03"),
            _ok("day", "first", "2024-01-01"),
            _ok("day", "last", "9999-12-31"),
            _ok("day", "leap", "2024-02-29"),
            _bad("day", "before-the-first", "2023-12-31"),
            _bad("day", "no-leap", "2025-02-29"),
            _bad("day", "no-leap-in-a-century", "2100-02-29"),
            _bad("day", "thirteenth-month", "2025-13-01"),
            _bad("day", "thirty-first-of-november", "2025-11-31"),
            _bad("day", "zero", "2025-12-00"),
            _bad("day", "without-hyphens", "20251203"),
            _bad("day", "of-a-week", "2025-W49-3"),
            _bad("day", "with-a-time", "2025-12-03T00:00:00Z"),
            _bad("day", "with-a-space", "2025-12-03 "),
            _bad("day", "with-a-newline", "2025-12-03\n"),
            _bad("day", "without-leading-zero", "2025-12-3"),
            _bad("day", "in-five-digits", "12025-12-03"),
            _bad("day", "in-other-digits", "２０２５-12-03"),
            _bad("day", "a-number", 20251203),
            _ok("hex", "plain", "00ff10ab", 4),
            _bad("hex", "in-upper-case", "00FF10AB", 4),
            _bad("hex", "too-short", "00ff10", 4),
            _bad("hex", "too-long", "00ff10ab00", 4),
            _bad("hex", "of-odd-length", "00ff10a", 4),
            _bad("hex", "with-a-prefix", "0x00ff10", 4),
            _bad("hex", "with-another-letter", "00ff10ag", 4),
            _bad("hex", "with-a-space", "00ff 10a", 4),
            _bad("hex", "with-a-newline", "00ff10ab\n", 4),
            _bad("hex", "in-other-digits", "００ff10ab", 4),
            _bad("hex", "a-number", 11, 1),
            _bad("hex", "empty", "", 4),
            _ok("base64", "of-nothing", ""),
            _ok("base64", "of-one-byte", "/w==", 1),
            _ok("base64", "of-two-bytes", "//8=", 2),
            _ok("base64", "of-three-bytes", "+/+/", 3),
            _ok("base64", "of-any-length", "AAECAwQ="),
            _bad("base64", "without-padding", "/w"),
            _bad("base64", "with-half-the-padding", "/w="),
            _bad("base64", "with-too-much-padding", "/w==="),
            _bad("base64", "with-a-whole-block-of-padding", "+/+/===="),
            _bad("base64", "with-spare-bits-set", "/x=="),
            _bad("base64", "with-two-spare-bits-set", "//9="),
            _bad("base64", "in-the-alphabet-of-addresses", "_w=="),
            _bad("base64", "with-a-hyphen", "-_-_"),
            _bad("base64", "with-a-space", "/w ="),
            _bad("base64", "with-a-newline-after", "/w==\n"),
            _bad("base64", "with-a-newline-inside", "+/\n+/"),
            _bad("base64", "with-padding-inside", "/w==/w=="),
            _bad("base64", "with-other-characters", "/w==é"),
            _bad("base64", "of-five-characters", "AAAAA"),
            _bad("base64", "of-fewer-bytes", "/w==", 2),
            _bad("base64", "of-more-bytes", "+/+/", 2),
            _bad("base64", "a-number", 7),
            _bad("base64", "nothing", None),
            _ok("integer", "lowest", 1, 10),
            _ok("integer", "highest", 10, 10),
            _bad("integer", "below", 0, 10),
            _bad("integer", "above", 11, 10),
            _bad("integer", "true", True, 10),
            _bad("integer", "as-text", "1", 10),
            _bad("integer", "nothing", None, 10),
            _bad("integer", "in-a-list", [1], 10),
        ],
    }
