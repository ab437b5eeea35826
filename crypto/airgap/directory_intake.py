"""Taking in a directory: verified as a witness would, and chained to the rosters held.

Where this file and crypto/spec/directory-v1.md disagree, this file is wrong.
"""

from collections.abc import Sequence
from datetime import datetime

from crypto.airgap.vault.vault import Vault
from crypto.directory import MAX_BYTES, Directory, parse_directory, verify_directory
from crypto.pouch import DIRECTORY_NAME
from crypto.roster import Roster, open_roster
from crypto.stick import Folder


def take_directory(
    vault: Vault, pouch: Folder, now: datetime, missed_rosters: Sequence[bytes]
) -> Directory:
    """Verify the pouch's directory with the trust held; keep its roster and freshness.

    Args:
        now: the station's clock, UTC.
        missed_rosters: envelopes of rosters that come before the directory's, in order.

    Raises:
        PouchNotAFileError, PouchUnreadableError; what `verify_directory` raises;
        RosterRollbackError, RosterForkError, RosterChainError: nothing was kept.
    """
    trust = vault.rosters.trust()
    document = pouch.read(DIRECTORY_NAME, MAX_BYTES)
    directory = verify_directory(document, trust, now)
    envelopes = parse_directory(document)
    with vault.transaction():
        for missed in missed_rosters:
            envelope = Roster.envelope_of(missed)
            if envelope.payload_hash not in vault.rosters.hashes():
                under = vault.rosters.trust_of(Roster.from_payload(envelope.payload))
                vault.rosters.accept(open_roster(envelope, under), envelope)
        vault.rosters.accept(directory.roster, envelopes.roster)
        vault.rosters.keep_freshness(directory.freshness, envelopes.freshness)
    return directory
