"""`make demo`: tells each step in a line, then waits for a testimony from a browser.

Ends with 0 only when text and photograph came back equal to what was sent, and the
reply was read.  ONCE=1 in the environment: ends after the scripted part.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from deploy.demo import ceremony
from deploy.demo.people import DemonstrationError, Person, without_network
from deploy.demo.road import ANSWER, PHOTOGRAPH_NAME, TEXT, Road, photograph
from deploy.demo.server import Server


class Teller:
    """Numbers the steps."""

    def __init__(self) -> None:
        self._number = 0

    def step(self, line: str) -> None:
        """Tell one step."""
        self._number += 1
        print(f"{self._number:2}. {line}", flush=True)


def main() -> int:
    """Walk the road; the exit code."""
    if sys.platform != "linux":
        print("Buzón runs on Linux.", file=sys.stderr)
        return 1
    # A closed window or a `kill` ends it as Ctrl-C does: nothing is left running.  Ctrl-C
    # itself is ignored where a shell started it in the background.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    try:
        without_network()
        with tempfile.TemporaryDirectory(prefix="buzon-demo-") as folder:
            return _demonstrate(Path(folder))
    except DemonstrationError as error:
        print(f"\nThe demonstration stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.  Nothing is left running, nothing is kept.")
        return 0 if _scripted_part_done else 130


_scripted_part_done = False


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _demonstrate(root: Path) -> int:
    teller = Teller()
    directors, trust = ceremony.meet(root)
    teller.step("Three directors made keys without network, and two signed who they are: trust.")
    lawyers = ceremony.join(root, trust)
    teller.step("Three lawyers of two teams made vaults, and 26 weekly keys each: cards.")
    server = Server.at_free_ports(root)
    held = ceremony.vet(directors, lawyers, trust, server.intake)
    teller.step("Two directors signed the roster, and that it holds for six weeks: freshness.")
    server.make(trust)
    server.publish(held.publication)
    teller.step("The operator made a box of fixed size and published what was signed.")
    with server:
        teller.step(
            f"Intake serves at {server.intake}, desk at {server.desk}.  Server saw: {server.saw()}."
        )
        road = Road(
            server=server,
            trust=trust,
            witness=Person("witness", root / "witness"),
            courier=Person("courier", root / "courier", offline=False),
            lawyer=held.lawyers[0],
            pouch=root / "stick",
        )
        same = _walk(road, teller)
        if not same:
            print("What came back is not what was sent.", file=sys.stderr)
            return 1
        global _scripted_part_done  # noqa: PLW0603 -- Ctrl-C after this point is a good end
        _scripted_part_done = True
        if os.environ.get("ONCE"):
            return 0
        _invite(road)
    return 0


def _walk(road: Road, teller: Teller) -> bool:
    """One testimony there, one answer back; whether both arrived as they were sent."""
    server = road.server
    road.fetch()
    sealed = road.seal()
    size = sealed.stat().st_size / 1_048_576
    teller.step(
        f"The witness sealed a text and a photograph without network: one file, {size:.1f} MiB."
    )
    cells = road.deliver(sealed)
    teller.step(
        f"A helper delivered {cells} cells, able to open none.  Server saw: {server.saw()}."
    )
    pulled = road.pull()
    teller.step(
        f"The courier brought {pulled['new']} cells into a pouch on a stick.  "
        "Server saw: all of them taken, messages first, as on every trip."
    )
    report = road.take_in()
    teller.step(
        f"The station of {road.lawyer.name}, without network, opened {report['opened']} messages."
    )
    (thread,) = road.threads()
    exported = road.export(thread, "export")
    index = json.loads((exported / "index.json").read_text(encoding="ascii"))
    text_same = index["messages"][0]["answers"]["narrative"] == TEXT
    (file,) = index["files"]
    photograph_same = (exported / file["file"]).read_bytes() == photograph()
    name_same = file["untrusted_name"] == PHOTOGRAPH_NAME
    equal = "equal to" if text_same and photograph_same and name_same else "DIFFERENT FROM"
    teller.step(f"Text, photograph and its name are {equal} what the witness sealed.")
    print(_indented(road.show(thread)))
    road.answer(thread)
    teller.step("The lawyer answered; the answer is one of sixteen cells that look alike.")
    accepted = road.push()
    teller.step(
        f"The courier handed in {len(accepted)} batch of sixteen.  Server saw: {server.saw()}."
    )
    cells = road.fetch()
    replies = road.read()
    read_same = replies == [ANSWER]
    teller.step(
        f"The witness fetched the whole board, {cells} cells, as everybody does.  "
        f"Server saw no more than that; her twelve words opened {len(replies)}:"
    )
    print(_indented("\n".join(replies)))
    restored_same = _lose_the_laptop(road, teller, thread)
    return text_same and photograph_same and name_same and read_same and restored_same


def _lose_the_laptop(road: Road, teller: Teller, thread: str) -> bool:
    """Back up, sign receipts, and restore elsewhere; whether the thread is the same there."""
    held = road.back_up()["cells"]
    signed = road.sign_receipts()["cells"]
    teller.step(
        f"The lawyer's vault was backed up, {held} cells; receipts were signed for those {signed}."
    )
    elsewhere = road.restore(Person("another laptop", road.lawyer.home.parent / "another-laptop"))
    same = elsewhere.show(thread) == road.show(thread)
    teller.step(
        "Another laptop made the vault again from the stick and two of three lists of words: "
        f"the thread is {'equal' if same else 'DIFFERENT'}."
    )
    return same


def _invite(road: Road) -> None:
    print(
        f"\nNow you.  Open {road.server.intake}/ in a browser on this machine and tell something;\n"
        "then press Enter here to see what the lawyer sees.  Ctrl-C ends the demonstration.",
        flush=True,
    )
    while sys.stdin.readline():
        try:
            _carry(road)
        except DemonstrationError as error:
            print(f"\nThis trip failed: {error}")
        print("\nPress Enter to carry again, Ctrl-C to end.", flush=True)
    signal.pause()  # nobody can press Enter; the server stays up until it is stopped


def _carry(road: Road) -> None:
    pulled = road.pull()
    road.take_in()
    print(f"\nThe courier brought {pulled['new']} new cells.  Server saw: {road.server.saw()}.")
    for thread in road.threads():
        print(_indented(road.show(thread)))


def _indented(text: str) -> str:
    return "\n".join(f"      {line}".rstrip() for line in text.rstrip().splitlines())


if __name__ == "__main__":
    sys.exit(main())
