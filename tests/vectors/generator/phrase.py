"""Phrases: every accepted spelling, every refusal, and the keys behind them."""

import hmac
import unicodedata
from functools import cache
from hashlib import sha256
from pathlib import Path

from nacl.signing import SigningKey

from crypto.hpke import public_key_from_seed
from tests.vectors.generator.mark import drawn
from tests.vectors.generator.organisation import JSON, seed

_WORDLISTS = Path(__file__).parents[3] / "crypto" / "wordlists"


@cache
def words_of(language: str) -> list[str]:
    """A list's words in NFC."""
    name = {"es": "spanish", "en": "english"}[language]
    raw = (_WORDLISTS / f"{name}.txt").read_text("utf-8")
    return unicodedata.normalize("NFC", raw).split()


def sentence(entropy: bytes, language: str) -> str:
    """BIP39: 128 bits and the first four of their hash, in steps of eleven."""
    checksum = sha256(entropy).digest()[0] >> 4
    bits = f"{int.from_bytes(entropy, 'big'):0128b}{checksum:04b}"
    words = words_of(language)
    return " ".join(words[int(bits[at : at + 11], 2)] for at in range(0, 132, 11))


def hkdf(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA256, at most 32 bytes of it."""
    extracted = hmac.digest(salt, ikm, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")[:length]


def _stripped(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _keys(entropy: bytes) -> JSON:
    salt = b"buzon/witness/v1"
    reply_seed = hkdf(entropy, salt, b"buzon/reply-seed/v1", 32)
    thread_seed = hkdf(entropy, salt, b"buzon/thread-seed/v1", 32)
    return {
        "entropy": entropy.hex(),
        "es": sentence(entropy, "es"),
        "en": sentence(entropy, "en"),
        "reply_seed": reply_seed.hex(),
        "reply_public_key_sha256": sha256(public_key_from_seed(reply_seed)).hexdigest(),
        "tag_key": hkdf(entropy, salt, b"buzon/tag-key/v1", 32).hex(),
        "thread_seed": thread_seed.hex(),
        "thread_public_key": bytes(SigningKey(thread_seed).verify_key).hex(),
        "mark": drawn(hkdf(entropy, salt, b"buzon/mark/v1", 3)),
    }


def _ok(name: str, typed: str, entropy: bytes, comment: str = "") -> JSON:
    return {"name": name, "comment": comment, "typed": typed, "outcome": "ok"} | _keys(entropy)


def _bad(name: str, typed: str, outcome: str, positions: list[int] | None = None) -> JSON:
    vector = {"name": name, "comment": "", "typed": typed, "outcome": outcome}
    return vector if positions is None else vector | {"positions": positions}


@cache
def _accented() -> bytes:
    """Entropy whose Spanish words have an accent, an ñ, and a word of three letters."""
    for number in range(100_000):
        entropy = seed(f"accented phrase {number}")[:16]
        words = sentence(entropy, "es").split()
        if (
            any("ñ" in word for word in words)
            and any(_stripped(word) != word and "ñ" not in word for word in words)
            and any(len(word) == 3 for word in words)
        ):
            return entropy
    raise AssertionError


@cache
def _in_both_lists() -> tuple[bytes, str]:
    """Twelve prefixes that both lists know, of which only the English make a phrase."""
    spanish = {_stripped(word)[:4] for word in words_of("es") if len(word) >= 4}
    shared = [
        number
        for number, word in enumerate(words_of("en"))
        if len(word) >= 4 and word[:4] in spanish
    ]
    by_prefix = {
        _stripped(word)[:4]: number for number, word in enumerate(words_of("es")) if len(word) >= 4
    }
    for attempt in range(100_000):
        chosen = [
            shared[int.from_bytes(seed(f"shared words {attempt} {place}")[:4], "big") % len(shared)]
            for place in range(12)
        ]
        prefixes = [words_of("en")[number][:4] for number in chosen]
        english, spanish_entropy = (
            _checked(chosen),
            _checked([by_prefix[prefix] for prefix in prefixes]),
        )
        if english is not None and spanish_entropy is None:
            return english, " ".join(prefixes)
    raise AssertionError


@cache
def _valid_in_both() -> tuple[bytes, str]:
    """Twelve prefixes that make a phrase in both lists: Spanish goes first."""
    by_prefix = {
        _stripped(word)[:4]: number for number, word in enumerate(words_of("es")) if len(word) >= 4
    }
    shared = [
        (word[:4], number, by_prefix[word[:4]])
        for number, word in enumerate(words_of("en"))
        if len(word) >= 4 and word[:4] in by_prefix
    ]
    for attempt in range(100_000):
        chosen = [
            shared[int.from_bytes(seed(f"both lists {attempt} {place}")[:4], "big") % len(shared)]
            for place in range(12)
        ]
        english = _checked([number for _, number, _ in chosen])
        spanish = _checked([number for _, _, number in chosen])
        if english is not None and spanish is not None:
            return spanish, " ".join(prefix for prefix, _, _ in chosen)
    raise AssertionError


def _checked(numbers: list[int]) -> bytes | None:
    bits = "".join(f"{number:011b}" for number in numbers)
    entropy = int(bits[:128], 2).to_bytes(16, "big")
    return entropy if sha256(entropy).digest()[0] >> 4 == int(bits[128:], 2) else None


def document() -> JSON:
    """The file's content."""
    plain = seed("phrase")[:16]
    es, en = sentence(plain, "es"), sentence(plain, "en")
    accented = _accented()
    spelled = sentence(accented, "es")
    words = es.split()
    english = en.split()
    both, both_prefixes = _in_both_lists()
    spanish_first, valid_prefixes = _valid_in_both()
    wrong = " ".join([*words[:11], _another_last_word(plain)])
    swapped = " ".join([words[1], words[0], *words[2:]])
    assert _checked([words_of("es").index(word) for word in swapped.split()]) is None
    return {
        "format": "phrase",
        "source": "crypto/spec/phrase-v1.md",
        "fields": (
            "typed: what a person typed; es, en: the phrase as programs write it; positions: "
            "which words are unknown, from 1; mark: rows of five, # coloured"
        ),
        "vectors": [
            _ok("spanish", es, plain),
            _ok("english", en, plain),
            _ok("all-bits-zero", sentence(bytes(16), "es"), bytes(16)),
            _ok("all-bits-one", sentence(b"\xff" * 16, "en"), b"\xff" * 16),
            _ok("upper-case", es.upper(), plain),
            _ok("mixed-case", en.title(), plain),
            _ok("accents-composed", spelled, accented),
            _ok("accents-decomposed", unicodedata.normalize("NFD", spelled), accented),
            _ok("accents-missing", _stripped(spelled), accented),
            _ok("accents-in-upper-case", spelled.upper(), accented),
            _ok("accents-that-are-wrong", spelled.replace("o", "ó"), accented),
            _ok("four-letters-of-each-word", " ".join(w[:4] for w in es.split()), plain),
            _ok("five-letters-of-each-word", " ".join(w[:5] for w in en.split()), plain),
            _ok(
                "four-letters-without-accents",
                " ".join(w[:4] for w in _stripped(spelled).split()),
                accented,
            ),
            _ok("numbered-lines", "\n".join(f"{n}. {w}" for n, w in enumerate(words, 1)), plain),
            _ok("commas", ", ".join(words), plain),
            _ok("hyphens", "-".join(words), plain),
            _ok("tabs-and-spaces-around", "\t" + "  ".join(words) + " \r\n", plain),
            _ok("no-break-spaces", "\u00a0".join(words), plain),
            _ok("quotation-marks", "«" + es + "»", plain),
            _ok("full-width-letters", _full_width(en), plain),
            _ok("a-ligature", *_with_ligature()),
            _ok("exactly-1024-characters", es + " " * (1024 - len(es)), plain),
            _ok(
                "1024-characters-beyond-the-basic-plane",
                es + "\U0001f600" * (1024 - len(es)),
                plain,
            ),
            _ok("known-to-both-lists-a-phrase-in-english", both_prefixes, both),
            _ok("a-phrase-in-both-lists-is-read-in-spanish", valid_prefixes, spanish_first),
            _bad("nothing", "", "phrase-length"),
            _bad("only-punctuation", "... --- ...", "phrase-length"),
            _bad("eleven-words", " ".join(words[:11]), "phrase-length"),
            _bad("thirteen-words", es + " " + words[0], "phrase-length"),
            _bad("twenty-four-words", f"{es} {es}", "phrase-length"),
            _bad("1025-characters", es + " " * (1025 - len(es)), "phrase-length"),
            _bad(
                "1025-characters-beyond-the-basic-plane",
                es + "\U0001f600" * (1025 - len(es)),
                "phrase-length",
            ),
            _bad("words-without-spaces", "".join(words), "phrase-length"),
            _bad("another-alphabet", " ".join(["слово"] * 12), "phrase-length"),
            _bad(
                "one-unknown-word", " ".join([*words[:4], "xxxxx", *words[5:]]), "phrase-word", [5]
            ),
            _bad(
                "two-unknown-words",
                " ".join(["qqqq", *english[1:11], "zzzz"]),
                "phrase-word",
                [1, 12],
            ),
            _bad("all-unknown-words", " ".join(["xyzzy"] * 12), "phrase-word", list(range(1, 13))),
            _bad(
                "three-letters-of-a-longer-word",
                " ".join([words[0][:3], *words[1:]]),
                "phrase-word",
                [1],
            ),
            _bad(
                "a-word-that-goes-on",
                " ".join([*words[:11], words[11] + "xx"]),
                "phrase-word",
                [12],
            ),
            _bad(
                "mostly-english-names-what-english-lacks",
                " ".join([*english[:10], *_only("es", 2)]),
                "phrase-word",
                [11, 12],
            ),
            _bad(
                "half-and-half-names-what-spanish-lacks",
                " ".join([*_only("es", 6), *_only("en", 6)]),
                "phrase-word",
                [7, 8, 9, 10, 11, 12],
            ),
            _bad("a-wrong-checksum", wrong, "phrase-checksum"),
            _bad("two-words-swapped", swapped, "phrase-checksum"),
        ],
    }


def _another_last_word(entropy: bytes) -> str:
    """A last word that differs from the right one in the checksum alone."""
    last = sentence(entropy, "es").split()[-1]
    return words_of("es")[words_of("es").index(last) ^ 1]


def _only(language: str, count: int) -> list[str]:
    """Words, as letters, of one list that the other does not know in any spelling."""
    other = {
        prefix
        for word in words_of("en" if language == "es" else "es")
        for prefix in (_stripped(word), _stripped(word)[:4])
    }
    return [
        letters
        for letters in map(_stripped, words_of(language))
        if len(letters) > 4 and letters[:4] not in other
    ][:count]


def _full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if letter != " " else " " for letter in text)


def _with_ligature() -> tuple[str, bytes]:
    for number in range(10_000):
        entropy = seed(f"ligature phrase {number}")[:16]
        if "fi" in (typed := sentence(entropy, "en")):
            return typed.replace("fi", "\ufb01"), entropy
    raise AssertionError
