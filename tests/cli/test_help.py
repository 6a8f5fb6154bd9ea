"""Every command explains itself in French, with an example; click speaks French too."""

from __future__ import annotations

import ast
import gettext
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

from dts_research.cli import main

CATALOGUE = files("dts_research").joinpath("locale")
ENGLISH = re.compile(
    r"\b(the|show this message|exit|file|try|for help|"
    r"no such|missing|invalid|required|default)\b|\b(?:Usage|Error|Commands):",
    re.IGNORECASE,
)


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, in a process of its own."""
    environment = {k: v for k, v in os.environ.items() if k not in ("LANGUAGE", "DTS_WORKBOOK")}
    code = "from dts_research.cli import main; main(prog_name='dts')"
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, encoding="utf-8",
        cwd=cwd, env=environment | {"LC_ALL": "C.UTF-8"}, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(main.commands))
def test_each_command_says_what_it_does_with_an_example(name: str) -> None:
    command = main.commands[name]
    assert command.help
    assert f"Exemple : dts {name}" in command.help
    shown = CliRunner().invoke(main, [name, "--help"], prog_name="dts")
    assert shown.exit_code == 0
    for option in command.params:
        assert isinstance(option, click.Argument) or option.help, option.name
    first = command.help.splitlines()[0]
    assert first[0].isupper()
    assert first.endswith(".") or first.endswith(").")


def test_help_is_french_to_the_last_word() -> None:
    for words in ([], ["receive"], ["report"]):
        shown = run(*words, "--help")
        assert shown.returncode == 0
        assert shown.stderr == ""
        found = ENGLISH.findall(re.sub(r"--\S+|<\S+>", "", shown.stdout))
        assert not found, shown.stdout


@pytest.mark.parametrize("flag", ["-h", "--help", "--aide"])
def test_help_has_a_french_name_too(flag: str) -> None:
    assert CliRunner().invoke(main, [flag]).exit_code == 0


def test_a_wrong_command_or_option_is_said_in_french() -> None:
    for words in (["recieve"], ["report", "--froce"], ["report", "--workers", "zero"], ["init"]):
        shown = run(*words)
        assert shown.returncode == 2
        assert shown.stdout == ""
        assert "Traceback" not in shown.stderr
        assert not ENGLISH.findall(re.sub(r"--\S+", "", shown.stderr)), shown.stderr


def test_the_command_line_answers_without_loading_pandas() -> None:
    code = (
        "import sys, dts_research.cli; print(sorted({'pandas', 'matplotlib'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def texts_of_click() -> set[str]:
    """Every text that click asks gettext for."""
    found = set()
    for path in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
                count = 2 if getattr(node.func, "id", "") == "ngettext" else 1
                for argument in node.args[:count]:
                    if isinstance(argument, ast.Constant):
                        found.add(argument.value)
    return found


def test_everything_click_can_say_is_translated_in_both_catalogues() -> None:
    wanted = texts_of_click()
    assert len(wanted) > 50
    source = CATALOGUE.joinpath("fr", "LC_MESSAGES", "messages.po")
    written: dict[str, str] = {}
    for message in read_po(source.open("rb"), locale="fr"):
        if message.id:
            ids = message.id if isinstance(message.id, tuple | list) else [message.id]
            said = message.string if isinstance(message.string, tuple | list) else [message.string]
            written |= dict(zip(ids, said))
    compiled = gettext.translation("messages", str(CATALOGUE), languages=["fr"])
    held = {k[0] if isinstance(k, tuple) else k for k in compiled._catalog}  # type: ignore[attr-defined]
    plural = {text for text in wanted if text not in held and text in written}
    assert wanted <= set(written), sorted(wanted - set(written))
    assert all(written[text] for text in wanted)
    assert wanted - plural <= held, sorted(wanted - plural - held)


def test_translations_keep_what_click_fills_in() -> None:
    source = CATALOGUE.joinpath("fr", "LC_MESSAGES", "messages.po")
    for message in read_po(source.open("rb"), locale="fr"):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else [message.id]
        said = message.string if isinstance(message.string, tuple | list) else [message.string]
        gaps = {gap for text in ids for gap in re.findall(r"\{\w+(?:![rs])?\}|%\(\w+\)s", text)}
        for text in said:
            assert set(re.findall(r"\{\w+(?:![rs])?\}|%\(\w+\)s", text)) <= gaps, text
