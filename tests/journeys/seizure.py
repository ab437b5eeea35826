"""Whoever seizes the server: every file that it wrote, and the memory of its processes."""

import base64
from collections.abc import Iterator
from pathlib import Path

CHUNK_BYTES = 4 * 1024 * 1024


def forms(secret: str) -> set[bytes]:
    """*secret* as it might lie somewhere: plain, in wide characters, in base64, in hex."""
    plain = secret.encode("utf-8")
    found = {plain, secret.encode("utf-16-le"), plain.hex().encode()}
    for shift in range(3):
        # What base64 makes of the middle, whatever stands before it.
        whole = base64.b64encode(b"x" * shift + plain)
        found.add(whole[4 : len(whole) - 4])
    return found


def processes_below(process: int) -> list[int]:
    """*process* and all that it started, and what those started."""
    found = [process]
    for each in found:
        for task in Path(f"/proc/{each}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def memory_of(process: int) -> Iterator[bytes]:
    """All memory of a live process that can be read, in pieces that overlap."""
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            if "r" not in rights or line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            start, end = (int(bound, 16) for bound in span.split("-"))
            yield from _span(memory, start, end)


def _span(memory, start: int, end: int) -> Iterator[bytes]:
    before = b""
    while start < end:
        try:
            memory.seek(start)
            piece = memory.read(min(CHUNK_BYTES, end - start))
        except (OSError, ValueError, OverflowError):
            return
        if not piece:
            return
        yield before + piece
        before = piece[-4096:]
        start += len(piece)


def found_in_memory(process: int, wanted: set[bytes]) -> set[bytes]:
    """Those of *wanted* that lie in the memory of *process*."""
    found: set[bytes] = set()
    for piece in memory_of(process):
        found |= {each for each in wanted - found if each in piece}
    return found


def found_in_files(folder: Path, wanted: set[bytes]) -> set[tuple[str, bytes]]:
    """Those of *wanted* that lie in a file below *folder*, or in the name of one."""
    found = set()
    for path in folder.rglob("*"):
        name = str(path).encode("utf-8", "surrogateescape")
        content = path.read_bytes() if path.is_file() else b""
        found |= {(path.name, each) for each in wanted if each in content or each in name}
    return found
