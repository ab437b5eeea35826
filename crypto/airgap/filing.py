"""Filing: one cell at a time into the vault, opened when a weekly key of ours opens it.

Called within a transaction of many cells.  Where this file and
crypto/spec/message-cell-v1.md sections 4 and 5 disagree, this file is wrong.
"""

from datetime import date

from crypto.airgap import durable
from crypto.airgap.unseal import OpenedMessage, WeeklyPrivateKey, open_message
from crypto.airgap.vault import messages as filed
from crypto.airgap.vault.messages import Thread
from crypto.airgap.vault.vault import Vault
from crypto.cell import MessageCell, UnsealError, parse_message_cell
from crypto.part import parse_part_cell


class Filing:
    """What is needed for every cell of one import, fetched once."""

    def __init__(self, vault: Vault, day: date) -> None:
        """Begin on *day* with the keys, identities and rosters that *vault* holds now."""
        self._vault = vault
        self._identities = vault.identity.all()
        self._day = day
        self._rosters = vault.rosters.hashes()
        self._keys: dict[int, list[WeeklyPrivateKey]] = {}

    def message(self, digest: bytes, untrusted_cell: bytes) -> bool:
        """Keep a message cell; say whether a key of ours opened it.

        Raises:
            CellError: the bytes are no message cell; nothing was kept.
        """
        cell = parse_message_cell(untrusted_cell)
        try:
            opened = open_message(cell, self._keys_of(cell.week))
        except UnsealError:
            opened = None
        transcript = cell.transcript if opened is None else opened.transcript
        twice = self._vault.cells.with_transcript(transcript) > 0
        number = self._vault.cells.add_message(
            digest, cell.week, self._day, transcript, untrusted_cell
        )
        if opened is not None:
            self._file(opened, cell, number, None)
        if twice:
            self._vault.messages.raise_alarm_on_transcript(transcript, filed.ALARM_SAME_TRANSCRIPT)
        return opened is not None

    def know_roster(self, roster_hash: bytes) -> None:
        """Raise no alarm on cells that name a roster which directors signed, as was verified."""
        self._rosters.add(roster_hash)

    def handed(
        self, digest: bytes, cell: MessageCell, opened: OpenedMessage, handover: int
    ) -> None:
        """File a message that no key of ours opened, and that a colleague's record did.

        The cell came before, or is kept by now as *message* keeps it.
        """
        number = self._vault.cells.message_number(digest)
        assert number is not None
        self._vault.cells.hold_again(number, opened.transcript, cell.cell)
        self._file(opened, cell, number, handover)
        if self._vault.cells.with_transcript(opened.transcript) > 1:
            self._vault.messages.raise_alarm_on_transcript(
                opened.transcript, filed.ALARM_SAME_TRANSCRIPT
            )

    def part(self, digest: bytes, untrusted_cell: bytes) -> None:
        """Keep a part cell as it was received; the caller flushes the folder of parts.

        Raises:
            CellError: the bytes are no part cell; nothing was kept.
            FileUnwritableError
        """
        parse_part_cell(untrusted_cell)
        durable.write_unflushed_name(self._vault.parts / digest.hex(), untrusted_cell)
        self._vault.cells.add_part(digest, self._day)

    def _keys_of(self, week: int) -> list[WeeklyPrivateKey]:
        if week not in self._keys:
            self._keys[week] = self._vault.weekly_keys.private(week)
        return self._keys[week]

    def _file(
        self, opened: OpenedMessage, cell: MessageCell, number: int, handover: int | None
    ) -> None:
        messages = self._vault.messages
        thread = messages.thread_for(opened)
        message, _ = messages.file(
            thread, opened, number, cell.week, cell.roster_hash, self._day,
            self._alarms(opened, cell, thread), handover,
        )  # fmt: skip
        for manifest in opened.message.files:
            self._vault.files.add(thread, message, manifest)
        for identity in self._identities:
            read = opened.message.read.get(identity.id)
            if read is not None and self._vault.replies.mark_read(thread, identity, read):
                self._vault.notes.write("replies-changed", 1)

    def _alarms(self, opened: OpenedMessage, cell: MessageCell, thread: Thread) -> list[str]:
        alarms = []
        message = opened.message
        if (message.reply_key, message.tag_key) != (thread.reply_key, thread.tag_key):
            alarms.append(filed.ALARM_KEYS_CHANGED)
        if cell.roster_hash not in self._rosters:
            alarms.append(filed.ALARM_ROSTER_UNKNOWN)
        return alarms
