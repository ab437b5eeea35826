"""One lawyer's bad weekly key is caught before directors sign it."""

import pytest
from nacl.utils import random

from crypto.airgap import ceremony
from crypto.airgap.signer import Signer
from crypto.card import CardKeysError
from crypto.dsse import Envelope
from crypto.hpke import PUBLIC_KEY_BYTES
from crypto.weekly_key import WeeklyKey
from crypto.weeks import week_of


def own_keys(world, name: str) -> list[Envelope]:
    lawyer = next(each for each in world.roster.active.values() if each.pseudonym == name)
    return [one for one in world.keys if WeeklyKey.from_payload(one.payload).lawyer == lawyer.id]


def signed_by(world, name: str, key: WeeklyKey) -> Envelope:
    with world.open_vault(name) as vault:
        signer: Signer = vault.identity.owner().signer
        return signer.sign_document(key)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(b"\xff" * PUBLIC_KEY_BYTES, id="coefficients-not-reduced"),
        pytest.param(None, id="x25519-of-small-order"),
    ],
)
def test_a_key_to_which_nothing_can_be_sealed_is_refused(world, key):
    first = WeeklyKey.from_payload(own_keys(world, "Mezquite")[0].payload)
    key = key or first.key[:-32] + bytes(32)
    bad = signed_by(world, "Mezquite", WeeklyKey(first.lawyer, first.week, key))
    others = own_keys(world, "Huizache")
    with pytest.raises(CardKeysError) as refused:
        ceremony.listed_keys(world.roster, [bad, *others])
    assert refused.value.__notes__ == ["Mezquite"]


def test_a_key_copied_from_a_colleague_is_refused(world):
    first = WeeklyKey.from_payload(own_keys(world, "Mezquite")[0].payload)
    copied = WeeklyKey.from_payload(own_keys(world, "Huizache")[0].payload).key
    bad = signed_by(world, "Mezquite", WeeklyKey(first.lawyer, first.week, copied))
    with pytest.raises(CardKeysError) as refused:
        ceremony.listed_keys(world.roster, [*own_keys(world, "Huizache"), bad])
    assert refused.value.__notes__ == ["Huizache", "Mezquite"]


def test_a_key_used_for_two_weeks_is_refused(world):
    first = WeeklyKey.from_payload(own_keys(world, "Mezquite")[0].payload)
    again = signed_by(world, "Mezquite", WeeklyKey(first.lawyer, first.week + 30, first.key))
    with pytest.raises(CardKeysError) as refused:
        ceremony.listed_keys(world.roster, [*world.keys, again])
    assert refused.value.__notes__ == ["Mezquite"]


def test_a_key_that_another_signed_is_refused(world):
    first = WeeklyKey.from_payload(own_keys(world, "Mezquite")[0].payload)
    forged = Signer(random(32)).sign_document(first)
    with pytest.raises(CardKeysError) as refused:
        ceremony.listed_keys(world.roster, [forged])
    assert refused.value.__notes__ == ["Mezquite"]


def test_the_keys_of_two_honest_lawyers_are_all_listed(world):
    listed = ceremony.listed_keys(world.roster, world.keys)
    assert len(listed) == len(world.keys) == 2 * 26
    assert min(week for _, week in listed) == week_of(world.now.date())
