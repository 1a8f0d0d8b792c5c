"""The tables of the SQLite store: made in a new file, and brought up to date in an old one.

`application_id` says that a file is ours and `user_version` which version of the tables it has:

- `session` one row for each contact with a session: the session as JSON, its next deadline, and the bucket that
  this lies in, which has the index (`flowrt.abc.BUCKET`);
- `outbox`  effects to deliver, in order of `seq`;
- `parked`  effects that could not be delivered, with the reason;
- `letter`  what is left of sessions that ended by a fault;
- `call`    calls whose results are awaited;
- `mark`    ids of the messages handled, in order of time, so that the old ones are at the beginning.

A version is a step: the statements that lead to it from the one before. A step that was published stays as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from flowrt.errors import StoreError

APPLICATION = 0x666C6F77

STEPS: Sequence[str] = (
    """
CREATE TABLE session (contact TEXT PRIMARY KEY, body TEXT NOT NULL, due INTEGER);
CREATE TABLE outbox (seq INTEGER PRIMARY KEY, contact TEXT NOT NULL, lane TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX outbox_of ON outbox (contact, lane);
CREATE TABLE call (contact TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (contact, key));
CREATE TABLE mark (seq INTEGER PRIMARY KEY, contact TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
                   UNIQUE (contact, id))
""",
    """
ALTER TABLE session ADD COLUMN bucket INTEGER;
UPDATE session SET bucket = due / 32000000 WHERE due IS NOT NULL;
CREATE INDEX session_bucket ON session (bucket) WHERE bucket IS NOT NULL;
CREATE TABLE parked (seq INTEGER PRIMARY KEY, contact TEXT NOT NULL, lane TEXT NOT NULL, body TEXT NOT NULL,
                     why TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX parked_of ON parked (contact)
""",
    """
CREATE TABLE letter (seq INTEGER PRIMARY KEY, contact TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX letter_of ON letter (contact)
""",
)

SCHEMA = len(STEPS)
"""The version of the tables that this runtime makes and reads."""


def make_tables(connection: sqlite3.Connection, path: str) -> None:
    """Bring the tables in the file at `path` to `SCHEMA`, all in one transaction.

    Raises `StoreError` where they are not ours, or were made by a newer flowrt.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection, path)
        for step in STEPS[version:]:
            for statement in step.split(";"):
                connection.execute(statement)
        if version < SCHEMA:
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: str) -> int:
    """The version of the tables there are, 0 where there are none yet."""
    application, version, tables = connection.execute(
        "SELECT (SELECT application_id FROM pragma_application_id),"
        " (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master)"
    ).fetchone()
    if application == 0 and tables == 0:
        return 0
    if application != APPLICATION:
        raise StoreError(f"{path} is a database of something else: the sessions need their own file")
    if not 0 < version <= SCHEMA:
        raise StoreError(
            f"{path} has version {version} of the tables, and this flowrt knows version {SCHEMA}: "
            "it was made by a newer flowrt; upgrade this one"
        )
    return int(version)
