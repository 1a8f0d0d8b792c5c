"""Run seeds of the simulation.

.venv/bin/python -m tests.simulation --seed 1234 --trace      one seed, with all that happens
.venv/bin/python -m tests.simulation --conversations 100000   seed after seed until so many were held
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.simulation.plans import CONTACTS, MOVES, plan_of
from tests.simulation.world import Report, hold, run


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seed", type=int, default=1, help="the first seed, or the only one")
    parser.add_argument("--conversations", type=int, help="go on with the next seeds until so many were held")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no more seeds after that")
    parser.add_argument("--contacts", type=int, default=CONTACTS, help="how many people talk in a run")
    parser.add_argument("--moves", type=int, default=MOVES, help="how much each of them says")
    parser.add_argument("--trace", action="store_true", help="write all that happens")
    asked = parser.parse_args()
    write = print if asked.trace else None
    begun, reports = time.monotonic(), list[Report]()
    try:
        while not reports or (
            sum(report.conversations for report in reports) < (asked.conversations or 0)
            and time.monotonic() - begun < asked.seconds
        ):
            plan = plan_of(asked.seed + len(reports), asked.contacts, asked.moves)
            reports.append(run(plan, write))
            hold(plan, reports[-1])
    finally:
        _say(reports, time.monotonic() - begun)


def _say(reports: list[Report], seconds: float) -> None:
    ended, faults = Counter[str](), Counter[str]()
    for report in reports:
        ended += report.ended
        faults += report.faults
    out = sys.stdout.write
    out(f"digest of the last {reports[-1].digest}\n")
    out(f"seeds {reports[0].seed} to {reports[-1].seed}, {seconds:.0f} s\n")
    out(f"{ended.total():,} conversations, {sum(report.events for report in reports):,} events, ")
    out(f"{sum(report.steps for report in reports):,} steps, ")
    out(f"{sum(report.processes for report in reports):,} processes, ")
    out(f"{sum(report.repeats for report in reports):,} deliveries came again\n")
    for name, count in sorted((ended | faults).items()):
        out(f"  {count:>10,} {name}\n")


if __name__ == "__main__":
    main()
