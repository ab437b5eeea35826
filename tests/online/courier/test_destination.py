"""What a stick may say of where a trip leads, and what it may not."""

import base64
from hashlib import sha3_256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.courier.cli import main
from app.courier.destination import (
    Destination,
    DestinationError,
    DestinationMissingError,
    destination_of,
    read_destination,
)
from crypto.fingerprint import fingerprint_words
from crypto.stick import Folder

TOR = "socks5h://127.0.0.1:9050"


def onion(key: bytes, version: int = 3) -> str:
    """The address of the onion with this key.  Source: rend-spec-v3, section 6."""
    ending = bytes([version])
    checksum = sha3_256(b".onion checksum" + key + ending).digest()[:2]
    return f"http://{base64.b32encode(key + checksum + ending).decode().lower()}.onion"


KEY = bytes(range(32))
ONION = onion(KEY)


def read(folder: Path, content: bytes) -> Destination:
    with Folder.make_pouch(folder) as pouch:
        (folder / "courier.toml").write_bytes(content)
        return read_destination(pouch)


def test_what_setup_writes_is_what_a_trip_reads(folder):
    wanted = destination_of(ONION, "mezquite", "socks5h://127.0.0.1:9150")
    assert read(folder, wanted.to_toml()) == wanted


@pytest.mark.parametrize(
    "desk", [ONION, f"{ONION}:8080", "https://desk.example", "https://a.b.mx:8443"]
)
def test_a_desk_elsewhere_is_reached_through_tor_without_being_told(desk):
    assert destination_of(desk, "mezquite").proxy == TOR


@pytest.mark.parametrize("desk", ["http://127.0.0.1:8471", "http://[::1]:8471", "http://127.0.0.1"])
def test_a_desk_on_this_machine_is_reached_straight(desk):
    assert destination_of(desk, "mezquite").proxy == ""


@pytest.mark.parametrize(
    "desk",
    [
        "",
        "http://desk.example",  # a passphrase in the clear
        "http://10.0.0.1:8471",
        "http://127.0.0.1.example",
        "http://127.0.0.1@desk.example",
        "http://localhost:8471",  # a name, which somebody else may answer
        "https://desk.example/path",
        "https://desk.example?query",
        "https://user@desk.example",
        "https://user:word@desk.example",
        "https://DESK.example",
        "https://desk",
        "https://203.0.113.7",
        "https://desk.example:0",
        "https://desk.example:123456",
        "https://dé.example",
        "https://desk.example\n",
        "ftp://desk.example",
        ONION.upper(),
        ONION.replace("http:", "https:"),
        f"{ONION}.example",
        f"{ONION}/",
        ONION.replace("http://", "http://desk."),
        "http://expyuzz4wqqyqhjn.onion",  # of the second version, which is gone
        "http://" + "a" * 56 + ".onion",
        onion(KEY, 2),
        ONION[:10] + ("a" if ONION[10] != "a" else "b") + ONION[11:],  # one letter wrong
        "https://" + "a." * 140 + "example",
    ],
)  # fmt: skip
def test_another_kind_of_address_is_refused(desk):
    with pytest.raises(DestinationError):
        destination_of(desk, "mezquite")


@pytest.mark.parametrize(
    "proxy",
    [
        "",
        "socks5h://10.0.0.1:9050",
        "socks5h://tor.example:9050",
        "socks5h://localhost:9050",
        "socks5h://name:word@127.0.0.1:9050",
        "socks5://127.0.0.1:9050",
        "http://127.0.0.1:8118",
        "socks5h://127.0.0.1",
        "socks5h://127.0.0.1:9050/",
        "socks5h://127.0.0.1:9050\n",
    ],
)
def test_a_proxy_that_is_not_on_this_machine_is_refused(proxy):
    with pytest.raises(DestinationError):
        destination_of(ONION, "mezquite", proxy)


@pytest.mark.parametrize(
    "account", ["", "a", "Mezquite", "mez quite", "1mezquite", "m" * 41, 'm"', "m\n"]
)
def test_another_kind_of_account_is_refused(account):
    with pytest.raises(DestinationError):
        destination_of(ONION, account)


GOOD = f'desk = "{ONION}"\naccount = "mezquite"\n'.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        GOOD + b'passphrase = "one that a stick should not hold"\n',
        GOOD + b'desk = "http://127.0.0.1"\n',
        b'account = "mezquite"\n',
        b'desk = "http://127.0.0.1"\n',
        b'desk = 1\naccount = "mezquite"\n',
        b'desk = ["http://127.0.0.1"]\naccount = "mezquite"\n',
        b'desk = "http://127.0.0.1"\naccount = "mezquite"\nproxy = false\n',
        GOOD + b"# \xff\n",
        GOOD + "# ñ\n".encode(),
        GOOD + b"#" * 4_096,
        b"desk = " + b"[" * 4_000,
        b"[desk]\n",
    ],
)
def test_a_file_that_is_not_as_specified_is_refused(folder, content):
    with pytest.raises(DestinationError):
        read(folder, content)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_garbage_is_refused_and_nothing_else_happens(tmp_path_factory, content):
    with pytest.raises(DestinationError):
        read(tmp_path_factory.mktemp("pouch"), content)


def test_a_link_in_place_of_the_file_is_not_followed(folder, tmp_path):
    (tmp_path / "elsewhere.toml").write_bytes(GOOD)
    with Folder.make_pouch(folder) as pouch:
        (folder / "courier.toml").symlink_to(tmp_path / "elsewhere.toml")
        with pytest.raises(DestinationError):
            read_destination(pouch)


def test_a_stick_that_was_never_set_up_says_so(folder):
    with Folder.make_pouch(folder) as pouch, pytest.raises(DestinationMissingError):
        read_destination(pouch)


def test_an_onion_has_words_to_compare_and_another_key_has_others():
    words = destination_of(ONION, "mezquite").desk_words("es")
    assert words == fingerprint_words(KEY, "es")
    assert destination_of(onion(bytes(32)), "mezquite").desk_words("es") != words
    assert destination_of("https://desk.example", "mezquite").desk_words("es") == ""


def test_setup_tells_what_it_wrote_and_makes_the_folder(tmp_path, capsys):
    pouch = tmp_path / "bolsa"
    assert main(["setup", str(pouch), "--desk", f"{ONION}/", "--account", "mezquite"]) == 0
    told = capsys.readouterr().out
    assert ONION in told
    assert fingerprint_words(KEY, "es") in told
    with Folder.open_pouch(pouch) as opened:
        assert read_destination(opened) == Destination(ONION, "mezquite", TOR)


def test_setup_refuses_what_a_trip_would_refuse_and_writes_nothing(tmp_path, capsys):
    pouch = tmp_path / "bolsa"
    assert main(["setup", str(pouch), "--desk", "http://desk.example", "--account", "m"]) == 1
    assert "[courier-file]" in capsys.readouterr().err
    assert not pouch.exists()
