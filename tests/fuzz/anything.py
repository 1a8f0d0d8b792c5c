"""The parser and the checker on whatever there may be: nothing but diagnostics comes out.

    python -m tests.fuzz.anything --seconds 600

Four kinds of files: examples with slips in them, programs at random, programs at random that mean something, and
bytes. For each, a flow either compiles to a machine and a module, or has at least one error; and every diagnostic can
be drawn.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from flowc.diagnostics.text import concise, draw
from flowc.emit.python import emit_python
from flowc.format import Unformatted, format_source
from flowc.parse import parse
from flowc.pipeline import compile_flow
from flowc.source import Source, source_of
from tests.format.programs import program
from tests.fuzz.flows import flow

ROOT = Path(__file__).parents[2]
EXAMPLES = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("examples/*/*.flow"))]
EXAMPLES += [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("tests/conversations/*.flow"))]
PIECES = re.compile(r"\w+|[^\S\n]+|\n|->|[^\w\s]")
SIGNS = [*"'\"{}#\\/|=:,()[].?é日\u202e", "->", "==", "..", "\U0001f600", "1.5", "9" * 30, "in", "not", "or"]


def slips(text: str, random: Random) -> str:
    """`text` with a few pieces left out, doubled, swapped or replaced."""
    pieces = PIECES.findall(text)
    for _ in range(random.randint(1, 6) if pieces else 0):
        at, other = random.randrange(len(pieces)), random.randrange(len(pieces))
        match random.randrange(5):
            case 0:
                pieces[at] = ""
            case 1:
                pieces[at] *= 2
            case 2:
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case 3:
                pieces[at] = random.choice(SIGNS)
            case _:
                pieces[at] = pieces[other]
    return "".join(pieces)


def noise(random: Random) -> str:
    """Bytes, as far as they are UTF-8."""
    data = random.randbytes(random.randint(0, 300))
    return data.decode("utf-8", random.choice(["replace", "ignore"]))


KINDS: dict[str, Callable[[Random], str]] = {
    "examples with slips": lambda random: slips(random.choice(EXAMPLES), random),
    "programs at random": lambda random: slips(program(random), random),
    "programs that mean something": flow,
    "such programs with a slip": lambda random: slips(flow(random), random),
    "bytes": noise,
}


def check(text: str) -> str:
    """What came of a flow: `machine`, or the code of its first error. Raises where it is neither."""
    source = source_of("any.flow", text)
    compiled = compile_flow(source, lambda path: source_of(str(path), 'anytime on "imported" -> again'))
    for diagnostic in compiled.diagnostics:
        draw(diagnostic, compiled.sources)
        concise(diagnostic, compiled.sources)
    errors = [each.code for each in compiled.diagnostics if each.severity == "error"]
    if compiled.machine is None:
        return errors[0]
    assert not errors
    emit_python(compiled.machine)
    formatted(source)
    return "machine"


def formatted(source: Source) -> None:
    """What is well written is written the same once more."""
    if parse(source).mistakes:
        return
    try:
        once = format_source(source)
    except Unformatted as error:
        raise AssertionError("a sound file was not formatted") from error
    assert format_source(source_of(source.path, once)) == once


def runs(seconds: float, seed: int) -> Iterator[tuple[str, str]]:
    """The kind of each file, and what came of it, until the time is over. A fault names its seed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        kind = list(KINDS)[seed % len(KINDS)]
        text = KINDS[kind](Random(seed))  # noqa: S311 - no secret
        try:
            yield kind, check(text)
        except BaseException:
            sys.stderr.write(f"seed {seed}, {kind}:\n{text}\n")
            raise
        seed += 1


def main() -> None:
    """Run for as long as is asked for, and count what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    files: Counter[str] = Counter()
    machines: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for kind, outcome in runs(given.seconds, given.seed):
        files[kind] += 1
        machines[kind] += outcome == "machine"
        codes[outcome] += 1
    for kind in KINDS:
        sys.stdout.write(f"{kind}: {files[kind]:,} files, {machines[kind]:,} compiled\n")
    sys.stdout.write(
        f"{sum(files.values()):,} files, {len(codes) - 1} different codes first, nothing but diagnostics\n"
    )


if __name__ == "__main__":
    main()
