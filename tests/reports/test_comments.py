"""Comments beside their figures: where they stand, what they say of the data they spoke of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dts_research.display import blocks
from dts_research.reports.comments import Comment, comments_in, data_digest
from dts_research.reports.document import read_document
from dts_research.reports.freshness import states
from dts_research.reports.html import render_html
from dts_research.reports.manifest import Manifest
from dts_research.reports.onepage import one_page
from dts_research.reports.plan import Report
from dts_research.reports.posters import poster_pages
from dts_research.reports.press import Press
from dts_research.reports.run import make_report
from dts_research.reports.slides import slide_pages
from dts_research.reports.tags import unfit
from dts_research.reports.typst import render_pdf, render_slides
from dts_research.reports.verbatim import as_typed, said_in

REPORT = Report("territoire-71", "n.ipynb", "71", family="territoire")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 60"><path d="M0 0h9v9z"/></svg>'
ALT = "Barres : 3 fiches en 2021, 5 en 2022, le reste n'est pas connu."
CHART: dict[str, Any] = {
    "id": "par-annee", "title": "Cinq fiches en 2022", "alt": ALT, "source": "Fiches", "svg": SVG,
    "data": {"columns": ["Année", "Fiches"], "rows": [["2021", "3"], ["2022", "5"]]},
}  # fmt: skip


def notebook(*made: Any) -> Any:
    cells = [nbformat.v4.new_markdown_cell("# Question"), nbformat.v4.new_markdown_cell("## Part")]
    for block in made:
        output = nbformat.v4.new_output("display_data", {blocks.MIMETYPE: block.as_json()})
        cells.append(nbformat.v4.new_code_cell("x", outputs=[output]))
    return nbformat.v4.new_notebook(cells=cells)


def chart(**changed: Any) -> Any:
    return blocks.chart(**{**CHART, **changed})


DIGEST = data_digest(chart().as_json())
SAID = Comment(
    "71/tous/par-annee", "par-annee", "Le creux vient de la saisie.", "71", "territoire-71",
    "territoire-71", DIGEST, role="Animatrice", written="2026-03-12", status="Brouillon",
)  # fmt: skip


def flat(text: str) -> str:
    """A page whose blanks and apostrophes are those of a keyboard."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def comments_of(document: Any) -> list[dict[str, Any]]:
    return [block for block in document.body if block["kind"] == "comment"]


def read(*made: Any, said: Any = (SAID,), report: str = "territoire-71") -> Any:
    return read_document(notebook(*made), comments=said, report=report)


def test_a_comment_stands_right_after_its_figure_and_the_reply_comes_first() -> None:
    reply = replace(SAID, id="71/tous/par-annee.reponse", text="Non.", reply=True)
    said = comments_in([SAID, reply], REPORT)
    document = read(chart(), chart(id="autre"), said=said)
    kinds = [(b["kind"], b.get("title")) for b in document.body][1:]
    assert kinds == [
        ("chart", "Cinq fiches en 2022"), ("comment", "Réponse du territoire"),
        ("comment", "Commentaire"), ("chart", "Cinq fiches en 2022"),
    ]  # fmt: skip
    page = flat(render_html(document))
    assert "Le creux vient de la saisie." in page
    assert "Animatrice · Brouillon" in page
    assert "Écrit le 12 mars 2026." in page
    assert 'à propos de la <a href="#par-annee">figure' in page


def test_two_half_figures_stay_side_by_side_and_their_comments_follow() -> None:
    halves = (chart(width="half"), chart(id="b", width="half"), chart(id="c"))
    document = read(*halves)
    assert [b["kind"] for b in document.body][1:] == ["chart", "chart", "comment", "chart"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Écrit le 12 mars 2026."),
        ({"confirmed": "2026-12-10"},
         "Écrit le 12 mars 2026, relu et confirmé le 10 décembre 2026."),
        ({"data": "0" * 16}, "Écrit le 12 mars 2026 sur une version antérieure des données."),
        ({"data": ""}, "Écrit le 12 mars 2026. On ne sait pas de quelles données il parlait."),
        ({"written": "", "data": ""},
         "Écrit sans date. On ne sait pas de quelles données il parlait."),
        ({"figure": "disparue"}, "Écrit le 12 mars 2026. La figure dont il parle, « disparue », "
                                 "n'est plus dans ce rapport."),
        ({"data": "0" * 16, "report": "territoire-71-period-2021"},
         "Écrit le 12 mars 2026 sur une autre version de ce rapport, qui ne montre pas tout à "
         "fait les mêmes données."),
    ],
)  # fmt: skip
def test_a_comment_says_which_data_it_spoke_of(said: dict[str, str], sentence: str) -> None:
    (block,) = comments_of(read(chart(), said=[replace(SAID, **said)]))  # type: ignore[arg-type]
    assert block["said"] == [sentence]


def test_what_was_validated_is_to_be_read_again_when_the_data_change() -> None:
    validated = replace(SAID, status="Validé", reviewed=True)
    (same,) = comments_of(read(chart(), said=[validated]))
    assert same["by"] == "Animatrice · Validé"
    (older,) = comments_of(read(chart(), said=[replace(validated, data="0" * 16)]))
    assert older["by"] == "Animatrice · À relire"
    elsewhere = read(chart(), said=[replace(validated, data="0" * 16)], report="territoire-71-x")
    assert comments_of(elsewhere)[0]["by"] == "Animatrice · Validé"


def test_the_digest_is_of_the_rows_and_not_of_the_drawing() -> None:
    redrawn = chart(svg=SVG.replace("9", "8"), title="Autre titre", wide=SVG, source="Ailleurs")
    assert data_digest(redrawn.as_json()) == DIGEST
    swapped = chart(data={"columns": ["Année", "Fiches"], "rows": [["2022", "5"], ["2021", "3"]]})
    assert data_digest(swapped.as_json()) == DIGEST
    other = chart(data={"columns": ["Année", "Fiches"], "rows": [["2021", "3"], ["2022", "6"]]})
    assert data_digest(other.as_json()) != DIGEST
    assert DIGEST == "dc82958e4129dcde"  # the same on any machine


def test_a_comment_without_its_figure_is_shown_at_the_end() -> None:
    document = read(chart(), said=[replace(SAID, figure="disparue")])
    assert [b["kind"] for b in document.body][-3:] == ["chart", "heading", "comment"]
    assert document.body[-2]["text"] == "Autres commentaires"
    assert "Le creux vient de la saisie." in render_html(document)


def test_what_this_public_may_not_read_is_counted_and_a_reply_is_named_beside_its_figure() -> None:
    reply = replace(SAID, id="71/tous/par-annee.reponse", text="Secret", reply=True, role="Élue X")
    public = replace(REPORT, audience="public")
    said = comments_in([replace(SAID, text="Secret"), reply], public)
    document = read(chart(), said=said)
    page = flat(render_html(document))
    assert "Secret" not in page
    assert "Élue X" not in page
    assert "Le territoire a répondu ; sa réponse n'est pas diffusée à ce public." in page
    assert "Un commentaire n'est pas diffusé à ce public." in page


@pytest.mark.parametrize(
    ("said", "report", "shown"),
    [
        ({}, {}, True),
        ({"territory": "13"}, {}, False),
        ({"family": "comparaison-71"}, {}, False),
        ({"family": ""}, {}, True),
        ({"diffusion": "private"}, {}, False),
        ({}, {"id": "territoire-71-reader-elu"}, True),
        ({"family": "territoire-7"}, {}, False),
        ({"cycle": "C1"}, {}, True),
        ({"cycle": "C1"}, {"parameters": {"cycle": "C2"}}, False),
        ({}, {"parameters": {"cycle": "C2"}}, True),
    ],
)
def test_which_report_shows_a_comment(
    said: dict[str, Any], report: dict[str, Any], shown: bool
) -> None:
    found = comments_in([replace(SAID, **said)], replace(REPORT, **report))
    assert bool(found) is shown


def test_a_figure_that_only_other_readers_see_is_no_lost_figure() -> None:
    book = notebook(chart(), chart(id="fin"))
    book.cells[-1].metadata["tags"] = ["lecteur-chercheur"]
    document = read_document(book, comments=[replace(SAID, figure="fin")], report="territoire-71")
    assert not comments_of(document)
    told = "Un commentaire porte sur ce que montre la version complète de ce rapport."
    assert document.body[-1]["inline"][0]["text"] == told


def test_faults_of_a_file_are_faults_of_the_document() -> None:
    document = read(chart(), said=[replace(SAID, fault="Commentaire « x.md » : illisible.")])
    assert [str(fault) for fault in document.faults] == ["Commentaire « x.md » : illisible."]


def test_what_nothing_is_written_in_takes_no_room() -> None:
    document = read(chart(), said=[replace(SAID, text=" "), replace(SAID, figure="x", text="")])
    assert [block["kind"] for block in document.body][1:] == ["chart"]


HARD = "Trois « faits » :\n\n- un **gros** ;\n- deux\n\n> dit-on\n\n`code` et [lien](https://a.fr)"


@pytest.mark.parametrize("text", [HARD, "2*3*4", "| a | b |\n|---|---|\n| 1 | 2 |", "X " * 3000])
def test_the_papers_conform_whatever_a_comment_holds(text: str) -> None:
    document = read(chart(), said=[replace(SAID, text=text, reply=True)])
    for made in (render_pdf(document), render_slides(document)):
        assert unfit(made) == ""


def test_slides_and_posters_show_it_and_a_long_one_is_named_on_the_wall() -> None:
    long = replace(SAID, id="71/tous/par-annee.2", text="Long " * 100)
    document = read(chart(), said=[SAID, long])
    slides, _ = slide_pages(document)
    titles = [flat(slide.get("title") or "") for slide in slides["slides"]]
    assert titles.count("Commentaire, à propos de la figure 1") == 2
    posters, _ = poster_pages(document)
    first, second = map(flat, posters["posters"][0]["said"])
    assert first.startswith("Commentaire : Le creux vient de la saisie. (Animatrice")
    assert second == "Commentaire : à lire dans le rapport."


def test_the_single_page_of_an_official_sets_or_names_it() -> None:
    items = [{"value": "3", "label": "fiches"}]
    opening = blocks.summary(id="s", items=items, findings=[], questions=["Et ?"])
    document = read(opening, chart())
    page, _ = one_page(document)
    assert [b["kind"] for b in page["added"]] == ["comment"]
    assert render_pdf(replace(document, reader="elu"))


def test_a_reference_in_a_comment_leads_to_its_figure() -> None:
    document = read(chart(), said=[replace(SAID, text="Voir [la figure](#par-annee).")])
    assert '<a href="#par-annee">la figure</a>' in render_html(document)


LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
MARKDOWN = st.sampled_from(["# ", "## ", "- ", "1. ", "3. ", "> ", "**a**", "_b_", "`c`", "    ",
    "[x]: http://a.fr", "[^1]", "[^1]: note", "<!-- caché -->", "<b>gras</b>", "~~non~~", "***",
    "![image](p.png)", "| a | b |", "|---|---|", "&eacute;", "\\*", "[t](u)", "$x$", "2*3*4",
    "- [ ] ", "<script>alerte</script>", "http://b.fr", "[!NOTE] titre"])  # fmt: skip


@given(st.lists(st.one_of(LINES, st.tuples(MARKDOWN, LINES).map("".join)), max_size=8))
def test_every_word_a_person_writes_comes_back(lines: list[str]) -> None:
    text = "\n".join(lines)
    told = _told(said_in(text))
    wanted = "".join(filter(str.isalnum, text))
    assert "".join(filter(str.isalnum, told)) == wanted


def _told(found: list[dict[str, Any]]) -> str:
    """Signs of prose blocks as a reader meets them: numbers of lists, addresses of links."""
    told = ""
    for block in found:
        for number, item in enumerate(block.get("items", ()), start=1):
            told += (f"{number} " if block["ordered"] else "") + _told(item)
        told += _told(block.get("blocks", [])) + str(block.get("text", ""))
        told += "".join(map(_piece, block.get("inline", ())))
    return told


def _piece(piece: dict[str, Any]) -> str:
    inner = str(piece.get("text", "")) + "".join(map(_piece, piece.get("content", ())))
    address = piece.get("url") or piece.get("href") or inner
    return inner if address == inner else inner + address


@pytest.mark.parametrize(
    ("text", "set_as_markdown"),
    [("Un **mot**.", True), ("- un\n- deux", True), ("1. un\n2. deux", True),
     ("3. trois", False), ("2*3*4", False), ("<!-- caché -->", False), ("[a]: http://b.fr", False),
     ("~~barré~~", False), ("# Titre\n\ntexte", True), ("| a |\n|---|\n| 1 |", False)],
)  # fmt: skip
def test_what_markdown_would_lose_is_shown_as_typed(text: str, set_as_markdown: bool) -> None:
    assert (said_in(text) != as_typed(text)) is set_as_markdown


CODE = f"from dts_research.display.blocks import chart\nchart(**{CHART!r})"
COUNTED = "from pathlib import Path\nwith Path({!r}).open('a') as f: _ = f.write('x')\nNone"


def test_a_comment_that_changed_is_the_reason_and_setting_it_again_is_enough(
    press: Press, write_notebook: Any, tmp_path: Any
) -> None:
    runs = tmp_path / "runs"
    write_notebook(press.notebooks / "n.ipynb", COUNTED.format(str(runs)), CODE,
                   parameters='territory: str = ""  # lieu')  # fmt: skip
    press = replace(press, formats=("html",))
    manifest = Manifest(press.out)
    manifest.record(make_report(REPORT, press))
    assert states([REPORT], press)[0].state == "fresh"
    said = replace(press, comments=(SAID,))
    (status,) = states([REPORT], said)
    assert (status.state, status.why) == ("stale", "un commentaire a changé")
    manifest.record(make_report(REPORT, said))
    assert states([REPORT], said)[0].state == "fresh"
    assert "Le creux vient" in (press.out / "territoire-71.html").read_text("utf-8")
    assert runs.read_text() == "x"  # the notebook ran once
    other = replace(said, comments=(SAID, replace(SAID, territory="13")))
    assert states([REPORT], other)[0].state == "fresh"  # that of another territory
    rerun = replace(said, comments=(), rerun=True)
    manifest.record(make_report(REPORT, rerun))
    assert runs.read_text() == "xx"
    for path in press.out.rglob("*.ipynb"):
        path.write_text("abîmé", "utf-8")
    make_report(REPORT, said)
    assert runs.read_text() == "xxx"  # an altered notebook is not trusted
