"""Where two versions of flows come from: files, folders, and revisions of git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path, PurePath
from typing import Protocol

from flowc.cli.files import NothingFound, find
from flowc.source import MAX_BYTES, Source, Unreadable, load, source_of

_SUFFIX = ".flow"


class NoVersion(Exception):
    """What was named is neither a file, nor a folder, nor a revision; the message says so."""


class Version(Protocol):
    """One version of some flows."""

    name: str

    def flows(self) -> dict[str, Path]:
        """The flows in it: their paths, by what they are called in every version. Raises `NoVersion`."""
        ...

    def read(self, path: Path) -> Source:
        """The file at a path. Raises `Unreadable`."""
        ...


class Folder:
    """The flows in a folder, as they are on the disk."""

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._folder = folder

    def flows(self) -> dict[str, Path]:
        """The flows in it and below."""
        try:
            return {path.relative_to(self._folder).as_posix(): path for path in find([self._folder], _SUFFIX)}
        except NothingFound as error:
            raise NoVersion(str(error)) from error

    def read(self, path: Path) -> Source:
        """The file at a path."""
        return load(path)


class Revision:
    """The flows in a folder, as a revision of git has them; `only` is one of them."""

    def __init__(self, revision: str, folder: Path, only: Path | None = None) -> None:
        self.name = revision
        self._folder = folder
        self._only = only

    def flows(self) -> dict[str, Path]:
        """The flows in it."""
        if self._only is not None:
            return {self._only.name: self._only}
        listed = _git("ls-tree", "-r", "-z", "--name-only", self.name, "--", f"{self._folder.as_posix()}/")
        names = listed.decode(errors="surrogateescape").split("\0")
        paths = [Path(name) for name in names if name.endswith(_SUFFIX)]
        return {PurePath(os.path.relpath(path, self._folder)).as_posix(): path for path in paths}

    def read(self, path: Path) -> Source:
        """The file at a path, as the revision has it."""
        written = PurePath(os.path.normpath(path)).as_posix()
        try:
            data = _git("show", f"{self.name}:./{written}")
        except NoVersion as error:
            raise Unreadable(f"there is no file `{written}` in `{self.name}`") from error
        if len(data) > MAX_BYTES:
            raise Unreadable(f"`{written}` in `{self.name}` is over {MAX_BYTES:,} bytes long")
        try:
            return source_of(path.as_posix(), data.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise Unreadable(f"`{written}` in `{self.name}` is not UTF-8") from error


class OneFile:
    """A single flow; what it imports is read from beside it."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path

    def flows(self) -> dict[str, Path]:
        """The flow itself."""
        return {self._path.name: self._path}

    def read(self, path: Path) -> Source:
        """The file at a path."""
        return load(path)


def version(name: str, *, beside: Path | None = None) -> Version:
    """The version that `name` names; of a revision only the file or the folder `beside`, where that is given.

    Raises `NoVersion`.
    """
    path = Path(name)
    if path.is_file():
        return OneFile(path)
    if path.is_dir():
        return Folder(path)
    try:
        _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except NoVersion as error:
        raise NoVersion(f"`{name}` is neither a file nor a folder nor a revision of git") from error
    if beside is not None and beside.is_file():
        return Revision(name, beside.parent, only=beside)
    return Revision(name, beside or Path())


def _git(*arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)  # noqa: S603, S607 - no shell
    except FileNotFoundError:
        raise NoVersion("a revision is read with `git`, which is not installed") from None
    if done.returncode:
        raise NoVersion(done.stderr.decode(errors="replace").strip())
    return done.stdout
