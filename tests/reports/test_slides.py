"""Pages to project: what is shown, how many, in which size."""

import io

import pypdf

from dts_research.display import blocks
from dts_research.reports.document import Document
from dts_research.reports.slides import slide_pages
from dts_research.reports.typst import render_slides

FIGURES = [{"value": "12500", "unit": "h", "label": "heures travaillées", "comparison": "+ 8 %"}]
SUMMARY = {
    "items": FIGURES,
    "findings": [{"text": "Trois essais se sont arrêtés."}, {"text": "Deux continuent."}],
    "questions": ["Qui n'est pas dans la pièce ?"],
}


def shown(block, **more):
    return {**block.as_json(), "level": 3, **more}


def pages(*found):
    return slide_pages(Document("Titre", blocks=found))[0]["slides"]


def words(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_the_summary_is_figures_then_findings_then_its_questions():
    summary = shown(blocks.summary(id="s", **SUMMARY))
    assert [p["kind"] for p in pages(summary)] == ["title", "key_figures", "text", "question"]
    assert pages(summary)[1]["items"][0]["value"] == "12\u202f500"
    asked = shown(blocks.discussion(id="d", title="À dire", questions=["Et nous ?"]))
    projected = pages(summary, asked)
    assert [p["title"] for p in projected if p["kind"] == "question"] == ["Et nous\u202f?"]
    text = words(render_slides(Document("Titre", blocks=(summary,))))
    assert "Trois essais se sont arrêtés" in text[2] and "dans la pièce" in text[3]


def test_a_glossary_is_not_projected():
    words_of = blocks.glossary(id="g", title="Mots", items=[{"label": "AI", "text": "Association"}])
    assert len(pages(shown(words_of))) == 1
