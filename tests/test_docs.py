"""The pages tell the truth: what they show is compiled, run and compared with what the tools print."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from flowc.catalogue import all_kinds
from flowc.cli.program import COMMANDS
from flowc.emit.python import emit_python
from flowc.machine import Machine
from flowc.pipeline import Compiled, compile_flow, load_flow
from flowc.source import load, source_of
from flowc.transcript.report import report
from flowc.transcript.runner import run_script
from flowc.transcript.script import parse_script

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
FEEDBACK = ROOT / "examples/feedback/feedback.flow"
DECISIONS = ROOT / "docs/decisions"
DRAWINGS = ROOT / "docs/graph.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


class Block(NamedTuple):
    """A fenced block: `after` is the block before it on the same page, if one is."""

    page: Path
    line: int
    language: str
    text: str
    after: Block | None

    def before(self, language: str) -> Block:
        """The nearest block in `language` above this one."""
        block = self.after
        while block is not None and block.language != language:
            block = block.after
        assert block is not None, f"{self.name} has no {language} block above it"
        return block

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    language: str | None = None
    begin, lines = 0, list[str]()
    last: Block | None = None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if language is None and line.startswith("```"):
            language, begin, lines = line[3:].strip(), number, []
        elif language is not None and line == "```":
            last = Block(page, begin, language, "".join(f"{line}\n" for line in lines), last)
            yield last
            language = None
        elif language is not None:
            lines.append(line)
    assert language is None, f"{page}:{begin}: this block does not end"


BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def every(language: str) -> pytest.MarkDecorator:
    """Run a test with every block in `language`."""
    found = [block for block in BLOCKS if block.language == language]
    return pytest.mark.parametrize("block", found, ids=[block.name for block in found])


def expected_error(text: str) -> str | None:
    """The code that a flow must fail with, if its first line says one."""
    match = re.match(r"# error: (F[0-9]{4})$", text, re.MULTILINE)
    return match[1] if match else None


@cache
def feedback() -> Compiled:
    return compile_flow(load(FEEDBACK))


def machine_of(path: Path) -> Machine:
    machine = compile_flow(load(path)).machine
    assert machine is not None
    return machine


@cache
def feedback_module() -> str:
    machine = feedback().machine
    assert machine is not None
    return emit_python(machine)


@cache
def named(page: Path, name: str) -> Machine:
    """The flow of a page that calls itself `name`, the longest of them; else the example."""
    texts = [block.text for block in BLOCKS if block.page == page and block.language == "flow"]
    found = max((text for text in texts if text.startswith(f"flow {name}\n")), key=len, default=None)
    compiled = feedback() if found is None else compile_flow(source_of(f"{name}.flow", found))
    assert compiled.machine is not None
    return compiled.machine


def flowc(folder: Path, *arguments: str) -> str:
    """What `flowc` prints, to both of its streams, in the order in which it does."""
    command = [sys.executable, "-m", "flowc", *arguments]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode()


# Flows and transcripts


@every("flow")
def test_every_flow_compiles_or_fails_with_the_code_it_names(block: Block) -> None:
    compiled = compile_flow(source_of(f"{block.name}.flow", block.text))
    wanted = expected_error(block.text)
    errors = [diagnostic.code for diagnostic in compiled.diagnostics if diagnostic.severity == "error"]
    assert list(dict.fromkeys(errors)) == ([] if wanted is None else [wanted])


@every("flowtest")
def test_every_transcript_passes_against_the_flow_above_it(block: Block) -> None:
    machine = compile_flow(source_of("example.flow", block.before("flow").text)).machine
    assert machine is not None
    script, mistakes = parse_script(source_of(block.name, block.text))
    assert mistakes == ()
    assert report(run_script(script, load_flow(machine))) == ""


def test_the_readme_shows_the_feedback_flow_as_it_is() -> None:
    first = next(block for block in BLOCKS if block.page == README and block.language == "flow")
    assert first.text == FEEDBACK.read_text(encoding="utf-8")


@every("console")
def test_what_a_command_says_is_what_the_page_shows(block: Block, tmp_path: Path) -> None:
    """A command runs beside the blocks above it, which have the names that it gives to files, the nearest last."""
    command, _, shown = block.text.partition("\n")
    assert command.startswith("$ flowc ")
    arguments = command.split()[2:]
    source = block
    for name in reversed([word for word in arguments if word.endswith(".flow")]):
        source = source.before("flow")
        (tmp_path / name).write_text(source.text, encoding="utf-8")
    for name in [word for word in arguments if word.endswith(".flowtest")]:
        tests = block.before("flowtest")
        (tmp_path / name).write_text(tests.text, encoding="utf-8")
        (tmp_path / name).with_suffix(".flow").write_text(tests.before("flow").text, encoding="utf-8")
    assert flowc(tmp_path, *arguments) == shown


@every("yaml")
def test_every_configuration_is_as_its_schema_wants_it(block: Block, tmp_path: Path) -> None:
    """The first line names the file. pre-commit's has no schema at hand: its hooks must be ours."""
    name = block.text.partition("\n")[0].removeprefix("# ")
    (tmp_path / "file.yml").write_text(block.text, encoding="utf-8")
    if name == ".pre-commit-config.yaml":
        hooks = re.findall(r"id: (\S+)", (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
        assert re.findall(r"id: (\S+)", block.text) == hooks
        return
    schemas = {".github/workflows/flows.yml": "github-workflows", ".gitlab-ci.yml": "gitlab-ci"}
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schemas[name]}"]
    done = subprocess.run([*command, "file.yml"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@every("yaml")
def test_every_flowc_command_of_a_configuration_works(block: Block, tmp_path: Path) -> None:
    """Each finds no mistake in a folder `bots` with the example, whose module is built."""
    for file in FEEDBACK.parent.iterdir():
        if file.is_file():
            (tmp_path / "bots").mkdir(exist_ok=True)
            (tmp_path / "bots" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "bots/feedback_flow.py").write_text(
        emit_python(machine_of(tmp_path / "bots/feedback.flow")), encoding="utf-8"
    )
    for command in re.findall(r"(?:run:|-) flowc (.*)", block.text):
        done = subprocess.run([sys.executable, "-m", "flowc", *command.split()], cwd=tmp_path, check=False)
        assert done.returncode == 0, command


@every("toml")
def test_every_setting_is_one(block: Block, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(block.text, encoding="utf-8")
    (tmp_path / "good.flow").write_text("on message -> end session\n", encoding="utf-8")
    commands = re.findall(r"^\[tool\.flowc\.(\w+)\]", block.text, re.MULTILINE)
    assert commands
    for command in commands:
        assert "settings" not in flowc(tmp_path, command, "good.flow")


@every("sh")
def test_every_command_that_a_page_shows_is_there(block: Block) -> None:
    for command in re.findall(r"\bflowc ([a-z]+)\b", block.text):
        assert command in COMMANDS


def test_the_picture_in_the_readme_is_the_one_that_its_command_draws(tmp_path: Path) -> None:
    [(flow, picture)] = re.findall(
        r"`flowc graph (\S+) --output (\S+\.svg)`", README.read_text(encoding="utf-8")
    )
    assert f"]({picture})" in README.read_text(encoding="utf-8")
    flowc(ROOT, "graph", flow, "--output", str(tmp_path / "new.svg"))
    assert (tmp_path / "new.svg").read_bytes() == (ROOT / picture).read_bytes()


@every("mermaid")
def test_every_diagram_is_the_one_that_is_drawn(block: Block, tmp_path: Path) -> None:
    """Of the longest flow of its page, or of the example where the page has none."""
    if not block.text.startswith("stateDiagram"):
        return
    texts = [other.text for other in BLOCKS if other.page == block.page and other.language == "flow"]
    text = max(texts, key=len, default=FEEDBACK.read_text(encoding="utf-8"))
    (tmp_path / "the.flow").write_text(text, encoding="utf-8")
    assert block.text == flowc(tmp_path, "graph", "the.flow")


def test_the_conversation_in_the_page_on_drawings_is_the_one_that_is_told() -> None:
    [shown] = [block.text for block in BLOCKS if block.page == DRAWINGS and block.language == "text"]
    assert shown == flowc(ROOT, "why", FEEDBACK.relative_to(ROOT).as_posix(), "unhappy")


# Python


@every("python")
def test_every_program_runs_beside_the_built_module_and_prints_what_is_shown(
    block: Block, tmp_path: Path
) -> None:
    [name] = set(re.findall(r"from (\w+)_flow import", block.text))
    (tmp_path / f"{name}_flow.py").write_text(emit_python(named(block.page, name)), encoding="utf-8")
    (tmp_path / "program.py").write_text(block.text, encoding="utf-8")
    command = [sys.executable, "-W", "error", "program.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    shown = next(other for other in BLOCKS if other.after == block)
    assert shown.language == "text"
    assert done.stdout == shown.text


@every("python test")
def test_every_test_in_python_passes_beside_the_flow_above_it(block: Block, tmp_path: Path) -> None:
    [name] = set(re.findall(r'conversation\("(\w+\.flow)"', block.text))
    (tmp_path / name).write_text(block.before("flow").text, encoding="utf-8")
    (tmp_path / "test_it.py").write_text(block.text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@every("py")
def test_every_excerpt_is_in_the_generated_module(block: Block) -> None:
    assert block.text in feedback_module()


# What is named is there


def test_the_readme_names_every_command() -> None:
    listed = flowc(ROOT, "--help").partition("Commands:\n")[2]
    commands = re.findall(r"^  (\w+)  ", listed, re.MULTILINE)
    assert commands
    text = README.read_text(encoding="utf-8")
    assert [command for command in commands if f"`flowc {command}" not in text] == []
    assert sorted(re.findall(r"^\| `flowc (\w+)", text, re.MULTILINE)) == sorted(commands)


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_every_code_that_a_page_names_is_one_of_ours(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("ignore[F0470]", "")  # the wrong example of F0611
    named = set(re.findall(r"\bF[0-9]{4}\b", text))
    assert named - all_kinds().keys() == set()


def test_every_test_that_the_guarantees_name_is_there() -> None:
    text = (ROOT / "docs/guarantees.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:simulation/)?test_\w+\.py)::(test_\w+)`", text)
    assert named
    folders = [ROOT / "tests/runtime", ROOT / "tests"]
    assert [
        f"{file}::{test}"
        for file, test in named
        if f"def {test}(" not in (folders["/" in file] / file).read_text(encoding="utf-8")
    ] == []


def test_the_bounds_are_those_of_the_code() -> None:
    text = (ROOT / "docs/guarantees.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| `((?:flowrt|flowc)[\w.]*)\.([A-Z_]+)` \| ([0-9,]+) \|", text)
    assert rows
    for module, name, value in rows:
        assert getattr(import_module(module), name) == int(value.replace(",", "")), f"{module}.{name}"


def test_every_guarantee_is_in_both_tables() -> None:
    wanted = [f"G{number}" for number in range(1, 11)]
    assert re.findall(r"^\| (G\d+) \|", README.read_text(encoding="utf-8"), re.MULTILINE) == wanted
    text = (ROOT / "docs/guarantees.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[(G\d+)\]", text, re.MULTILINE) == wanted
    assert re.findall(r"^## (G\d+):", text, re.MULTILINE) == wanted


def test_every_decision_is_in_the_list_and_has_its_parts() -> None:
    listed = re.findall(r"^\| \[(\d{4})\]\((\S+)\) \| (.*) \|$", (DECISIONS / "README.md").read_text(), re.M)
    pages = sorted(DECISIONS.glob("[0-9]*.md"))
    assert [file for _, file, _ in listed] == [page.name for page in pages]
    assert [number for number, _, _ in listed] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for (number, _, title), page in zip(listed, pages, strict=True):
        headings = re.findall(r"^#+ .*", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert headings == [f"# {number}: {title}", "## Context", "## Decision", "## Consequences"]


# Links


def prose_of(page: Path) -> str:
    """A page without its blocks and its code."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "`", text)


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made from their words."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    broken: list[str] = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []
