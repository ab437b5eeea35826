"""History: the rosters that were published, one after another, in one document.

Desks and stations hand it on, so that no two of them are shown different chains unnoticed.
Nothing in it is verified here.  Anybody may depend on this module.

Where this file and crypto/spec/roster-v1.md section 6 disagree, this file is wrong.
"""

from collections.abc import Sequence
from itertools import pairwise

from crypto import dsse, strictjson
from crypto.dsse import Envelope
from crypto.roster import Roster
from crypto.strictjson import DocumentMalformedError

MAX_BYTES = 4 * 1024 * 1024
MAX_ROSTERS = 1_024

_FRAME = b'{"rosters":[]}'


def parse_history(document: bytes) -> tuple[Envelope, ...]:
    """The envelopes of rosters in *document*, ascending by serial; none is verified.

    Raises:
        DocumentMalformedError, DocumentTypeError: in the order of the specification.

    Source: roster-v1.md, section 6.
    """
    (rosters,) = strictjson.members(strictjson.parse(document, MAX_BYTES), "rosters")
    envelopes = tuple(
        dsse.envelope_of(roster) for roster in strictjson.array(rosters, 0, MAX_ROSTERS)
    )
    serials = []
    for envelope in envelopes:
        dsse.check_type(envelope, Roster.PAYLOAD_TYPE)
        serials.append(Roster.from_payload(envelope.payload).serial)
    if any(first >= second for first, second in pairwise(serials)):
        raise DocumentMalformedError("not ascending by serial")
    return envelopes


def history_of(envelopes: Sequence[Envelope]) -> bytes:
    """The document of *envelopes*, ascending by serial; the newest, where all do not fit.

    Source: roster-v1.md, section 6.
    """
    room = MAX_BYTES - len(_FRAME)
    fitting: list[bytes] = []
    for envelope in reversed(envelopes[-MAX_ROSTERS:]):
        written = envelope.to_json()
        room -= len(written) + 1  # and a comma
        if room < 0:
            break
        fitting.append(written)
    return _FRAME[:-2] + b",".join(reversed(fitting)) + _FRAME[-2:]
