"""The program itself: which commands there are, and what becomes of what they raise."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import click

from flowc import __version__
from flowc.cli import streams
from flowc.cli.options import INTERRUPTED, NOBODY_READS, OUR_BUG, TRACEBACK, UNUSABLE, traceback_option
from flowrt.errors import FlowrtError


class Entry(NamedTuple):
    """A command: the function of that name in the module of `flowc.cli` that is named likewise."""

    module: str
    about: str
    """The first sentence of its help, here so that `flowc --help` need not import it."""


COMMANDS = {
    "check": Entry("check", "Find mistakes in flows."),
    "test": Entry("test", "Run transcripts against their flows."),
    "run": Entry("run", "Talk to a flow, in the terminal or through a pipe."),
    "build": Entry("build", "Write the Python module of each flow."),
    "fmt": Entry("fmt", "Write flows in their canonical form."),
    "graph": Entry("graph", "Draw a flow as the state machine that it is."),
    "why": Entry("why", "Show the shortest conversation that leads into a state."),
    "new": Entry("new", "Begin a project: a flow, its tests, a bot and what CI needs."),
    "diff": Entry("diff", "Say what a new version of flows means for people in mid-conversation."),
    "sessions": Entry("sessions", "Look after the sessions in a store."),
    "explain": Entry("explain", "Explain a diagnostic, with a wrong example and a right one."),
}


class Program(click.Group):
    """A group that imports a command when it is called, and gives every ending its exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """The names of the commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name, imported now."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = getattr(import_module(f"flowc.cli.{entry.module}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` name, with the defaults that the settings of the project give it.

        Raises `UsageError`, with near names, where there is none, and `Exit` where the settings are wrong.
        """
        name: str | None = args[0]
        if name not in COMMANDS and not args[0].startswith("-"):
            from flowc.diagnostics.diagnostic import did_you_mean, near_names  # noqa: PLC0415 - only for this

            hint = did_you_mean(near_names(args[0], COMMANDS)) or f"there are {', '.join(COMMANDS)}"
            raise click.UsageError(f"there is no command `{name}`: {hint}", ctx)
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not ctx.resilient_parsing:
            ctx.default_map = {command.name or "": _settings(ctx, command, rest)}
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands in the help, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.about) for name, entry in COMMANDS.items()])

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401 - handed on as they are
        """Run the program and exit."""
        streams.make_robust()
        try:
            super().main(*args, **kwargs)
        finally:
            try:
                streams.flush()
            except OSError:
                streams.abandon()
        raise AssertionError("click has exited")

    def invoke(self, ctx: click.Context) -> NoReturn:
        """Run the command and exit with its code: what it returns, or what its failure stands for."""
        try:
            code = super().invoke(ctx)
            streams.flush()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            streams.abandon()
            code = NOBODY_READS
        except (KeyboardInterrupt, click.Abort):
            code = INTERRUPTED
        except OSError as error:
            code = _unusable(error)
        except FlowrtError as error:  # such as an optional package that the flow needs and that is missing
            streams.complain(str(error))
            code = UNUSABLE
        except Exception as error:  # the last to see it: whatever it is, it is our bug
            code = _our_bug(error, show=bool(ctx.meta.get(TRACEBACK)))
        ctx.exit(code or 0)


def _settings(context: click.Context, command: click.Command, args: list[str]) -> dict[str, Any]:
    """The defaults that the project of the files in `args` gives to `command`."""
    with command.make_context(command.name, list(args), parent=context, resilient_parsing=True) as guess:
        given = guess.params.get("paths") or guess.params.get("path") or ()
        paths = [given] if isinstance(given, Path) else list(given)
        first = paths[0] if paths else Path()
        if str(first) == "-":
            first = Path(guess.params.get("stdin_filename") or "-")
    folder = first if first.is_dir() else first.parent
    folder = folder.resolve()
    if not any(_has_settings(above / "pyproject.toml") for above in (folder, *folder.parents)):
        return {}
    from flowc.cli.settings import BadSettings, defaults, explain  # noqa: PLC0415 - most projects have none

    try:
        return defaults(folder, command, COMMANDS)
    except BadSettings as error:
        explain(error)
        context.exit(UNUSABLE)


def _has_settings(path: Path) -> bool:
    """Whether a file may have settings of ours: only then is it read as TOML."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return b"flowc" in data and any(
        line.lstrip(b" \t[\"'").startswith(b"tool") and (b"flowc" in line or b"." not in line)
        for line in data.splitlines()
    )


def _unusable(error: OSError) -> int:
    """A file or a stream that does not do what it should."""
    where = f" `{error.filename}`" if error.filename else ""
    streams.abandon()
    streams.complain(f"cannot read or write{where}: {error.strerror or error}")
    return UNUSABLE


def _our_bug(error: Exception, *, show: bool) -> int:
    """A failure that no file should be able to cause."""
    import traceback  # noqa: PLC0415 - only for this

    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    python = ".".join(map(str, sys.version_info[:3]))
    streams.complain(
        f"this is a bug in flowc, not in your flow: {type(error).__name__}{where}. Please report it with"
        f" the command, the file and these versions: flowc {__version__}, Python {python}."
        + ("" if show else " With --traceback it says more.")
    )
    if show:
        streams.tell("".join(traceback.format_exception(error)).rstrip())
    return OUR_BUG


@click.group(
    cls=Program,
    name="flowc",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="flowc", message="%(prog)s %(version)s")
@traceback_option
@click.pass_context
def program(context: click.Context) -> None:
    """Chat conversations as code: check, test, run and build `.flow` files.

    \b
    Example:
      flowc check feedback.flow
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
