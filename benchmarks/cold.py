"""How long a cold `flowc check` takes, beside importing what it stands on: `python benchmarks/cold.py`.

Each run is a process of its own. The kinds take turns, so that what else the machine does meets all alike; the
figures are the median of CPU time, and the ratio is the median of the ratios within each turn. Compiled bytecode and
the parser's tables are there, as they are after the first run of an installation.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

LINES = 100
KINDS = ("bare Python", "import click, lark", f"flowc check, {LINES} lines")


def flow(lines: int) -> str:
    """A sound flow of about so many lines: a menu, and a form behind each of its entries."""
    text = (
        'flow menu\n\ntimeout 1 hour -> reply "Until next time."\n\non message -> goto menu\n\nstate menu\n'
    )
    text += '  -> reply "What would you like?"\n'
    forms = (lines - 9) // 11
    text += "".join(f'  on "{number}" -> goto form_{number}\n' for number in range(forms))
    text += '  on message -> reply "Please pick a number." -> again\n'
    for number in range(forms):
        text += f"""
state form_{number}
  -> ask name_{number} "What's your name?"
      retry "A name, please."
      after 5 minutes -> reply "Still there?"
  -> ask age_{number}: int in 1..120 "How old are you?"
      tries 3 -> reply "Let's leave it there." -> end session
  when age_{number} < 18
    -> reply "Ask your parents, {{name_{number}}}."
  -> end session
"""
    return text


def cpu(command: list[str], env: dict[str, str]) -> float:
    """The CPU time of one process, in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    """Measure, and print a table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--turns", type=int, default=21, help="how often each kind is run")
    turns: int = arguments.parse_args().turns
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "menu.flow"
        path.write_text(flow(LINES), encoding="utf-8")
        env = {name: it for name, it in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env |= {"PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode"), "XDG_CACHE_HOME": folder}
        python = [sys.executable, "-c"]
        check = "import sys; from flowc.cli import main; sys.argv = ['flowc', 'check', sys.argv[1]]; main()"
        commands = [[*python, "pass"], [*python, "import click, lark"], [*python, check, str(path)]]
        for command in commands:
            cpu(command, env)
        rows = [[cpu(command, env) for command in commands] for _ in range(turns)]
    bare, imports, checks = (statistics.median(column) for column in zip(*rows, strict=True))
    for kind, value in zip(KINDS, (bare, imports, checks), strict=True):
        print(f"{kind:24} {value:6.0f} ms")
    ratio = statistics.median(row[2] / row[1] for row in rows)
    print(f"check / import {ratio:5.2f}   above bare Python {checks - bare:4.0f} ms")


if __name__ == "__main__":
    main()
