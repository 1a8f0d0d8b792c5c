"""The line of a contact stays whole, and back-off has its bounds."""

from __future__ import annotations

import asyncio

import pytest

from flowrt.waiting import LONGEST_PAUSE, Backoff, Line, Tasks


def test_a_turn_given_to_one_who_was_cancelled_goes_to_the_next() -> None:
    async def main() -> None:
        line, served = Line(), list[str]()

        async def stand(name: str) -> None:
            await line.enter("ada")
            served.append(name)
            line.leave("ada")

        await line.enter("ada")
        second, third = asyncio.create_task(stand("second")), asyncio.create_task(stand("third"))
        await asyncio.sleep(0)
        line.leave("ada")  # the turn is the second's, who has not noticed yet
        second.cancel()
        await asyncio.wait([second, third], timeout=5)
        assert served == ["third"]
        await line.enter("ada")  # the line is empty again

    asyncio.run(main())


def test_pauses_grow_and_have_a_bound() -> None:
    backoff = Backoff(1.0)
    pauses = [backoff.next() for _ in range(2000)]
    assert 0.5 <= pauses[0] <= 1.0
    assert 2.0 <= pauses[2] <= 4.0
    assert LONGEST_PAUSE / 2 <= max(pauses) <= LONGEST_PAUSE
    backoff.reset()
    assert backoff.next() <= 1.0


def test_what_is_cancelled_ends_though_its_way_out_fails() -> None:
    async def main() -> None:
        async def attempt() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                raise ValueError("on the way out")

        tasks = Tasks(0.0)
        task = asyncio.create_task(tasks.keep_trying("this", attempt))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task], timeout=5)
        assert task.cancelled()

    asyncio.run(main())


def test_a_task_that_raises_is_logged_and_leaves_the_others_alone(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def main() -> None:
        async def stumble() -> None:
            raise ValueError("no")

        async def go_on() -> None:
            done.append("gone on")

        tasks = Tasks(0.0)
        tasks.spawn(stumble())
        tasks.spawn(go_on())
        await tasks.idle()
        await tasks.stop()

    asyncio.run(main())
    assert done == ["gone on"]
    assert "ValueError" in caplog.text
