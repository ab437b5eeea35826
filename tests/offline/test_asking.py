"""A secret is the first line of a file, or typed; nothing else is one."""

import io

import pytest

from crypto.asking import (
    PassphraseEmptyError,
    PassphraseNotTextError,
    SecretFileUnreadableError,
    first_line,
    typed,
)


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        ("una ñ".encode(), "una ñ"),
        (b"  spaces count  \nsecond", "  spaces count  "),
        (b"of Windows\r\n", "of Windows"),
        ("\ufeffof an editor\n".encode(), "of an editor"),
        (b"first\n\xff", "first"),
    ],
)
def test_the_first_line_is_the_secret(tmp_path, content, secret):
    (tmp_path / "file").write_bytes(content)
    assert first_line(tmp_path / "file") == secret


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\nsecond", "\ufeff".encode()])
def test_an_empty_first_line_is_refused(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(PassphraseEmptyError):
        first_line(tmp_path / "file")


def test_a_first_line_that_is_no_text_is_refused_by_the_files_name(tmp_path):
    (tmp_path / "file").write_bytes(b"\xff\n")
    with pytest.raises(PassphraseNotTextError) as refused:
        first_line(tmp_path / "file")
    assert refused.value.__notes__ == ["file"]


def test_a_file_without_an_end_is_read_as_far_as_a_passphrase_can_reach(tmp_path):
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    assert len(first_line(tmp_path / "file")) == 4_096


def test_what_is_no_file_is_refused_by_its_name(tmp_path):
    for name in ("", "nowhere"):
        with pytest.raises(SecretFileUnreadableError):
            first_line(tmp_path / name)


def test_nobody_is_asked_where_there_is_no_terminal(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("typed ahead\n"))
    with pytest.raises(PassphraseEmptyError):
        typed("Contraseña: ")
