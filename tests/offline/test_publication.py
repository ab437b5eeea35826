"""What the witness would refuse is not published."""

import json
from base64 import b64decode
from datetime import datetime
from typing import Any

import pytest

from crypto.errors import BuzonError
from crypto.publication import verify_publication
from crypto.trust import open_trust
from tests.vectors import vector_file, vectors
from tests.vectors.generator import organisation as org

Vector = dict[str, Any]

# The keys of the weeks that a directory need not carry and a publication must.
LATER = {
    org.digest(org.weekly_key_value(label, week)): org.compact(org.weekly_key(label, week))
    for label in (*org.LAWYERS, "ghost-g")
    for week in org.WEEKS[1:]
}


def payload(envelope: bytes | str) -> Any:
    """What an envelope says, verified by nobody."""
    return json.loads(b64decode(json.loads(envelope)["payload"]))


def keys_of_other_weeks(freshness: str, present: list[bytes]) -> list[bytes]:
    """The keys that *freshness* lists for weeks of which none is *present*."""
    weeks = {payload(key)["week"] for key in present}
    listed = {
        hashed
        for week in payload(freshness).get("weeks", [])
        if week["week"] not in weeks
        for _, hashed in week["keys"]
    }
    return [key for hashed, key in LATER.items() if hashed in listed]


def hostile() -> list[Vector]:
    """The hostile directories that a publication can be made of."""
    return [
        vector
        for vector in vectors("directory")
        if vector["outcome"] not in ("ok", "origin-unknown") and vector["document"] is None
    ]


@pytest.mark.parametrize("vector", hostile(), ids=[vector["name"] for vector in hostile()])
def test_a_hostile_directory_is_not_published(vector):
    envelopes = vector_file("directory")["envelopes"]
    present = [envelopes[name].encode() for name in vector["weekly_keys"]]
    later = keys_of_other_weeks(envelopes[vector["freshness"]], present)

    def publish() -> None:
        verify_publication(
            envelopes[vector["roster"]].encode(),
            envelopes[vector["freshness"]].encode(),
            [*present, *later],
            open_trust(envelopes[vector["trust"]].encode()),
            datetime.fromisoformat(vector["now"]),
        )

    with pytest.raises(BuzonError) as refused:
        publish()
    assert refused.value.code == vector["outcome"]
