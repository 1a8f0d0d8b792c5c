"""The k-th call of the store fails, for every k of a conversation: the conversation comes out the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

import pytest

from flowrt.abc import CallRow, Change, Lane, OutboxRow, Store, Stored
from flowrt.bot import Bot
from flowrt.effects import Ended
from flowrt.errors import StoreError, Unsure
from flowrt.time import Instant
from flowrt.values import INT_MAX
from tests.feedback import SAID, TEXTS
from tests.runtime.world import StoreAround, World, until

T = TypeVar("T")


class Failing(StoreAround):
    """A store one of whose calls fails: before it has done anything, or with its answer lost."""

    def __init__(self, store: Store, fails: int, *, after: bool, error: type[Exception]) -> None:
        super().__init__(store)
        self.fails, self.after, self.error = fails, after, error
        self.calls_made = 0

    async def _may_fail(self, work: Callable[[], Awaitable[T]]) -> T:
        self.calls_made += 1
        mine = self.calls_made == self.fails
        if mine and not self.after:
            raise self.error("the line went dead")
        result = await work()
        if mine:
            raise self.error("the line went dead")
        return result

    async def read(self, contact: str, mark: str | None) -> Stored:
        return await self._may_fail(lambda: super(Failing, self).read(contact, mark))

    async def commit(self, change: Change) -> None:
        await self._may_fail(lambda: super(Failing, self).commit(change))

    async def deadlines(self, before: Instant = INT_MAX) -> Iterable[tuple[str, Instant]]:
        return await self._may_fail(lambda: super(Failing, self).deadlines(before))

    async def outbox(self, contact: str, lane: Lane, limit: int) -> Sequence[OutboxRow]:
        return await self._may_fail(lambda: super(Failing, self).outbox(contact, lane, limit))

    async def delivered(self, contact: str, lane: Lane, seqs: Sequence[int]) -> bool:
        return await self._may_fail(lambda: super(Failing, self).delivered(contact, lane, seqs))

    async def calls(self, contact: str | None = None) -> Iterable[CallRow]:
        return await self._may_fail(lambda: super(Failing, self).calls(contact))


async def insist(bot: Bot, world: World, text: str) -> None:
    """Send a message as a web hook does: again, until it is accepted."""
    message = world.message(text)
    for _ in range(5):
        try:
            await bot.receive(message)
        except (StoreError, ConnectionError):
            continue
        return
    pytest.fail("it was never accepted")


async def conversation(world: World, store: Failing) -> None:
    """The whole conversation, with a wrong answer in it, a call, and the end of the session."""
    async with world.bot(store=store) as bot:
        for text in TEXTS:
            await insist(bot, world, text)
        await until(lambda: bool(world.listener.notices))
        await bot.idle()
        await until(lambda: len({reply.id for reply in world.channel.sent}) == len(SAID))
        # What was sent and is still in the outbox would be sent again, to the next conversation.
        await until(lambda: not bot._backlog()["deliveries"])


@pytest.mark.parametrize("after", [False, True], ids=["not done", "done"])
@pytest.mark.parametrize("error", [StoreError, Unsure, ConnectionError])
def test_whichever_call_fails_the_conversation_comes_out_the_same(
    world: World, error: type[Exception], after: bool
) -> None:
    fails, whole = 2, False  # the first call reads the deadlines: a store that cannot do that does not open
    while not whole:
        world.channel.sent.clear()
        world.listener.notices.clear()
        world.actions.calls.clear()
        store = Failing(world.new_store(), fails, after=after, error=error)
        world.run(conversation(world, store))
        whole = store.calls_made < fails
        said = list({reply.id: reply.text for reply in world.channel.sent}.values())
        assert said == SAID, f"call {fails}"
        assert len({key for key, _ in world.actions.calls}) == 1, f"call {fails}"
        ends = {notice.id: notice.reason for notice in world.listener.notices if isinstance(notice, Ended)}
        assert list(ends.values()) == ["ended"], f"call {fails}"
        fails += 1
    assert fails > 20
    assert set(world.rows().values()) == {0}
