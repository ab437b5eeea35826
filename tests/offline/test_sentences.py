"""Every refusal of every program has a sentence for people, in both languages."""

import importlib
import pkgutil
import re

import pytest

import app
import crypto
from crypto.errors import BuzonError
from crypto.sentences import SENTENCES, UNFORESEEN, sentence

# What a person with a telephone or a stamp need not know.
JARGON = re.compile(
    r"\b(json|hash|sha|dsse|payload|envelope|sobre|ed25519|x-wing|hpke|quorum|quórum|digest|base64|"
    r"unicode|http|header|timestamp|token|parse|bytes?|null|exception|excepción|error)\b",
    re.IGNORECASE,
)


def subclasses(error: type[BuzonError]) -> set[type[BuzonError]]:
    """All classes below *error*."""
    direct = set(error.__subclasses__())
    return direct.union(*map(subclasses, direct))


@pytest.fixture(scope="module")
def codes() -> set[str]:
    """The code of every error class that the two packages define."""
    for package in (crypto, app):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rpartition(".")[2] != "__main__":
                importlib.import_module(module.name)
    return {
        error.code
        for error in subclasses(BuzonError)
        if error.code and error.__module__.partition(".")[0] in ("crypto", "app")
    }


def test_every_code_has_a_sentence(codes):
    assert sorted(codes - SENTENCES.keys()) == []


def test_every_sentence_has_a_code_that_can_occur(codes):
    assert sorted(SENTENCES.keys() - codes) == []


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_whole_and_plain_in_both_languages(code):
    spanish, english = sentence(code, "es"), sentence(code, "en")

    assert spanish != english
    for said in (spanish, english):
        assert said[0].isupper()
        assert said[-1] == "."
        assert said.isprintable()
        assert JARGON.search(said) is None


def test_a_code_that_a_server_invented_has_a_sentence_too():
    assert sentence("no-such-code", "es") == UNFORESEEN.es
    assert sentence("no-such-code", "en") == UNFORESEEN.en
