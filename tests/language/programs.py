"""Flows at random that use the whole vocabulary and whose names and types fit, so that most of them compile.

Those of `tests.format.programs` are anything that parses; these are what an author means. Each variable is declared
with a value, each wait has a label, each word is used once in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.language.expressions import Expressions

ASKED = ("email", "phone", "url", "image", "audio", "video", "document", "location", "time")
"""Types that are asked for and handed to an action, and not computed with."""


def program(random: Random) -> str:
    """A flow, written down."""
    return _Program(random).text()


class _Program(Expressions):
    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.count = 0
        self.starts = False
        self.states: list[str] = []
        self.dialogs: list[str] = []

    def fresh(self, word: str) -> str:
        """A name that is used nowhere else."""
        self.count += 1
        return f"{word}_{self.count}"

    # Declarations

    def text(self) -> str:
        self.states = [f"state_{number}" for number in range(self.random.randint(1, 3))]
        self.dialogs = ["fetch", "look"]
        parts = ["flow random", self._timeout(), self._failed(), self._outdated(), *self._declared()]
        parts += ['anytime on "help" -> reply "Help." -> again', 'anytime on "stop" -> end session']
        parts += [self._anytime() for _ in range(self.random.randint(0, 3))]
        if self.maybe():
            parts.append('anytime on message -> reply "What?" -> again')
        parts += [f'on "{name}" -> goto {name}' for name in self.states]
        parts += [self._entry() for _ in range(self.random.randint(1, 4))]
        parts += [
            'on "dialogs" -> ' + " -> ".join(self._run(name) for name in self.dialogs) + " -> end session"
        ]
        parts += [self._state(name, 0) for name in self.states]
        parts += [self._fetch(), self._look()]
        if self.maybe(0.2):
            parts.append("renamed long_ago to state_0")
        return "\n".join(part for part in parts if part) + "\n"

    def _timeout(self) -> str:
        says = self.random.choice(
            ["", ' -> reply "Bye {kept}."', " -> set kept = kept + 1 -> emit over(kept)"]
        )
        return f"timeout 2 days{says}"

    def _outdated(self) -> str:
        return self.random.choice(
            ["", 'outdated -> reply "We begin anew, {kept}."', "outdated -> set kept = 0"]
        )

    def _failed(self) -> str:
        return self.random.choice(["", 'failed -> reply "It broke, {kept}."', "failed -> set kept = 0"])

    def _declared(self) -> list[str]:
        parts = [
            "record Order\n  number: int\n  status: text\n  due: date?\n  tags: list of text",
            "action save(note: text?, count: int) returns text?",
            "action find(number: int) returns Order?",
            "action count() returns list of int",
            "action unlock(pin: secret)",
            "function score(xs: list of int, note: text?) returns int",
            "function label(day: date?) returns text?",
        ]
        parts += [f"action take_{type_}(value: {type_})" for type_ in ASKED]
        parts += ["keep kept: int = 0", "keep nick: text? = none"]
        values = [(name, type_) for type_, names in self.variables.items() for name in names]
        parts += [f"let {name}: {type_} = {self.plain(type_)}" for name, type_ in values if name != "kept"]
        return parts

    def _entry(self) -> str:
        pattern, close = self._pattern(entry=True), "end session"
        guard = f" when kept == {self.random.randint(0, 3)}" if self.maybe(0.2) else ""
        return f"on {pattern}{guard}\n" + self.lines([*self.block(1, 2), f"-> {self._close(close)}"], 1)

    def _anytime(self) -> str:
        last = self.random.choice([[], ["-> again"], ["-> end session"], [f"-> goto {self.states[0]}"]])
        return f"anytime on {self._pattern()}{self.guard()}\n" + self.lines([*self.block(1, 1), *last], 1)

    def _close(self, default: str) -> str:
        return self.random.choice([default, 'handoff "team"', *(f"goto {name}" for name in self.states)])

    def _pattern(self, *, entry: bool = False) -> str:
        word = self.fresh("word")
        kinds = [
            f'"{word}" | "{word} too"',
            f'"{word} {{n: int}}"',
            f'"{word} {{t}} and {{d: decimal}}"',
            f"/{word} (?P<t>\\w+)/ as u",
            f'"{word}" as u',
            f"event {self.fresh('event')}(n: int, t: text, o: int?)",
            f"event {self.fresh('event')}()",
        ]
        if entry and not self.starts and self.maybe(0.2):
            self.starts = True
            return "start"
        return self.random.choice(kinds)

    # States and dialogs

    def _state(self, name: str, depth: int, closing: Callable[[], str] | None = None) -> str:
        close = closing or (lambda: self._close("end session"))
        lines = [f'-> reply "In {name}, {{{self.say()}}}."' + self.buttons(), *self.block(1, 2)]
        for _ in range(self.random.randint(0, 3)):
            last = self.random.choice([[], ["-> again"], [f"-> {close()}"]])
            lines += [f"on {self._pattern()}{self.guard()}", *self.deeper([*self.block(2, 1), *last])]
        lines.append("on message -> " + self.random.choice(["again", close(), 'reply "What?"']))
        if self.maybe(0.4):
            lines.append(f'after 5 minutes -> reply "Still there, {{{self.say()}}}?"')
        if self.maybe(0.4):
            lines.append(f"timeout 10 minutes -> {close()}")
        return f"state {name}\n".replace("state", f"{'  ' * depth}state", 1) + self.lines(lines, depth + 1)

    def _fetch(self) -> str:
        """A dialog that returns, with a parameter, a `let` and a state of its own."""
        body = [f"let round: int = {self.of('int')}", *self.block(1, 1), "-> goto asking"]

        def close() -> str:
            return self.random.choice([f"return {self.of('int')}", "end session", "goto asking"])

        head = "dialog fetch(given: text, extra: int?) returns int\n"
        return head + self.lines(body, 1) + "\n" + self._state("asking", 1, close)

    def _look(self) -> str:
        return "dialog look()\n" + self.lines(self.block(1, 3), 1)

    def _run(self, dialog: str) -> str:
        label = self.fresh("run")
        if dialog == "fetch":
            return (
                f"{label}: run fetch({self.of('text')}, extra: {self.of('int?')}) as {self.variable('int')}"
            )
        return f"{label}: run look()"

    # Steps

    def block(self, depth: int, most: int) -> list[str]:
        """Lines of steps, at least one; `depth` says how many blocks may still be within."""
        return [line for _ in range(self.random.randint(1, most)) for line in self._step(depth)]

    def deeper(self, lines: list[str]) -> list[str]:
        return [f"  {line}" for line in lines]

    def _step(self, depth: int) -> list[str]:
        kinds = [
            *([self._reply] * 3),
            *(self._ask, self._ask, self._choose, self._asked, self._secret),
            *(self._set, self._set, self._set_field, self._call, self._find, self._emit, self._wait),
        ]
        if depth > 0:
            kinds += [lambda: self._when(depth), lambda: self._when(depth)]
        return self.random.choice(kinds)()

    def _reply(self) -> list[str]:
        match self.random.randint(0, 3):
            case 0:
                return [f'-> reply any "One {{{self.say()}}}." | "Two." | "Three."{self.buttons()}']
            case 1:
                kind = self.random.choice(["image", "document", "template", "location", "contact"])
                caption = f' caption "See {{{self.say()}}}"' if self.maybe() else ""
                return [f'-> reply {kind} "https://example.org/{{{self.say()}}}"{caption}{self.buttons()}']
            case _:
                return [f'-> reply "Well, {{{self.say()}}}, {{{self.say()}}}."{self.buttons()}']

    def buttons(self) -> str:
        if self.maybe(0.8):
            return ""
        return f' {self.random.choice(["buttons", "list"])} "Help" | "Stop"'

    def _ask(self) -> list[str]:
        type_ = self.random.choice(["text", "int", "decimal", "bool", "date", "datetime", "duration"])
        name = self.variable(type_)
        within = {"int": " in -3..9", "decimal": " in 0.5..9.5", "date": " in today..today + 1 week"}.get(
            type_, ""
        )
        within = within if self.maybe(0.4) else ""
        words = (
            f"-> {self.fresh('ask')}: ask {name}: {type_}{within} "
            + f'"Say {{{self.say()}}}"{self.buttons()}'
        )
        return [words, *self.deeper(self.deeper(self._clauses(name, type_)))]

    def _clauses(self, name: str, type_: str) -> list[str]:
        word = self.fresh("word")
        kinds: list[list[str]] = [
            ['retry "Again, please."'],
            [f'retry "Again, {{{self.say()}}}." -> again'],
            [f"require {name} == {name} and {self.of('bool')} " + 'else "No."'],
            [f"tries 3 -> set {name} = {self.of(type_)}"],
            ["tries 2", *self.deeper(['-> reply "Enough."', "-> end session"])],
            [f'on "{word}"{self.guard()} -> set {name} = {self.of(type_)}'],
            [f'on "{word} again" -> again'],
            ['after 2 minutes -> reply "Still there?"'],
            [f"timeout 9 minutes -> set {name} = {self.of(type_)}"],
        ]
        chosen = {
            lines[0].split()[0]: lines for lines in self.random.sample(kinds, self.random.randint(0, 3))
        }
        return [line for lines in chosen.values() for line in lines]

    def _choose(self) -> list[str]:
        label, name = self.fresh("ask"), self.variable("text")
        given = self.random.choice(['choices "Red" | "Blue"', f"choices {self.variable('list of text')}"])
        return [f'-> {label}: ask {name} "Which?" {given}', '    retry "One of these."'][
            : self.random.randint(1, 2)
        ]

    def _asked(self) -> list[str]:
        type_ = self.random.choice(ASKED)
        name = self.fresh(type_)
        ask = f"-> {self.fresh('ask')}: ask {name}: {type_} " + f'"Your {type_}?"'
        return [ask, f"-> {self.fresh('call')}: call take_{type_}({name})", '    failed -> reply "No."']

    def _secret(self) -> list[str]:
        name = self.fresh("pin")
        return [
            f"-> {self.fresh('ask')}: ask {name}: secret " + '"PIN?"',
            f"-> {self.fresh('call')}: call unlock({name})",
            '    failed -> reply "No."',
        ]

    def _set(self) -> list[str]:
        type_ = self.random.choice(list(self.variables))
        return [f"-> set {self.variable(type_)} = {self.of(type_)}"]

    def _set_field(self) -> list[str]:
        field, type_ = self.random.choice(
            [("number", "int"), ("status", "text"), ("due", "date?"), ("tags", "list of text")]
        )
        return [f"-> set {self.variable('Order')}.{field} = {self.of(type_)}"]

    def _call(self) -> list[str]:
        within = " within 20 seconds" if self.maybe(0.3) else ""
        alias = f" as {self.variable('text?')}" if self.maybe() else ""
        return [
            f"-> {self.fresh('call')}: call save({self.of('text?')}, count: {self.of('int')}){alias}{within}",
            "    failed -> "
            + self.random.choice(['reply "No."', "end session", f"set nick = {self.of('text?')}"]),
        ]

    def _find(self) -> list[str]:
        name = self.fresh("found")
        return [
            f"-> {self.fresh('call')}: call find({self.of('int')}) as {name}",
            "    failed -> end session",
            f"when {name} is not none and {name}.due is not none",
            f'  -> reply "{{{name}.number}} is {{{name}.status}}, due {{{name}.due}}."',
            f"else when {name} is not none",
            f"  -> set {self.variable('Order')} = {name}",
        ]

    def _emit(self) -> list[str]:
        type_ = self.random.choice(list(self.variables))
        return [f"-> emit told({self.variable('int')}, it: {self.of(type_)})"]

    def _wait(self) -> list[str]:
        return [f"-> {self.fresh('wait')}: wait {self.random.choice(['1 minute', '2 hours'])}"]

    def _when(self, depth: int) -> list[str]:
        lines = [f"when {self.of('bool')}", *self.deeper(self.block(depth - 1, 2))]
        for _ in range(self.random.choice([0, 0, 1])):
            lines += [f"else when {self.of('bool')}", *self.deeper(self.block(depth - 1, 1))]
        if self.maybe():
            lines += ["else", *self.deeper(self.block(depth - 1, 2))]
        return lines

    def guard(self) -> str:
        return f" when {self.of('bool')}" if self.maybe(0.3) else ""

    def lines(self, lines: list[str], depth: int) -> str:
        return "\n".join("  " * depth + line for line in lines)
