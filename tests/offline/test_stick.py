"""A stick is hostile, and may be full, read-only or pulled out at any moment."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from crypto.pouch import MARK
from crypto.stick import (
    Folder,
    PouchBusyError,
    PouchDigestError,
    PouchFullError,
    PouchMissingError,
    PouchNameError,
    PouchNotAFileError,
    PouchSizeError,
    PouchUnreadableError,
    PouchUnwritableError,
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder.make_pouch(tmp_path) as pouch:
        yield pouch


def test_an_empty_folder_becomes_a_pouch_once(tmp_path):
    Folder.make_pouch(tmp_path).close()
    assert (tmp_path / "POUCH").read_bytes() == MARK
    Folder.make_pouch(tmp_path).close()
    Folder.open_pouch(tmp_path).close()


def test_a_pouch_that_is_claimed_is_not_claimed_again_before_it_is_closed(tmp_path, folder):
    folder.claim()
    with Folder.open_pouch(tmp_path) as other, pytest.raises(PouchBusyError):
        other.claim()


def test_a_pouch_may_be_claimed_once_its_holder_has_closed_it(tmp_path):
    with Folder.make_pouch(tmp_path) as holder:
        holder.claim()
    with Folder.open_pouch(tmp_path) as other:
        other.claim()


@pytest.mark.parametrize("made", ["other", "file", "nothing"])
def test_what_is_no_pouch_does_not_become_one(tmp_path, made):
    path = tmp_path / "stick"
    if made == "other":
        path.mkdir()
        (path / "thesis.odt").write_bytes(b"mine")
    elif made == "file":
        path.write_bytes(b"mine")
    with pytest.raises(PouchMissingError):
        Folder.make_pouch(path)
    assert not (path / "POUCH").exists()


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (errno.ENOSPC, PouchFullError),
        (errno.EDQUOT, PouchFullError),
        (errno.EFBIG, PouchFullError),
        (errno.EROFS, PouchUnwritableError),
        (errno.EIO, PouchUnwritableError),
    ],
)
def test_what_the_stick_does_not_take_leaves_what_was_there(
    tmp_path, folder, monkeypatch, number, refusal
):
    folder.write("a", b"before")

    def failing(_: int) -> None:
        raise OSError(number, "as on a stick")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(refusal):
            folder.write("a", b"after")
    assert {path.name for path in tmp_path.iterdir()} == {"POUCH", "a"}
    assert (tmp_path / "a").read_bytes() == b"before"


def test_writing_replaces_a_link_and_follows_none(tmp_path, folder):
    (tmp_path / "victim").write_bytes(b"keep me")
    for name in ("a", ".a.partial"):
        (tmp_path / name).symlink_to("victim")
    folder.write("a", b"content")
    assert (tmp_path / "victim").read_bytes() == b"keep me"
    assert not (tmp_path / "a").is_symlink()
    assert folder.read("a", 7) == b"content"


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("short", b"", PouchNameError),
        (sha256(b"x").hexdigest().upper(), b"x", PouchNameError),
        (sha256(b"xx").hexdigest(), b"xx", PouchSizeError),
        (sha256(b"x").hexdigest(), b"y", PouchDigestError),
        (sha256(b"x").hexdigest(), None, PouchUnreadableError),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, folder, name, content, refusal):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(refusal):
        folder.read_named(name, 1)


@pytest.mark.parametrize("made", ["link", "pipe", "folder", "device"])
def test_what_is_no_file_is_neither_read_nor_waited_for(tmp_path, folder, made):
    path = tmp_path / sha256(b"x").hexdigest()
    if made == "link":
        (tmp_path / "x").write_bytes(b"x")
        path.symlink_to("x")
    elif made == "pipe":
        os.mkfifo(path)
    elif made == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(PouchNotAFileError):
        folder.read_named(path.name, 1)
