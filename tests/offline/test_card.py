"""A card comes back from its file with every envelope that was put in."""

from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.card import card_file, open_card
from crypto.dsse import envelope_of
from crypto.weekly_key import WeeklyKey
from tests.vectors.generator import organisation as org

CARD = envelope_of(
    org.envelope(
        "buzon/card/v1",
        {
            "pseudonym": "Cóndor A",
            "team": "Norte",
            "languages": ["es"],
            "identity": org.b64(org.public("lawyer-a")),
        },
        ["lawyer-a"],
    )
)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=5, unique=True))
def test_a_card_file_comes_back(weeks):
    keys = [envelope_of(org.weekly_key("lawyer-a", week)) for week in weeks]
    opened = open_card(card_file(CARD, keys))

    assert opened.card.identity == org.public("lawyer-a")
    assert [envelope for _, envelope in opened.weekly_keys] == keys
    assert [key for key, _ in opened.weekly_keys] == [
        WeeklyKey.from_payload(envelope.payload) for envelope in keys
    ]


def test_a_year_of_weekly_keys_fits_into_a_card_file():
    keys = [envelope_of(org.weekly_key("lawyer-a", week)) for week in range(52)]

    assert len(open_card(card_file(CARD, keys)).weekly_keys) == 52
