"""A history holds the chain, and of one that is too long the newest part."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.document import NO_HASH
from crypto.dsse import Envelope
from crypto.history import MAX_BYTES, MAX_ROSTERS, history_of, parse_history
from crypto.roster import Lawyer, Policy, Roster
from crypto.strictjson import DocumentMalformedError


def roster(serial: int, lawyers: int = 1) -> Envelope:
    """The draft of a roster of *lawyers*, with a signature of nobody."""
    listed = [
        Lawyer(f"{number} {'x' * 30}", "y" * 40, ("es",), number.to_bytes(32), "retired")
        for number in range(1, lawyers)
    ]
    listed.append(Lawyer("Mezquite", "Norte", ("es",), bytes(32)))
    made = Roster(
        trust=bytes(32),
        serial=serial,
        previous=NO_HASH if serial == 1 else serial.to_bytes(32),
        origins=("http://buzon.example",),
        issued=date(2026, 3, 1),
        expires=date(2026, 4, 1),
        lawyers=tuple(sorted(listed, key=lambda lawyer: lawyer.id)),
        policy=Policy(2, 4),
    )
    return made.to_envelope().with_signature(bytes(64))


@given(st.lists(st.integers(1, 9), unique=True).map(sorted))
def test_a_history_comes_back(serials):
    envelopes = tuple(roster(serial) for serial in serials)

    assert parse_history(history_of(envelopes)) == envelopes


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(untrusted):
    with pytest.raises(DocumentMalformedError):
        parse_history(untrusted)


@pytest.mark.parametrize("lawyers", [1, 64])
def test_of_a_chain_that_does_not_fit_the_newest_are_kept(lawyers):
    envelopes = [roster(serial, lawyers) for serial in range(1, MAX_ROSTERS + 3)]
    document = history_of(envelopes)
    kept = parse_history(document)

    assert len(document) <= MAX_BYTES
    assert list(kept) == envelopes[-len(kept) :]
    one_more = len(envelopes[-len(kept) - 1].to_json()) + 1
    assert len(kept) == MAX_ROSTERS or len(document) + one_more > MAX_BYTES
    assert (len(kept) == MAX_ROSTERS) == (lawyers == 1)
