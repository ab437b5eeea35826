"""What the browser's code seals, Python opens; what Python answers, the browser's code reads."""

import hashlib
import json
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crypto import hpke, signing
from crypto.airgap.replying import build_batch, seal_reply
from crypto.airgap.unseal import WeeklyPrivateKey, open_listed_part, open_message
from crypto.cell import MESSAGE_CELL_BYTES, UnsealError, parse_message_cell
from crypto.manifest import Manifest
from crypto.part import PART_PLAINTEXT_BYTES as PART
from crypto.phrase import Phrase
from crypto.reply import build_board, split_batch
from crypto.roster import lawyer_id
from crypto.sealed_file import read_sealed_file

WEEK = 150


def node(checkout: Path, program: str, *arguments: str) -> Any:
    """What a program of tests/browser/languages prints."""
    executable = shutil.which("node")
    assert executable is not None, "node is missing: make setup"
    finished = subprocess.run(
        [executable, f"tests/browser/languages/{program}", *arguments],
        cwd=checkout,
        capture_output=True,
        check=True,
        timeout=120,
    )
    return json.loads(finished.stdout)


def weekly_keys(sealed: Any) -> list[WeeklyPrivateKey]:
    return [
        WeeklyPrivateKey.from_seed(
            bytes.fromhex(lawyer["id"]), sealed["week"], bytes.fromhex(lawyer["seed"])
        )
        for lawyer in sealed["lawyers"]
    ]


def cells_of(folder: Path) -> tuple[list[bytes], dict[str, bytes]]:
    """The message cells in order, and the part cells by their digests."""
    with (folder / "testimony.sealed").open("rb") as file:
        _, filed = read_sealed_file(file)
        cells = list(filed)
    assert [one.refusal for one in cells] == [None] * len(cells)
    messages = [one.cell for one in cells if len(one.cell) == MESSAGE_CELL_BYTES]
    parts = [one.cell for one in cells if len(one.cell) != MESSAGE_CELL_BYTES]
    return messages, {hashlib.sha256(cell).hexdigest(): cell for cell in parts}


def content_of(manifest: Manifest, parts: dict[str, bytes]) -> bytes:
    return b"".join(
        bytes(open_listed_part(manifest, index, parts[digest.hex()]))
        for index, digest in enumerate(manifest.parts)
    )


@pytest.mark.parametrize("lawyers", [1, 2, 3, 15, 16])
def test_python_opens_what_the_browser_seals_to_any_number_of_lawyers(
    checkout: Path, tmp_path: Path, lawyers: int
):
    sealed = node(checkout, "seal.mjs", str(tmp_path), str(lawyers))
    (cell,), _ = cells_of(tmp_path)

    for key in weekly_keys(sealed):
        opened = open_message(parse_message_cell(cell), [key])
        assert opened.message.answers == {"narrative": sealed["narrative"]}
        assert opened.message.reply_key.hex() == sealed["reply_key"]
    assert parse_message_cell(cell).roster_hash.hex() == sealed["roster_hash"]


def test_python_opens_no_cell_that_the_browser_sealed_to_others(checkout: Path, tmp_path: Path):
    node(checkout, "seal.mjs", str(tmp_path), "1")
    (cell,), _ = cells_of(tmp_path)
    stranger = WeeklyPrivateKey.from_seed(bytes(8), WEEK, bytes(32))

    with pytest.raises(UnsealError):
        open_message(parse_message_cell(cell), [stranger])


def test_python_opens_the_files_that_the_browser_seals(checkout: Path, tmp_path: Path):
    sizes = [0, 1, PART - 1, PART, PART + 1, 9 * PART]
    sealed = node(checkout, "seal.mjs", str(tmp_path), "2", *map(str, sizes))
    messages, parts = cells_of(tmp_path)
    keys = weekly_keys(sealed)[:1]
    opened = [open_message(parse_message_cell(cell), keys) for cell in messages]

    manifests = [manifest for one in opened for manifest in one.message.files]
    assert [manifest.file_size for manifest in manifests] == sizes
    for manifest, file in zip(manifests, sealed["files"], strict=True):
        assert manifest.untrusted_name == f"{file['size']}.bin"
        content = content_of(manifest, parts)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])
    assert len({one.thread_key for one in opened}) == 1


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_browser_reads_what_python_answers(checkout: Path, tmp_path: Path, language: Any):
    random_bytes = iter(range(1 << 30))

    def bytes_of(size: int) -> bytes:
        return hashlib.shake_256(str(next(random_bytes)).encode()).digest(size)

    phrase = Phrase.generate(bytes_of)
    reply_key = hpke.public_key_from_seed(phrase.reply_seed)
    seeds = [bytes_of(32), bytes_of(32)]
    identities = [signing.public_key_from_seed(seed) for seed in seeds]
    texts = {(0, 7): "Le creemos.\n¿Está a salvo? 𝕏", (1, 1): "larga " * 2000}
    cells = [
        cell
        for (which, sequence), text in texts.items()
        for cell in seal_reply(
            partial(signing.sign, seeds[which]),
            lawyer_id(identities[which]),
            reply_key,
            phrase.tag_key,
            WEEK,
            sequence,
            text,
        )
    ]
    batch = build_batch(cells, 16, bytes_of)
    board = tmp_path / "board"
    board.write_bytes(build_board(split_batch(batch, 16)))

    lawyers = [f"{lawyer_id(identity).hex()}={identity.hex()}" for identity in identities]
    replies = node(checkout, "read.mjs", str(board), phrase.words(language).upper(), *lawyers)

    found = {(reply["lawyer"], reply["sequence"]): reply["text"] for reply in replies}
    assert found == {
        (lawyer_id(identities[which]).hex(), sequence): text
        for (which, sequence), text in texts.items()
    }
    assert all(reply["complete"] and reply["week"] == WEEK for reply in replies)
