"""Second factors: codes of a telephone (RFC 6238) and on paper."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from app.errors import CodeRefusedError
from app.second_factor import Factor, hash_of, new_recovery, new_secret, secret_text, step_at, uri
from tests.online.conftest import NOON, SECRET, code_at

FACTOR = Factor(SECRET)


def at(steps: int) -> datetime:
    return NOON + timedelta(seconds=30 * steps)


@pytest.mark.parametrize(
    ("seconds", "eight_digits"),
    [(59, "94287082"), (1111111109, "07081804"), (2000000000, "69279037")],
)
def test_codes_are_those_of_the_standard(seconds, eight_digits):
    """RFC 6238, appendix B: SHA-1; of six digits a code has the last six."""
    moment = datetime.fromtimestamp(seconds, UTC)
    factor = Factor(b"12345678901234567890")
    assert factor.spent(eight_digits[-6:], moment).step == seconds // 30


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_one_step_off_each_way(steps):
    assert FACTOR.spent(code_at(at(steps)), NOON).step == step_at(NOON) + steps


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_clock_may_be_no_more_off(steps):
    with pytest.raises(CodeRefusedError):
        FACTOR.spent(code_at(at(steps)), NOON)


def test_a_code_of_the_last_step_or_before_it_is_spent():
    spent = FACTOR.spent(code_at(NOON), NOON)
    for steps in (-1, 0):
        with pytest.raises(CodeRefusedError):
            spent.spent(code_at(at(steps)), NOON)
    assert spent.spent(code_at(at(1)), NOON).step == spent.step + 1


def test_a_code_may_be_written_with_spaces():
    code = code_at(NOON)
    assert FACTOR.spent(f" {code[:3]} {code[3:]}\n", NOON) == FACTOR.spent(code, NOON)


@pytest.mark.parametrize("code", ["", "-", "12345", "１２３４５６", "\ud800", "0" * 10_000])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(CodeRefusedError):
        FACTOR.spent(code, NOON)


def test_without_a_factor_no_code_is_right_not_even_that_of_the_secret_of_nobody():
    for code in ("", code_at(NOON, bytes(20))):
        with pytest.raises(CodeRefusedError):
            Factor().spent(code, NOON)


def test_recovery_codes_are_ten_of_eighty_bits_and_kept_in_no_order():
    written, kept = new_recovery()
    assert len(set(written)) == 10
    assert all(re.fullmatch("(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", code) for code in written)
    hashes = [kept[start : start + 32] for start in range(0, 320, 32)]
    assert hashes == sorted(hash_of(code.replace("-", "")) for code in written)


def test_a_recovery_code_is_good_for_one_login_and_spends_no_other():
    written, kept = new_recovery()
    factor = Factor(SECRET, 7, kept)
    for left, code in zip(range(9, -1, -1), written, strict=True):
        factor = factor.spent(code.upper(), NOON)
        assert (factor.codes_left, factor.step) == (left, 7)
        with pytest.raises(CodeRefusedError):
            factor.spent(code, NOON)


def test_two_secrets_are_not_alike():
    assert len({new_secret() for _ in range(20)}) == 20


def test_what_the_square_says_is_what_an_app_reads_and_does_not_name_this_project():
    said = urlsplit(uri("mezquite", SECRET))
    assert (said.scheme, said.netloc, said.path) == ("otpauth", "totp", "/mezquite")
    assert parse_qs(said.query) == {"secret": [secret_text(SECRET)]}
    read = pyotp.parse_uri(uri("mezquite", SECRET))
    assert isinstance(read, pyotp.TOTP)
    assert read.at(NOON) == code_at(NOON)
    assert "buz" not in uri("mezquite", SECRET).lower()
