"""Signing with a private key of a lawyer or director, the only place that does.

For the air gap's programs only.

Where this file and crypto/spec/signed-documents-v1.md disagree, this file is wrong.
"""

from crypto import dsse, signing
from crypto.document import Document
from crypto.dsse import Envelope


class Signer:
    """An Ed25519 private key that shows itself in no traceback."""

    def __init__(self, seed: bytes) -> None:
        """Take the *seed*, 32 bytes.

        Raises:
            InvalidKeyError: the seed has another length.
        """
        self._seed = seed
        self.public_key = signing.public_key_from_seed(seed)

    def __repr__(self) -> str:
        """Say nothing of the seed."""
        return "<Signer>"

    def sign(self, statement: bytes) -> bytes:
        """64 bytes over *statement*, which a caller has built with a label in front."""
        return signing.sign(self._seed, statement)

    def add_signature(self, envelope: Envelope) -> Envelope:
        """*envelope* with this key's signature added to those it has."""
        return envelope.with_signature(self.sign(dsse.pae(envelope.payload_type, envelope.payload)))

    def sign_document(self, document: Document) -> Envelope:
        """*document* in an envelope of which this is the only signature."""
        return self.add_signature(document.to_envelope())
