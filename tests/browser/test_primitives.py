"""The browser's primitives agree with their published vectors, wherever a witness may run them.

tests/offline/test_primitives.py makes the same promises of the Python code.
"""

FOLDER = "tests/browser/primitives"
MODULES = ["bip39", "bytes", "ed25519", "hpke", "symmetric"]


def test_the_primitives_agree_with_their_vectors(run_modules):
    passed = run_modules(*(f"{FOLDER}/{name}.mjs" for name in MODULES))
    assert len(passed) >= 30
