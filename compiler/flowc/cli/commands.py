"""The lines of a conversation that begin with a colon."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from flowc.cells import visible
from flowc.cli.chat import Chat
from flowc.cli.files import write_all
from flowc.cli.recording import NotWritten
from flowc.diagnostics.diagnostic import did_you_mean, near_names
from flowc.transcript.entries import FunctionLine, GivesBack, Happens, Opens, Sends
from flowc.transcript.lines import Line, read_line
from flowc.transcript.notation import write_value
from flowc.transcript.reading import Cursor, Misreading
from flowrt.errors import FlowrtError

HELP = """\
:wait 15 minutes   let time pass
:press LABEL       press a button
:send (image "…")  send something that is no text, as a transcript writes it
:open              the host opens a session
:event paid(sum: 3)   something happens outside
:back              the team gives the contact back
:function f(1) -> "x"   what a function of the flow gives from now on
:state             the state of the conversation
:vars              its variables
:restart           restart the process: the conversation goes on
:end               the host ends the session
:result VALUE      the action that waits succeeds with VALUE
:fail REASON       the action that waits fails
:save FILE         write the conversation so far as a transcript
:quit              leave
::text             the message `:text`"""


_LINES = {"send": "user", "open": "open", "event": "event", "back": "give back", "function": "function"}
"""Commands that say what a line of a transcript says, with the word that it begins with."""


class Commands:
    """What each line does to `chat`."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._saved: set[Path] = set()
        self._commands: dict[str, Callable[[str], Awaitable[None]]] = {
            "wait": self._wait,
            "press": self._press,
            **dict.fromkeys(_LINES, self._happen),
            "state": self._state,
            "vars": self._vars,
            "restart": self._restart,
            "end": self._end,
            "result": self._result,
            "fail": self._fail,
            "save": self._save,
            "help": self._help,
        }

    async def take(self, line: str) -> bool:
        """Do what `line` says: send a message, or follow a command. False where that is to leave."""
        if not line.startswith(":") or line.startswith("::"):
            await self._send(line)
            return True
        name, _, rest = line[1:].strip().partition(" ")
        if name == "quit":
            return False
        command = self._commands.get(name)
        if command is None:
            near = did_you_mean(tuple(f":{it}" for it in near_names(name, [*self._commands, "quit"])))
            self._tell(f"there is no command `:{visible(name)}`: {near or '`:help` lists them'}")
        elif name in _LINES:
            await self._happen(f"{_LINES[name]}: {rest.strip()}")
        else:
            await command(rest.strip())
        return True

    def _tell(self, text: str) -> None:
        self._chat.screen.tell(text)

    async def _send(self, line: str) -> None:
        """A line that is no command: how the call ends that somebody was asked about, or a message."""
        question = self._chat.question
        if question is not None and not line.startswith("::"):
            failed = line.strip() == "failed"
            self._chat.answer(question, "" if failed else line.strip(), fails=failed)
            await self._chat.settle()
        else:
            await self._chat.say(line.removeprefix(":"))

    async def _wait(self, rest: str) -> None:
        try:
            cursor = Cursor("", rest, 0, 0)
            seconds = cursor.duration()
            cursor.done()
        except Misreading as misreading:
            hint = misreading.mistake.help()
            self._tell(f"{misreading.mistake.title()}{f': {hint}' if hint else ''}; write `:wait 15 minutes`")
        else:
            await self._chat.wait(seconds)

    async def _happen(self, line: str) -> None:
        """What happens as a line of a transcript says."""
        try:
            entry = read_line(Line("", 1, 0, line.rstrip(), 0))
            if isinstance(entry, Sends | Opens | Happens | GivesBack | FunctionLine):
                await self._chat.happen(entry)
            else:
                self._tell('what? Write it as a transcript does: `:send (image "https://…")`')
        except Misreading as misreading:
            hint = misreading.mistake.help()
            self._tell(misreading.mistake.title() + (f": {hint}" if hint else ""))
        except ValueError as error:
            self._tell(str(error))

    async def _press(self, rest: str) -> None:
        if rest:
            await self._chat.say(rest, button=True)
        else:
            self._tell("which button? Write `:press LABEL`")

    async def _state(self, _: str) -> None:
        try:
            self._tell(f"state: {(await self._chat.session()).state}")
        except FlowrtError as error:
            self._tell(str(error))

    async def _vars(self, _: str) -> None:
        try:
            values = (await self._chat.session()).vars.held()
        except FlowrtError as error:
            self._tell(str(error))
            return
        self._tell(
            "\n".join(f"{name} = {write_value(value)}" for name, value in values.items())
            or "no variable is set"
        )

    async def _restart(self, _: str) -> None:
        self._tell("restarted")
        self._chat.restart()

    async def _end(self, _: str) -> None:
        await self._chat.end()

    async def _result(self, rest: str) -> None:
        await self._answer(rest, fails=False)

    async def _fail(self, rest: str) -> None:
        await self._answer(rest, fails=True)

    async def _answer(self, rest: str, *, fails: bool) -> None:
        question = self._chat.question
        if question is None:
            self._tell("no action waits for a result")
            return
        self._chat.answer(question, rest, fails=fails)
        await self._chat.settle()

    async def _save(self, rest: str) -> None:
        if not rest:
            self._tell("where to? Write `:save feedback.flowtest`")
            return
        try:
            self._tell(self._write(Path(rest)))
        except NotWritten as error:
            self._tell(str(error))
        except (OSError, ValueError) as error:
            self._tell(f"cannot write `{visible(rest)}`: {getattr(error, 'strerror', None) or error}")

    def _write(self, path: Path) -> str:
        """Write the transcript, never over a file that was there before, and say what was done."""
        shown = visible(str(path))
        if path.exists() and path.absolute() not in self._saved:
            return f"`{shown}` is there already: choose another name"
        write_all({path: self._chat.flow.transcript()})
        self._saved.add(path.absolute())
        return f"saved {shown}"

    async def _help(self, _: str) -> None:
        self._tell(HELP)
