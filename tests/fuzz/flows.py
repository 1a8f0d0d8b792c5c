"""Flows at random that mean something: every name is declared, every state is entered, most types fit.

They reach the passes behind the parser, which those of `tests.format.programs` seldom do.
"""

from __future__ import annotations

from random import Random

NAMES = ("a", "b", "c", "d")
KEPT = "k"
RECORD = "parcel"
STATES = ("one", "two", "three")
WORDS = ("yes", "no", "go", "stop", "later", "more")


def flow(random: Random) -> str:
    """A flow, written down. One in three has no variable without a value."""
    return _Writer(random).flow()


class _Writer:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.labels = 0
        self.sound = self.maybe(0.33)

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def flow(self) -> str:
        parts = ["timeout 1 hour" if self.maybe(0.9) else "", "action save(note: text?) returns text?"]
        parts += ["record Parcel\n  label: text\n  note: text?", "action find(note: text?) returns Parcel?"]
        parts += [
            f'keep {KEPT}: text = "x"',
            f"let {NAMES[0]}: text? = none" if self.maybe(0.3) and not self.sound else "",
        ]
        if self.sound:
            parts += [f"let {name}: text? = none" for name in NAMES] + [f"let {RECORD}: Parcel? = none"]
        for words in (["help"], ["home", "back"], ["note"])[: self.random.randint(0, 3)]:
            pattern = " | ".join(f'"{word}"' for word in words)
            parts.append(f"anytime on {pattern}{self.guard()}{self.chain(2, self.closing(aside=True))}")
        if self.maybe():
            fallback = self.random.choice(["again", 'reply "?" -> again', "goto one"])
            parts.append(f"anytime on message -> {fallback}")
        gifts = "".join(f' -> set {name} = none -> set {name} = "x"' for name in NAMES)
        parts.append(f'on "none"{gifts} -> set {RECORD} = none -> end session')
        parts += [f'on "{name}" -> goto {name}' for name in STATES]
        parts.append(
            f'on "find"\n  -> begun: call find(none) as {RECORD}\n      failed -> end session\n  -> goto one'
        )
        parts.append(f'on "hi"{self.chain(2, ["goto two"])}')
        parts.append(f"on message{self.chain(3, self.closing())}")
        parts += [self.state(name) for name in STATES]
        parts += [f'dialog look()\n  -> ask a "{{{KEPT}}}?"\n{self.dialog_answer()}']
        parts += [f'dialog fetch() returns text?\n  -> ask a "?"\n{self.dialog_answer()}\n  -> return a']
        return "\n".join(part for part in parts if part) + "\n"

    def state(self, name: str) -> str:
        handlers = [
            f"  on {self.pattern()}{self.guard()}{self.chain(1, self.rest(), indent=2)}" for _ in range(2)
        ]
        if self.maybe(0.7):
            handlers.append(f"  on message{self.chain(1, ['again'], indent=2)}")
        if self.maybe(0.3):
            handlers.append(f'  after 5 minutes -> reply "{self.hole()}"')
        if self.maybe(0.3):
            handlers.append(f"  timeout 10 minutes{self.chain(1, self.closing(), indent=2)}")
        steps = self.block(2, 1)
        return f"state {name}\n" + "\n".join([*steps, *handlers])

    def dialog_answer(self) -> str:
        return self.random.choice(
            ['      on "no" -> set a = none', f'  -> reply "{{a}}"\n  -> set {KEPT} = a']
        )

    def rest(self) -> list[str]:
        return self.random.choice([["again"], [], self.closing()])

    def closing(self, *, aside: bool = False) -> list[str]:
        ends = ["end session", *(f"goto {name}" for name in STATES)]
        return (
            [self.random.choice([*ends, *(["again"] if aside else [])])] if not aside or self.maybe() else []
        )

    def pattern(self) -> str:
        return self.random.choice([f'"{self.random.choice(WORDS)}"', f"/{self.random.choice(WORDS)}+/"])

    def guard(self) -> str:
        return f" when {self.condition()}" if self.maybe(0.3) else ""

    def chain(self, count: int, last: list[str], indent: int = 0) -> str:
        """A chain in a block, or on a line where it is short."""
        pad = " " * (indent + 2)
        lines = self.block(self.random.randint(0, count), indent // 2 + 1)
        lines += [f"{pad}-> {step}" for step in last]
        return "\n" + "\n".join(lines) if lines else f' -> reply "{self.hole()}"'

    def block(self, count: int, depth: int) -> list[str]:
        return [line for _ in range(count) for line in self.step(depth)]

    def step(self, depth: int) -> list[str]:
        pad = "  " * depth
        match self.random.randint(0, 11):
            case 0 | 1:
                return [f'{pad}-> reply "{self.hole()}"']
            case 2 | 3:
                return self.ask(pad)
            case 4:
                return [f"{pad}-> set {self.name()} = {self.value()}"]
            case 5 if depth < 4:
                return self.when(depth)
            case 6:
                alias = f" as {self.name()}" if self.maybe() else ""
                failed = self.random.choice(['reply "No."', "end session", f"set {self.name()} = none"])
                return [
                    f"{pad}-> {self.label()}call save({self.value()}){alias}",
                    f"{pad}    failed -> {failed}",
                ]
            case 8:
                return [
                    f"{pad}-> {self.label()}call find({self.value()}) as {RECORD}",
                    f"{pad}    failed -> {self.random.choice(['end session', 'goto two', f'set {RECORD} = none'])}",
                ]
            case 9:
                return self.random.choice(
                    [
                        [f"{pad}-> {self.label()}run look()"],
                        [f"{pad}-> {self.label()}run fetch() as {self.name()}"],
                    ]
                )
            case _:
                return [f"{pad}-> emit told(it: {self.random.choice(['1', *NAMES])})"]

    def ask(self, pad: str) -> list[str]:
        lines = [f'{pad}-> {self.label()}ask {self.name()} "{self.hole()}"']
        if self.maybe(0.4):
            lines.append(f'{pad}    on "{self.random.choice(WORDS)}" -> set {self.name()} = {self.value()}')
        if self.maybe(0.2):
            lines.append(f"{pad}    tries 3 -> {self.random.choice(['end session', 'goto one'])}")
        if self.maybe(0.2):
            lines.append(f'{pad}    require {self.condition()} else "{self.hole()}"')
        if self.maybe(0.2):
            lines.append(f"{pad}    timeout 5 minutes -> set {self.name()} = none")
        return lines

    def when(self, depth: int) -> list[str]:
        pad = "  " * depth
        lines = [f"{pad}when {self.condition()}", *self.block(1, depth + 1)]
        if self.maybe(0.3):
            lines += [f"{pad}else when {self.condition()}", *self.block(1, depth + 1)]
        if self.maybe():
            lines += [f"{pad}else", *self.block(2, depth + 1)]
        return lines

    def label(self) -> str:
        self.labels += 1
        return f"wait_{self.labels}: "

    def name(self) -> str:
        return self.random.choice(NAMES)

    def hole(self) -> str:
        if self.sound:
            return self.random.choice(["Well?", f"{{{self.name()} or {KEPT}}}"])
        if self.maybe(0.15):
            return self.random.choice([f"{{{RECORD}.label}}", f"{{{RECORD}.note}}"])
        return self.random.choice(["Well?", f"Well, {{{self.name()}}}?", f"{{{self.name()} or {KEPT}}}"])

    def value(self) -> str:
        return self.random.choice(["none", '"text"', self.name(), f"{self.name()} or {self.name()}", KEPT])

    def condition(self) -> str:
        name, other = self.name(), self.name()
        one = self.random.choice(
            [f"{name} is none", f"{name} is not none", f'{name} == "x"', f"{name} != {other}", "true"]
        )
        if self.maybe(0.2):
            tests = [f"{RECORD} is not none and {RECORD}.note is not none", f"{RECORD} is none"]
            one = self.random.choice(tests if self.sound else [*tests, f"{RECORD}.note is none"])
        two = self.random.choice([f"{other} is not none", f"not ({other} is none)", f"{name} == {other}"])
        return self.random.choice([one, one, f"{one} and {two}", f"{one} or {two}", f"not ({one})"])
