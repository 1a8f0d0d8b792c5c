"""What a seed stands for: which flow, how many people, what kind of store, and what goes wrong how often."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.simulation import flows
from tests.simulation.flows import Version

CONTACTS, MOVES = 40, 50
"""How many people talk in a run, and how much each says, unless something else is asked for."""

FAULTS = {
    "store failed": 0.02,
    "question lost on the way to the store": 0.02,
    "answer of the store lost": 0.02,
    "store answers late": 0.2,
    "process killed on the way to the store": 0.001,
    "process killed on the way back from the store": 0.001,
    "process killed when the channel had it": 0.003,
    "process killed when the host had it": 0.003,
    "process killed after an action": 0.02,
    "process is doomed": 0.7,
    "commit goes on though its caller left": 0.5,
    "channel called it undeliverable": 0.02,
    "channel was slow": 0.05,
    "channel refused": 0.05,
    "channel hung": 0.004,
    "channel had it and said that it had not": 0.02,
    "channel had it and hung": 0.004,
    "host was slow": 0.05,
    "host refused": 0.05,
    "host hung": 0.004,
    "host had it and said that it had not": 0.02,
    "host had it and hung": 0.004,
    "action was slow": 0.2,
    "action hung": 0.03,
    "action did it and was late": 0.03,
    "action asked for another try": 0.2,
    "action raised": 0.1,
    "action gave something else": 0.05,
    "message came twice": 0.1,
    "message was delayed": 0.2,
    "message was lost": 0.1,
    "acknowledgement was lost": 0.05,
    "caller gave up": 0.02,
    "time leapt": 0.5,
    "clock was put wrong": 0.5,
    "process froze": 0.3,
    "another version was brought out": 0.2,
    "session was garbled": 0.1,
    "effect was garbled": 0.05,
    "call was garbled": 0.1,
    "contact was erased": 0.05,
    "operator looked": 0.5,
}
"""How often each fault comes where it comes: out of all occasions on which it could."""


@dataclass(frozen=True)
class Plan:
    """What happens in one run."""

    seed: int
    versions: tuple[Version, ...]
    shared: bool
    workers: int
    contacts: int
    moves: int
    faults: dict[str, float]
    poisoned: int = 1

    @property
    def command(self) -> str:
        """What runs it again."""
        size = f"--contacts {self.contacts} --moves {self.moves}"
        return f".venv/bin/python -m tests.simulation --seed {self.seed} {size} --trace"


def plan_of(seed: int, contacts: int = CONTACTS, moves: int = MOVES) -> Plan:
    """The plan of `seed`. Each leaves some faults out, so that the others have more room."""
    random = Random(f"plan {seed}")  # noqa: S311 - no secret
    shared = random.random() < 0.6
    chosen = {name: odds * random.choice([0.0, 0.3, 1.0, 2.0]) for name, odds in FAULTS.items()}
    if random.random() < 0.1:
        chosen = {}
    return Plan(
        seed=seed,
        versions=_versions(random),
        shared=shared,
        workers=random.choice([1, 2, 3, 4]) if shared else 1,
        contacts=contacts,
        moves=moves,
        faults={name: min(odds, 0.9) for name, odds in chosen.items()},
    )


def _versions(random: Random) -> tuple[Version, ...]:
    draw = random.random()
    if draw < 0.5:
        return flows.example(random.choice(flows.EXAMPLES))
    if draw < 0.65:
        return flows.conversation(random.choice(flows.MORE))
    return flows.at_random(random.randrange(8))
