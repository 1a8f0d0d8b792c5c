"""How fast the compiler is, and what memory it takes, over ordinary flows of several lengths.

    python -m benchmarks.compiler
    python -m benchmarks.compiler --lines 1000 10000 --rounds 3 --stages parse check

Every measurement is a process of its own. The rounds are interleaved, so that whatever else the machine does falls
on all lengths alike; of each figure the median is printed. Times are of the processor, and begin when the parser's
tables are loaded. What is a stage:

- parse: from the text to the AST;
- check: from the text to all findings, the machine and its contracts: what `flowc check` does;
- build: from the text to the text of the Python module.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from statistics import median

from benchmarks.ordinary import ordinary
from flowc.emit.python import emit_python
from flowc.parse import parse
from flowc.pipeline import compile_flow
from flowc.source import source_of

LENGTHS = (1_000, 2_000, 5_000, 10_000, 20_000)
STAGES = ("parse", "check", "build")


def measure(stage: str, lines: int) -> dict[str, float]:
    """One run of one stage in this process: its lines, seconds, and the most memory of the process in MB."""
    source = source_of("ordinary.flow", ordinary(lines))
    parse(source_of("warm.flow", 'on message -> reply "Hi." -> end session'))
    begin = time.process_time()
    if stage == "parse":
        parse(source)
    else:
        compiled = compile_flow(source)
        if compiled.machine is None or compiled.diagnostics:
            raise SystemExit(f"the flow has findings: {[each.title for each in compiled.diagnostics][:3]}")
        if stage == "build":
            emit_python(compiled.machine)
    seconds = time.process_time() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"lines": source.text.count("\n"), "seconds": seconds, "memory": memory}


def apart(stage: str, lines: int) -> dict[str, float]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.compiler", "--one", stage, str(lines)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - this very file
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measure, and print a table in Markdown."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lines", type=int, nargs="+", default=LENGTHS)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--stages", choices=STAGES, nargs="+", default=STAGES)
    arguments.add_argument("--one", nargs=2, metavar=("STAGE", "LINES"), help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(measure(given.one[0], int(given.one[1]))))
        return
    runs: dict[tuple[str, int], list[dict[str, float]]] = {}
    for _ in range(given.rounds):
        for lines in given.lines:
            for stage in given.stages:
                runs.setdefault((stage, lines), []).append(apart(stage, lines))
    print(f"| lines | {' | '.join(f'{stage}, lines/s | s | MB' for stage in given.stages)} |")
    print(f"|--:|{'--:|--:|--:|' * len(given.stages)}")
    for lines in given.lines:
        print(f"| {lines:,} | {' | '.join(_figures(runs[stage, lines]) for stage in given.stages)} |")


def _figures(runs: list[dict[str, float]]) -> str:
    """Lines a second, seconds, and the most memory of the process in MB: the medians."""
    seconds, memory = (median(run[what] for run in runs) for what in ("seconds", "memory"))
    return f"{runs[0]['lines'] / seconds:,.0f} | {seconds:.2f} | {memory:.0f}"


if __name__ == "__main__":
    main()
