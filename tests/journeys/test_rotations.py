"""Who reads, with which keys and under which directors, changes; no testimony is lost.

Each test plays a printed page of deploy/runbooks with a testimony before, one in the middle
of it and one after it.
"""

import shutil
from collections.abc import Iterator

import pytest

from tests.journeys.house import House
from tests.journeys.runbook import page, steps

BEFORE = "Antes: se lo llevaron frente a la terminal."
DURING = "Mientras tanto: la camioneta volvió."
AFTER = "Después: vi al mismo hombre otra vez."
TEAM = ("mezquite", "huizache")


@pytest.fixture
def house(house: House) -> Iterator[House]:
    """The house of every journey; at the end no testimony lies anywhere in the clear."""
    yield house
    homes = [home for home in house.stage.root.iterdir() if home.name != "testigo"]
    for text in house.phrases:
        assert [home.name for home in homes if house.holds(home.name, text.encode())] == []


def play(house: House, name: str) -> None:
    """Play a page; whoever tells something in the middle of it is heard too."""
    typed = list(steps(page(name)))
    for number, step in enumerate(typed):
        if number == len(typed) // 2:
            house.testimony(DURING)
        house.stage.type(step)


def is_served_again(house: House) -> None:
    """What a page says in words: the server is started again."""
    house.stage.close()
    house.serve()


def test_the_next_weekly_keys_let_testimony_go_on_where_the_first_ones_end(house):
    house.testimony(BEFORE)
    house.later(5 * 7)
    play(house, "weekly-keys")
    house.testimony(AFTER)
    house.trip(*TEAM)
    for lawyer in TEAM:
        assert house.texts(lawyer) == {BEFORE, DURING, AFTER}


def test_who_joins_reads_what_comes_after_and_nothing_of_before(house):
    house.testimony(BEFORE)
    play(house, "lawyer-joins")
    house.testimony(AFTER)
    house.trip(*TEAM, "ocotillo")
    for lawyer in TEAM:
        assert house.texts(lawyer) == {BEFORE, DURING, AFTER}
    assert house.texts("ocotillo") == {AFTER}
    assert not house.holds("ocotillo", BEFORE.encode())


def test_who_leaves_in_peace_keeps_what_came_and_gets_nothing_new(house):
    house.stage.play(page("lawyer-joins"))
    house.later(1)
    house.testimony(BEFORE)
    house.trip(*TEAM, "ocotillo")
    play(house, "lawyer-leaves")
    house.testimony(AFTER)
    house.trip(*TEAM, "ocotillo")
    assert house.texts("mezquite") == house.texts("ocotillo") == {BEFORE, DURING, AFTER}
    assert house.texts("huizache") == {BEFORE, DURING}  # published only after it
    assert not house.holds("huizache", AFTER.encode())


@pytest.mark.parametrize("name", ["director-replaced", "quorum-changed", "trust-replaced"])
def test_other_directors_are_taken_over_by_pages_stations_and_server(house, name):
    house.testimony(BEFORE)
    play(house, name)
    is_served_again(house)
    house.testimony(AFTER)
    house.trip(*TEAM)
    for lawyer in TEAM:
        assert house.texts(lawyer) == {BEFORE, DURING, AFTER}


def test_a_server_that_moves_takes_everything_along_and_serves_at_both_addresses(house):
    house.testimony(BEFORE)
    play(house, "server-moved")
    house.testimony("A la máquina de antes.")
    house.trip(*TEAM)
    house.machine = "-nuevo"
    house.testimony(AFTER)
    house.trip(*TEAM)
    for lawyer in TEAM:
        assert house.texts(lawyer) == {BEFORE, DURING, "A la máquina de antes.", AFTER}


def test_who_joined_reads_what_came_before_once_a_colleague_hands_it_over(house):
    house.testimony(BEFORE)
    house.stage.play(page("lawyer-joins"))
    house.pull()
    house.stage.play(page("handover"))
    assert house.texts("ocotillo") == {BEFORE}
    thread = house.thread_of("ocotillo", BEFORE)
    text = house.stage.home("ocotillo") / "respuesta.txt"
    text.write_text("La leí yo también.", encoding="utf-8")
    house.say("ocotillo", "reply", thread, "--text", text, "--pouch", house.pouch)
    while house.push()["waiting"]:
        pass  # a trip carries one batch, and colleagues' came first
    assert house.replies(BEFORE) == ["La leí yo también."]


def destroyed(house: House, lawyer: str) -> int:
    """How many weekly keys the log of *lawyer* says were destroyed."""
    return sum(
        len(entry["objects"])
        for entry in house.station(lawyer, "custody")
        if (entry["act"], entry["note"]) == ("keys", "destroyed")
    )


def test_a_lawyer_away_for_twelve_weeks_opens_everything_before_a_key_is_destroyed(house):
    house.pull()
    for wrong, code in (("2040-01-01", 0), ("1970-01-01", 1)):
        house.station("mezquite", "import", house.pouch, "--today", wrong, expected=code)
        assert destroyed(house, "mezquite") == 0
    house.testimony(BEFORE)
    for _ in range(2):
        house.later(5 * 7)
        house.stage.play(page("roster-renewed"))
        house.trip("huizache")
    house.testimony(DURING)
    house.later(2 * 7)
    house.testimony(AFTER)
    house.pull()
    house.station("mezquite", "import", house.pouch, "--today", "1970-01-01", expected=1)
    assert destroyed(house, "mezquite") == 0
    # A clock far ahead: everything is opened first, and only what freshness and a complete
    # pouch let go is destroyed, as with the right clock.
    house.station("mezquite", "import", house.pouch, "--today", "2040-01-01")
    assert house.texts("mezquite") == {BEFORE, DURING, AFTER}
    by_a_wrong_clock = destroyed(house, "mezquite")
    house.stage.play(page("past-keys"))
    assert house.texts("mezquite") == {BEFORE, DURING, AFTER}
    assert destroyed(house, "mezquite") == by_a_wrong_clock > 0


def test_a_new_identity_keeps_the_threads_and_answers_in_them(house):
    house.testimony(BEFORE)
    house.trip(*TEAM)
    play(house, "new-identity")
    house.testimony(AFTER)
    house.trip(*TEAM)
    for lawyer in TEAM:
        assert house.texts(lawyer) == {BEFORE, DURING, AFTER}
    thread = house.thread_of("mezquite", BEFORE)
    text = house.stage.home("mezquite") / "respuesta.txt"
    text.write_text("Soy la misma, con otro nombre.", encoding="utf-8")
    house.say("mezquite", "reply", thread, "--text", text, "--pouch", house.pouch)
    while house.push()["waiting"]:
        pass
    assert house.replies(BEFORE) == ["Soy la misma, con otro nombre."]


def test_a_seized_machine_gets_nothing_more_and_what_it_exposes_is_shown(house):
    house.stage.play(page("lawyer-joins"))
    house.later(1)
    house.testimony(BEFORE)
    house.trip(*TEAM, "ocotillo")
    play(house, "lawyer-seized")
    house.testimony(AFTER)
    house.trip(*TEAM, "ocotillo")
    assert AFTER not in house.texts("huizache")
    for lawyer in ("mezquite", "ocotillo"):
        assert house.texts(lawyer) == {BEFORE, DURING, AFTER}
    shown = house.station("mezquite", "exposure", "huizache", "--seized", house.stage.today)
    told = str(shown)
    assert house.thread_of("mezquite", BEFORE)[:8] in told
    assert house.thread_of("mezquite", AFTER)[:8] not in told


def test_a_lost_laptop_and_a_lost_list_cost_no_testimony(house):
    house.testimony(BEFORE)
    house.pull()
    for step in steps(page("backup")):
        if " restore " in step.command:
            shutil.rmtree(house.stage.home("mezquite") / "buzon-vault")
            del house.stage.paper[:-2]  # of the last three lists, the first is lost too
        elif "--replace" in step.command:
            house.stage.paper.clear()
        house.stage.type(step)
    home = house.stage.home("mezquite")
    (home / "boveda-nueva").rename(home / "buzon-vault")
    assert house.texts("mezquite") == {BEFORE}
    house.testimony(DURING)  # sealed to her lost keys too
    shutil.copy(house.stage.stick / "mezquite-nueva.card.json", home)
    renewed = page("roster-renewed").replace(
        "--keys /media/memoria/claves-FECHA",
        "--keys /media/memoria/claves-FECHA --card /media/memoria/mezquite-nueva.card.json",
    )
    house.stage.play(renewed)
    house.testimony(AFTER)
    house.trip(*TEAM)
    assert house.texts("mezquite") == {BEFORE, AFTER}
    assert house.texts("huizache") == {BEFORE, DURING, AFTER}
    given = page("handover").replace("mezquite", "huizache").replace("ocotillo", "mezquite")
    house.stage.play(given)
    assert house.texts("mezquite") == {BEFORE, DURING, AFTER}
