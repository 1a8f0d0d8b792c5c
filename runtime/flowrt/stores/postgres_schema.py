"""The tables of the PostgreSQL store, in the schema that comes first on the connection's search path.

- `flowrt_schema`  the version of the tables;
- `flowrt_worker`  the processes at work, each with the moment until which it holds what it has taken;
- `flowrt_session` one row for each contact with a session: the session as JSON, its next deadline, the bucket that
  this lies in, which has the index (`flowrt.abc.BUCKET`), and its version, another one after each change;
- `flowrt_outbox`  effects to deliver, in order of `seq`;
- `flowrt_queue`   one row for each lane of a contact's outbox that holds something: which worker delivers it, and a
  number that is another one whenever something was added, so that whoever finds it empty knows if that still holds;
- `flowrt_parked`  effects that could not be delivered, with the reason;
- `flowrt_letter`  what is left of sessions that ended by a fault, numbered together with the rows of the outbox;
- `flowrt_call`    calls whose results are awaited, and which worker runs them;
- `flowrt_mark`    ids of the messages handled.

Contacts, ids and keys are bytes: any `str` of Python, in UTF-8, in which surrogates may stand. Read them with
`convert_from(contact, 'UTF8')`.

A version is a step: the statements that lead to it from the one before. A step that was published stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

STEPS: Sequence[str] = (
    """
CREATE SEQUENCE flowrt_version;
CREATE TABLE flowrt_worker (id bigint PRIMARY KEY, until timestamptz NOT NULL);
CREATE TABLE flowrt_session (
    contact bytea PRIMARY KEY, body text NOT NULL, due bigint, bucket bigint,
    version bigint NOT NULL DEFAULT nextval('flowrt_version')
) WITH (fillfactor = 70);
CREATE INDEX flowrt_session_bucket ON flowrt_session (bucket) WHERE bucket IS NOT NULL;
CREATE TABLE flowrt_outbox (
    contact bytea, lane text, seq bigint GENERATED ALWAYS AS IDENTITY, body text NOT NULL,
    PRIMARY KEY (contact, lane, seq)
);
CREATE TABLE flowrt_queue (
    contact bytea, lane text, worker bigint NOT NULL, news bigint NOT NULL, PRIMARY KEY (contact, lane)
);
CREATE TABLE flowrt_parked (
    seq bigint PRIMARY KEY, contact bytea NOT NULL, lane text NOT NULL, body text NOT NULL, why text NOT NULL,
    at bigint NOT NULL
);
CREATE INDEX flowrt_parked_of ON flowrt_parked (contact);
CREATE TABLE flowrt_call (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, contact bytea NOT NULL, key bytea NOT NULL,
    body text NOT NULL, worker bigint NOT NULL
);
CREATE INDEX flowrt_call_of ON flowrt_call (contact);
CREATE TABLE flowrt_mark (contact bytea, id bytea, at bigint NOT NULL, PRIMARY KEY (contact, id));
CREATE INDEX flowrt_mark_at ON flowrt_mark USING brin (at)
""",
    """
CREATE TABLE flowrt_letter (
    seq bigint PRIMARY KEY DEFAULT nextval(pg_get_serial_sequence('flowrt_outbox', 'seq')),
    contact bytea NOT NULL, body text NOT NULL, at bigint NOT NULL
);
CREATE INDEX flowrt_letter_of ON flowrt_letter (contact)
""",
)

SCHEMA = len(STEPS)
"""The version of the tables that this runtime makes and reads."""

LOCK = 0x666C6F77
"""The advisory lock under which tables are made: several workers may start at once."""

BEGIN = """CREATE TABLE IF NOT EXISTS flowrt_schema (version integer NOT NULL)"""
VERSION = "SELECT coalesce(max(version), 0) FROM flowrt_schema"
