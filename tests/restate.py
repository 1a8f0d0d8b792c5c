"""A real Restate server for the tests, one node or several, and a bot as a service in a process of its own.

Everything listens on 127.0.0.1 alone.
"""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

from flowrt.engines.requests import Request, key_of, request
from flowrt.events import Event, Message
from flowrt.time import SECOND, Instant
from tests.restate_program import program
from tests.servers import NoServer

PATIENCE = 60.0
TRIES = 3
PORTS = range(20_000, 32_000)  # systems give others out of themselves: to outgoing connections, for one
SERVICE = Path(__file__).parent / "runtime" / "restate_service.py"


class Node:
    """One node of a server, which can be killed and started again; what it has taken stays."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.node, self.ingress, self.admin = free_port(), free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.node}"

    def spawn(self, cluster: Sequence[Node]) -> None:
        """Start the process."""
        settings = {
            "NODE_NAME": self.name,
            "BASE_DIR": str(self.folder),
            "LISTEN_MODE": "tcp",
            "BIND_IP": "127.0.0.1",
            "ADVERTISED_HOST": "127.0.0.1",
            "BIND_PORT": str(self.node),
            "INGRESS__BIND_PORT": str(self.ingress),
            "ADMIN__BIND_PORT": str(self.admin),
            "ADMIN__DISABLE_WEB_UI": "true",
            "DISABLE_TELEMETRY": "true",
            "LOG_DISABLE_ANSI_CODES": "true",
            "LOG_FILTER": "warn",
            "ROCKSDB_TOTAL_MEMORY_SIZE": "256 MiB",
            # So that what stands in its files can be looked for.
            "LOG_SERVER__ROCKSDB_DISABLE_WAL_COMPRESSION": "true",
            "WORKER__STORAGE__ROCKSDB_DISABLE_WAL_COMPRESSION": "true",
            "DEFAULT_NUM_PARTITIONS": "4",
            "DEFAULT_REPLICATION": str(min(2, len(cluster))),
            "AUTO_PROVISION": "true" if self is cluster[0] else "false",
            "METADATA_CLIENT__ADDRESSES": json.dumps([node.address for node in cluster]),
        }
        environment = {name: value for name, value in os.environ.items() if "RESTATE" not in name}
        environment |= {f"RESTATE_{name}": value for name, value in settings.items()} | {"DO_NOT_TRACK": "1"}
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [program(), "--no-logo"],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - it only asks the kernel for a signal
            )

    def is_up(self) -> bool:
        """Whether both its faces answer."""
        if self.process is not None and self.process.poll() is not None:
            tail = (self.folder / f"{self.name}.log").read_text(errors="replace")[-1500:]
            raise NoServer(f"Restate ended as it started: {tail}")
        try:
            return http_get(self.ingress, "/restate/health") == 200 and http_get(self.admin, "/health") == 200
        except OSError:
            return False

    def kill(self) -> None:
        """Kill it, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Restate:
    """A server of so many nodes."""

    def __init__(self, nodes: int = 1) -> None:
        self._size = nodes
        self.nodes: list[Node] = []

    def __enter__(self) -> Self:
        program()
        for _ in range(TRIES - 1):
            try:
                return self._start()
            except NoServer:  # somebody may have taken a port meanwhile
                continue
        return self._start()

    def _start(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="flowc-restate-"))
        try:
            self.nodes = [Node(f"node{number}", self._folder) for number in range(1, self._size + 1)]
            for node in self.nodes:
                node.spawn(self.nodes)
            for node in self.nodes:
                until(node.is_up, "Restate to start")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def holds(self, text: bytes) -> bool:
        """Whether `text` stands in a file of the server."""
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        return any(text in path.read_bytes() for path in files)

    def restart(self, which: int = 0) -> None:
        """Kill a node and start it again."""
        self.nodes[which].kill()
        self.nodes[which].spawn(self.nodes)
        until(self.nodes[which].is_up, "Restate to start again")

    def register(self, port: int) -> None:
        """Tell the server of a service."""
        body = json.dumps({"uri": f"http://127.0.0.1:{port}", "force": True}).encode()

        def told() -> bool:
            try:
                return post(self.nodes[0].admin, Request("/deployments", body)).status in {200, 201}
            except OSError:
                return False

        until(told, "Restate to know the service")


class Answer(NamedTuple):
    """What the server says to a request."""

    status: int
    body: bytes


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
        """What the server's own tables say."""
        found = post(self.restate.nodes[0].admin, Request("/query", json.dumps({"query": sql}).encode()))
        assert found.status == 200, found
        rows: list[dict[str, Any]] = json.loads(found.body)["rows"]
        return rows

    def state(self, contact: str | None = None) -> dict[str, str]:
        """What the server keeps of `contact`, by key."""
        rows = self.query(
            f"SELECT key, value_utf8 FROM state WHERE service_name = '{self.flow}'"  # noqa: S608 - our own names
            f" AND service_key = '{key_of(contact or self.me)}'"
        )
        return {row["key"]: row["value_utf8"] for row in rows}


Serve = Callable[..., Service]
"""What starts the service of a flow; the fixture of that name."""


def now() -> Instant:
    """The present instant."""
    return round(time.time() * SECOND)


def post(port: int, what: Request, patience: float = 30.0) -> Answer:
    """POST to a port of this machine. Raises `OSError` or `HTTPException` where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        connection.request("POST", what.path, what.body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.read())
    finally:
        connection.close()


def http_get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2.0)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def until(condition: Callable[[], bool], what: str, found: Callable[[], str] = str) -> None:
    """Wait for what other processes do."""
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit, f"waited in vain for {what}: {found()}"
        time.sleep(0.02)


_given = set[int]()


def free_port() -> int:
    """A port of this machine that nobody listens on, and that was not given out before."""
    while True:
        port = random.choice(PORTS)  # noqa: S311 - no secret hangs on it
        with socket.socket() as probe:
            if port not in _given and probe.connect_ex(("127.0.0.1", port)) != 0:
                _given.add(port)
                return port


def end_with_parent() -> None:
    """On Linux: where the tests are killed, nothing stays behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
