"""The commands of `flowc sessions` that change something."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from flowc.cells import visible
from flowc.cli import session_views as views
from flowc.cli.options import UNUSABLE, traceback_option
from flowc.cli.session_options import (
    NoFlow,
    OfContact,
    actions_option,
    contact_argument,
    done,
    flow_argument,
    format_option,
    load,
    not_done,
    notice_option,
    numbers_argument,
    store_option,
)
from flowc.cli.stand_ins import NoActions, named_actions
from flowc.cli.stores import with_store
from flowc.cli.streams import complain
from flowrt.errors import MissingAction
from flowrt.operations import Operations
from flowrt.viewing import SessionView

T = TypeVar("T")


class _NotPossible(Exception):
    """The flow cannot be had, or its functions; why was said, and `code` is what to exit with."""

    def __init__(self, code: int) -> None:
        super().__init__("the flow cannot be had")
        self.code = code


def _changing(
    store: str,
    path: Path,
    work: Callable[[Operations], Awaitable[T]],
    actions: str | None,
    *,
    notices: bool = True,
) -> T:
    """What comes of `work` with the flow at `path`. Raises `_NotPossible`."""
    try:
        flow = load(path)
        given = None if actions is None else named_actions(actions, path)
        return with_store(store, work, flow, actions=given, notices=notices)
    except NoFlow as error:
        raise _NotPossible(error.code) from error
    except NoActions as error:
        complain(str(error))
    except MissingAction as error:
        complain(f"{error}: name the object that has it with --actions MODULE:OBJECT")
    raise _NotPossible(UNUSABLE)


def _nobody(contact: str, view: SessionView | None) -> str:
    """Why there is no session of `contact` to end."""
    if view is not None and view.team is not None:
        return f"the session of `{contact}` is over: the team `{view.team}` has it, and `give-back` takes it back"
    if view is not None:
        return f"the session of `{contact}` is over: only what is kept is there"
    return f"there is no session of `{contact}` in the store"


@click.command(cls=OfContact)
@contact_argument
@flow_argument
@store_option
@actions_option
@notice_option
@format_option
@traceback_option
def end(contact: str, path: Path, store: str, actions: str | None, no_notice: bool, format: str) -> int:
    """End the session of CONTACT, as its host may.

    What is kept stays. The contact is told nothing; the bots that serve the store tell their host of it, with the
    values that the session held.

    \b
    Example:
      flowc sessions end 31612345678 feedback.flow --store sessions.db
    """

    async def work(operations: Operations) -> tuple[SessionView | None, bool]:
        return await operations.session(contact), await operations.end(contact)

    try:
        view, ended = _changing(store, path, work, actions, notices=not no_notice)
    except _NotPossible as error:
        return error.code
    if not ended:
        return not_done(format, _nobody(contact, view), contact=contact, ended=False)
    return done(format, f"ended the session of {visible(contact)}", contact=contact, ended=True)


@click.command(cls=OfContact)
@contact_argument
@flow_argument
@store_option
@actions_option
@notice_option
@format_option
@traceback_option
def restart(contact: str, path: Path, store: str, actions: str | None, no_notice: bool, format: str) -> int:
    """Begin the session of CONTACT anew, with the flow's `on start`.

    One that is open is superseded, and one that was handed to a team is taken back. The bots that serve the store say
    what the flow says there, and run its calls. For a flow without `on start` there is `end`: the contact's next
    message begins anew.

    \b
    Example:
      flowc sessions restart 31612345678 orders.flow --store sessions.db
    """

    async def work(operations: Operations) -> tuple[bool, bool]:
        known = await operations.session(contact) is not None
        return known, known and await operations.restart(contact)

    try:
        known, restarted = _changing(store, path, work, actions, notices=not no_notice)
    except _NotPossible as error:
        return error.code
    if not restarted:
        why = (
            "no `on start` of the flow opens a session: `end` it, and the contact's next message begins anew"
        )
        return not_done(format, why if known else _nobody(contact, None), contact=contact, restarted=False)
    return done(format, f"restarted the session of {visible(contact)}", contact=contact, restarted=True)


@click.command("give-back", cls=OfContact)
@contact_argument
@flow_argument
@store_option
@actions_option
@format_option
@traceback_option
def give_back(contact: str, path: Path, store: str, actions: str | None, format: str) -> int:
    """Take CONTACT back from the team it was handed to.

    Its next message meets the flow, where it begins. The contact is told nothing.

    \b
    Example:
      flowc sessions give-back 31612345678 orders.flow --store sessions.db
    """

    async def work(operations: Operations) -> tuple[SessionView | None, bool]:
        return await operations.session(contact), await operations.give_back(contact)

    try:
        view, given = _changing(store, path, work, actions)
    except _NotPossible as error:
        return error.code
    team = None if view is None else view.team
    if not given:
        return not_done(format, f"`{contact}` is with no team", contact=contact, given_back=False, team=None)
    text = f"{visible(contact)} is back from {visible(team or '')}"
    return done(format, text, contact=contact, given_back=True, team=team)


@click.command(cls=OfContact)
@contact_argument
@numbers_argument
@store_option
@format_option
@traceback_option
def retry(contact: str, numbers: tuple[int, ...], store: str, format: str) -> int:
    """Have dead letters of CONTACT delivered after all.

    That is for what could not be delivered, and not for sessions that failed. NUMBER is what `flowc sessions dead`
    calls it; without one it is all there is. It goes to the end of what waits to be delivered, and the bots that
    serve the store deliver it.

    \b
    Example:
      flowc sessions retry 31612345678 --store sessions.db
    """
    found = with_store(store, lambda operations: operations.retry(contact, *numbers))
    if not found:
        why = f"nothing is parked for `{contact}`" + (" under these numbers" if numbers else "")
        return not_done(format, why, contact=contact, retried=0)
    return done(format, f"{found} to be delivered to {visible(contact)}", contact=contact, retried=found)


@click.command(cls=OfContact)
@contact_argument
@numbers_argument
@store_option
@format_option
@traceback_option
def discard(contact: str, numbers: tuple[int, ...], store: str, format: str) -> int:
    """Forget dead letters of CONTACT.

    That is for what could not be delivered, and for sessions that failed or were outdated. NUMBER is what `flowc
    sessions dead` calls it; without one it is all there is.

    \b
    Example:
      flowc sessions discard 31612345678 17 --store sessions.db
    """
    found = with_store(store, lambda operations: operations.discard(contact, *numbers))
    if not found:
        why = f"there is no dead letter of `{contact}`" + (" under these numbers" if numbers else "")
        return not_done(format, why, contact=contact, discarded=0)
    text = f"discarded {views.counted(found, 'dead letter')} of {visible(contact)}"
    return done(format, text, contact=contact, discarded=found)


@click.command(cls=OfContact)
@contact_argument
@store_option
@click.option("--yes", is_flag=True, help="Do it: nothing brings it back.")
@format_option
@traceback_option
def erase(contact: str, store: str, yes: bool, format: str) -> int:
    """Delete all that a store holds of CONTACT.

    The session goes and what is kept, what waits to be delivered, dead letters, calls, and the marks of messages: one
    that the provider sends again is a new one. It is one transaction. Nobody is told.

    \b
    Example:
      flowc sessions erase 31612345678 --store sessions.db --yes
    """
    if not yes:
        complain(f"this deletes all that there is of `{contact}`, for ever: say so with --yes")
        return UNUSABLE
    rows = with_store(store, lambda operations: operations.erase(contact))
    return done(
        format, f"erased {visible(contact)}: {views.counted(rows, 'row')}", contact=contact, erased=rows
    )


CHANGES = (end, restart, give_back, retry, discard, erase)
