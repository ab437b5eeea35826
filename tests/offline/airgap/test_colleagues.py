"""Two lawyers hand a testimony over as they do it: two homes, a stick, the programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crypto.fingerprint import fingerprint_words
from tests.offline.airgap.handing import ELSEWHERE, GIVER, JOINER, Stations
from tests.offline.airgap.test_programs import Person, done, refused


@pytest.fixture
def lawyers(stations: Stations) -> tuple[Person, Person]:
    """Giver and joiner, each with her vault where the program looks for it."""
    stations.testimony()
    people = []
    for name in (GIVER, JOINER):
        person = Person(stations.folder / f"casa-{name.lower()}")
        stations.world.vault_path(name).rename(person.home / "buzon-vault")
        people.append(person)
    giver, joiner = people
    return giver, joiner


def thread_of(person: Person) -> str:
    (summary,) = json.loads(done(person.station("list", "--json")))
    return str(summary["thread"])


def test_a_thread_travels_to_a_colleague_and_both_are_told(stations, lawyers):
    giver, joiner = lawyers
    thread = thread_of(giver)
    give = ["hand-over", thread[:8], "--to", JOINER, "--pouch", stations.pouch.path]
    asked = giver.station(*give, "--out", stations.stick, said="no\n")
    refused(asked, "not-confirmed")
    assert not stations.stick.exists()

    told = done(giver.station(*give, "--out", stations.stick, said="sí\n"))
    identity = next(
        one.identity for one in stations.world.roster.lawyers if one.pseudonym == JOINER
    )
    assert fingerprint_words(identity) in told
    assert "hilos: 1, mensajes: 2, partes de archivos: 2" in told
    assert f"Mensajes de cuando {JOINER} ya estaba en la lista: 2." in told
    refused(giver.station(*give, "--out", stations.stick, "--yes"), "file-exists")

    told = done(joiner.station("take-over", stations.stick))
    assert f"Entrega de {GIVER}" in told
    assert "mensajes 2, partes de archivos 2" in told
    assert "entregados por colegas: 2" in done(joiner.station("list"))
    shown = done(joiner.station("show", thread))
    assert f"lo entregó {GIVER}" in shown
    assert "completo" in shown
    value = json.loads(done(joiner.station("take-over", stations.stick, "--json")))
    assert (value["pseudonym"], value["known"], value["refused"]) == (GIVER, 2, [])
    for person in lawyers:
        assert "La cadena está entera." in done(person.station("custody"))


def test_every_thread_at_once(stations, lawyers):
    giver, joiner = lawyers
    done(giver.station("hand-over", "--all", "--to", JOINER, "--pouch", stations.pouch.path,
                       "--out", stations.stick, "--yes"))  # fmt: skip
    done(joiner.station("take-over", stations.stick))
    assert thread_of(joiner) == thread_of(giver)


def test_without_consent_nothing_goes_to_another_team_and_the_reason_is_told(stations, lawyers):
    giver, _ = lawyers
    answer = giver.station("hand-over", "--all", "--to", ELSEWHERE, "--pouch", stations.pouch.path,
                           "--out", stations.stick, "--yes")  # fmt: skip
    refused(answer, "handover-consent")
    assert thread_of(giver) in answer.stderr
    assert "No hay nada que entregar." in answer.stdout
    assert not stations.stick.exists()


@pytest.mark.parametrize("what", [[], ["abcd1234", "--all"]])
def test_which_threads_must_be_said_and_said_once(stations, lawyers, what):
    giver, _ = lawyers
    answer = giver.station("hand-over", *what, "--to", JOINER, "--pouch", stations.pouch.path,
                           "--out", stations.stick)  # fmt: skip
    assert answer.returncode == 2
    assert not stations.stick.exists()


def test_a_stick_for_somebody_else_is_refused(stations, lawyers):
    giver, _ = lawyers
    done(giver.station("hand-over", "--all", "--to", JOINER, "--pouch", stations.pouch.path,
                       "--out", stations.stick, "--yes"))  # fmt: skip
    refused(giver.station("take-over", stations.stick), "handover-giver")


def test_a_folder_that_is_none_is_refused(lawyers, tmp_path: Path):
    _, joiner = lawyers
    refused(joiner.station("take-over", tmp_path), "handover-missing")
