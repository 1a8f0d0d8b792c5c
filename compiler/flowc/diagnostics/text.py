"""Draw a diagnostic for a terminal: the line as the author wrote it, and a mark under the place.

Columns here are cells of the terminal, not code points: a wide character takes two, a combining mark none.
What cannot be seen, or would turn the line around, is shown as an escape, so that the marks stand where they
should and nothing is hidden.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal, NamedTuple

from flowc.cells import cells, pieces, visible
from flowc.diagnostics.diagnostic import Diagnostic, Label, Severity
from flowc.diagnostics.places import place_of
from flowc.records import dataclass
from flowc.source import Source, Sources

Style = Literal["plain", "bold", "error", "warning", "help", "frame"]

SGR: dict[Style, str] = {"bold": "1", "error": "1;31", "warning": "1;33", "help": "1;36", "frame": "1;34"}
"""The look of each style, as the parameters of an ANSI "select graphic rendition" sequence."""

TAB = "    "
CUT = "…"
LEAST_ROOM = 20
"""A source line gets this many cells, however narrow the terminal."""


def draw(diagnostic: Diagnostic, sources: Sources, *, color: bool = False, width: int = 100) -> str:
    """The finding as a person reads it in a terminal, without a last newline.

    >>> from flowc.source import Span, source_of
    >>> shop = source_of("shop.flow", "goto paymet")
    >>> place = Label(Span("shop.flow", 5, 11), "no state has this name")
    >>> found = Diagnostic("F0201", "error", "unknown state `paymet`", (place,))
    >>> print(draw(found, Sources({"shop.flow": shop})))
    error[F0201]: unknown state `paymet`
     --> shop.flow:1:6
      |
    1 | goto paymet
      |      ^^^^^^ no state has this name
    """
    blocks = tuple(_blocks(diagnostic.labels, sources))
    gutter = max((len(str(place.last)) for block in blocks for place in block.places), default=1)
    page = _Page(gutter, width, color, diagnostic.severity)
    head = page.paint(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity)
    rows = [head + page.paint(f": {visible(diagnostic.title)}", "bold")]
    for index, block in enumerate(blocks):
        rows += [page.bar()] if index else []
        rows += [page.arrow(":::" if index else "-->", block.location), page.bar()]
        rows += _excerpt(block.source, block.places, page) if block.source else map(page.bar, block.texts)
    remarks = list(_remarks(diagnostic, page))
    return "\n".join([*rows, *([page.bar()] if blocks and remarks else []), *remarks])


def concise(diagnostic: Diagnostic, sources: Sources) -> str:
    """The finding in one line, for tools that read lines.

    >>> from flowc.source import Span, source_of
    >>> shop = source_of("shop.flow", "goto paymet")
    >>> place = Label(Span("shop.flow", 5, 11))
    >>> found = Diagnostic("F0201", "error", "unknown state `paymet`", (place,))
    >>> concise(found, Sources({"shop.flow": shop}))
    'shop.flow:1:6: error[F0201] unknown state `paymet`'
    """
    where = "".join(f"{block.location}: " for block in _blocks(diagnostic.labels[:1], sources))
    advice = f" ({visible(' '.join(diagnostic.help.split()))})" if diagnostic.help else ""
    return f"{where}{diagnostic.severity}[{diagnostic.code}] {visible(diagnostic.title)}{advice}"


# Where things are


@dataclass(frozen=True, slots=True)
class _Place:
    """A label in numbers: lines from 1, code points in its first and in its last line from 0."""

    first: int
    start: int
    last: int
    end: int
    text: str
    primary: bool

    @property
    def long(self) -> bool:
        """Whether it goes over several lines."""
        return self.first < self.last

    def on(self, line: int) -> tuple[int, int]:
        """The code points to mark on its first or its last line: all, or where a long one begins or ends."""
        if not self.long:
            return self.start, self.end
        return (self.start, self.start + 1) if line == self.first else (max(self.end - 1, 0), self.end)


@dataclass(frozen=True, slots=True)
class _Block:
    """The labels in one file; `source` is none for a file that could not be read."""

    location: str
    source: Source | None
    places: tuple[_Place, ...]
    texts: tuple[str, ...]


def _blocks(labels: tuple[Label, ...], sources: Sources) -> Iterator[_Block]:
    """The labels by file, the file of the first label first."""
    for path in dict.fromkeys(label.span.path for label in labels):
        mine = tuple(label for label in labels if label.span.path == path)
        texts = tuple(visible(label.text) for label in mine if label.text)
        source = sources.by_path.get(path)
        if source is None:
            yield _Block(visible(path), None, (), texts)
            continue
        places = tuple(_place(label, source, label is labels[0]) for label in mine)
        location = f"{visible(path)}:{places[0].first}:{places[0].start + 1}"
        yield _Block(location, source, places, texts)


def _place(label: Label, source: Source, primary: bool) -> _Place:
    """A label in numbers."""
    at = place_of(label.span, source)
    return _Place(at.line, at.column - 1, at.end_line, at.end_column - 1, visible(label.text), primary)


# One line of source


class _Cell(NamedTuple):
    """A piece of a line: its first code point, its first column, its width and what is shown."""

    start: int
    column: int
    width: int
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as it is shown."""

    cells: tuple[_Cell, ...]

    @property
    def text(self) -> str:
        return "".join(cell.text for cell in self.cells)

    def columns(self, start: int, end: int) -> tuple[int, int]:
        """The columns that some code points take, at least one."""
        left, right = self._at(start), self._at(max(start, end - 1))
        return left.column, max(left.column + 1, right.column + (right.width if end > start else 0))

    def _at(self, point: int) -> _Cell:
        return self.cells[bisect_right(self.cells, point, key=lambda cell: cell.start) - 1]


def _line(text: str, marked: list[tuple[int, int]], room: int) -> _Line:
    """A line as it is shown in so much room: what is far from the first marked place is cut."""
    near = 8 * room  # so many code points are looked at on either side: a file may be one very long line
    first = max(0, marked[0][0] - near) if marked else 0
    end = min(len(text), first + 2 * near)
    line = _Line(tuple(_cells(text[first:end], first)))
    if first == 0 and end == len(text) and line.cells[-1].column <= room:
        return line
    low, high = _window(line, marked, room - 2 * len(CUT))
    kept = list(line.cells[low:high])
    if first or low:
        shift = line.cells[low].column - len(CUT)
        kept = [_Cell(0, 0, len(CUT), CUT), *(cell._replace(column=cell.column - shift) for cell in kept)]
    if high < len(line.cells) or end < len(text):
        after = line.cells[high].start if high < len(line.cells) else end
        kept.append(_Cell(after, kept[-1].column + kept[-1].width if kept else 0, len(CUT), CUT))
    return _Line(tuple(kept))


def _cells(text: str, first: int) -> Iterator[_Cell]:
    """The pieces of a text whose first code point is number `first`; the last one is empty: its end."""
    start, column = first, 0
    for written, escaped in pieces(text):
        shown = TAB if written == "\t" else escaped
        width = cells(shown)
        yield _Cell(start, column, width, shown)
        start, column = start + len(written), column + width
    yield _Cell(start, column, 0, "")


def _window(line: _Line, marked: list[tuple[int, int]], room: int) -> tuple[int, int]:
    """Which cells to show: the first marked place in the middle, and as many others as there is room for."""
    low, high = 0, 0
    for index, (start, end) in enumerate(line.columns(*place) for place in marked):
        if index == 0:
            low, high = start, min(end, start + room)
        elif max(end, high) - min(start, low) <= room:
            low, high = min(start, low), max(end, high)
    left = max(0, min(low - (room - (high - low)) // 2, line.cells[-1].column - room))
    shown = [index for index, cell in enumerate(line.cells) if cell.column >= left]
    over = (index for index, cell in enumerate(line.cells) if cell.column + cell.width > left + room)
    return shown[0], next(over, len(line.cells))


# Rows


class _Row:
    """What stands to the right of the gutter, by column; what is put later covers what was there."""

    def __init__(self) -> None:
        self._put: dict[int, tuple[str, Style]] = {}

    def put(self, column: int, text: str, style: Style) -> None:
        """Put a text that is one cell wide, or a longer one with nothing to the right of it."""
        if shown := text.rstrip(" "):
            self._put[column] = shown, style

    def fill(self, start: int, end: int, mark: str, style: Style) -> None:
        """Put the same mark in all columns from `start` to before `end`."""
        for column in range(start, end):
            self.put(column, mark, style)

    def pieces(self) -> Iterator[tuple[str, Style]]:
        """The row from left to right, with the spaces between."""
        at = 0
        for column, (text, style) in sorted(self._put.items()):
            if column > at:
                yield " " * (column - at), "plain"
            yield text, style
            at = column + cells(text)


def _style(piece: tuple[str, Style]) -> Style:
    return piece[1]


@dataclass(frozen=True, slots=True)
class _Page:
    """What all rows of one drawing share."""

    gutter: int
    width: int
    color: bool
    severity: Severity

    def paint(self, text: str, style: Style) -> str:
        """The text in a style, where colors are wanted."""
        return f"\x1b[{SGR[style]}m{text}\x1b[0m" if self.color and text and style in SGR else text

    def row(self, row: _Row, left: str = "") -> str:
        """A row with what stands to its left: the number of a line, `...` for a gap, or nothing."""
        left = left if left == "..." else f"{left:>{self.gutter}} |"
        space = " " * (self.gutter + len(" | ") - len(left))
        runs = groupby(row.pieces(), key=_style)
        right = "".join(self.paint("".join(text for text, _ in run), style) for style, run in runs)
        return f"{self.paint(left, 'frame')}{space}{right}".rstrip(" ")

    def bar(self, text: str = "") -> str:
        """A row that is empty but for its gutter, or has a text alone."""
        row = _Row()
        row.put(0, text, "plain")
        return self.row(row)

    def arrow(self, arrow: str, location: str) -> str:
        """The row that names a place."""
        return f"{' ' * self.gutter}{self.paint(arrow, 'frame')} {location}"

    def style(self, place: _Place) -> Style:
        """How a place is marked."""
        return self.severity if place.primary else "frame"


def _remarks(diagnostic: Diagnostic, page: _Page) -> Iterator[str]:
    """The notes and the help, each beside a `=`."""
    remarks: list[tuple[str, Style, str]] = [("note", "bold", note) for note in diagnostic.notes]
    if diagnostic.help:
        remarks.append(("help", "help", diagnostic.help))
    for name, style, text in remarks:
        head = f"{' ' * page.gutter} {page.paint('=', 'frame')} {page.paint(name, style)}: "
        indent = " " * (page.gutter + len(f" = {name}: "))
        for index, line in enumerate(text.split("\n")):
            yield f"{indent if index else head}{visible(line)}".rstrip(" ")


# The excerpt of one file


class _Lanes:
    """The bars at the left that hold together the first and the last line of a long place, each in a lane."""

    def __init__(self, places: Iterable[_Place], page: _Page) -> None:
        self.page = page
        self.lane: dict[_Place, int] = {}
        self.open: list[_Place] = []
        last: list[int] = []
        long = dict.fromkeys(place for place in places if place.long)
        for place in sorted(long, key=lambda it: (it.first, -it.last)):
            lane = next((lane for lane, line in enumerate(last) if line < place.first), len(last))
            last[lane : lane + 1] = [place.last]
            self.lane[place] = lane
        self.width = 2 * len(last)

    def row(self) -> _Row:
        """A row with the bars of the places that are open."""
        row = _Row()
        for place in self.open:
            row.put(2 * self.lane[place], "|", self.page.style(place))
        return row

    def turn(self, place: _Place, column: int, text: str = "") -> _Row:
        """The row that leads from a lane to where its place begins or ends."""
        row, style = _Row(), self.page.style(place)
        row.fill(2 * self.lane[place] + 1, self.width + column, "_", style)
        row.put(self.width + column, _mark(place), style)
        row.put(self.width + column + 2, text, style)
        for other in self.open:
            row.put(2 * self.lane[other], "|", self.page.style(other))
        return row


def _mark(place: _Place) -> str:
    return "^" if place.primary else "-"


def _excerpt(source: Source, places: tuple[_Place, ...], page: _Page) -> Iterator[str]:
    """The lines of a file that the labels are on, with the labels."""
    lanes = _Lanes(places, page)
    before = 0
    for number in _numbers(places):
        if before and number > before + 1:
            yield page.row(lanes.row(), "...")
        before = number
        yield from _numbered(source.line(number), number, places, lanes)


def _numbers(places: tuple[_Place, ...]) -> list[int]:
    """The lines to show: those with labels, and a line that is alone between two of them."""
    numbers = {line for place in places for line in (place.first, place.last)}
    return sorted(numbers | {line + 1 for line in numbers if line + 2 in numbers})


def _numbered(text: str, number: int, places: tuple[_Place, ...], lanes: _Lanes) -> Iterator[str]:
    """One line of a file, and the rows under it."""
    page = lanes.page
    here = [place for place in places if number in (place.first, place.last)]
    room = max(LEAST_ROOM, page.width - page.gutter - len(" | ") - lanes.width)
    line = _line(text, [place.on(number) for place in here], room)
    begin = [place for place in lanes.lane if place.first == number]
    plain = [place for place in begin if not text[: place.start].strip()]
    row = lanes.row()
    for place in plain:
        row.put(2 * lanes.lane[place], "/", page.style(place))
    row.put(lanes.width, line.text, "plain")
    yield page.row(row, str(number))
    lanes.open += plain
    yield from (page.row(row) for row in _marks([place for place in here if not place.long], line, lanes))
    for place in sorted((it for it in lanes.lane if it.last == number), key=lambda it: -lanes.lane[it]):
        yield page.row(lanes.turn(place, line.columns(*place.on(number))[1] - 1, place.text))
        lanes.open.remove(place)
    for place in begin:
        if place not in plain:
            yield page.row(lanes.turn(place, line.columns(*place.on(number))[0]))
            lanes.open.append(place)


def _marks(places: list[_Place], line: _Line, lanes: _Lanes) -> Iterator[_Row]:
    """The rows of the labels on one line: the marks, the last text beside them, the other texts below."""
    if not places:
        return
    style = lanes.page.style
    at = {place: line.columns(place.start, place.end) for place in places}
    row = lanes.row()
    for place in sorted(at, key=lambda it: (at[it][0] - at[it][1], it.primary)):
        row.fill(lanes.width + at[place][0], lanes.width + at[place][1], _mark(place), style(place))
    beside = max(at, key=lambda it: (at[it][1], at[it][0], it.primary))
    row.put(lanes.width + at[beside][1] + 1, beside.text, style(beside))
    yield row
    below = [place for place in at if place.text and place is not beside]
    below.sort(key=lambda it: (-at[it][0], not it.primary))
    if below:
        yield _hangers(below, at, lanes)
    for place in below:
        row = _hangers([other for other in below if at[other][0] < at[place][0]], at, lanes)
        row.put(lanes.width + at[place][0], place.text, style(place))
        yield row


def _hangers(places: list[_Place], at: dict[_Place, tuple[int, int]], lanes: _Lanes) -> _Row:
    """A row with the lines that lead down to the texts."""
    row = lanes.row()
    for place in places:
        row.put(lanes.width + at[place][0], "|", lanes.page.style(place))
    return row
