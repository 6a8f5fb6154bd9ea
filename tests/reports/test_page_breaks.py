"""Where pages are cut: neither a heading, nor a row, nor a card is left alone."""

import io

import pikepdf
import pypdf
import pytest

from dts_research.reports.document import Document
from dts_research.reports.typst import render_pdf


def pages(*blocks):
    made = render_pdf(Document("T", blocks=blocks))
    return made, [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages][1:]


def table(count):
    heads = [{"label": "Nom"}, {"label": "Récit"}]
    rows = [[f"rang {i:02d}", "un récit"] for i in range(count)]
    return {"kind": "table", "id": "t", "title": "T", "number": 1, "level": 2,
            "columns": heads, "rows": rows, "source": "Source : nous."}  # fmt: skip


def prose(count):
    inline = [{"type": "text", "text": "Une phrase."}]
    return [{"kind": "paragraph", "level": 2, "inline": inline}] * count


def decisions(count):
    items = [{"statement": f"Décision {i:02d}", "status": "Tenue", "since": "x " * 40}
             for i in range(count)]  # fmt: skip
    return {"kind": "follow_up", "id": "d", "title": "Suivi", "level": 3, "note": "Une note.",
            "items": items}  # fmt: skip


@pytest.mark.parametrize("count", range(49, 57))
def test_the_last_rows_of_a_table_go_together(count):
    _, found = pages(table(count))
    told = [page.count("un récit") for page in found]
    assert sum(told) == count
    assert len(told) == 1 or told[-1] >= 3


def test_what_ties_the_last_rows_is_not_told_to_readers_of_screens():
    made, _ = pages(table(12))
    with pikepdf.open(io.BytesIO(made)) as opened:
        parts = [o for o in opened.objects if isinstance(o, pikepdf.Dictionary)]
        rows = [o for o in parts if o.get("/S") == pikepdf.Name.TR]
        assert [len(row.K) for row in rows] == [2] * 13
        assert "RowSpan" not in str([o.get("/A") for o in parts if o.get("/S")])
        assert len(opened.Root.StructTreeRoot.IDTree.Names) == 2 * 2


@pytest.mark.parametrize("before", range(33, 41))
def test_a_heading_and_its_note_stay_with_the_first_cards(before):
    _, found = pages(*prose(before), decisions(4))
    (page,) = [page for page in found if "Suivi" in page]
    assert "Une note." in page and "Décision 01" in page


@pytest.mark.parametrize("before", range(26, 38))
def test_two_paragraphs_that_announce_a_table_stay_with_it(before):
    inline = [{"type": "text", "text": "La partie"}]
    head = {"kind": "heading", "level": 2, "text": "La partie", "anchor": "p", "inline": inline}
    _, found = pages(*prose(before), {**head, "slug": "p"}, *prose(2), table(5))
    (page,) = [page for page in found if "rang 00" in page]
    assert page.count("Une phrase.") >= 2


@pytest.mark.parametrize("before", range(18, 26))
def test_a_last_card_never_goes_alone(before):
    _, found = pages(*prose(before), decisions(9))
    last = next(page for page in found if "Décision 08" in page)
    assert "Décision 06" in last and "Décision 07" in last


def test_a_single_word_is_explained_on_the_left():
    item = {"label": "Repère", "text": "Ce que le groupe tient pour acquis."}
    made, _ = pages({"kind": "glossary", "id": "g", "title": "Mots", "level": 2, "items": [item]})
    spots = {}
    pypdf.PdfReader(io.BytesIO(made)).pages[1].extract_text(
        visitor_text=lambda text, cm, tm, *_: spots.setdefault(text.strip(), tm[4] + cm[4])
    )
    assert spots["Repère"] < 100
