"""The primitives that the formats stand on agree with their published vectors.

Where each vector comes from stands in its own file, under `source`.
tests/browser/primitives/ makes the same promises of the browser's code.
"""

import hashlib
import hmac
import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl as rust
from cryptography.hazmat.primitives import hpke as pyca
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from crypto import hpke, signing, wordlist
from crypto.errors import BuzonError
from crypto.phrase import Phrase
from crypto.wordlist import Language

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "primitives"
SEED = hashlib.sha256(b"a lawyer's weekly key").digest()
INFO = b"buzon/slot/v1"


def load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return content


def cases(name: str) -> list[Any]:
    return [
        pytest.param(vector, id=str(vector.get("id", vector.get("name", number))))
        for number, vector in enumerate(load(name)["vectors"])
    ]


def unhex(vector: dict[str, Any], *names: str) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(vector[name]) for name in names)


def outcome_of(public_key: bytes, message: bytes, signature: bytes) -> str:
    try:
        signing.verify(public_key, message, signature)
    except BuzonError as error:
        return error.code
    return "accept"


# ---------------------------------------------------------------- provenance


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.json")), ids=lambda path: path.stem)
def test_every_file_of_vectors_names_its_source(path):
    source = json.loads(path.read_text("utf-8"))["source"]
    for entry in source if isinstance(source, list) else [source]:
        assert entry["document"]
        assert entry["document"].startswith("ours:") or {"url", "retrieved"} <= entry.keys()


# ---------------------------------------------------------------- BIP39


@pytest.mark.parametrize("language", ["english", "spanish"])
def test_the_word_lists_are_those_of_the_standard(language, checkout):
    expected = load("bip39_wordlists")["lists"][language]
    content = (checkout / expected["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == expected["sha256"]
    words = content.decode().split()
    assert (len(content), len(words)) == (expected["bytes"], expected["words"])
    assert (words[0], words[-1]) == (expected["first"], expected["last"])


TWELVE_WORDS = [
    pytest.param(language, vector, id=f"{language}-{vector['entropy']}")
    for language, name in (("en", "bip39_english"), ("es", "bip39_spanish"))
    for vector in load(name)["vectors"]
    if len(vector["entropy"]) == 2 * wordlist.ENTROPY_BYTES
]


def test_twelve_words_are_written_and_read_as_published():
    assert len(TWELVE_WORDS) == 16


@pytest.mark.parametrize(("language", "vector"), TWELVE_WORDS)
def test_a_phrase_writes_the_published_words(language: Language, vector):
    written = Phrase(bytes.fromhex(vector["entropy"])).words(language)
    assert wordlist.normalised(written) == wordlist.normalised(vector["words"])


@pytest.mark.parametrize(("language", "vector"), TWELVE_WORDS)
def test_a_phrase_reads_the_published_words(language: Language, vector):
    assert Phrase.from_words(vector["words"]).entropy.hex() == vector["entropy"]


# ---------------------------------------------------------------- X-Wing and HPKE


@pytest.mark.parametrize("vector", cases("xwing"))
def test_a_seed_gives_the_published_public_key(vector):
    assert hpke.public_key_from_seed(bytes.fromhex(vector["seed"])).hex() == vector["pk"]


@pytest.mark.parametrize("vector", cases("xwing"))
def test_an_encapsulation_of_the_draft_gives_its_shared_secret(vector):
    """The secret is not handed out; a ciphertext made from it here must open."""
    secret, enc = unhex(vector, "ss", "ct")
    ciphertext = sealed_with(secret, hpke_suite_id(0x647A, 2), INFO, b"plaintext")
    key = hpke.PrivateKey(bytes.fromhex(vector["seed"]))
    assert key.open(INFO, enc + ciphertext) == b"plaintext"


def hpke_suite_id(kem: int, aead: int) -> bytes:
    return b"HPKE" + kem.to_bytes(2) + (1).to_bytes(2) + aead.to_bytes(2)


def sealed_with(secret: bytes, suite_id: bytes, info: bytes, plaintext: bytes) -> bytes:
    """RFC 9180, sections 4 and 5.1, in as few lines as they take: base mode, AES-256-GCM."""

    def extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
        salt = salt or bytes(32)
        return hmac.digest(salt, b"HPKE-v1" + suite_id + label + ikm, "sha256")

    def expand(prk: bytes, label: bytes, context: bytes, length: int) -> bytes:
        labelled = length.to_bytes(2) + b"HPKE-v1" + suite_id + label + context
        return hmac.digest(prk, labelled + b"\x01", "sha256")[:length]

    context = b"\x00" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    prk = extract(secret, b"secret", b"")
    key, nonce = expand(prk, b"key", context, 32), expand(prk, b"base_nonce", context, 12)
    return AESGCM(key).encrypt(nonce, plaintext, None)


AEADS = {
    1: pyca.AEAD.AES_128_GCM,
    2: pyca.AEAD.AES_256_GCM,
    3: pyca.AEAD.CHACHA20_POLY1305,
}


@pytest.mark.parametrize("vector", cases("hpke_rfc9180"))
def test_the_hpke_of_the_rfc_opens(vector):
    suite = pyca.Suite(pyca.KEM.X25519, pyca.KDF.HKDF_SHA256, AEADS[vector["aead_id"]])
    enc, info, secret = unhex(vector, "enc", "info", "skRm")
    first = vector["encryptions"][0]
    aad, ciphertext, plaintext = unhex(first, "aad", "ct", "pt")
    private = X25519PrivateKey.from_private_bytes(secret)
    opened = rust.hpke._decrypt_with_aad(suite, enc + ciphertext, private, info, aad)
    assert opened == plaintext


@pytest.mark.parametrize("vector", cases("hpke_xwing"))
def test_the_hpke_of_the_post_quantum_draft_opens(vector):
    suite = pyca.Suite(pyca.KEM.MLKEM768_X25519, pyca.KDF.HKDF_SHA256, AEADS[vector["aead_id"]])
    enc, info, seed = unhex(vector, "enc", "info", "skRm")
    key = hpke.PrivateKey(seed)
    assert key.public_key.hex() == vector["pkRm"]
    first = vector["encryptions"][0]
    aad, ciphertext, plaintext = unhex(first, "aad", "ct", "pt")
    opened = rust.hpke._decrypt_with_aad(suite, enc + ciphertext, key._key, info, aad)
    assert opened == plaintext


@pytest.mark.parametrize("vector", cases("hpke_sealed"))
def test_what_python_and_the_browser_sealed_opens(vector):
    seed, info, plaintext, sealed = unhex(vector, "seed", "info", "plaintext", "sealed")
    assert hpke.open_sealed(seed, info, sealed) == plaintext


@given(plaintext=st.binary(max_size=200), info=st.binary(max_size=80))
def test_what_is_sealed_opens_and_is_longer_by_the_overhead(plaintext, info):
    sealed = hpke.seal(hpke.public_key_from_seed(SEED), info, plaintext)
    assert len(sealed) == len(plaintext) + hpke.OVERHEAD_BYTES
    assert hpke.open_sealed(SEED, info, sealed) == plaintext


@given(bit=st.integers(0, 8 * (32 + hpke.OVERHEAD_BYTES) - 1))
def test_one_flipped_bit_of_what_was_sealed_is_refused(bit):
    sealed = bytearray(hpke.seal(hpke.public_key_from_seed(SEED), INFO, bytes(32)))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(hpke.HpkeOpenError):
        hpke.open_sealed(SEED, INFO, bytes(sealed))


@given(garbage=st.binary(max_size=1300))
def test_garbage_does_not_open(garbage):
    with pytest.raises(hpke.HpkeOpenError):
        hpke.open_sealed(SEED, INFO, garbage)


def test_another_place_does_not_open():
    sealed = hpke.seal(hpke.public_key_from_seed(SEED), INFO, b"secret")
    with pytest.raises(hpke.HpkeOpenError):
        hpke.open_sealed(SEED, INFO + b"x", sealed)


# Points whose shared secret is zero whatever the scalar: u = 0, 1, -1, and 0 and 1 written
# with p added (RFC 7748, section 7).
SMALL_X25519 = [
    bytes(32).hex(),
    "01" + "00" * 31,
    "ec" + "ff" * 30 + "7f",
    "ed" + "ff" * 30 + "7f",
    "ee" + "ff" * 30 + "7f",
]


@pytest.mark.parametrize("half", SMALL_X25519)
def test_an_encapsulation_of_small_order_is_refused(half):
    sealed = bytearray(hpke.seal(hpke.public_key_from_seed(SEED), INFO, b"secret"))
    sealed[1088:1120] = bytes.fromhex(half)
    with pytest.raises(hpke.HpkeOpenError):
        hpke.open_sealed(SEED, INFO, bytes(sealed))


@pytest.mark.parametrize("half", SMALL_X25519)
def test_nothing_is_sealed_to_a_key_of_small_order(half):
    key = hpke.public_key_from_seed(SEED)[:1184] + bytes.fromhex(half)
    with pytest.raises(hpke.HpkeKeyError):
        hpke.seal(key, INFO, b"secret")


def test_nothing_is_sealed_to_a_key_whose_coefficients_are_not_reduced():
    key = b"\xff\xff\xff" + hpke.public_key_from_seed(SEED)[3:]
    with pytest.raises(hpke.HpkeKeyError):
        hpke.seal(key, INFO, b"secret")


@pytest.mark.parametrize("length", [0, 32, 1184, 1215, 1217])
def test_a_public_key_of_another_length_is_refused(length):
    with pytest.raises(hpke.HpkeKeyError):
        hpke.seal(bytes(length), INFO, b"secret")


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_seed_of_another_length_is_refused(length):
    with pytest.raises(hpke.HpkeKeyError):
        hpke.PrivateKey(bytes(length))
    with pytest.raises(signing.InvalidKeyError):
        signing.sign(bytes(length), b"")
    with pytest.raises(signing.InvalidKeyError):
        signing.public_key_from_seed(bytes(length))


def test_a_private_key_does_not_show_itself():
    assert repr(hpke.PrivateKey(SEED)) == "<PrivateKey>"


# ---------------------------------------------------------------- Ed25519


@pytest.mark.parametrize("vector", cases("ed25519_rfc8032"))
def test_a_seed_signs_as_the_rfc_does(vector):
    seed, public_key, message, signature = unhex(
        vector, "seed", "public_key", "message", "signature"
    )
    assert signing.public_key_from_seed(seed) == public_key
    assert signing.sign(seed, message) == signature
    signing.verify(public_key, message, signature)


@pytest.mark.parametrize(
    "vector",
    cases("ed25519_wycheproof") + cases("ed25519_speccheck") + cases("ed25519_torsion"),
)
def test_every_published_signature_has_one_answer(vector):
    assert outcome_of(*unhex(vector, "public_key", "message", "signature")) == vector["expect"]


@pytest.mark.parametrize("vector", cases("ed25519_speccheck"))
def test_the_library_alone_answers_as_recorded(vector):
    """When this fails the library has changed, and so may what the strict checks are for."""
    public_key, message, signature = unhex(vector, "public_key", "message", "signature")
    try:
        VerifyKey(public_key).verify(message, signature)
        accepted = True
    except BadSignatureError:
        accepted = False
    assert accepted == vector["pynacl"]


@pytest.mark.parametrize("key", load("ed25519_torsion")["keys"])
def test_no_key_of_small_order_is_a_key(key):
    with pytest.raises(signing.InvalidKeyError):
        signing.check_public_key(bytes.fromhex(key))


def test_the_file_of_signatures_with_torsion_is_what_its_program_writes():
    made = runpy.run_path(str(VECTORS / "torsion.py"))["text"]()
    assert (VECTORS / "ed25519_torsion.json").read_text("utf-8") == made


@given(key=st.binary(max_size=40), message=st.binary(max_size=40), signature=st.binary(max_size=70))
def test_garbage_is_refused_with_our_errors_only(key, message, signature):
    with pytest.raises((signing.InvalidKeyError, signing.SignatureError)):
        signing.verify(key, message, signature)


@given(bit=st.integers(0, 511))
def test_one_flipped_bit_of_a_signature_is_refused(bit):
    signature = bytearray(signing.sign(SEED, b"message"))
    signature[bit // 8] ^= 1 << bit % 8
    with pytest.raises(signing.SignatureError):
        signing.verify(signing.public_key_from_seed(SEED), b"message", bytes(signature))


# ---------------------------------------------------------------- symmetric


@pytest.mark.parametrize("vector", cases("hkdf_rfc5869"))
def test_hkdf_derives_as_the_rfc_does(vector):
    ikm, salt, info = unhex(vector, "ikm", "salt", "info")
    derived = HKDF(algorithm=SHA256(), length=vector["length"], salt=salt, info=info).derive(ikm)
    assert derived.hex() == vector["okm"]


@pytest.mark.parametrize("vector", cases("hmac_rfc4231"))
def test_hmac_authenticates_as_the_rfc_does(vector):
    key, message = unhex(vector, "key", "message")
    assert hmac.digest(key, message, "sha256").hex() == vector["mac"]


@pytest.mark.parametrize("vector", cases("sha256_cavp") + cases("sha256_fips180"))
def test_sha256_digests_as_published(vector):
    message = bytes.fromhex(vector["message"]) * vector.get("repeat", 1)
    assert hashlib.sha256(message).hexdigest() == vector["digest"]


@pytest.mark.parametrize("vector", cases("aes_gcm_wycheproof") + cases("aes_gcm_cavp"))
def test_aes_gcm_opens_what_is_good_and_nothing_else(vector):
    key, nonce, aad, plaintext, sealed = unhex(vector, "key", "nonce", "aad", "plaintext", "sealed")
    if vector["expect"] == "accept":
        assert AESGCM(key).encrypt(nonce, plaintext, aad) == sealed
        assert AESGCM(key).decrypt(nonce, sealed, aad) == plaintext
    else:
        with pytest.raises(InvalidTag):
            AESGCM(key).decrypt(nonce, sealed, aad)
