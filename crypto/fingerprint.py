"""Fingerprint words: twelve words by which two people compare a key by voice.

Anybody may depend on this module.

Where this file and crypto/spec/signed-documents-v1.md section 6 disagree, this
file is wrong.
"""

from hashlib import sha256

from crypto.wordlist import ENTROPY_BYTES, Language, word_list

_LABEL = b"buzon/fingerprint/v1"


def fingerprint_words(key: bytes, language: Language = "es") -> str:
    """Twelve words, one space between them, that stand for *key*.

    Args:
        key: an Ed25519 public key, or the hash of a trust or a roster; 32 bytes.
        language: whose word list.
    """
    return " ".join(word_list(language).encode(sha256(_LABEL + key).digest()[:ENTROPY_BYTES]))
