"""A real Restate server for the tests, of one node or several.

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
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from flowrt.engines.requests import Request
from flowrt.time import SECOND, Instant
from tests.restate_program import program
from tests.servers import NoServer

PATIENCE = 60.0
TRIES = 3
PORTS = range(20_000, 32_000)  # systems give others out of themselves: to outgoing connections, for one


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
