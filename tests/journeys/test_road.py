"""One testimony travels the whole road; the tests run in the order of the road."""

import json

import pytest

from deploy.demo.people import Person
from deploy.demo.road import ANSWER, PHOTOGRAPH_NAME, TEXT, Road, photograph
from tests.journeys.seizure import (
    forms,
    found_in_files,
    found_in_memory,
    processes_below,
)

SENTENCE = "Eran cuatro hombres en una camioneta blanca."


@pytest.fixture(scope="module")
def walked(road: Road) -> Road:
    """The road after one testimony went there and one answer back."""
    road.fetch()
    assert road.deliver(road.seal()) == 4
    assert road.pull()["new"] == 4
    assert road.take_in()["opened"] == 2
    (thread,) = road.threads()
    road.answer(thread)
    assert len(road.push()) == 1
    assert road.fetch() == 16
    return road


def exported(road: Road, lawyer: Person, name: str) -> tuple[str, bytes, str]:
    """Text, photograph and its name, as *lawyer* holds them."""
    as_lawyer = Road(
        road.server, road.trust, road.witness, road.courier, lawyer, road.pouch, road.phrase
    )
    (thread,) = as_lawyer.threads()
    folder = as_lawyer.export(thread, name)
    index = json.loads((folder / "index.json").read_text(encoding="ascii"))
    (file,) = index["files"]
    text = index["messages"][0]["answers"]["narrative"]
    return text, (folder / file["file"]).read_bytes(), file["untrusted_name"]


def test_text_photograph_and_name_arrive_as_they_were_sent(walked):
    assert exported(walked, walked.lawyer, "export") == (TEXT, photograph(), PHOTOGRAPH_NAME)


def test_the_witness_reads_the_answer_with_her_phrase(walked):
    assert walked.read() == [ANSWER]


def test_another_phrase_reads_nothing(walked):
    answer = walked.witness.ask(
        "buzon-witness",
        *("seal", "--directory", walked.witness.home / "box" / "directory.json"),
        *("--trust", walked.trust, "--text", "relato.txt"),
        *("--out", walked.witness.home / "other.sealed"),
    )
    other = Road(
        walked.server, walked.trust, walked.witness, walked.courier, walked.lawyer,
        walked.pouch, answer["phrase"],
    )  # fmt: skip
    assert other.read() == []
    assert walked.read() == [ANSWER]


def test_a_second_lawyer_opens_the_same_from_the_same_pouch(walked, lawyers):
    second = Road(
        walked.server, walked.trust, walked.witness, walked.courier, lawyers[2], walked.pouch
    )
    assert second.take_in()["opened"] == 2
    assert exported(walked, lawyers[2], "export") == (TEXT, photograph(), PHOTOGRAPH_NAME)


def test_importing_twice_changes_nothing(walked):
    before = walked.show(walked.threads()[0])
    report = walked.take_in()
    assert (report["messages"], report["opened"], report["parts"]) == (0, 0, 0)
    assert walked.show(walked.threads()[0]) == before


def test_a_follow_up_lands_in_the_same_thread_and_ends_the_standing_reply(walked):
    home = walked.witness.home
    (home / "mas.txt").write_text("Se fue hacia el norte.", encoding="utf-8")
    walked.witness.run(
        "buzon-witness",
        *("seal", "--directory", home / "box" / "directory.json", "--trust", walked.trust),
        *("--text", "mas.txt", "--out", home / "follow-up.sealed", "--follow-up"),
        *("--phrase-file", home / "palabras", "--read-board", home / "box" / "board"),
    )
    assert walked.deliver(home / "follow-up.sealed") == 1
    walked.pull()
    walked.take_in()
    (thread,) = walked.threads()
    assert "Se fue hacia el norte." in walked.show(thread)
    assert len(walked.push()) == 1
    # Sixteen cells more, and no reply among them but the one of the first batch.
    assert walked.fetch() == 32
    assert walked.read() == [ANSWER]


def test_the_server_holds_no_sentence_no_file_name_and_no_phrase(walked):
    """After the whole journey: files, log, temporary files, live memory."""
    secrets = {SENTENCE, PHOTOGRAPH_NAME, walked.phrase, "camioneta blanca", ANSWER.split("\n")[0]}
    wanted = set().union(*map(forms, secrets))
    processes = processes_below(walked.server.process)
    assert len(processes) >= 5  # serve; intake and desk, each a master and a worker
    for process in processes:
        assert found_in_memory(process, wanted) == set()
    assert found_in_files(walked.server.operator.home, wanted) == set()


def test_the_search_of_memory_and_files_finds_what_is_there(walked):
    """The control of the test above: cells are there, and so is the security policy."""
    digest = next(path.name for path in (walked.pouch / "cells").iterdir())
    cell = (walked.pouch / "cells" / digest).read_bytes()
    piece = cell[-64:]
    processes = processes_below(walked.server.process)
    assert any(found_in_memory(each, {b"default-src 'none'"}) for each in processes)
    assert found_in_files(walked.server.operator.home, {piece})
    road_home = walked.witness.home
    assert found_in_files(road_home, forms(SENTENCE))


def test_receipts_of_every_lawyer_let_the_box_forget(walked, lawyers):
    def held() -> tuple[int, int]:
        taken = walked.server.status()["taken"]
        return taken["messages"], taken["parts"]

    assert held() == (3, 2)
    # One pouch serves everybody; a station that is new to it has all at its second trip.
    for lawyer in (lawyers[1], *lawyers):
        station = Road(
            walked.server, walked.trust, walked.witness, walked.courier, lawyer, walked.pouch
        )
        walked.pull()
        station.take_in()
        station.back_up()
        assert station.sign_receipts()["without_backup"] == 0
        walked.push()
    told = walked.server.operator.run("buzon-server", "expire", "--data", walked.server.data)
    assert held() == (3, 2), told
    walked.server.operator.run("buzon-server", "expire", "--yes", "--data", walked.server.data)
    assert held() == (0, 0)


def test_another_laptop_makes_the_vault_again_from_stick_and_lists(walked, lawyers):
    laptop = Person("another laptop", walked.lawyer.home.parent / "another-laptop")
    restored = walked.restore(laptop)
    assert exported(restored, laptop, "export") == (TEXT, photograph(), PHOTOGRAPH_NAME)
    assert restored.show(restored.threads()[0]) == walked.show(walked.threads()[0])


def test_a_deleted_cell_lies_nowhere_on_the_server(walked):
    cells = [path.read_bytes() for path in (walked.pouch / "cells").iterdir()]
    pieces = {cell[start : start + 64] for cell in cells for start in (1_000, 40_000)}
    assert pieces
    assert found_in_files(walked.server.data, pieces) == set()


def test_what_the_stations_hold_outlives_the_box(walked):
    assert exported(walked, walked.lawyer, "export-later")[1] == photograph()
