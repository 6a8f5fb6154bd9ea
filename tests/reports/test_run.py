"""One report: what reaches the notebook, what is kept of it, what is said when it fails."""

import json
import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import nbformat
import pytest

from dts_research.errors import RequestError
from dts_research.reports.failing import CellFailure
from dts_research.reports.freshness import Status
from dts_research.reports.index import index_page
from dts_research.reports.notebooks import notebook_bytes
from dts_research.reports.parameters import declared_parameters, with_values
from dts_research.reports.plan import Report
from dts_research.reports.run import check, execute, make_report

DECLARED = (
    'territory: str = ""  # code\nyears: list[int] = []  # années\nfull: bool = False  # tout'
)


def report(**changes):
    return replace(Report("essai", "essai.ipynb", "01"), **changes)


def printed(notebook):
    return "".join(o.text for c in notebook.cells for o in c.get("outputs", []) if "text" in o)


def test_values_reach_the_notebook_typed(press, write_notebook):
    write_notebook(
        press.notebooks / "essai.ipynb",
        "import os\nprint(repr(territory), years, full, os.environ['DTS_WORKBOOK'])",
        parameters=DECLARED,
    )
    done = execute(report(parameters={"years": [2025, 2026], "full": True}), press)
    assert printed(done) == f"'01' [2025, 2026] True {press.data}\n"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"yaers": [1]}, "Vouliez-vous dire « years »"),
        ({"years": 2026}, "attend une liste"),
        ({"years": ["2026"]}, "un nombre entier pour chaque élément"),
        ({"territory": 1}, 'Écrire territory = "01"'),
        ({"full": 1}, "attend oui ou non"),
        ({"x = 1; boom() #": "v"}, "n'a pas de paramètre"),
    ],
)
def test_wrong_parameters_are_refused_before_any_kernel(press, write_notebook, parameters, said):
    write_notebook(press.notebooks / "essai.ipynb", "1", parameters=DECLARED)
    with pytest.raises(RequestError, match=said.replace("(", r"\(")):
        check(report(parameters=parameters, territory=""), press)


def test_a_missing_notebook_is_named_with_the_nearest(press, write_notebook):
    write_notebook(press.notebooks / "territory.ipynb", "1")
    with pytest.raises(RequestError, match=r"Vouliez-vous dire « territory\.ipynb »"):
        check(report(notebook="teritory.ipynb"), press)


def test_typed_text_is_read_as_the_declared_type(press, write_notebook):
    path = write_notebook(press.notebooks / "essai.ipynb", "1", parameters=DECLARED)
    declared = declared_parameters(path)
    read = with_values(report(), ["years=2025, 2026", "full=oui"], declared)
    assert read.parameters == {"years": [2025, 2026], "full": True}
    assert with_values(report(territory=""), ["territory=01"], declared).parameters == {
        "territory": "01"
    }
    for text, said in [
        ("years=hier", "attend une liste"),
        ("years", "nom=valeur"),
        ("territory=13", "Le territoire se choisit"),
    ]:
        with pytest.raises(RequestError, match=said):
            with_values(report(), [text], declared)


def test_another_reading_has_its_own_files(press, write_notebook):
    path = write_notebook(press.notebooks / "essai.ipynb", "1", parameters='reader: str = "élu"')
    declared = declared_parameters(path)
    other = with_values(report(), ["reader=Chercheur·e"], declared)
    assert other.id == "essai-reader-Chercheur-e-e63160e2"
    assert other.variant == "lecteur : Chercheur·e"
    assert with_values(report(), ["reader=élu"], declared) == report()
    assert with_values(report(), ["reader=chercheur"], declared).variant == (
        "Version pour la recherche"
    )


def test_an_error_of_ours_is_said_without_its_class(press, write_notebook):
    code = "from dts_research.errors import ProtectionError as E\nraise E('Trop bas.', 'Non.')"
    write_notebook(press.notebooks / "essai.ipynb", code)
    entry = make_report(report(territory=""), press)
    assert entry.failure.message == "La cellule 2 du carnet a échoué : Trop bas. Non."


def test_a_failing_cell_is_said_by_number_line_and_error(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "1", "# pourquoi\n[][1]", parameters=DECLARED)
    with pytest.raises(CellFailure) as caught:
        execute(report(), press)
    failure = caught.value.failure
    assert (failure.cell, failure.line) == (4, "[][1]")
    assert (
        failure.message == "La cellule 4 du carnet a échoué : IndexError: list index out of range"
    )


@pytest.mark.parametrize("error", ["ValueError", "E"])
def test_no_person_is_named_by_a_failure(press, write_notebook, error):
    code = f"raise {error}('x ' * 120 + 'Mme Sophie Martin et M. Jean Dupont, 06 12 34 56 78')"
    cells = ("from dts_research.errors import ProtectionError as E", code)
    write_notebook(press.notebooks / "essai.ipynb", *cells)
    entry = make_report(report(territory=""), press)
    page = index_page([Status(report(), "failed", entry.failure.message, entry)], press)
    for said in (page, entry.to_line(), *vars(entry.failure).values()):
        assert not re.search("Sophie|Martin|Dupont|06 12", str(said))
    assert "[nom masqué]" in entry.failure.message and "[nom masqué]" in entry.failure.error


def test_a_failure_comes_back_whole_from_another_process(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "1", "[][1]", parameters=DECLARED)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        error = pool.submit(execute, report(), press).exception()
    assert isinstance(error, CellFailure)
    assert (error.failure.cell, str(error)) == (4, error.failure.message)
    assert "IndexError" in error.failure.error


def test_a_cell_without_end_is_stopped(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "while True: pass")
    entry = make_report(report(territory=""), replace(press, timeout=2))
    assert entry.state == "failed"
    assert "pas fini" in entry.failure.message


def test_a_kernel_that_dies_is_a_failure_in_plain_words(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "import os\nos._exit(1)")
    entry = make_report(report(territory=""), press)
    assert "arrêté net" in entry.failure.message


def test_the_kept_notebook_holds_no_path_nor_time(press, write_notebook):
    cells = ("import warnings\nwarnings.warn('x')", "print('vu')")
    write_notebook(press.notebooks / "essai.ipynb", *cells, parameters=DECLARED)
    make_report(report(), press)
    text = (press.out / "carnets" / "essai.ipynb").read_text("utf-8")
    kept = nbformat.reads(text, 4)
    assert kept.metadata.papermill == {"parameters": {"territory": "01"}}
    assert str(press.notebooks) not in text and "start_time" not in text and "stderr" not in text


def test_two_runs_give_the_same_bytes(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "print(territory)", parameters=DECLARED)
    digests = [
        make_report(report(), press).outputs["carnets/essai.ipynb"]["sha256"] for _ in range(2)
    ]
    assert digests[0] == digests[1]


def test_the_kept_notebook_has_a_cell_on_each_line_and_is_a_notebook(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "print('é\\n')", "1 + 1", parameters=DECLARED)
    make_report(report(), press)
    text = (press.out / "carnets" / "essai.ipynb").read_text("utf-8")
    kept = nbformat.reads(text, 4)
    nbformat.validate(kept)
    lines = text.splitlines()
    assert [json.loads(line.rstrip(","))["id"] for line in lines[1:-2]] == [
        cell.id for cell in kept.cells
    ]
    assert notebook_bytes(kept).decode() == text


class Panic(BaseException):
    """What an engine written in another language raises."""


def failing(*kinds):
    def render(kind, document, name, formats):
        if kind in kinds:
            raise Panic("aucune figure")
        return " ".join(formats).encode()

    return render


def test_a_format_that_fails_takes_no_other_along(press, write_notebook, monkeypatch):
    monkeypatch.setattr("dts_research.reports.writing.render", failing("posters"))
    write_notebook(press.notebooks / "essai.ipynb", "1")
    entry = make_report(report(territory=""), replace(press, formats=("html", "pdf", "posters")))
    assert entry.state == "failed"
    kept = ["carnets/essai.ipynb", "carnets/essai.manifest.json"]
    assert list(entry.outputs) == ["essai.html", "essai.pdf", *kept]
    assert entry.failure.message.endswith("affiches A3 n'a pas pu être écrit : aucune figure")
    # The page leads only to what is there.
    assert (press.out / "essai.html").read_text() == "html pdf"


def test_a_strict_report_that_fails_replaces_nothing(press, write_notebook, monkeypatch):
    write_notebook(press.notebooks / "essai.ipynb", "1")
    strict = replace(press, formats=("html", "pdf"), strict=True)
    entry = make_report(report(territory=""), strict)
    assert (entry.state, entry.strict, entry.faults) == ("fresh", True, 0)
    before = {path.name: path.read_bytes() for path in press.out.iterdir() if path.is_file()}
    monkeypatch.setattr("dts_research.reports.writing.render", failing("pdf"))
    again = make_report(report(territory=""), strict)
    assert (again.state, again.outputs) == ("failed", {})
    assert {p.name: p.read_bytes() for p in press.out.iterdir() if p.is_file()} == before


def test_a_strict_report_is_checked_on_its_files(press, write_notebook, monkeypatch):
    write_notebook(press.notebooks / "essai.ipynb", "1")
    strict = replace(press, formats=("html", "pdf"), strict=True)
    monkeypatch.setattr("dts_research.reports.writing.render", failing())
    entry = make_report(report(territory=""), strict)
    assert (entry.state, entry.outputs) == ("failed", {})
    assert entry.failure and ".pdf : Le PDF ne s'ouvre pas" in entry.failure.message
    assert make_report(report(territory=""), replace(strict, strict=False)).state == "fresh"


IMAGE = """
from IPython.display import display
import base64
png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
display({"image/png": png}, raw=True)
"""


def test_a_fault_is_counted_in_a_draft_and_refused_with_its_cell(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "1", IMAGE)
    draft = make_report(report(territory=""), replace(press, formats=("html",)))
    assert (draft.state, draft.strict, draft.faults) == ("fresh", False, 1)
    page = (press.out / "essai.html").read_bytes()
    refused = make_report(report(territory=""), replace(press, formats=("html",), strict=True))
    assert (refused.state, refused.outputs) == ("failed", {})
    assert "ne peut pas être publié" in refused.failure.message
    assert "Cellule 3 : " in refused.failure.message and "strict" in refused.failure.message
    assert (press.out / "essai.html").read_bytes() == page
