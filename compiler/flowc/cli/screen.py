"""The terminal as a channel: bot lines go to standard output, everything else to standard error."""

from __future__ import annotations

import sys

from flowc.cells import visible
from flowc.cli.streams import tell
from flowrt.abc import Notice
from flowrt.effects import Ended, Reply

PROMPT = "> "


class Screen:
    """Shows what the bot says to `contact`, and how sessions end. With `prompts` it asks for lines."""

    def __init__(self, contact: str, *, prompts: bool) -> None:
        self._contact = contact
        self._prompts = prompts
        self._prompted = False
        self._escapes = sys.stdout.isatty()
        self.failure: OSError | None = None
        """Why standard output takes no more, if it does not."""

    async def send(self, reply: Reply) -> None:
        """Show a reply of the bot."""
        if reply.contact != self._contact:  # a store may hold what is due to others
            self.tell(f"{visible(reply.contact)}: {visible(reply.text)}")
            return
        lines = [
            reply.text,
            *(["  " + " ".join(f"[{label}]" for label in reply.buttons)] if reply.buttons else []),
        ]
        self._leave_prompt()
        try:
            for line in lines:
                sys.stdout.write(f"{self._shown(line)}\n")
            sys.stdout.flush()
        except OSError as error:
            self.failure = error
            raise

    async def told(self, notice: Notice) -> None:
        """Show how a session ended."""
        if isinstance(notice, Ended):
            whose = "" if notice.contact == self._contact else f" of {notice.contact}"
            how = "" if notice.reason == "ended" else f": {notice.reason}"
            cause = f" ({notice.cause})" if notice.cause else ""
            self.tell(visible(f"session{whose} ended{how}{cause}"))

    def tell(self, text: str) -> None:
        """Show a notice."""
        self._leave_prompt()
        tell(text)

    def prompt(self) -> None:
        """Ask for a line, unless that was done and nothing has been shown since."""
        if self._prompts and not self._prompted:
            self._prompted = True
            sys.stderr.write(PROMPT)
            sys.stderr.flush()

    def read(self) -> None:
        """A line has come; the terminal has ended it itself."""
        self._prompted = False

    def _leave_prompt(self) -> None:
        if self._prompted:
            self._prompted = False
            sys.stderr.write("\n")
            sys.stderr.flush()

    def _shown(self, text: str) -> str:
        """What a contact typed may come back in a reply, and must not command the terminal."""
        return "\n".join(visible(line) for line in text.split("\n")) if self._escapes else text
