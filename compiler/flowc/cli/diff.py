"""`flowc diff`: what a new version of flows means for people in mid-conversation."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from flowc.cli.census import Census, take_census
from flowc.cli.findings import Findings
from flowc.cli.options import UNUSABLE, traceback_option
from flowc.cli.output import Output, output_options
from flowc.cli.streams import complain, tell
from flowc.cli.versions import NoVersion, OneFile, Version, version
from flowc.diagnostics.diagnostic import Mistake
from flowc.diagnostics.flow import NoEntry
from flowc.diagnostics.versions import LostFlow, LostSession, RepeatedStep
from flowc.diff.compare import Fate, compare
from flowc.diff.told import told
from flowc.machine import Machine
from flowc.pipeline import Compiled, compile_flow
from flowc.records import dataclass
from flowc.source import Source, Sources, Span, Unreadable


class NotCompared(Exception):
    """A flow of the old version has no machine to compare; the message says why."""


@click.command
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="[NEW]", required=False)
@click.option(
    "--sessions", "store", metavar="STORE", help="Count the live sessions that each finding touches."
)
@output_options
@traceback_option
def diff(old: str, new: str | None, store: str | None, output: Output) -> int:
    """Say what a new version of flows means for people in mid-conversation.

    OLD and NEW are flows, folders, or revisions of git; without NEW it is the working folder. For each wait of the
    old flow it is said whether a session that rests there goes on, may have to do its step again, or is lost, with
    the reason and the shortest conversation that leads there. Exits with 1 where a session would be lost.

    STORE is a SQLite file, or the URL of a store; a SQLite file must not be in use by a bot meanwhile, but may be a
    copy.

    \b
    Examples:
      flowc diff main
      flowc diff main feedback.flow
      flowc diff deployed/feedback.flow feedback.flow --format github
      flowc diff main --sessions postgresql://bot@db/chats
    """
    census = None if store is None else take_census(store)
    findings = Findings(output, stream=sys.stdout)
    comparing = _Comparing(findings, census)
    try:
        before = version(old, beside=Path(new) if new else None)
        after = version(new) if new else version(".")
        for pair in _pairs(before, after):
            comparing.pair(pair)
    except NoVersion as error:
        complain(str(error))
        return UNUSABLE
    findings.close("diff")
    comparing.count()
    return findings.code


@dataclass(frozen=True, slots=True)
class _Pair:
    """A flow in two versions, by its path in each; None where the new version has no such file."""

    before: Version
    old: Path
    after: Version
    new: Path | None


def _pairs(before: Version, after: Version) -> Iterator[_Pair]:
    olds, news = before.flows(), after.flows()
    if isinstance(after, OneFile) and len(olds) == 1:  # whatever the two files are called
        yield _Pair(before, next(iter(olds.values())), after, next(iter(news.values())))
        return
    for name, path in olds.items():
        yield _Pair(before, path, after, news.get(name))


class _Comparing:
    """Compares flows, pair by pair, and shows what is found."""

    def __init__(self, findings: Findings, census: Census | None = None) -> None:
        self.findings = findings
        self.census = census
        self.verdicts: Counter[str] = Counter()
        self.sessions: Counter[str] = Counter()
        self.told: list[str] = []

    def pair(self, pair: _Pair) -> None:
        """Compare one flow; one that was never right has no sessions."""
        try:
            old = _old_machine(pair)
        except NotCompared as error:
            tell(str(error))
            return
        if old is None:
            return
        if pair.new is None:
            self._gone(old, str(pair.old))
            return
        try:
            source = pair.after.read(pair.new)
        except Unreadable as error:
            self.findings.unreadable(pair.new, str(error))
            return
        compiled = compile_flow(source, pair.after.read)
        self.findings.look_at(source)
        if compiled.machine is None:
            self.findings.show(compiled.diagnostics, compiled.sources)
        elif compiled.machine.name != old.name:
            self._gone(old, source.path, source)
        else:
            self._compare(old, compiled.machine, compiled, source)

    def _gone(self, old: Machine, path: str, source: Source | None = None) -> None:
        self.verdicts["lost"] += len(old.waits)
        live = None if self.census is None else self.census.of_flow(old)
        self.sessions["lost"] += live or 0
        mistake = LostFlow(span=Span(path, 0, 0), name=old.name, waits=len(old.waits), sessions=live)
        sources = Sources({path: source or Source(path, "\n")})
        self.findings.show([mistake.diagnostic()], sources)

    def _compare(self, old: Machine, new: Machine, compiled: Compiled, source: Source) -> None:
        places = {state.name: state.origin.span for state in new.waits}
        fates = compare(old, new)
        for fate in fates:
            self.verdicts[fate.verdict] += 1
            live = None if self.census is None else self.census.in_wait(old, fate.state.name)
            self.sessions[fate.verdict] += live or 0
            mistake = _mistake(fate, places.get(fate.now, Span(source.path, 0, 0)), live)
            if mistake is not None:
                self.findings.show([mistake.diagnostic()], compiled.sources)
        if any(fate.verdict == "lost" for fate in fates):
            self.told.append(f"who loses a session of `{new.name}` is told: {told(new)}")

    def count(self) -> None:
        """Say how many waits there are of each fate, how many sessions rest in them, and what the lost are told."""
        tell(f"waits of the old version: {_counted(self.verdicts)}")
        if self.census is not None:
            tell(f"live sessions in them: {_counted(self.sessions)}")
        for line in self.told:
            tell(line)


def _counted(verdicts: Counter[str]) -> str:
    words = {"safe": "safe", "restarts": "may repeat a step", "lost": "lost"}
    return ", ".join(f"{verdicts[key]} {word}" for key, word in words.items())


def _old_machine(pair: _Pair) -> Machine | None:
    """The machine of the old version; None where the file is no flow of its own but a part of others."""
    try:
        compiled = compile_flow(pair.before.read(pair.old), pair.before.read)
    except Unreadable as error:
        raise NotCompared(str(error)) from error
    codes = {found.code for found in compiled.diagnostics if found.severity == "error"}
    if compiled.machine is None and NoEntry.code not in codes:
        named = ", ".join(sorted(codes))
        raise NotCompared(f"`{pair.old}` in `{pair.before.name}` has errors ({named}): passed over")
    return compiled.machine


def _mistake(fate: Fate, span: Span, sessions: int | None) -> Mistake | None:
    match fate.verdict:
        case "lost":
            proposal = str(fate.proposal) if fate.proposal else None
            return LostSession(
                span=span,
                wait=fate.state.name,
                why=fate.why,
                conversation=fate.conversation,
                proposal=proposal,
                sessions=sessions,
            )
        case "restarts":
            return RepeatedStep(
                span=span,
                wait=fate.state.name,
                why=fate.why,
                conversation=fate.conversation,
                sessions=sessions,
            )
        case "safe":
            return None
