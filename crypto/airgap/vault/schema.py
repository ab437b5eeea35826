"""What the vault's database holds: one migration for each version of the schema.

A migration that was released is never changed; the next one follows it.
"""

_FIRST = """
-- One number or text each: how far the custody log has come, and the like.
CREATE TABLE notes (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

-- Whose vault this is.
CREATE TABLE identity (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seed BLOB NOT NULL,              -- Ed25519
    pseudonym TEXT NOT NULL,
    team TEXT NOT NULL,
    languages TEXT NOT NULL          -- with spaces between
) STRICT;

-- The seed is NULL once the key is destroyed.
CREATE TABLE weekly_keys (
    week INTEGER PRIMARY KEY,
    seed BLOB,                       -- X-Wing
    envelope BLOB NOT NULL
) STRICT;

-- What directors signed, as it was verified; the chain is kept whole.
CREATE TABLE trusts (serial INTEGER PRIMARY KEY, envelope BLOB NOT NULL) STRICT;
CREATE TABLE rosters (
    hash BLOB PRIMARY KEY,
    serial INTEGER NOT NULL UNIQUE,
    envelope BLOB NOT NULL
) STRICT;
CREATE TABLE freshnesses (
    hash BLOB PRIMARY KEY,
    issued TEXT NOT NULL,
    envelope BLOB NOT NULL
) STRICT;

-- Every cell that came; what the bytes were is in message_cells or in parts/.
CREATE TABLE cells (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    kind INTEGER NOT NULL,           -- 1 message, 2 part
    week INTEGER,                    -- a message cell's
    day TEXT NOT NULL,               -- of arrival
    held INTEGER NOT NULL            -- 0 once the bytes were let go
) STRICT;
CREATE INDEX cells_held ON cells (kind, held, week);
CREATE TABLE message_cells (
    cell INTEGER PRIMARY KEY REFERENCES cells,
    transcript BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX message_cells_transcript ON message_cells (transcript);

CREATE TABLE threads (
    id INTEGER PRIMARY KEY,
    thread_key BLOB NOT NULL UNIQUE, -- Ed25519, the witness's
    reply_key BLOB NOT NULL,         -- pinned at first sight
    tag_key BLOB NOT NULL
) STRICT;
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    thread INTEGER NOT NULL REFERENCES threads,
    message BLOB NOT NULL,           -- the random id that the witness's program gave
    cell INTEGER NOT NULL UNIQUE REFERENCES cells,
    repeats INTEGER REFERENCES messages,
    week INTEGER NOT NULL,
    roster BLOB NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    transcript BLOB NOT NULL,
    signature BLOB NOT NULL,
    json BLOB NOT NULL
) STRICT;
CREATE INDEX messages_thread ON messages (thread, message);
CREATE TABLE alarms (
    message INTEGER NOT NULL REFERENCES messages,
    code TEXT NOT NULL,
    PRIMARY KEY (message, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE segments (
    id INTEGER PRIMARY KEY,
    thread INTEGER NOT NULL REFERENCES threads,
    message INTEGER NOT NULL REFERENCES messages,
    file_group BLOB NOT NULL,
    segment INTEGER NOT NULL,
    segments INTEGER NOT NULL,
    start INTEGER NOT NULL,
    size INTEGER NOT NULL,
    file_size INTEGER NOT NULL,
    key BLOB NOT NULL,
    file_id BLOB NOT NULL,
    untrusted_name TEXT NOT NULL,
    role TEXT NOT NULL
) STRICT;
CREATE INDEX segments_group ON segments (thread, file_group);
CREATE TABLE segment_parts (
    segment INTEGER NOT NULL REFERENCES segments,
    position INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (segment, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE replies (
    id INTEGER PRIMARY KEY,
    thread INTEGER NOT NULL REFERENCES threads,
    sequence INTEGER NOT NULL,
    week INTEGER NOT NULL,
    day TEXT NOT NULL,
    text TEXT NOT NULL,
    parts INTEGER NOT NULL,
    state TEXT NOT NULL,             -- standing, read, withdrawn, over
    UNIQUE (thread, sequence)
) STRICT;
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    day TEXT NOT NULL
) STRICT;
CREATE TABLE batch_cells (
    batch INTEGER NOT NULL REFERENCES batches ON DELETE CASCADE,
    reply INTEGER NOT NULL REFERENCES replies,
    part INTEGER NOT NULL,
    PRIMARY KEY (reply, part, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE custody (
    sequence INTEGER PRIMARY KEY,
    envelope BLOB NOT NULL
) STRICT;
"""

_HANDOVERS = """
-- What a colleague's station handed over, as she signed it.
CREATE TABLE handovers (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    giver BLOB NOT NULL,             -- id
    envelope BLOB NOT NULL
) STRICT;
-- NULL: filed before cell keys were kept; the week's private key may still find it.
ALTER TABLE messages ADD COLUMN cell_key BLOB;
-- NULL: a key of this station's own opened it.
ALTER TABLE messages ADD COLUMN handover INTEGER REFERENCES handovers;
"""

_CONTRADICTIONS = """
-- Rosters that do not fit the chain, each with the one held that it contradicts: evidence.
CREATE TABLE contradictions (
    hash BLOB PRIMARY KEY,           -- of the roster that does not fit
    held BLOB NOT NULL REFERENCES rosters,
    envelope BLOB NOT NULL,
    seen_in TEXT NOT NULL,           -- which file of the pouch
    day TEXT NOT NULL,               -- on which it was first seen
    set_aside TEXT                   -- the day on which a person did
) STRICT;
"""

_BACKUPS = """
-- What writes backups.  The seed that opens the database in one is on paper, in shares.
CREATE TABLE backup_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    public_key BLOB NOT NULL,        -- X-Wing: seals what opens the database
    parts_key BLOB NOT NULL,         -- seals part cells
    auth_key BLOB NOT NULL,          -- proves that this vault, or the shares, wrote a backup
    shares INTEGER NOT NULL,
    threshold INTEGER NOT NULL
) STRICT;

-- The cells that the newest backup holds, which was read back whole from its stick.
CREATE TABLE backed_up (cell INTEGER PRIMARY KEY REFERENCES cells) STRICT;
"""

_SEVERAL_IDENTITIES = """
-- Whose vault this is: every identity that the lawyer ever had here, in the order of making.
CREATE TABLE identities (
    number INTEGER PRIMARY KEY,      -- from 1
    seed BLOB NOT NULL UNIQUE,       -- Ed25519
    pseudonym TEXT NOT NULL,
    team TEXT NOT NULL,
    languages TEXT NOT NULL,         -- with spaces between
    speaks INTEGER NOT NULL          -- 1 for the one that signs
) STRICT;
CREATE UNIQUE INDEX identities_speaking ON identities (speaks) WHERE speaks = 1;
INSERT INTO identities SELECT 1, seed, pseudonym, team, languages, 1 FROM identity;
DROP TABLE identity;

-- The seed is NULL once the key is destroyed.
ALTER TABLE weekly_keys RENAME TO weekly_keys_of_one_identity;
CREATE TABLE weekly_keys (
    identity INTEGER NOT NULL REFERENCES identities,
    week INTEGER NOT NULL,
    seed BLOB,                       -- X-Wing
    envelope BLOB NOT NULL,
    PRIMARY KEY (identity, week)
) STRICT;
INSERT INTO weekly_keys SELECT 1, week, seed, envelope FROM weekly_keys_of_one_identity;
DROP TABLE weekly_keys_of_one_identity;

-- The sequence by which a witness knows a reply, under each identity that spoke it.
CREATE TABLE reply_sequences (
    reply INTEGER NOT NULL REFERENCES replies,
    identity INTEGER NOT NULL REFERENCES identities,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (reply, identity)
) STRICT, WITHOUT ROWID;
INSERT INTO reply_sequences SELECT id, 1, sequence FROM replies;
"""

MIGRATIONS: tuple[str, ...] = (
    _FIRST,
    _HANDOVERS,
    _CONTRADICTIONS,
    _BACKUPS,
    _SEVERAL_IDENTITIES,
)
