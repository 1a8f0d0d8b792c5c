"""Files: finding them in folders, and writing them so that nobody ever sees half of one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path


class NothingFound(Exception):
    """A folder holds no file of the kind that was asked for; the message says so."""


def find(paths: Iterable[Path], suffix: str) -> list[Path]:
    """The files that `paths` name: a folder stands for the files in it and below that end in `suffix`, by name.

    Folders whose names begin with a dot are passed over. A path that is no folder is taken as it is, whether
    it can be read or not. Each file comes once. Raises `NothingFound` where a folder holds none.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not _is_folder(path):
            found[path] = None
            continue
        inside = sorted(_below(path, suffix))
        if not inside:
            raise NothingFound(f"there is no `{suffix}` file in `{path}`")
        found.update(dict.fromkeys(inside))
    return list(found)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name no file can have
        return False


def _below(folder: Path, suffix: str) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in names if name.endswith(suffix) and name != suffix)


def write_all(texts: Mapping[Path, str | bytes]) -> None:
    """Write each text or its bytes to its file: all of them are on the disk before the first takes its place.

    A file that is there is replaced at once and keeps its mode; a link stays one. Folders that are missing
    are made. Raises `OSError` where that does not go; then no file has changed, unless it was the last step,
    the renaming, that failed.
    """
    staged: list[tuple[Path, Path]] = []
    try:
        for path, text in texts.items():
            target = path.resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary = target.with_name(f".{target.name[:100]}.{os.urandom(8).hex()}.tmp")
            staged.append((temporary, target))
            _write_new(temporary, text, like=target)
        for temporary, target in staged:
            temporary.replace(target)
    finally:
        for temporary, _ in staged:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _write_new(path: Path, text: str | bytes, like: Path) -> None:
    """Write a file that must not be there, with the mode of `like`, if that is."""
    with path.open("xb") as file:
        file.write(_bytes(text))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        path.chmod(stat.S_IMODE(like.stat().st_mode))


def holds(path: Path, text: str | bytes) -> bool:
    """Whether the file at `path` is there and holds exactly `text`."""
    try:
        return path.read_bytes() == _bytes(text)
    except OSError:
        return False


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
