"""A failed report has a page that says what failed, where, what to do, and what still stands."""

import re
from dataclasses import replace
from html import unescape

import pytest

from dts_research.cli.making import Made
from dts_research.display.fragments import full_date
from dts_research.reports.manifest import Entry, Failure, Manifest
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.press import WARM
from dts_research.store.clock import day_of

TERRITORY = 'territory: str = ""  # code'
REPORTS = [Report(f"essai-{code}", "essai.ipynb", code, label=f"T{code}") for code in ("01", "13")]


def text_of(path):
    """What is read on a page, without its form."""
    page = re.sub(r"<style>.*?</style>", "", path.read_text("utf-8"), flags=re.S)
    body = re.sub(r"<[^>]+>", " ", "<main" + page.partition("<main")[2].partition("</main>")[0])
    return " ".join(unescape(body).replace("\u2019", "'").split()).replace("» .", "».")


@pytest.fixture
def usual(press):
    return replace(press, engine=WARM, formats=("html",))


def test_it_says_where_it_stopped_what_to_do_and_what_still_stands(usual, write_notebook):
    path = usual.notebooks / "essai.ipynb"
    write_notebook(path, "print('vu')", parameters=TERRITORY)
    make_reports(REPORTS, usual, progress=False)
    page = usual.out / "essai-13-echec.html"
    assert not page.exists()
    write_notebook(path, "1", "assert territory != '13', 'non'  # ici", parameters=TERRITORY)
    outcome = make_reports(REPORTS, usual, progress=False)
    made = Manifest(usual.out).read()["essai-13"]
    day = full_date(day_of(made.made_at).isoformat())
    text = text_of(page)
    for said in (
        "Ce qui s'est passé La cellule 4 du carnet a échoué : AssertionError : non.",
        "La ligne en cause : assert territory != '13', 'non' # ici",
        "Que faire Ouvrir le carnet « essai.ipynb » avec dts lab et aller à la cellule 4.",
        "Relancer, pour ce rapport seulement : dts report essai-13",
        "Cette page disparaît d'elle-même dès que le rapport est fait.",
        f"Ce qui reste en place La version faite le {day}, telle qu'elle était : rien n'y a été "
        "changé, et elle ne tient pas compte de ce qui est arrivé depuis.",
    ):
        assert said in text, (said, text)
    links = re.findall(r'href="([^"#]+)"', page.read_text("utf-8"))
    assert links == ["essai-13.html", "carnets/essai-13.ipynb"]
    assert all((usual.out / link).is_file() for link in links)
    # The index and the screen lead to it, and only for the one that failed.
    index = (usual.out / "index.html").read_text("utf-8")
    assert re.findall(r'href="([^"]+-echec\.html)"', index) == ["essai-13-echec.html"]
    lines = list(Made(outcome, usual.out).lines())
    assert f"→ pourquoi, et que faire : {page}" in lines and outcome.exit_code == 1
    # Once the report is made, nothing speaks of the failure any more.
    write_notebook(path, "print('revu')", parameters=TERRITORY)
    assert make_reports(REPORTS, usual, progress=False).exit_code == 0
    assert list(usual.out.glob("*-echec.html")) == []
    assert "echec" not in (usual.out / "index.html").read_text("utf-8")


def test_a_report_never_made_says_so_and_a_lost_page_is_written_again(usual, write_notebook):
    write_notebook(usual.notebooks / "essai.ipynb", "1 / 0", parameters=TERRITORY)
    make_reports(REPORTS[:1], usual, progress=False)
    page = usual.out / "essai-01-echec.html"
    assert "Ce qui reste en place Rien : ce rapport n'a encore jamais été fait." in text_of(page)
    kept = page.read_bytes()
    page.unlink()
    make_reports([], usual, plan=REPORTS, progress=False)
    assert page.read_bytes() == kept


def test_a_former_version_that_was_touched_is_not_said_to_stand(usual):
    from dts_research.reports.failure_page import failure_html

    entry = Entry(
        "essai-01", "essai.ipynb", "failed", outputs={"essai-01.html": {"bytes": 3}},
        made_at="2026-05-12T10:00:00+00:00", tried_at="2026-11-23T10:00:00+00:00",
        failure=Failure("Le calcul s'est arrêté net"),
    )  # fmt: skip
    page = usual.out / "page.html"
    page.write_text(failure_html(entry, usual), encoding="utf-8")
    assert (
        "La version faite le 12 mai 2026 n'est plus entière : le fichier « essai-01.html » manque."
    ) in text_of(page)
    assert 'href="essai-01.html"' not in page.read_text("utf-8")


def test_nothing_of_a_failure_is_taken_for_markup(usual):
    from dts_research.reports.failure_page import failure_html

    nasty = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    entry = Entry(
        "essai-01", nasty, "failed", label=nasty, title=nasty, variant=nasty,
        tried_at="2026-11-23T10:00:00+00:00", failure=Failure(f"{nasty}\n- {nasty}", 3, nasty),
    )  # fmt: skip
    page = failure_html(entry, replace(usual, fictional=True))
    assert "<script" not in page and "<img" not in page
    assert "Données fictives" in page and page.count("alert(1)") >= 8


def test_a_draft_refused_for_publication_has_its_faults_listed(usual, write_notebook):
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5C"
    png += "YII="
    code = f"from IPython.display import display\ndisplay({{'image/png': '{png}'}}, raw=True)"
    write_notebook(usual.notebooks / "essai.ipynb", code, parameters=TERRITORY)
    make_reports(REPORTS[:1], usual, progress=False)
    make_reports(REPORTS[:1], replace(usual, strict=True), progress=False)
    page = usual.out / "essai-01-echec.html"
    assert "<li>Cellule 3\u00a0: Une image n’a pas de texte de remplacement." in page.read_text()
    assert 'href="essai-01.html"' in page.read_text()
