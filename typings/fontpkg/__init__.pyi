"""The part of fontpkg that is used here."""

from pathlib import Path

def path(name: str, weight: int | str = 400, style: str = "normal", nearest: bool = False) -> Path: ...
