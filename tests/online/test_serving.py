"""How the two programs stand to each other on one machine."""

import os
from pathlib import Path

from tests.online.running import running


def test_the_desk_leaves_the_processor_to_the_intake(settings):
    with running(settings.folder) as server:
        nice: dict[str, set[int]] = {"intake": set(), "desk": set()}
        for process in server.everybody():
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
            for name, found in nice.items():
                if b"app.serving" in words and name.encode() in words:
                    found.add(os.getpriority(os.PRIO_PROCESS, process))
    (intake,), (desk,) = nice["intake"], nice["desk"]
    assert intake < desk
