"""The notebooks: one question each, thin, typed parameters; they run on any workbook."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
MODEL = "_model.ipynb"
INTERACTIVE = "explore.ipynb"
BLOCK = "application/vnd.dts.block+json"
PLAIN_TYPES = {"str": str, "int": int, "float": float, "bool": bool, "list": list}
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.AsyncFor,
    ast.Try, ast.Lambda,
)  # fmt: skip
LOOPS_IN_DISGUISE = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SHOWING = {"charts", "comparisons", "drafts", "kit", "tables", "blocks"}
LONGEST_CELL = 8

EVERY = sorted(path.name for path in FOLDER.glob("*.ipynb"))
REPORTS = [name for name in EVERY if name != INTERACTIVE]
PLAN = tomllib.loads((FOLDER / "plan.toml").read_text(encoding="utf-8"))["report"]
PLANNED = sorted({block["notebook"] for block in PLAN})
Executed = Callable[..., Callable[[], Any]]


def read(name: str) -> Any:
    return nbformat.read(FOLDER / name, as_version=4)


def code_cells(name: str) -> list[Any]:
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


def tags(cell: Any) -> list[str]:
    return list(cell.metadata.get("tags", []))


def test_there_are_notebooks() -> None:
    assert {"territory.ipynb", "network.ipynb", INTERACTIVE, MODEL} <= set(EVERY)


def test_the_plan_names_notebooks_that_exist_and_no_other_kind() -> None:
    assert set(PLANNED) <= set(REPORTS) - {MODEL}
    assert {"territory.ipynb", "network.ipynb"} <= set(PLANNED)
    assert len({block["id"] for block in PLAN}) == len(PLAN)


@pytest.mark.parametrize("name", EVERY)
def test_named_by_its_question_not_numbered(name: str) -> None:
    assert not name[0].isdigit()
    first = read(name).cells[0]
    assert first.cell_type == "markdown"
    title = first.source.splitlines()[0]
    assert title.startswith("# ")
    assert name == INTERACTIVE or title.rstrip().endswith("?"), title
    assert len(first.source.split("\n\n")) >= 2, "say how to read it under the question"


@pytest.mark.parametrize("name", EVERY)
def test_it_is_valid_and_carries_no_output(name: str) -> None:
    notebook = read(name)
    nbformat.validate(notebook)
    for cell in code_cells(name):
        assert cell.outputs == []
        assert cell.execution_count is None
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.get("widgets") is None


@pytest.mark.parametrize("name", EVERY)
def test_prose_comes_before_code(name: str) -> None:
    cells = read(name).cells
    assert sum(cell.cell_type == "markdown" for cell in cells) >= 3
    assert all(cell.source.strip() for cell in cells)


@pytest.mark.parametrize("name", REPORTS)
def test_cell_1_holds_the_parameters(name: str) -> None:
    cells = read(name).cells
    assert cells[1].cell_type == "code"
    assert tags(cells[1]) == ["parameters"]
    assert all("parameters" not in tags(cell) for cell in cells[2:])


@pytest.mark.parametrize("name", REPORTS)
def test_each_parameter_is_typed_defaulted_explained_and_seen(name: str) -> None:
    source = read(name).cells[1].source
    seen = papermill.inspect_notebook(str(FOLDER / name))
    declared = ast.parse(source).body
    assert [node.target.id for node in declared] == list(seen)  # type: ignore[attr-defined]
    for node in declared:
        assert isinstance(node, ast.AnnAssign)
        assert isinstance(node.target, ast.Name)
        kind = ast.unparse(node.annotation).split("[")[0]
        assert kind in PLAIN_TYPES, f"{node.target.id}: {kind}"
        assert node.value is not None
        default = ast.literal_eval(node.value)
        assert type(default) is PLAIN_TYPES[kind]
        found = seen[node.target.id]
        assert found["help"].strip(), f"{node.target.id} has no help"
        assert found["inferred_type_name"] == ast.unparse(node.annotation)
        assert ast.literal_eval(found["default"]) == default


@pytest.mark.parametrize("name", EVERY)
def test_cells_are_short_and_define_nothing(name: str) -> None:
    for cell in code_cells(name):
        if "parameters" not in tags(cell):
            lines = [line for line in cell.source.splitlines() if line.strip()]
            assert len(lines) <= LONGEST_CELL, cell.source
        banned = FORBIDDEN if name == INTERACTIVE else FORBIDDEN + LOOPS_IN_DISGUISE
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, banned), cell.source
        assert not cell.source.lstrip().startswith(("%", "!"))


@pytest.mark.parametrize("name", REPORTS)
def test_every_cell_ends_by_showing_something(name: str) -> None:
    for cell in code_cells(name):
        if "parameters" in tags(cell):
            continue
        last = ast.parse(cell.source).body[-1]
        assert isinstance(last, ast.Expr), cell.source
        call = last.value
        assert isinstance(call, ast.Call), cell.source
        assert isinstance(call.func, ast.Attribute), cell.source
        assert isinstance(call.func.value, ast.Name), cell.source
        assert call.func.value.id in SHOWING, cell.source


@pytest.mark.parametrize("name", REPORTS)
def test_tags_are_known(name: str) -> None:
    known = {"parameters", "remove-cell", "lecteur-animateur", "lecteur-chercheur", "affiche"}
    for cell in read(name).cells:
        assert {tag for tag in tags(cell) if not tag.startswith("piece-")} <= known


# -- running ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Runner:
    """Runs notebooks by plain papermill, each in a process of its own, two at a time."""

    folder: Path
    pool: ThreadPoolExecutor

    def start(self, name: str, book: Any, **parameters: Any) -> Future[Any]:
        return self.pool.submit(self._run, name, book.workspace.data, parameters)

    def _run(self, name: str, data: Path, parameters: dict[str, Any]) -> Any:
        out = self.folder / f"{data.parent.name}-{len(parameters)}-{name}"
        words = [w for k, v in parameters.items() for w in ("-r", k, str(v))]
        command = [sys.executable, "-m", "papermill", str(FOLDER / name), str(out), *words]
        done = subprocess.run(
            [*command, "--cwd", str(FOLDER), "--no-progress-bar"],
            env=os.environ | {"DTS_WORKBOOK": str(data)}, capture_output=True, text=True,
            encoding="utf-8", timeout=240, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return nbformat.read(out, as_version=4)


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield Runner(tmp_path_factory.mktemp("executed"), pool)


@pytest.fixture(scope="module")
def fresh_book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A workbook just made, that received nothing and has no store."""
    from dts_research.starter import make_workbook
    from dts_research.workbook import open_workbook

    return open_workbook(make_workbook(tmp_path_factory.mktemp("neuf") / "classeur").data)


@pytest.fixture(scope="module")
def runs(
    runner: Runner, executed: Executed, demo_book: Any, empty_book: Any, fresh_book: Any,
    single_book: Any,
) -> dict[tuple[str, str], Callable[[], Any]]:  # fmt: skip
    """Every planned notebook on every workbook, and the interactive one; all under way.

    By plain papermill on the demo; elsewhere as `dts report` runs them: that the two give the
    same is held by the tests of the warm engine.
    """
    (places,) = single_book.frames("experience_places")
    there = places["departement_code"].iloc[0]
    started: dict[tuple[str, str], Callable[[], Any]] = {}
    for name in PLANNED:
        here = there if "territory" in papermill.inspect_notebook(str(FOLDER / name)) else ""
        started[name, "demo"] = runner.start(name, demo_book, reader="chercheur").result
        for kind, book in (("empty", empty_book), ("fresh", fresh_book)):
            data = book.workspace.data
            started[name, kind] = executed(name, data=data, reader="chercheur")
        started[name, "single"] = executed(
            name, here, data=single_book.workspace.data, reader="chercheur"
        )
    for kind, book in (("demo", demo_book), ("empty", empty_book), ("single", single_book)):
        started[INTERACTIVE, kind] = runner.start(INTERACTIVE, book).result
    return started


def outputs(notebook: Any) -> list[Any]:
    return [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]


def blocks(notebook: Any) -> list[dict[str, Any]]:
    return [o.data[BLOCK] for o in outputs(notebook) if BLOCK in o.get("data", {})]


def check_shown(notebook: Any) -> list[dict[str, Any]]:
    """Every cell shows blocks that anybody can read; nothing is printed, nothing fails."""
    for cell in notebook.cells:
        if cell.cell_type != "code" or {"parameters", "injected-parameters"} & set(tags(cell)):
            continue
        assert cell.outputs, cell.source
        for shown in cell.outputs:
            assert shown.output_type in ("execute_result", "display_data"), cell.source
            assert {BLOCK, "text/html", "text/plain"} <= shown.data.keys(), cell.source
            assert "<script" not in shown.data["text/html"]
    shown = blocks(notebook)
    ids = [block["id"] for block in shown if block.get("id")]
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    return shown


def says_what_is_missing(shown: list[dict[str, Any]]) -> bool:
    return any(b["kind"] == "absence" or b.get("tone") == "inconnu" for b in shown)


@pytest.mark.parametrize("name", PLANNED)
def test_it_runs_on_the_demo(name: str, runs) -> None:
    shown = check_shown(runs[name, "demo"]())
    kinds = {block["kind"] for block in shown}
    assert {"cover", "summary", "chart", "table", "method"} <= kinds
    cover = next(block for block in shown if block["kind"] == "cover")
    assert cover["fictional"] is True
    charts = [block for block in shown if block["kind"] == "chart"]
    assert len(charts) >= 6
    for chart in charts:
        missing = [key for key in ("id", "title", "alt", "source", "svg", "data") if not chart[key]]
        assert not missing, f"{chart['id']}: {missing}"
        assert chart["data"]["caption"]
        assert chart["data"]["rows"]
    for table in (block for block in shown if block["kind"] == "table"):
        assert table["title"]
        assert table["columns"]


@pytest.mark.parametrize("name", PLANNED)
def test_each_finding_rests_on_a_block_of_the_report(name: str, runs) -> None:
    shown = check_shown(runs[name, "demo"]())
    ids = {block.get("id") for block in shown}
    (page,) = (block for block in shown if block["kind"] == "summary")
    assert page["findings"]
    assert {found["href"] for found in page["findings"]} <= ids


@pytest.mark.parametrize("name", PLANNED)
def test_the_official_and_the_wall_see_a_few_cells(name: str) -> None:
    cells = code_cells(name)[1:]
    everybody = [
        c.source for c in cells if not {"lecteur-animateur", "lecteur-chercheur"} & set(tags(c))
    ]
    assert len(everybody) <= 6
    assert {"tables.summary(here)", "tables.unknowns(here)", "tables.method(here)"} <= set(
        everybody
    )
    wall = [c.source for c in cells if "affiche" in tags(c)]
    assert 4 <= len(wall) <= 7
    assert all(source.startswith(("charts.", "drafts.")) for source in wall)


@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.parametrize("book", ["empty", "fresh"])
def test_it_runs_on_an_empty_workbook_and_says_so(name: str, book: str, runs) -> None:
    assert says_what_is_missing(check_shown(runs[name, book]()))


@pytest.mark.parametrize("name", PLANNED)
def test_it_runs_on_a_single_experience(name: str, runs, single_book) -> None:
    shown = check_shown(runs[name, "single"]())
    assert says_what_is_missing(shown)
    (experiences,) = single_book.frames("experiences")
    assert experiences["title"].iloc[0] in str(shown)


@pytest.mark.parametrize("book", ["demo", "empty", "single"])
def test_exploring_runs_everywhere(book: str, runs) -> None:
    found = outputs(runs[INTERACTIVE, book]())
    assert found
    assert not [o for o in found if o.output_type == "error"]


def test_a_report_whose_counts_are_all_too_small_says_so(executed: Callable[..., Any]) -> None:
    from dts_research.reports.document import read_document
    from dts_research.reports.html import render_html

    document = read_document(executed("territory.ipynb", "71", min_count=100_000)())
    assert not document.faults
    assert "Secret" in render_html(document)


def test_a_threshold_under_the_floor_stops_the_notebook(runner: Runner, demo_book: Any) -> None:
    with pytest.raises(RuntimeError, match="plancher"):
        runner.start("territory.ipynb", demo_book, min_count=2).result()


def test_importing_what_a_notebook_needs_gives_those_names() -> None:
    import dts_research

    names = {"charts", "comparisons", "drafts", "explore", "kit", "open_workbook", "tables"}
    assert set(dts_research.__all__) == names
    for name in dts_research.__all__:
        assert getattr(dts_research, name)
