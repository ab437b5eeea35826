"""Marks: the figure and colour that three bytes draw."""

from tests.vectors.generator.organisation import JSON, seed

_COLOURS = ["black", "red", "orange", "green", "blue", "purple", "brown", "grey"]


def drawn(bits: bytes) -> JSON:
    """Rows of five, `#` where coloured, and the colour's name."""
    digits = f"{int.from_bytes(bits, 'big'):024b}".replace("0", ".").replace("1", "#")
    halves = [digits[at : at + 3] for at in range(0, 15, 3)]
    return {
        "rows": [half + half[1] + half[0] for half in halves],
        "colour": _COLOURS[int.from_bytes(bits, "big") >> 6 & 0b111],
    }


def document() -> JSON:
    """The file's content."""
    cases = {
        "empty": "000000",
        "full": "ffffff",
        "top-left-cell": "800000",
        "middle-column-of-the-last-row": "000200",
        "unused-bits-do-not-show": "00003f",
        "any": seed("mark").hex()[:6],
    } | {
        f"colour-{name}": f"8000{number << 6 & 0xFF:02x}"
        for number, name in enumerate(_COLOURS[:4])
    }
    cases |= {
        f"colour-{name}": f"8001{number << 6 & 0xFF:02x}"
        for number, name in enumerate(_COLOURS[4:])
    }
    return {
        "format": "mark",
        "source": "crypto/spec/phrase-v1.md, section 4",
        "fields": "bits: the three bytes; mark: rows of five, # coloured, and the colour",
        "vectors": [
            {
                "name": name,
                "comment": "",
                "bits": bits,
                "outcome": "ok",
                "mark": drawn(bytes.fromhex(bits)),
            }
            for name, bits in cases.items()
        ],
    }
