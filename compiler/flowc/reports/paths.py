"""How a report names files: relative to the repository, so that it means the same on every machine."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from flowc.records import dataclass


@dataclass(frozen=True, slots=True)
class Root:
    """The folder that paths are relative to."""

    folder: Path

    def relative(self, path: str) -> str:
        """`path`, which counts from the working folder, as it counts from here; one outside stays as it is.

        >>> Root(Path.cwd().parent).relative("menu.flow") == f"{Path.cwd().name}/menu.flow"
        True
        """
        try:
            return Path(path).resolve().relative_to(self.folder).as_posix()
        except (OSError, RuntimeError, ValueError):
            return Path(path).as_posix()


def root_of(folder: Path) -> Root:
    """The top folder of the repository that holds `folder`; where there is none, `folder` itself."""
    here = folder.resolve()
    for above in (here, *here.parents):
        if (above / ".git").exists():
            return Root(above)
    return Root(here)


def uri(path: str) -> str:
    """A relative path as a URI reference.

    >>> uri("flows/order 1.flow")
    'flows/order%201.flow'
    """
    return quote(path, safe="/", errors="surrogatepass")
