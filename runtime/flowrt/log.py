"""What the runtime logs, under the name `flowrt`: who is hashed, and what was said is never in it.

A record has its facts by name, as the mapping `record.args`, and `record.msg` tells what happened, the same text each
time. So any formatter makes a line for people of it, and `JsonLines` one for programs.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import traceback
from collections.abc import Mapping

from flowrt.errors import FlowrtError
from flowrt.time import SECOND, moment

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


class JsonLines(logging.Formatter):
    """Makes a JSON object of each record, on one line of ASCII, for what collects logs; for records of others, too.

    `event` is what happened, the same text each time; beside it stand its facts by name, and `message` has both.

    >>> record = logging.makeLogRecord({"levelname": "INFO", "name": "flowrt", "msg": "%(what)s ends"})
    >>> record.created, record.args = 5.0, {"what": "it"}
    >>> line = json.loads(JsonLines().format(record))
    >>> line["at"], line["message"], line["event"], line["what"]
    ('1970-01-01T00:00:05.000Z', 'it ends', '%(what)s ends', 'it')
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line of `record`."""
        at = moment(round(record.created * SECOND)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, object] = {"at": at, "level": record.levelname, "logger": record.name}
        line |= {"message": record.getMessage(), "event": record.msg}
        if isinstance(record.args, Mapping):
            line |= {name: fact for name, fact in record.args.items() if name not in line}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
