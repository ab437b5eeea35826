"""Through which proxy a courier goes, and that no two trips share a path of Tor's."""

import json
import socket
import threading

import pytest

from app.courier.cli import main
from app.courier.connection import Connection, Desk
from app.courier.destination import destination_of
from app.courier.errors import UnreachableError
from app.courier.journey import connect
from app.courier.login import Login
from app.courier.route import through
from tests.online.courier.loopback import CODE, NEXT_CODE, PASSPHRASE, serving, socks
from tests.online.courier.test_destination import ONION
from tests.online.courier.test_pull import message


def address(origin: str) -> tuple[str, int]:
    host, _, port = origin.removeprefix("http://").rpartition(":")
    return host, int(port)


def test_every_trip_goes_through_tor_by_the_onions_name_on_a_path_of_its_own(hostile_desk):
    with serving(hostile_desk) as origin, socks(address(origin)) as proxy:
        destination = destination_of(ONION, "mezquite", f"socks5h://127.0.0.1:{proxy.port}")
        codes = iter([CODE, NEXT_CODE])
        for _ in range(2):
            with (
                connect(destination, lambda _: None) as connection,
                Desk(connection, "mezquite", lambda _: Login(PASSPHRASE, next(codes))) as desk,
            ):
                desk.listing()
    assert {(host, port) for _, _, host, port in proxy.asked} == {
        (ONION.removeprefix("http://"), 80)
    }
    assert len({(name, passphrase) for name, passphrase, _, _ in proxy.asked}) == 2
    assert all(len(name) == 32 for name, _, _, _ in proxy.asked)
    assert [login["code"] for login in hostile_desk.logins] == [CODE, NEXT_CODE]


def test_a_pull_by_its_arguments_logs_in_through_the_proxy(hostile_desk, folder, tmp_path, capsys):
    name = hostile_desk.add(message(1))
    (tmp_path / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    (tmp_path / "code").write_text(CODE)
    with serving(hostile_desk) as origin, socks(address(origin)) as proxy:
        ended = main(
            [
                *("pull", "--desk", "http://desk.onion", "--account", "mezquite"),
                *("--proxy", f"socks5h://127.0.0.1:{proxy.port}", "--json"),
                *("--passphrase-file", str(tmp_path / "passphrase")),
                *("--code-file", str(tmp_path / "code"), str(folder)),
            ]
        )
    assert (ended, json.loads(capsys.readouterr().out)["new"]) == (0, 1)
    assert (folder / "cells" / name).exists()
    assert {host for _, _, host, _ in proxy.asked} == {"desk.onion"}


@pytest.mark.parametrize(
    ("origin", "proxy", "url"),
    [
        (ONION, None, "socks5://127.0.0.1:9050"),
        ("https://other.onion/", None, "socks5://127.0.0.1:9050"),
        (ONION, "socks5h://127.0.0.1:9150", "socks5://127.0.0.1:9150"),
        ("https://box.example", "socks5h://127.0.0.1:9150", "socks5://127.0.0.1:9150"),
    ],
)
def test_an_onion_is_reached_through_tor_even_when_nobody_says_so(origin, proxy, url):
    chosen = through(origin, proxy, "a circuit")
    assert chosen is not None
    assert str(chosen.url) == url
    assert chosen.auth == ("a circuit", "a circuit")


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8470", "https://box.example", "http://onion"])
def test_another_address_is_reached_as_the_person_says(origin):
    assert through(origin, None, "a circuit") is None


def test_a_proxy_with_a_name_of_its_own_keeps_it():
    chosen = through(ONION, "socks5h://name:word@127.0.0.1:9050", "a circuit")
    assert chosen is not None
    assert chosen.auth == ("name", "word")


@pytest.mark.parametrize("proxy", ["nonsense", "ftp://127.0.0.1:21"])
def test_a_proxy_that_is_no_address_is_refused(proxy):
    with pytest.raises(UnreachableError):
        Connection(ONION, proxy=proxy)


# httpcore leaves the socket of a failed greeting to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"\x05\xff", b"\x05\x00", b"\x04\x02"]
)
def test_a_proxy_that_is_none_is_told_as_a_server_that_is_not_reached(said):
    pauses: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def answer() -> None:
            for _ in range(7):
                line, _ = listener.accept()
                with line:
                    line.recv(3)
                    line.sendall(said)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        proxy = f"socks5h://127.0.0.1:{listener.getsockname()[1]}"
        with (
            Connection(ONION, proxy=proxy, circuit="c", sleep=pauses.append) as connection,
            pytest.raises(UnreachableError),
        ):
            connection.get("directory", 100)
        thread.join(10)
    assert len(pauses) == 6
