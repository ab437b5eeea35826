"""What `buzon-workstation exposure` does: wiring and words.

The work is in `crypto.airgap.exposure` and `crypto.airgap.reach`.
"""

import argparse

from crypto.airgap.exposure import exposure as exposure_of
from crypto.airgap.exposure_telling import (
    exposure_lines,
    exposure_value,
    reach_lines,
    reach_value,
    step_lines,
    unknown_lines,
)
from crypto.airgap.opening import opened
from crypto.airgap.program import DONE, Tongue, answer_json, now_from
from crypto.airgap.reach import reaches
from crypto.airgap.vault.rosters import RosterMissingError

Options = argparse.Namespace


def exposure(options: Options, say: Tongue) -> int:
    """Say what a colleague's seized station exposes, as far as this vault knows."""
    today = now_from(options).date()
    with opened(options, say) as (vault, _):
        trust, rosters = vault.rosters.trust(), vault.rosters.all()
        if not rosters:
            raise RosterMissingError("no roster")
        found = exposure_of(
            rosters,
            vault.rosters.freshnesses(),
            options.lawyer,
            options.last_good or options.seized,
            options.seized,
        )
        reached = reaches(vault, found.lawyer.id)
        unopened = vault.cells.count_unopened()
    if options.json:
        threads = [reach_value(reach) for reach in reached]
        answer_json({**exposure_value(found), "threads": threads, "unopened_held": unopened})
        return DONE
    for lines in (
        exposure_lines(found, today, say),
        reach_lines(reached, unopened, say),
        unknown_lines(say),
        step_lines(found, trust, say),
    ):
        print("\n".join(lines))
    return DONE
