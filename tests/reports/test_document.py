"""An executed notebook as blocks: nothing lost without a word, nothing hidden shown."""

from itertools import pairwise
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from dts_research.display import blocks
from dts_research.reports.document import read_document
from dts_research.reports.foreign_html import blocks_of_html
from dts_research.reports.html import render_html
from dts_research.reports.prose import plain, read_markdown

sample = SimpleNamespace(**run_path(str(Path(__file__).with_name("complete_notebook.py"))))


ALT = "Courbe qui monte de 1 à 3 entre 2021 et 2023."


@pytest.fixture(scope="module")
def document():
    return read_document(sample.notebook())


def kinds(document):
    return [block["kind"] for block in document.blocks]


def of(*cells):
    return read_document(new_notebook(cells=list(cells)))


def shown(data, **metadata):
    output = new_output("display_data", data, metadata=metadata)
    return new_code_cell("x", outputs=[output])


def test_the_cover_says_the_title_and_the_fiction(document):
    assert document.title == sample.COVER["title"]
    assert document.fictional
    assert kinds(document)[0] == "cover" and kinds(document).count("cover") == 1


def test_each_fault_says_its_cell_and_what_to_do(document):
    told = [(fault.cell, fault.message.split(" : ")[0]) for fault in document.faults]
    assert told == [
        (7, "Le titre « Un niveau sauté » saute un niveau"),
        (16, "Aucune police ne dessine U+1F389 (PARTY POPPER)"),
        (25, "Image absente du carnet"),
        (28, "Commande interactive"),
    ]
    assert all(fault.fix for fault in document.faults)
    assert str(document.faults[0]).startswith("Cellule 7 : Le titre")


def test_headings_never_skip_a_level(document):
    levels = [b["level"] for b in document.blocks if b["kind"] == "heading"]
    assert levels[0] == 2
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_identifiers_are_unique(document):
    names = [b["slug"] if b["kind"] == "heading" else b["id"] for b in document.body]
    assert len(names) == len(set(names))
    assert {"fig-perimetres", "fiche-F-71-2024-AB12"} <= set(names)


def test_figures_and_tables_are_numbered_in_order(document):
    charts = [b["number"] for b in document.blocks if b["kind"] in {"chart", "image"}]
    tables = [b["number"] for b in document.blocks if b["kind"] == "table"]
    assert charts == list(range(1, 6)) and tables == list(range(1, 6))


def test_annexed_tables_go_to_the_end(document):
    see = next(b for b in document.blocks if b["kind"] == "see_annex")
    assert document.blocks[-1]["id"] == see["href"] == "tab-annexe"
    assert document.blocks[-2]["text"] == "Annexes"


def test_what_is_marked_is_not_read(document):
    text = str(document.blocks)
    assert "RETIRÉ" not in text and "avertissement caché" not in text
    assert "reader: str" not in text


def test_each_reader_has_their_cells():
    cells = [new_markdown_cell("pour tous")]
    cells += [
        new_markdown_cell(f"à partir de {r}", metadata={"tags": [f"lecteur-{r}"]})
        for r in ("animateur", "chercheur")
    ]
    nb = new_notebook(cells=cells)
    counts = {r: len(read_document(nb, reader=r).blocks) for r in ("élu", "animateur", "chercheur")}
    assert counts == {"élu": 1, "animateur": 2, "chercheur": 3}
    nb.metadata["papermill"] = {"parameters": {"reader": "elu"}}
    assert len(read_document(nb).blocks) == 1


def test_parameters_are_those_it_was_run_with():
    nb = new_notebook(cells=[
        new_code_cell('a: str = "x"\nb = 2', metadata={"tags": ["parameters"]}),
        new_code_cell("b = 3", metadata={"tags": ["injected-parameters"]}),
    ])  # fmt: skip
    assert read_document(nb).parameters == {"a": "x", "b": 3}


def test_without_cover_the_first_heading_is_the_title():
    document = of(new_markdown_cell("# Ma question\n\ntexte"), new_markdown_cell("## Suite"))
    assert document.title == "Ma question"
    assert kinds(document) == ["paragraph", "heading"]
    assert document.cover["title"] == "Ma question"
    assert of().title == "Document sans titre"


def test_a_heading_that_is_not_the_title_stays():
    document = of(sample.shown(blocks.cover(title="Titre", fictional=False)),
                  new_markdown_cell("# Une question"))  # fmt: skip
    assert [b["text"] for b in document.blocks if b["kind"] == "heading"] == ["Une question"]


def test_foreign_tables_are_read():
    html = (
        "<table><thead><tr><th></th><th colspan=2>Heures</th></tr><tr><th></th><th>A</th><th>B"
        "</th></tr></thead><tbody><tr><th>0</th><td>1.5</td><td>x</td></tr></tbody></table>"
    )
    ((table,), _) = blocks_of_html(html)
    assert [c["label"] for c in table["columns"]] == ["Heures · A", "Heures · B"]
    assert table["rows"] == [["1,5", "x"]]


@pytest.mark.parametrize(
    "html",
    ["<table>", "<table><tr>", "<table><tr><td>a", "</td></table><table><td>a</table>",
     "<table><tr><td rowspan=999999 colspan=9999>a</td></tr></table>",
     "<table><tr><td><table><tr><td>b</td></tr></table></td></tr></table>", "<table></thead>"],
)  # fmt: skip
def test_broken_tables_do_not_crash(html):
    for table in blocks_of_html(html)[0]:
        assert all(len(row) == len(table["columns"]) for row in table["rows"])


def test_of_foreign_html_only_the_text_is_kept():
    document = of(shown({"text/html": "<div><script>x()</script><b>Carte</b></div>"}))
    assert document.blocks[0]["kind"] == "interactive"
    assert document.blocks[0]["text"] == "Carte"


def test_a_picture_without_description_is_a_fault():
    document = of(shown({"image/png": sample.picture()}))
    assert kinds(document) == ["image"] and len(document.faults) == 1
    described = of(shown({"image/png": sample.picture()}, alt=ALT))
    assert described.blocks[0]["alt"] == ALT and not described.faults


@pytest.mark.parametrize(
    "data",
    [
        {"image/png": "n'est pas une image"},
        {"image/svg+xml": "<svg"},
        {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}},
        {"application/json": {"a": 1}},
        {"text/latex": "$x$", "text/plain": "x"},
        {blocks.MIMETYPE: {"kind": "inconnu"}},
        {blocks.MIMETYPE: "texte"},
        {blocks.MIMETYPE: {"kind": "quotes", "id": "q", "items": ["texte"]}},
        {blocks.MIMETYPE: {"kind": "cover", "title": "t", "fictional": True, "autre": 1}},
    ],
)
def test_nothing_is_lost_in_silence(data):
    document = of(new_markdown_cell("# T"), shown(data))
    assert len(document.blocks) == 1
    assert render_html(document)


def test_errors_are_told_without_the_traceback():
    error = new_output("error", ename="ValueError", evalue="non", traceback=["/chemin/secret"])
    document = of(new_code_cell("x", outputs=[error]))
    assert document.faults and "/chemin" not in str(document.blocks)


def test_markdown_pieces():
    found = read_markdown(
        "Un **mot** et [lien](https://a.fr), [piège](javascript:x), `code`[^1]\n\n[^1]: Note.\n\n"
        "> [!NOTE] Titre\n> corps\n\n> [!DEBAT] Sujet\n> - Pourquoi ?\n\n|a|b|\n|--|-:|\n|x|1|"
    )
    assert [b["kind"] for b in found] == ["paragraph", "aside", "discussion", "table"]
    assert plain(found[0]["inline"]) == "Un mot et lien, piège, code"
    assert [i["url"] for i in found[0]["inline"] if i["type"] == "link"] == ["https://a.fr"]
    assert found[1]["title"] == "Titre" and found[2]["questions"] == ["Pourquoi ?"]
    assert found[3]["columns"][1]["align"] == "right"


def test_a_lonely_question_is_not_a_part_that_holds_the_others():
    cover = sample.shown(blocks.cover(title="Rapport", fictional=False))
    document = of(new_markdown_cell("# Question ?"), cover, new_markdown_cell("## A\n\n### a"))
    levels = [b["level"] for b in document.blocks if b["kind"] == "heading"]
    assert levels == [2, 2, 3]


def test_a_title_is_not_said_twice():
    said = blocks.quotes(id="q", title="Paroles", items=[{"text": "oui"}])
    document = of(new_markdown_cell("# T\n\n## Paroles"), sample.shown(said))
    assert document.blocks[-1]["untitled"]
    assert render_html(document).count(">Paroles<") == 1


def chart(name, title="Hausse"):
    return sample.shown(
        blocks.chart(id=name, svg=sample.drawing(), **sample.CHART | {"title": title})
    )


def texts(document, kind="paragraph"):
    return [plain(b["inline"]) for b in document.blocks if b["kind"] == kind]


def test_references_say_what_they_lead_to():
    table = blocks.table(id="tab-a", title="T", columns=["a"], rows=[["1"]])
    document = of(
        new_markdown_cell("## Une partie\n\nVoir [](#fig-a), [](#tab-a), [ici](#fig-a), "
                          "[](#Une-partie) et [](#debat)."),
        chart("fig-a"), sample.shown(table),
        sample.shown(blocks.discussion(id="debat", title="Sujet", questions=["Pourquoi ?"])),
    )  # fmt: skip
    assert not document.faults
    assert texts(document) == ["Voir figure 1, tableau 1, ici, « Une partie » et « Sujet »."]
    html = render_html(document)
    for name in ("fig-a", "tab-a", "une-partie", "debat"):
        assert f'href="#{name}"' in html and f'id="{name}"' in html


def test_every_block_that_can_be_referred_to_has_a_place_in_the_page(document):
    html = render_html(document)
    led_to = {"heading", "chart", "image", "table", "thread", "sheet", "quotes", "discussion"}
    led_to |= {"callout", "method", "follow_up", "key_figures", "absence"}
    for block in document.body:
        if block["kind"] in led_to:
            assert f'id="{block.get("slug") or block["id"]}"' in html, block["kind"]


def test_a_reference_that_leads_nowhere_becomes_words_and_a_fault():
    document = of(new_markdown_cell("Voir [le détail](#fig-b) et [](#fig-b)."), chart("fig-a"))
    assert texts(document) == ["Voir le détail et [renvoi perdu : fig-b]."]
    (fault,) = document.faults
    assert str(fault) == (
        "Cellule 1 : Le renvoi vers « fig-b » ne mène nulle part. Identifiants connus : fig-a."
    )


def test_a_reference_to_what_other_readers_see_is_no_fault():
    cell = chart("fig-a")
    cell.metadata["tags"] = ["lecteur-chercheur"]
    document = of(new_markdown_cell("Voir [](#fig-a) et [le détail](#fig-a)."), cell)
    assert texts(document) == ["Voir la version complète de ce document et le détail."]
    assert not document.faults


def test_a_finding_says_which_figure_bears_it():
    findings = [{"text": "Un.", "href": "fig-a"}, {"text": "Deux.", "href": "fig-z"}]
    opening = blocks.summary(
        id="s", items=[{"value": "3", "label": "récits"}], findings=findings, questions=[]
    )
    document = of(sample.shown(opening), chart("fig-a"))
    assert document.blocks[0]["findings"] == [
        {"text": "Un.", "href": "fig-a", "label": "figure 1"}, {"text": "Deux."},
    ]  # fmt: skip
    assert [fault.cell for fault in document.faults] == [1]


def test_cells_are_counted_as_the_author_sees_them():
    cells = [
        new_code_cell("", metadata={"tags": ["papermill-error-cell-tag"]}),
        new_code_cell("a = 1", metadata={"tags": ["parameters"]}),
        new_code_cell("a = 2", metadata={"tags": ["injected-parameters"]}),
        new_markdown_cell("## Titre\n\n#### Trop profond"),
    ]
    document = of(*cells)
    assert [fault.cell for fault in document.faults] == [2]
    assert {block["cell"] for block in document.blocks} == {2}


def test_two_blocks_of_one_name_are_a_fault_of_the_second():
    document = of(new_markdown_cell("## Fig a"), chart("fig-a"), chart("fig-a"))
    assert [(f.cell, f.message) for f in document.faults] == [
        (3, "Deux blocs portent l'identifiant « fig-a »."),
    ]  # fmt: skip
    assert [b.get("id") for b in document.blocks if b["kind"] == "chart"] == ["fig-a", "fig-a-2"]


def test_a_stock_description_is_a_fault():
    for alt in ("image", "No description has been provided for this image", "Graphique 3"):
        (fault,) = of(shown({"image/png": sample.picture()}, alt=alt)).faults
        assert alt in fault.message and fault.fix


def absent(name, mark="Non renseigné"):
    told = blocks.absence(id=name, title=f"Sujet {name}", mark=mark, text=f"Raison {name}.")
    return sample.shown(told)


def test_absences_that_follow_each_other_are_one_box():
    document = of(new_markdown_cell("## A"), absent("a"), absent("b"), absent("c", "Secret"),
                  new_markdown_cell("## B"), absent("d"))  # fmt: skip
    assert kinds(document) == ["heading", "absence", "heading", "absence"]
    box, alone = (b for b in document.blocks if b["kind"] == "absence")
    assert box["title"] == "Rien à montrer sur 3 points, et pourquoi" and not box["mark"]
    assert [item["mark"] for item in box["items"]] == ["Non renseigné"] * 2 + ["Secret"]
    assert "Sujet a : Raison a. (Non renseigné)" in box["text"]
    assert alone["title"] == "Sujet d" and "items" not in alone
    html = render_html(document)
    assert html.count('class="b absence"') == 2
    assert all(f"Sujet {name}" in html and f"Raison {name}" in html for name in "abcd")


def test_only_what_was_written_for_an_official_is_one_page():
    opening = blocks.summary(
        id="s", items=[{"value": "3", "label": "récits"}], findings=[], questions=[]
    )
    nb = new_notebook(cells=[new_markdown_cell("Un texte.")])
    assert not read_document(nb, reader="elu").one_page
    nb.cells.append(sample.shown(opening))
    assert read_document(nb, reader="elu").one_page
    assert not read_document(nb, reader="animateur").one_page
