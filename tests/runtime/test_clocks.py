"""G4 under clocks that jump: rules 3 and 4 of the language, sentence by sentence, on every store."""

from __future__ import annotations

import pytest

from flowrt.time import EARLIEST, LATEST, SECOND
from tests.runtime.world import World

GREETING = ["Hi! Three quick questions.", "What's your name?"]
EXPIRED = "Let's pick this up another time."


@pytest.mark.parametrize(
    "begin", [0, -1, -900 * SECOND, -62_135_596_800 * SECOND, EARLIEST, LATEST, 2**63 - 1, -(2**70), 2**70]
)
def test_a_clock_may_show_anything(world: World, begin: int) -> None:
    """A machine that lost the time begins at 0; one with a broken clock anywhere."""
    world.clock.set(begin)

    async def main() -> None:
        async with world.bot() as bot:
            assert await world.say(bot, "hi") == GREETING
            assert await world.say(bot, "hi", contact="bob") == GREETING
            world.clock.advance(900)
            await bot.fire_due()
            stands = (
                begin >= LATEST or begin + 900 * SECOND <= EARLIEST
            )  # it shows no calendar's time, and none passes
            expected = ["How was it, from 1 to 5?"] if stands else [EXPIRED, *GREETING]
            assert await world.say(bot, "Ada") == expected

    world.run(main())
