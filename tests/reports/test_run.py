"""One report: what reaches the notebook, what is kept of it, what is said when it fails."""

from dataclasses import replace

import nbformat
import pytest

from dts_research.errors import RequestError
from dts_research.reports.parameters import declared_parameters, with_values
from dts_research.reports.plan import Report
from dts_research.reports.run import CellFailure, check, execute, make_report

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
    assert (other.id, other.variant) == ("essai-reader-Chercheur-e", "reader : Chercheur·e")
    assert with_values(report(), ["reader=élu"], declared) == report()


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
    assert (failure.cell, failure.line) == (4, "# pourquoi")
    assert (
        failure.message == "La cellule 4 du carnet a échoué : IndexError: list index out of range"
    )


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


def test_a_format_that_fails_takes_no_other_along(press, write_notebook, monkeypatch):
    def render(kind, *_):
        if kind == "pdf":
            raise ValueError("glyphe absent")
        return b"page"

    monkeypatch.setattr("dts_research.reports.run.render", render)
    write_notebook(press.notebooks / "essai.ipynb", "1")
    entry = make_report(report(territory=""), replace(press, formats=("html", "pdf")))
    assert entry.state == "failed" and list(entry.outputs) == ["essai.html", "carnets/essai.ipynb"]
    assert entry.failure.message.endswith("PDF A4 n'a pas pu être écrit : glyphe absent")
