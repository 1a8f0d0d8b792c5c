"""The lines of standard input, read by a thread, so that a conversation can go on while none comes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import Iterator
from threading import BoundedSemaphore, Thread

AHEAD = 1000
"""How many lines are read before they are wanted."""

CHUNK = 65_536


class Lines:
    """The lines of what `descriptor` reads, without their ends; one without an end counts too.

    Only a newline ends a line; a carriage return before it goes with it. What is no text in `encoding` is
    written as an escape. Used within one event loop.
    """

    def __init__(self, descriptor: int | None, encoding: str = "utf-8") -> None:
        self._descriptor = descriptor
        self._encoding = encoding
        self._lines: deque[str | None] = deque()
        self._come = asyncio.Event()
        self._room = BoundedSemaphore(AHEAD)

    def start(self) -> None:
        """Begin to read. The thread does not keep the program from ending."""
        Thread(target=self._read, args=(asyncio.get_running_loop(),), daemon=True).start()

    async def ready(self) -> None:
        """Wait until there is a line, or until it is known that there is none."""
        await self._come.wait()

    async def peek(self) -> str | None:
        """The next line, which stays the next; None at the end."""
        await self._come.wait()
        return self._lines[0]

    async def next(self) -> str | None:
        """The next line; None at the end, and ever after."""
        line = await self.peek()
        if line is not None:
            self._lines.popleft()
            self._room.release()
            if not self._lines:
                self._come.clear()
        return line

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            for line in self._raw():
                self._room.acquire()
                loop.call_soon_threadsafe(self._put, self._text(line))
            loop.call_soon_threadsafe(self._put, None)
        except RuntimeError:  # the loop is closed: nobody wants to know any more
            return

    def _put(self, line: str | None) -> None:
        self._lines.append(line)
        self._come.set()

    def _raw(self) -> Iterator[bytes]:
        # Not through `sys.stdin`: a thread that waits in it holds a lock that the end of the program wants.
        left = bytearray()
        while chunk := self._chunk():
            *lines, rest = chunk.split(b"\n")
            for line in lines:
                yield bytes(left) + line
                left.clear()
            left += rest
        if left:
            yield bytes(left)

    def _chunk(self) -> bytes:
        if self._descriptor is None:
            return b""
        try:
            return os.read(self._descriptor, CHUNK)
        except OSError:  # a terminal that went away has nothing more to say
            return b""

    def _text(self, line: bytes) -> str:
        return line.removesuffix(b"\r").decode(self._encoding, "backslashreplace")


def standard_input() -> Lines:
    """The lines of standard input; none where it is closed."""
    if sys.stdin is None:
        return Lines(None)
    return Lines(sys.stdin.fileno(), sys.stdin.encoding)
