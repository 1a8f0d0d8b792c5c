"""The errors flowrt raises on purpose. Each message is a sentence for the reader of a log."""

from __future__ import annotations


class FlowrtError(Exception):
    """The base of all of them."""


class IncompatibleModule(FlowrtError):
    """A generated module was written by a compiler too new or too old for this runtime."""


class MissingAction(FlowrtError):
    """The bot's actions lack one that the flow calls."""


class StoreError(FlowrtError):
    """A store cannot be opened or used."""


class InUse(StoreError):
    """A store that serves one process is in use by another."""


class Conflict(StoreError):
    """Another worker was first: what the change was made from is not there any more. Read it again."""


class Unsure(StoreError):
    """The connection broke while something was committed: it may have been, or not. Read it again."""


class Busy(FlowrtError):
    """Too many events of one contact wait already, or too many of its messages are kept: this one was not accepted,
    and may come again later.
    """


class Undeliverable(FlowrtError):
    """For a channel to raise: this reply cannot be delivered, and sending it again would not help.

    The message says why; it is shown to whoever looks at what is parked, and logged.
    """


class Again(Exception):
    """For an action to raise: it did not work now, and another try may help.

    It runs again with the same `current_call().id`, after a pause of `after` seconds and a little more, which grows
    with each try, for as long as the limit of the call leaves room. `why` is told where it has failed at last; where
    this was raised `from` another error, that is told. Raises `ValueError` where `after` is no number of 0 or more.

    >>> Again("the shop is busy", after=2.0).after
    2.0
    """

    # No `FlowrtError`: the words of those are logged, and these are the author's and may quote a contact.

    def __init__(self, why: str = "", after: float = 0.0) -> None:
        if not after >= 0:
            raise ValueError(f"`after` is for how many seconds to pause at least, and not {after!r}")
        super().__init__(why)
        self.after = after


class SessionFailure(FlowrtError):
    """A session cannot go on: it ends as failed and the host is told why."""


class OutOfBounds(SessionFailure):
    """A result lies beyond the bounds of its type."""


class WrongResult(SessionFailure):
    """A function of the flow returned something else than it declares."""


class TooManySteps(SessionFailure):
    """One event took more transitions than the budget allows."""


class TooManyReplies(SessionFailure):
    """One event said more than the budget allows."""


def in_words(error: BaseException) -> str:
    """What `error` says, for the host and the flow: at most 1,000 characters, and never another exception.

    >>> in_words(ValueError("no such order"))
    'ValueError: no such order'
    """
    try:
        said = str(error)
    except Exception:
        said = "its message cannot be read"
    return f"{type(error).__name__}: {said}"[:1000]
