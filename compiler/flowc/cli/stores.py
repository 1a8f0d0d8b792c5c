"""Stores as a command line names them, and what is done with one while it is open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from flowrt.abc import Store
from flowrt.errors import InUse, StoreError
from flowrt.flow import Flow
from flowrt.operations import Operations
from flowrt.stores import UnknownStore, open_store
from flowrt.stores.sqlite import SqliteStore

T = TypeVar("T")

PATIENCE = 3.0
"""For how many seconds it is tried to reach a database that is away, before somebody who waits is told."""

_NAMES = "write the path of a SQLite file, or postgresql://user@host/database"


def named_store(name: str) -> Store:
    """The store that `name` names: as a bot names it, or a SQLite file by its path. It must be there already.

    Raises `StoreError`.
    """
    if not name.strip():
        raise StoreError(f"--store names no store: {_NAMES}")
    if name == "memory:":
        raise StoreError("a memory store is inside its process, where nobody else sees it: ask its bot")
    if "://" not in name and name:
        name = f"sqlite:///{quote(name, errors='surrogateescape')}"
    try:
        store = open_store(name, patience=PATIENCE)
    except UnknownStore as error:
        raise StoreError(f"{error.sentence}: {_NAMES}") from error
    if isinstance(store, SqliteStore) and not Path(store.path).is_file():
        raise StoreError(f"there is no store `{store.path}`")
    return store


def with_store(
    name: str,
    work: Callable[[Operations], Awaitable[T]],
    flow: Flow[Any] | None = None,
    *,
    actions: object = None,
    notices: bool = True,
) -> T:
    """What comes of `work` while the store `name` is open.

    Raises `StoreError`, which says what to do where a bot has the store for itself.
    """

    async def main() -> T:
        async with Operations(store, flow, actions=actions, notices=notices) as operations:
            return await work(operations)

    store = named_store(name)
    try:
        return asyncio.run(main())
    except InUse as error:
        where = store.path if isinstance(store, SqliteStore) else name
        raise InUse(
            f"`{where}` is in use by a bot, and a SQLite file serves one process. Stop the bot first, or have it do"
            " this: `Bot` has methods for it, such as `sessions`, `end`, `retry` and `erase`"
        ) from error
