"""A bot as a Restate service in a process of its own, for the tests, and how they talk to it."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from flowrt.engines.requests import Request, key_of, request
from flowrt.events import Event, Message
from flowrt.time import Instant
from tests.restate import PATIENCE, Answer, Restate, end_with_parent, free_port, post, until

SERVICE = Path(__file__).parent / "runtime" / "restate_service.py"


class Seal(Protocol):
    """How a host encrypts what it sends to a service, and reads what that answers."""

    def encode(self, body: bytes) -> bytes: ...

    def decode(self, body: bytes) -> bytes: ...


class Open:
    """Not at all."""

    def encode(self, body: bytes) -> bytes:
        return body

    decode = encode


class Service:
    """A bot in a process of its own; what it says and does stands in a file, a line of JSON each."""

    def __init__(
        self, restate: Restate, module: Path, flow: str, *options: str, register: bool = True
    ) -> None:
        self.restate = restate
        self._register = register
        self.flow = flow
        self.me = "ada"  # whom a test means that names nobody
        self.seal: Seal = Open()
        self.port = free_port()
        self._record = module.with_suffix(".record")
        self._record.touch()
        self._command = [
            sys.executable,
            str(SERVICE),
            str(module),
            str(self.port),
            str(self._record),
            *options,
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
            if self._register:
                self.register()
        except BaseException:
            self.kill()
            raise
        return self

    def register(self) -> None:
        """Have the server know it: from now on it takes what begins."""
        self.restate.register(self.port)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start the process, and wait until it listens."""
        with self._record.with_suffix(".log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - as above
            )
        process = self._process

        def listens() -> bool:
            assert process.poll() is None, self.log
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        until(listens, "the service to listen")

    def kill(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended of itself."""
        return self._process is not None and self._process.poll() is not None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def lines(self) -> int:
        """How much was recorded."""
        return self._record.read_bytes().count(b"\n")

    @property
    def away(self) -> Path:
        """While there is this file, the channel fails."""
        return self._record.with_suffix(".away")

    @property
    def closed(self) -> Path:
        """While there is this file, the channel takes nothing."""
        return self._record.with_suffix(".closed")

    @property
    def busy(self) -> Path:
        """While there is this file, an action that has begun does not end."""
        return self._record.with_suffix(".busy")

    @property
    def log(self) -> str:
        """What it has printed."""
        return self._record.with_suffix(".log").read_text(errors="replace")

    # Talking to it, by way of the server.

    def tell(self, event: Event, *, at: Instant | None = None) -> Answer:
        """Hand over `event` and wait until it is handled."""
        return self._post(request(self.flow, event, at))

    def send(self, event: Event) -> None:
        """Hand over `event`, and wait until the server has taken it."""
        path, body = request(self.flow, event)
        assert self._post(Request(f"{path}/send", body)).status == 202

    def insist(self, text: str, id: str, contact: str, over: Callable[[], bool] = bool) -> None:
        """Say `text`, to one node after the other, until it is handled or `over`."""
        sent = request(self.flow, Message(id, contact, text))
        limit = time.monotonic() + PATIENCE
        for node in cycle(self.restate.nodes):
            assert time.monotonic() < limit, f"{id} of {contact} was never acknowledged: {self.log}"
            assert not over(), f"{id} of {contact} was not acknowledged"
            try:
                if post(node.ingress, sent, patience=10.0).status == 200:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)

    def _post(self, what: Request) -> Answer:
        answer = post(self.restate.nodes[0].ingress, Request(what.path, self.seal.encode(what.body)))
        return answer if answer.status != 200 else Answer(200, self.seal.decode(answer.body))

    def say(self, text: str, id: str, contact: str | None = None) -> bool:
        """Say `text`; whether it was handled, and not known already."""
        answer = self.tell(Message(id, contact or self.me, text))
        assert answer.status == 200, (answer, self.log)
        handled: bool = json.loads(answer.body)["handled"]
        return handled

    def ask(self, handler: str, body: object, contact: str | None = None) -> Any:
        """Call any handler of the object of `contact`."""
        key = key_of(contact or self.me).replace("%", "%25")
        path = f"/{self.flow}/{key}/{handler}"
        answer = self._post(Request(path, json.dumps(body).encode()))
        assert answer.status == 200, answer
        return json.loads(answer.body)

    def record(self, kind: str, contact: str | None = None) -> list[list[Any]]:
        """What was recorded of one kind for `contact`, in order: `reply`, `notice` or `call`."""
        lines = [json.loads(line) for line in self._record.read_text().splitlines()]
        return [rest for what, whose, *rest in lines if (what, whose) == (kind, contact or self.me)]

    def said(self, contact: str | None = None) -> list[str]:
        """The texts of the replies to `contact`; what came again with the same id counts once."""
        return list(dict(self.record("reply", contact)).values())

    def waits_for(self, count: int, kind: str = "reply", contact: str | None = None) -> None:
        """Wait until so many different ones were recorded."""

        def there() -> bool:
            return len({line[0] for line in self.record(kind, contact)}) >= count

        until(there, f"{count} of {kind}", lambda: f"{self.record(kind, contact)} {self.log}")

    def query(self, sql: str) -> list[dict[str, Any]]:
        """What the server's own tables say; a cluster that just lost a node first finds another."""
        answers: list[Answer] = []

        def answered() -> bool:
            body = json.dumps({"query": sql}).encode()
            answers.append(post(self.restate.nodes[0].admin, Request("/query", body)))
            return answers[-1].status == 200

        until(answered, "an answer to a query", lambda: str(answers[-1]))
        rows: list[dict[str, Any]] = json.loads(answers[-1].body)["rows"]
        return rows

    def state(self, contact: str | None = None) -> dict[str, str]:
        """What the server keeps of `contact`, by key; empty what is no UTF-8."""
        rows = self.query(
            f"SELECT key, value_utf8 FROM state WHERE service_name = '{self.flow}'"  # noqa: S608 - our own names
            f" AND service_key = '{key_of(contact or self.me)}'"
        )
        return {row["key"]: row.get("value_utf8") or "" for row in rows}


Serve = Callable[..., Service]
"""What starts the service of a flow; the fixture of that name."""
