"""Opening the vault that the arguments name, for as long as one command runs."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from crypto.airgap.program import Tongue
from crypto.airgap.prompts import passphrase_from
from crypto.airgap.vault.identity import Owner
from crypto.airgap.vault.vault import Vault

Options = argparse.Namespace


@contextmanager
def opened(options: Options, say: Tongue) -> Iterator[tuple[Vault, Owner]]:
    """The vault and whose it is.

    Raises:
        what asking for the passphrase and `Vault.open` raise.
    """
    with Vault.open(options.vault, passphrase_from(options, say)) as vault:
        yield vault, vault.identity.owner()
