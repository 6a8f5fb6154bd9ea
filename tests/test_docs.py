"""The README and the guide say what is true: commands, files, links, columns, words."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest

from dts_research.cli import main
from dts_research.cli.making import Order
from dts_research.reports.parameters import declared_parameters
from dts_research.reports.plan import AUDIENCES
from dts_research.workbook import READERS
from dts_research.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "guide.md"
PAGES = [README, GUIDE, ROOT / "CHANGELOG.md"]
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def code_of(path: Path) -> list[str]:
    """Every line of code and every piece of inline code of a page."""
    text = text_of(path)
    blocks = FENCE.findall(text)
    inline = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    return [line.strip() for block in blocks for line in block.splitlines()] + inline


def dts_calls(path: Path) -> list[list[str]]:
    found = []
    for line in code_of(path):
        for piece in re.split(r"&&|;", line.split("  #")[0]):
            if re.match(r"(\.venv/bin/)?dts\b", piece.strip()):
                found.append(shlex.split(piece.strip(), comments=True)[1:])
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_the_page_is_there(page: Path) -> None:
    assert len(text_of(page)) > 200


def test_the_two_commands_stand_at_the_top() -> None:
    first = FENCE.findall(text_of(README))[0]
    assert "make report" in first
    assert "make test" in first
    assert text_of(README).index(first) < 1200


@pytest.mark.parametrize("page", [README, GUIDE], ids=lambda p: p.name)
def test_commands_and_options_exist(page: Path) -> None:
    calls = dts_calls(page)
    assert calls
    for words in calls:
        if words[:1] == ["--workbook"]:
            words = words[2:]
        if not words or words[0].startswith(("-", "…", "[")):
            continue
        assert words[0] in main.commands, " ".join(words)
        command: click.Command = main.commands[words[0]]
        if isinstance(command, click.Group) and len(words) > 1:
            assert words[1] in command.commands, " ".join(words)
            command, words = command.commands[words[1]], words[1:]
        known = {o for param in command.params for o in param.opts} | {"--help", "-h", "--aide"}
        known |= {o for param in main.params for o in param.opts}
        given = {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert given <= known, " ".join(words)
        asked = [word for word in words[1:] if word != "--debug"]
        values = command.make_context(words[0], asked).params
        if words[0] == "report":
            _check_order(values)


def _check_order(values: dict[str, Any]) -> None:
    """Formats, reader and parameters are those that a notebook takes."""
    order = Order(**{one.name: values[one.name] for one in fields(Order)})
    assert order.kinds()
    declared = declared_parameters(ROOT / "notebooks" / "territory.ipynb")
    for text in order.values():
        name, _, value = text.partition("=")
        assert name in declared
        assert name != "reader" or value in READERS


def test_every_option_of_a_report_is_in_the_guide() -> None:
    text = text_of(GUIDE)
    options = {name for param in main.commands["report"].params for name in param.opts[:1]}
    assert {"--audience", "--only", "--workers"} <= options
    missing = [name for name in options - {"names", "--json"} if name not in text]
    assert not missing
    assert all(f"`{circle}`" in text for circle in AUDIENCES)


def test_a_report_of_the_demonstration_is_asked_for_by_its_workbook() -> None:
    for page in (README, GUIDE):
        assert "dts --workbook data/demo report 71" in text_of(page)


def test_identifiers_shown_as_examples_are_those_of_a_report() -> None:
    (name,) = set(re.findall(r"\[\]\(#([\w-]+)\)", text_of(GUIDE)))
    display = (ROOT / "dts_research" / "display").glob("*.py")
    assert any(f'_Study("{name}"' in text_of(path) for path in display)


def test_every_command_is_in_the_guide() -> None:
    text = text_of(GUIDE)
    missing = [name for name in main.commands if f"dts {name}" not in text]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = text_of(page)
    anchors = {
        re.sub(r"[^\w\- ]", "", heading.casefold()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    prose = re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))
    for target in re.findall(r"\]\(([^)]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        assert not path or (page.parent / path).exists(), target
        assert path or anchor in anchors, target


@pytest.mark.parametrize("page", [README, GUIDE], ids=lambda p: p.name)
def test_files_that_are_named_exist(page: Path) -> None:
    tops = ("dts_research/", "tests/", "notebooks/", "docs/", "benchmarks/", ".ci/")
    for piece in code_of(page):
        for word in re.findall(r"[\w./*-]+", piece):
            if word.startswith(tops):
                found = list(ROOT.glob(word.rstrip("/")))
                assert found, f"{page.name}: {word}"


def test_every_room_is_in_the_readme() -> None:
    text = text_of(README)
    for path in sorted((ROOT / "dts_research").iterdir()):
        is_room = (path.is_dir() and (path / "__init__.py").is_file()) and path.name[0] != "_"
        assert not is_room or f"`{path.name}/`" in text, path.name


def test_make_targets_are_explained() -> None:
    makefile = text_of(ROOT / "Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    explained = set(re.findall(r"^([a-z]+):[^\n]*## \S", makefile, re.MULTILINE))
    assert targets == explained
    for page in (README, GUIDE):
        named = {m for line in code_of(page) for m in re.findall(r"\bmake ([a-z]+)\b", line)}
        assert named <= targets, page.name


def test_modules_run_with_python_m_exist() -> None:
    for page in (README, GUIDE):
        for module in re.findall(r"python -m ((?:dts_research|benchmarks)[\w.]*)", text_of(page)):
            assert (ROOT / (module.replace(".", "/") + ".py")).is_file(), module


def test_folders_of_a_workbook_are_those_of_the_guide() -> None:
    workspace = Workspace(data=Path("data"), reports=Path("reports"), notebooks=Path("notebooks"))
    text = text_of(GUIDE)
    for folder in (workspace.inbox, workspace.quarantine, workspace.reports):
        assert folder.as_posix() in text


def test_the_guide_is_french_with_its_accents_and_ranks_nobody() -> None:
    text = text_of(GUIDE)
    assert sum(letter in "éèêàçùâîôû" for letter in text) > len(text) / 100
    assert not re.search(r"\b(palmarès|podium|bon élève|mauvais élève|benchmark)\b", text)


def test_the_changelog_tells_this_version() -> None:
    version = re.search(r'^version = "(.+)"', text_of(ROOT / "pyproject.toml"), re.MULTILINE)
    assert version
    assert version[1] in text_of(ROOT / "CHANGELOG.md")


def test_the_wheel_carries_what_a_new_workbook_needs() -> None:
    project = text_of(ROOT / "pyproject.toml")
    assert '"notebooks" = "dts_research/_starter/notebooks"' in project
    assert '"data/demo/inbox" = "dts_research/_starter/demo"' in project


def test_python_versions_agree() -> None:
    assert 'requires-python = ">=3.11"' in text_of(ROOT / "pyproject.toml")
    assert "3.11" in text_of(README)
