"""What the runtime logs, under the name `flowrt`: who is hashed, and what was said is never in it."""

from __future__ import annotations

import hashlib
import logging
import os
import traceback

from flowrt.errors import FlowrtError

logger = logging.getLogger("flowrt")

# A telephone number is found again from its plain hash by trying them all. A key that dies with the process
# ends that.
_KEY = os.urandom(16)


def hashed(contact: str) -> str:
    """A short name for `contact` that tells nothing of it, the same for as long as the process lives."""
    return hashlib.blake2b(contact.encode("utf-8", "surrogatepass"), digest_size=6, key=_KEY).hexdigest()


def fault(error: BaseException) -> str:
    """What went wrong and where, without the message of an error that is not ours: it may quote a contact.

    >>> fault(FlowrtError("the store is full"))
    'FlowrtError: the store is full'
    >>> fault(ValueError("Ada"))
    'ValueError'
    """
    name = type(error).__name__
    if isinstance(error, FlowrtError):
        return f"{name}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    return f"{name} at {frames[-1].filename}:{frames[-1].lineno}" if frames else name
