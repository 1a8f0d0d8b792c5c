"""A store in PostgreSQL: any number of processes over one database.

A session is saved by compare-and-swap on its version, and everything an event changes is one statement: one round
trip, one transaction. What one worker must do at a time, delivering to a contact, running a call, firing a deadline
that nobody fired, is taken by name of the worker; a worker says that it is alive, and what it holds is anybody's
when it has not done so for a while. `postgres_schema.py` says what the tables are.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar, cast

import asyncpg

from flowrt.abc import BUCKET, CallRow, Change, Lane, LetterRow, OutboxRow, ParkedRow, SessionRow, Stored
from flowrt.errors import Conflict, StoreError, Unsure
from flowrt.log import fault, logger
from flowrt.stores import postgres_schema as schema
from flowrt.stores import postgres_sql as sql
from flowrt.stores.names import decode_name, encode_name
from flowrt.time import SECOND, Instant, Period
from flowrt.values import INT_MAX

T = TypeVar("T")

TAKE = 500
"""How many rows that nobody holds a worker takes at once."""

DEADLINE_HELD: Period = 60 * SECOND
"""How long a deadline that was given to a worker is not given to another."""

_LONGEST_STATEMENT = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0

_LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # the server is starting up, going down, or was killed
    asyncpg.InsufficientResourcesError,  # too many connections, no room on its disk
    asyncpg.ReadOnlySQLTransactionError,  # it has just become a standby
    asyncpg.InternalClientError,
)
"""What may be otherwise in a moment: the connection is lost, or the server not there."""

_AGAIN = (asyncpg.UniqueViolationError, asyncpg.TransactionRollbackError)
"""Another transaction was first."""


class _Connection(asyncpg.Connection):
    """A connection that is not reset each time it goes back: nothing of ours outlives a statement."""

    def get_reset_query(self) -> str:
        return ""


class PostgresStore:
    """Keeps everything in the PostgreSQL database that `dsn` names, where several workers may use it at once.

    `connections` is how many connections a process has at most. `lease` is for how many seconds a worker that is
    not heard of keeps what it has taken, and `patience` for how many seconds it is tried to reach a database that
    is away, before `StoreError` is raised.

        Bot(flow, store=PostgresStore("postgresql://bot@db.internal/sessions"), …)
    """

    shared = True

    def __init__(
        self, dsn: str, *, connections: int = 10, lease: float = 30.0, patience: float = 10.0
    ) -> None:
        self._dsn = dsn
        self._connections = connections
        self._lease = lease
        self._patience = patience
        self._worker = 0
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._beating: asyncio.Task[None] | None = None
        # What was read of a lane this worker delivers: how often it was added to, and the rows that were all of it.
        self._seen: dict[tuple[str, Lane], tuple[int, set[int]]] = {}
        # What may have been given without being heard.
        self._unheard: set[tuple[str, tuple[object, ...]]] = set()

    async def open(self) -> None:
        """Connect, make the tables where there are none, and join the workers.

        Raises `StoreError` where the database cannot be reached or used, or its tables were made by a newer
        flowrt.
        """
        if self._pool is not None:
            raise StoreError("another bot of this process uses this store: give each a store of its own")
        self._worker = secrets.randbits(63)
        self._seen.clear()
        self._unheard.clear()
        try:
            self._pool = await self._connect()
            await self._retrying(_make_tables)
            await self._retrying(_warn_of_risks)
            await self._beat()
        except BaseException as error:
            await self.close()
            if isinstance(error.__cause__, ValueError):  # what asyncpg says of it may quote a password
                raise StoreError("the name of a PostgreSQL database is postgresql://user@host/name") from None
            raise
        self._beating = asyncio.get_running_loop().create_task(self._keep_beating())

    async def close(self) -> None:
        """Leave the workers and disconnect; what this one held is anybody's."""
        pool, beating, self._pool, self._beating = self._pool, self._beating, None, None
        if beating is not None:
            beating.cancel()
        if pool is None:
            return
        try:
            async with asyncio.timeout(self._patience):
                if beating is not None:
                    await pool.execute(sql.LEAVE, self._worker)
                await pool.close()
        except (*_LOST, asyncpg.PostgresError) as error:
            logger.warning(
                "this worker left without saying so; others will notice: %(why)s", {"why": fault(error)}
            )
            pool.terminate()

    # Sessions.

    async def read(self, contact: str, mark: str | None) -> Stored:
        """The session of `contact` with its version, and whether `mark` was handled."""
        id = None if mark is None else sql.encode_id(mark)
        rows = await self._fetch(sql.READ, sql.encode(contact), id)
        session, version, marked = rows[0]
        return Stored(session, marked, version or 0)

    async def commit(self, change: Change) -> None:
        """Make `change` true, if the session is what it was made from and the event was not handled.

        Raises `Conflict` where it is not so, and `Unsure` where the connection broke before the answer came.
        """
        statement, values = sql.commit(change, self._worker)
        try:
            changed = await self._opened().fetchval(statement, *values)
        except ValueError as error:
            raise _cannot(error) from error
        except _AGAIN as error:
            raise Conflict("another worker was first") from error
        except _LOST as error:
            refused = isinstance(error, asyncpg.PostgresError)  # it says why
            raise Unsure(
                str(_cannot(error)) if refused else f"the connection broke: {fault(error)}"
            ) from error
        except asyncpg.PostgresError as error:
            raise _cannot(error) from error
        if not changed:
            raise Conflict("another worker was first")

    async def deadlines(self, before: Instant = INT_MAX) -> Iterable[tuple[str, Instant]]:
        """Some contacts with a deadline up to `before` that no worker was given in the last minute."""
        again = min(before + DEADLINE_HELD, INT_MAX) // BUCKET + 1
        rows = await self._fetch(sql.CLAIM_DEADLINES, before // BUCKET, before, again, TAKE)
        due = [(contact, at) for data, at in rows if (contact := _contact(data)) is not None]
        return sorted(due, key=lambda one: one[1])

    # The outbox.

    async def undelivered(self, lane: Lane) -> Iterable[str]:
        """Some contacts with rows in this lane to which no worker delivers: now this one does."""
        rows = await self._claim(sql.CLAIM_QUEUES, lane, self._worker, TAKE)
        return [contact for (data,) in rows if (contact := _contact(data)) is not None]

    async def outbox(self, contact: str, lane: Lane, limit: int) -> Sequence[OutboxRow]:
        """The first rows of the lane; none where another worker delivers it. An empty lane is let go."""
        of = sql.encode(contact), lane
        while rows := await self._fetch(sql.OUTBOX, *of, limit):
            worker, news = rows[0][:2]
            if worker != self._worker:
                if not await self._fetch(sql.CLAIM_QUEUE, *of, self._worker):
                    return []
                continue
            found = [OutboxRow(seq, body) for _, _, seq, body in rows if seq is not None]
            if found:
                everything = len(found) < limit
                self._seen[contact, lane] = (news if everything else -1, {row.seq for row in found})
                return found
            await self._fetch(sql.DELIVERED, *of, [], self._worker, news)
        return []

    async def delivered(self, contact: str, lane: Lane, seqs: Sequence[int]) -> bool:
        """Delete these rows. Where they were all there is, the lane is let go."""
        news, left = self._seen.get((contact, lane), (-1, set[int]()))
        left.difference_update(seqs)
        if left:
            news = -1  # no lane was added to so often: it is kept
        let_go = await self._fetch(sql.DELIVERED, sql.encode(contact), lane, seqs, self._worker, news)
        if not left:
            self._seen.pop((contact, lane), None)
        return not let_go

    async def park(self, contact: str, lane: Lane, seq: int, why: str, at: Instant) -> None:
        """Move a row out of the outbox, to what could not be delivered."""
        await self._fetch(sql.PARK, sql.encode(contact), lane, seq, encode_name(why), at)

    async def parked(self, contact: str | None, after: int, limit: int) -> Sequence[ParkedRow]:
        """What could not be delivered."""
        of = None if contact is None else sql.encode(contact)
        return [
            ParkedRow(who, seq, lane, body, decode_name(why) or "", at)
            for data, seq, lane, body, why, at in await self._fetch(sql.PARKED, after, of, limit)
            if (who := _contact(data)) is not None
        ]

    async def unpark(self, contact: str, seqs: Sequence[int], *, again: bool) -> int:
        """Delete these, or put them at the end of the outbox, for this worker to deliver unless another does."""
        of = sql.encode(contact), seqs
        gone = (
            await self._fetch(sql.UNPARK, *of, self._worker) if again else await self._fetch(sql.DISCARD, *of)
        )
        return len(gone)

    async def letters(self, contact: str | None, after: int, limit: int) -> Sequence[LetterRow]:
        """What is left of sessions that ended by a fault."""
        of = None if contact is None else sql.encode(contact)
        rows = await self._fetch(sql.LETTERS, after, of, limit)
        named = [(_contact(data), seq, body, at) for data, seq, body, at in rows]
        return [LetterRow(who, seq, body, at) for who, seq, body, at in named if who is not None]

    async def discard_letters(self, contact: str, seqs: Sequence[int]) -> int:
        """Delete these letters."""
        return len(await self._fetch(sql.DISCARD_LETTERS, sql.encode(contact), seqs))

    async def forget_letters(self, before: Instant, keep: int) -> int:
        """Delete the letters from before that instant, and all but the last `keep`."""
        return await self._delete(sql.FORGET_LETTERS, before, keep)

    # Calls and marks.

    async def calls(self, contact: str | None = None) -> Iterable[CallRow]:
        """Some calls that no worker runs: now this one does; or those of `contact` that are this worker's."""
        if contact is None:
            rows = await self._claim(sql.CLAIM_CALLS, self._worker, TAKE)
        else:
            rows = await self._fetch(sql.CLAIM_CALLS_OF, self._worker, sql.encode(contact))
        return [
            CallRow(who, name, body)
            for _, data, key, body in sorted(rows, key=lambda row: int(row[0]))
            if (who := _contact(data)) is not None and (name := _contact(key)) is not None
        ]

    async def forget_marks(self, before: Instant) -> int:
        """Delete the marks made before that instant, some at a time."""
        deleted = 0
        while True:
            deleted += (count := await self._delete(sql.FORGET_MARKS, before, 10 * TAKE))
            if count < 10 * TAKE:
                return deleted

    # For whoever looks after the sessions.

    async def sessions(self, after: str | None, limit: int) -> Sequence[SessionRow]:
        """Sessions in order of the bytes of their contacts, those behind `after`."""
        found: list[SessionRow] = []
        last = None if after is None else sql.encode(after)
        while len(found) < limit:
            if last is None:
                rows = await self._fetch(sql.SESSIONS, limit)
            else:
                rows = await self._fetch(sql.SESSIONS_BEHIND, limit, last)
            named = [(_contact(data), body, due) for data, body, due in rows]
            found += [SessionRow(who, body, due) for who, body, due in named if who is not None]
            if len(rows) < limit:
                break
            last = rows[-1][0]
        return found[:limit]

    async def erase(self, contact: str) -> int:
        """Delete all that there is of `contact`, while no event is committed."""
        key = sql.encode(contact)

        async def work(pool: asyncpg.Pool[asyncpg.Record]) -> int:
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute(sql.ERASE_ALONE)
                rows = sum([cast("int", await connection.fetchval(gone, key)) for gone in sql.ERASE])
                await connection.execute(sql.ERASE_QUEUE, key)
                return rows

        rows = await self._retrying(work)
        self._seen = {lane: seen for lane, seen in self._seen.items() if lane[0] != contact}
        return rows

    # The connection.

    async def _connect(self) -> asyncpg.Pool[asyncpg.Record]:
        """The connections; a first one is made later, and again until the database is there."""
        return await asyncpg.create_pool(
            self._dsn,
            min_size=0,
            max_size=self._connections,
            command_timeout=_LONGEST_STATEMENT,
            connection_class=_Connection,
        )

    def _opened(self) -> asyncpg.Pool[asyncpg.Record]:
        if self._pool is None:
            raise StoreError("the PostgreSQL store is not open")
        return self._pool

    async def _fetch(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """The rows of a statement that may be said twice."""
        return await self._retrying(lambda connection: connection.fetch(statement, *values))

    async def _delete(self, statement: str, *values: object) -> int:
        """How many rows a statement has deleted."""
        said = await self._retrying(lambda pool: pool.execute(statement, *values))
        return int(said.rpartition(" ")[2])

    async def _claim(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """What a statement gives this worker, and what it gave already where its answer was not heard."""
        asked = (statement, values)

        async def claim(pool: asyncpg.Pool[asyncpg.Record]) -> list[asyncpg.Record]:
            again = asked in self._unheard
            self._unheard.add(asked)
            rows = await pool.fetch(statement, *values, again)
            self._unheard.discard(asked)
            return rows

        return await self._retrying(claim)

    async def _retrying(self, work: Callable[[asyncpg.Pool[asyncpg.Record]], Awaitable[T]]) -> T:
        """The result of `work`, which is tried again while the database is away, for as long as there is patience."""
        loop = asyncio.get_running_loop()
        until, pause = loop.time() + self._patience, _FIRST_PAUSE
        while True:
            try:
                return await work(self._opened())
            except ValueError as error:  # of a setting or a value, which will be the same the next time
                raise _cannot(error) from error
            except (*_LOST, *_AGAIN) as error:
                if loop.time() >= until:
                    raise _cannot(error) from error
            except asyncpg.PostgresError as error:
                raise _cannot(error) from error
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret hangs on it
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _beat(self) -> None:
        """Say that this worker is alive."""
        await self._fetch(sql.BEAT, self._worker, self._lease)
        await self._fetch(sql.FORGET_WORKERS)

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(self._lease / 3)
            try:
                await self._beat()
            except StoreError as error:
                # The lease may run out, and others take over: nothing is lost by that.
                logger.error("this worker cannot say that it is alive: %(why)s", {"why": fault(error)})


async def _make_tables(pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Bring the tables to the version of this runtime, all in one transaction."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", schema.LOCK)
        await connection.execute(schema.BEGIN)
        version = cast("int", await connection.fetchval(schema.VERSION))
        if version > schema.SCHEMA:
            raise StoreError(
                f"the database has version {version} of the tables, and this flowrt knows version {schema.SCHEMA}: "
                "they were made by a newer flowrt; upgrade this one"
            )
        if version < schema.SCHEMA:
            for step in schema.STEPS[version:]:
                await connection.execute(step)
            await connection.execute("DELETE FROM flowrt_schema")
            await connection.execute("INSERT INTO flowrt_schema VALUES ($1)", schema.SCHEMA)


async def _warn_of_risks(pool: asyncpg.Pool[asyncpg.Record]) -> None:
    """Say it where the server does not wait for its disk."""
    synchronous, fsync = (await pool.fetch(sql.SETTINGS))[0]
    if synchronous == "off":
        logger.warning(
            "the database commits with synchronous_commit=off: after a crash of the server the last messages may "
            "be forgotten, though they were answered"
        )
    if fsync == "off":
        logger.warning(
            "the database runs with fsync=off: after a power cut messages may be forgotten, or all be damaged"
        )


def _contact(data: bytes) -> str | None:
    """The name that `postgres_sql.encode` wrote; None, and a word in the log, where it wrote no such thing."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        logger.error("the store holds a row under a name that flowrt did not write; it is passed over")
        return None


def _cannot(error: BaseException) -> StoreError:
    """`error` in a sentence. What is said of a value is left out: it may quote a contact."""
    said = str(error).partition("\n")[0] if isinstance(error, OSError | asyncpg.PostgresError) else ""
    return StoreError(f"the PostgreSQL database cannot be used: {said or type(error).__name__}")
