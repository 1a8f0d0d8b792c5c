"""What the PostgreSQL store says to the server: each time one statement, one round trip, one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from flowrt.abc import BUCKET, Change

_ID_MAX = 500
"""The longest id, in bytes, that stands in an index as it is; an entry has 2,704 bytes, contact included."""

_IS_GONE = "NOT EXISTS (SELECT FROM flowrt_worker w WHERE w.id = {}.worker AND w.until > clock_timestamp())"
_NEWS = "nextval('flowrt_version')"
"""What tells that a lane was added to: a number that no lane had before, also when its row is made anew."""

READ = """
SELECT s.body, s.version, EXISTS (SELECT FROM flowrt_mark m WHERE m.contact = $1 AND m.id = $2)
FROM (SELECT) AS one LEFT JOIN flowrt_session s ON s.contact = $1"""

BEAT = """
INSERT INTO flowrt_worker (id, until) VALUES ($1, clock_timestamp() + $2::float8 * interval '1 second')
ON CONFLICT (id) DO UPDATE SET until = excluded.until"""
FORGET_WORKERS = "DELETE FROM flowrt_worker WHERE until < clock_timestamp() - interval '1 hour'"
LEAVE = "DELETE FROM flowrt_worker WHERE id = $1"

CLAIM_DEADLINES = """
UPDATE flowrt_session s SET bucket = $3
FROM (SELECT contact FROM flowrt_session WHERE bucket <= $1 AND due <= $2
      ORDER BY bucket LIMIT $4 FOR UPDATE SKIP LOCKED) AS overdue
WHERE s.contact = overdue.contact RETURNING s.contact, s.due"""

CLAIM_QUEUES = f"""
UPDATE flowrt_queue q SET worker = $2
FROM (SELECT contact FROM flowrt_queue o WHERE lane = $1 AND ({_IS_GONE.format("o")} OR $4 AND o.worker = $2)
      LIMIT CASE WHEN $4 THEN NULL ELSE $3::bigint END FOR UPDATE SKIP LOCKED) AS orphan
WHERE q.contact = orphan.contact AND q.lane = $1 RETURNING q.contact"""

OUTBOX = """
SELECT q.worker, q.news, o.seq, o.body
FROM flowrt_queue q LEFT JOIN LATERAL
     (SELECT seq, body FROM flowrt_outbox WHERE contact = $1 AND lane = $2 ORDER BY seq LIMIT $3) AS o ON true
WHERE q.contact = $1 AND q.lane = $2 ORDER BY o.seq"""
CLAIM_QUEUE = f"""
UPDATE flowrt_queue q SET worker = $3
WHERE q.contact = $1 AND q.lane = $2 AND {_IS_GONE.format("q")} RETURNING 1"""
DELIVERED = """
WITH gone AS (DELETE FROM flowrt_outbox WHERE contact = $1 AND lane = $2 AND seq = ANY ($3::bigint[]))
DELETE FROM flowrt_queue WHERE contact = $1 AND lane = $2 AND worker = $4 AND news = $5 RETURNING 1"""

PARK = """
WITH gone AS (DELETE FROM flowrt_outbox WHERE contact = $1 AND lane = $2 AND seq = $3
              RETURNING contact, lane, seq, body)
INSERT INTO flowrt_parked (contact, lane, seq, body, why, at) SELECT contact, lane, seq, body, $4, $5 FROM gone"""
PARKED = """
SELECT contact, seq, lane, body, why, at FROM flowrt_parked
WHERE seq > $1 AND ($2::bytea IS NULL OR contact = $2) ORDER BY seq LIMIT $3"""
DISCARD = "DELETE FROM flowrt_parked WHERE contact = $1 AND seq = ANY ($2::bigint[]) RETURNING 1"
UNPARK = f"""
WITH gone AS (DELETE FROM flowrt_parked WHERE contact = $1 AND seq = ANY ($2::bigint[])
              RETURNING contact, seq, lane, body),
     queued AS (INSERT INTO flowrt_queue AS q (contact, lane, worker, news)
                SELECT contact, lane, $3::bigint, {_NEWS} FROM (SELECT DISTINCT contact, lane FROM gone) AS lanes
                ON CONFLICT (contact, lane) DO UPDATE SET news = excluded.news RETURNING 1)
INSERT INTO flowrt_outbox (contact, lane, body)
SELECT contact, lane, body FROM gone, (SELECT count(*) FROM queued) AS queues ORDER BY gone.seq RETURNING 1"""

LETTERS = """
SELECT contact, seq, body, at FROM flowrt_letter
WHERE seq > $1 AND ($2::bytea IS NULL OR contact = $2) ORDER BY seq LIMIT $3"""
DISCARD_LETTERS = "DELETE FROM flowrt_letter WHERE contact = $1 AND seq = ANY ($2::bigint[]) RETURNING 1"
FORGET_LETTERS = """
DELETE FROM flowrt_letter
WHERE at < $1 OR seq <= (SELECT seq FROM flowrt_letter ORDER BY seq DESC LIMIT 1 OFFSET $2)"""

CLAIM_CALLS = f"""
UPDATE flowrt_call c SET worker = $1
FROM (SELECT seq FROM flowrt_call o WHERE {_IS_GONE.format("o")} OR $3 AND o.worker = $1 ORDER BY seq
      LIMIT CASE WHEN $3 THEN NULL ELSE $2::bigint END FOR UPDATE SKIP LOCKED) AS orphan
WHERE c.seq = orphan.seq RETURNING c.seq, c.contact, c.key, c.body"""
CLAIM_CALLS_OF = f"""
UPDATE flowrt_call c SET worker = $1 WHERE c.contact = $2 AND (c.worker = $1 OR {_IS_GONE.format("c")})
RETURNING c.seq, c.contact, c.key, c.body"""

FORGET_MARKS = """
DELETE FROM flowrt_mark WHERE ctid IN (SELECT ctid FROM flowrt_mark WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)"""

SESSIONS = "SELECT contact, body, due FROM flowrt_session ORDER BY contact LIMIT $1"
SESSIONS_BEHIND = "SELECT contact, body, due FROM flowrt_session WHERE contact > $2 ORDER BY contact LIMIT $1"

ERASE_ALONE = "LOCK TABLE flowrt_session IN SHARE ROW EXCLUSIVE MODE"
"""No event is committed meanwhile: what one adds to other tables would not be seen, and stay."""
ERASE = tuple(
    f"WITH gone AS (DELETE FROM flowrt_{table} WHERE contact = $1 RETURNING 1) SELECT count(*) FROM gone"
    for table in ("session", "outbox", "parked", "letter", "call", "mark")
)
ERASE_QUEUE = "DELETE FROM flowrt_queue WHERE contact = $1"

SETTINGS = "SELECT current_setting('synchronous_commit'), current_setting('fsync')"


def encode(name: str) -> bytes:
    """A contact, id or key as it stands in the database.

    >>> encode("ada"), encode(chr(0xD800) + chr(0))
    (b'ada', b'\\xed\\xa0\\x80\\x00')
    """
    return name.encode("utf-8", "surrogatepass")


def encode_id(id: str) -> bytes:
    """The id of an event as its mark has it: a long one by its digest, behind a byte that begins no text.

    >>> encode_id("wamid.1"), len(encode_id("x" * 512))
    (b'wamid.1', 33)
    """
    data = encode(id)
    return data if len(data) <= _ID_MAX else b"\xff" + sha256(data).digest()


class _Statement:
    """A statement of several steps, each of which happens only if the first found what it expected."""

    __slots__ = ("_steps", "values")

    def __init__(self) -> None:
        self._steps: list[str] = []
        self.values: list[object] = []

    def value(self, value: object, type: str) -> str:
        """What stands for `value`, of this type of PostgreSQL, in the statement."""
        self.values.append(value)
        return f"${len(self.values)}::{type}"

    def add(self, name: str, step: str) -> None:
        """Add a step; one that reads from another comes after it."""
        self._steps.append(f"{name} AS ({step})")

    def __str__(self) -> str:
        return f"WITH {', '.join(self._steps)} SELECT count(*) FROM saved"


def commit(change: Change, worker: int) -> tuple[str, Sequence[object]]:
    """The statement that makes `change` true, and its values; it returns 0 where another worker was first.

    Rows are locked in the same order always: session, mark, queue. So no two commits wait for each other.
    """
    statement = _Statement()
    contact = statement.value(encode(change.contact), "bytea")
    _save(statement, contact, change)
    marked = ""
    if change.mark is not None:
        id, at = statement.value(encode_id(change.mark), "bytea"), statement.value(change.at, "bigint")
        into = "INSERT INTO flowrt_mark (contact, id, at)"
        statement.add("marked", f"{into} SELECT {contact}, {id}, {at} FROM saved RETURNING 1")
        marked = ", (SELECT count(*) FROM marked) AS marks"
    if change.outbox:
        _send(statement, contact, f"saved{marked}", change, worker)
    if change.letters:
        _keep_letters(statement, contact, change)
    if change.calls or change.calls_over:
        _change_calls(statement, contact, change, worker)
    return str(statement), statement.values


def _save(statement: _Statement, contact: str, change: Change) -> None:
    """Replace the session, if it is still the one that the change was made from."""
    there = f"FROM flowrt_session WHERE contact = {contact}"
    if change.session is None:
        match change.expects:
            case None:
                statement.add("gone", f"DELETE {there}")
                statement.add("saved", "SELECT 1")
            case 0:  # no version that is given: a row that has it was spoiled, and is nobody's
                statement.add("gone", f"DELETE {there} AND version = 0")
                statement.add("saved", f"SELECT 1 WHERE NOT EXISTS (SELECT {there} AND version <> 0)")
            case version:
                statement.add(
                    "saved", f"DELETE {there} AND version = {statement.value(version, 'bigint')} RETURNING 1"
                )
        return
    bucket = None if change.due is None else change.due // BUCKET
    body = statement.value(change.session, "text")
    due, in_bucket = statement.value(change.due, "bigint"), statement.value(bucket, "bigint")
    values = f"body = {body}, due = {due}, bucket = {in_bucket}, version = DEFAULT"
    insert = f"INSERT INTO flowrt_session (contact, body, due, bucket) VALUES ({contact}, {body}, {due}, {in_bucket})"
    match change.expects:
        case None:
            statement.add("saved", f"{insert} ON CONFLICT (contact) DO UPDATE SET {values} RETURNING 1")
        case 0:
            spoiled = f"ON CONFLICT (contact) DO UPDATE SET {values} WHERE flowrt_session.version = 0"
            statement.add("saved", f"{insert} {spoiled} RETURNING 1")
        case version:
            where = f"WHERE contact = {contact} AND version = {statement.value(version, 'bigint')}"
            statement.add("saved", f"UPDATE flowrt_session SET {values} {where} RETURNING 1")


def _send(statement: _Statement, contact: str, after: str, change: Change, worker: int) -> None:
    """Append to the outbox, and have this worker deliver it unless another one does."""
    lanes = statement.value(sorted({lane for lane, _ in change.outbox}), "text[]")
    statement.add(
        "queued",
        "INSERT INTO flowrt_queue AS q (contact, lane, worker, news) "
        f"SELECT {contact}, lane, {statement.value(worker, 'bigint')}, {_NEWS} "
        f"FROM {after}, unnest({lanes}) AS lane "
        "ON CONFLICT (contact, lane) DO UPDATE SET news = excluded.news RETURNING 1",
    )
    columns = [statement.value([row[place] for row in change.outbox], "text[]") for place in (0, 1)]
    statement.add(
        "sent",
        f"INSERT INTO flowrt_outbox (contact, lane, body) SELECT {contact}, added.lane, added.body "
        "FROM saved, (SELECT count(*) FROM queued) AS queues, "
        f"unnest({columns[0]}, {columns[1]}) WITH ORDINALITY AS added (lane, body, place) "
        "ORDER BY added.place",
    )


def _keep_letters(statement: _Statement, contact: str, change: Change) -> None:
    bodies, at = statement.value(list(change.letters), "text[]"), statement.value(change.at, "bigint")
    statement.add(
        "kept",
        f"INSERT INTO flowrt_letter (contact, body, at) SELECT {contact}, letter.body, {at} FROM saved, "
        f"unnest({bodies}) WITH ORDINALITY AS letter (body, place) ORDER BY place",
    )


def _change_calls(statement: _Statement, contact: str, change: Change, worker: int) -> None:
    """Take away the calls that are over, and add the new ones; nothing in here sees what the other has done."""
    if change.calls_over:
        only = ""
        if change.calls_over != "all":
            keys = statement.value([encode(key) for key in change.calls_over], "bytea[]")
            only = f"AND key = ANY ({keys})"
        gone = f"DELETE FROM flowrt_call WHERE contact = {contact} {only} AND EXISTS (SELECT FROM saved)"
        statement.add("over", gone)
    if change.calls:
        keys = statement.value([encode(key) for key, _ in change.calls], "bytea[]")
        bodies = statement.value([body for _, body in change.calls], "text[]")
        statement.add(
            "called",
            "INSERT INTO flowrt_call (contact, key, body, worker) "
            f"SELECT {contact}, call.key, call.body, {statement.value(worker, 'bigint')} FROM saved, "
            f"unnest({keys}, {bodies}) WITH ORDINALITY AS call (key, body, place) ORDER BY place",
        )
