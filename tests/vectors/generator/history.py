"""Histories: the rosters that were published, as desks and stations hand them on."""

from collections.abc import Sequence

from tests.vectors.generator import organisation as org
from tests.vectors.generator.organisation import JSON, changed, digest, roster_value, text


def _chain(count: int) -> list[JSON]:
    """The payloads of so many rosters, each naming the one before it."""
    chain = [roster_value()]
    while len(chain) < count:
        follows = {"serial": len(chain) + 1, "previous": digest(chain[-1])}
        chain.append({**roster_value(), **follows})
    return chain


def _vector(name: str, document: JSON, outcome: str = "document-malformed") -> JSON:
    return {
        "name": name,
        "comment": "",
        "history": document if isinstance(document, str) else text(document),
        "outcome": outcome,
    }


def _accepted(name: str, payloads: Sequence[JSON], comment: str = "", **signed: JSON) -> JSON:
    envelopes = [org.roster(payload, **signed) for payload in payloads]
    return {
        **_vector(name, {"rosters": envelopes}, "ok"),
        "comment": comment,
        "hashes": [digest(payload) for payload in payloads],
    }


def document() -> JSON:
    """The file's content."""
    chain = _chain(3)
    signed = [org.roster(payload) for payload in chain]
    good = {"rosters": signed}
    other = {**chain[1], "expires": "2026-01-31"}
    cut = changed(good, "rosters", 1, "payload", to=signed[1]["payload"][:-4])
    return {
        "format": "history",
        "source": "crypto/spec/roster-v1.md, section 6",
        "fields": "history: the document; hashes: of the rosters in it",
        "vectors": [
            _accepted("three-rosters", chain),
            _accepted("nothing-published", []),
            _accepted("one-between-missing", [chain[0], chain[2]], "whoever holds a chain says so"),
            _accepted("signed-by-nobody-known", chain, "not verified", signers=["lawyer-a"]),
            _vector("a-serial-twice", {"rosters": [signed[1], org.roster(other)]}),
            _vector("a-roster-twice", {"rosters": [signed[0], signed[0]]}),
            _vector("the-newest-first", {"rosters": signed[::-1]}),
            _vector("a-trust-among-them", {"rosters": [signed[0], org.trust()]}, "document-type"),
            _vector("a-payload-cut-off", cut),
            _vector(
                "an-envelope-without-signatures", changed(good, "rosters", 0, "signatures", to=[])
            ),
            _vector("an-unknown-field", {**good, "cursor": 7}),
            _vector("rosters-missing", {}),
            _vector("rosters-no-list", {"rosters": signed[0]}),
            _vector("an-array", [good]),
            _vector("cut-off", text(good)[:-1]),
        ],
    }
