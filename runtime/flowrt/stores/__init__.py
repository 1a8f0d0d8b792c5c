"""The stores, each in its own module, imported when it is asked for."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote

from flowrt.abc import Store
from flowrt.errors import StoreError

SCHEMES = """\
  memory:                    kept in this process and lost with it
  sqlite:///sessions.db      a file of this folder; one process at a time
  sqlite:////var/bot/s.db    a file by its whole path; behind it may stand ?synchronous=normal
  postgresql://bot@db/chats  a PostgreSQL database; any number of processes"""


class UnknownStore(StoreError):
    """A name that is not one of `SCHEMES`; `sentence` says so without listing them."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence}; the stores are\n{SCHEMES}")
        self.sentence = sentence


def open_store(store: Store | str | None, *, patience: float | None = None) -> Store:
    """The store that `store` names; a store object is itself.

    The store is made, not opened: that is its `open`. One on a server tries to reach it for `patience` seconds, where
    that is given. Raises `UnknownStore` where the name is not one of `SCHEMES`, and `StoreError` where there is
    none, or the package that such a store needs is not installed.

    >>> type(open_store("memory:")).__name__
    'MemoryStore'
    """
    if store is None or store == "":
        raise StoreError(f"name the store of the bot: `store=` takes one of\n{SCHEMES}\nor a store object")
    if not isinstance(store, str):
        return store
    if store == "memory:":
        from flowrt.stores.memory import MemoryStore  # noqa: PLC0415

        return MemoryStore()
    if store.startswith(("postgresql://", "postgres://")):
        return _open_postgres(store, patience)
    path = store.removeprefix("sqlite:///")
    if path != store and path:
        from flowrt.stores.sqlite import SqliteStore  # noqa: PLC0415 - it imports sqlite3

        path, _, query = path.partition("?")
        return SqliteStore(unquote(path), **_settings(query, ["synchronous"]))
    raise UnknownStore(f"there is no store {_without_password(store)!r}")


def _open_postgres(url: str, patience: float | None) -> Store:
    try:
        from flowrt.stores.postgres import PostgresStore  # noqa: PLC0415 - it imports asyncpg
    except ModuleNotFoundError as missing:
        if missing.name != "asyncpg":
            raise
        raise StoreError("a store in PostgreSQL needs the package asyncpg: install flowc[postgres]") from None
    return PostgresStore(url) if patience is None else PostgresStore(url, patience=patience)


def _settings(query: str, known: list[str]) -> dict[str, str]:
    """The settings behind the `?` of a store's name. Raises `StoreError` where one is none of the `known`."""
    found = parse_qs(query, keep_blank_values=True)
    for name, values in found.items():
        if name not in known:
            raise StoreError(f"the store has no setting {name!r}: it has {', '.join(known)}")
        if len(values) > 1 or not values[0]:
            raise StoreError(f"the store is given {name!r} twice or without a value")
    return {name: value for name, [value] in found.items()}


def _without_password(url: str) -> str:
    """`url` fit for a log: what stands before an `@` may be a secret."""
    scheme, found, rest = url.partition("://")
    return f"{scheme}://…@{rest.rpartition('@')[2]}" if found and "@" in rest else url
