"""What a person writes in Markdown or HTML is kept: pictures, addresses, notes; or it is told."""

import re
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from dts_research.display import blocks
from dts_research.reports.document import read_document
from dts_research.reports.html import render_html
from dts_research.reports.prose import plain

sample = SimpleNamespace(**run_path(str(Path(__file__).with_name("complete_notebook.py"))))
ALT = "Courbe qui monte de 1 à 3 entre 2021 et 2023."


def of(*cells):
    return read_document(new_notebook(cells=list(cells)))


def written(text, **attachments):
    cell = new_markdown_cell(text)
    if attachments:
        cell["attachments"] = {f"{name}.png": {"image/png": v} for name, v in attachments.items()}
    return of(cell)


def page(html, **metadata):
    output = new_output("display_data", {"text/html": html}, metadata=metadata)
    return of(new_code_cell("x", outputs=[output]))


def kinds(document):
    return [block["kind"] for block in document.body]


def said(document):
    return "\n".join(plain(b["inline"]) for b in document.body if b["kind"] == "paragraph")


def test_a_picture_inside_a_sentence_is_kept_with_its_description():
    source = f"data:image/png;base64,{sample.picture()}"
    document = written(f'Avant <img src="{source}" alt="{ALT}"> après.')
    assert kinds(document) == ["paragraph", "image"] and not document.faults
    assert document.body[1]["alt"] == ALT and said(document) == "Avant  après."


@pytest.mark.parametrize(
    "text",
    [f'<img src="attachment:a.png" alt="{ALT}">', f'Un <img src="attachment:a.png" alt="{ALT}">',
     f"![{ALT}](attachment:a.png)"],
)  # fmt: skip
def test_an_attached_picture_is_found_however_it_is_written(text):
    document = written(text, a=sample.picture())
    assert kinds(document)[-1] == "image" and not document.faults
    (fault,) = written(text).faults
    assert "Image absente du carnet" in fault.message and "Courbe qui monte" in render_html(
        written(text)
    )


@pytest.mark.parametrize("address", ["https://e.fr/i.png", "attachment:z.png", "figures/a.png", ""])
def test_a_picture_that_is_elsewhere_is_told(address):
    html = f'<p>Mots.</p><img src="{address}" alt="{ALT}">'
    for document in (written(html), page(html)):
        assert kinds(document) == ["paragraph", "interactive"]
        assert [fault.message.split(" :")[0] for fault in document.faults] == [
            "Image absente du carnet"
        ]


@pytest.mark.parametrize("live", ["<iframe src='https://e.fr'></iframe>", "<video></video>",
                                  "<canvas></canvas>", "<audio></audio>"])  # fmt: skip
def test_what_moves_beside_a_table_is_told(live):
    table = "<table><tr><th>a</th></tr><tr><td>1</td></tr></table>"
    document = page(table + live)
    assert kinds(document) == ["table", "interactive"] and len(document.faults) == 1
    assert not page(table + live, alt=ALT).faults
    assert kinds(page(table + "<script>x()</script>")) == ["table"]
    assert kinds(written(table + live)) == ["table", "interactive"]


def test_cells_of_markdown_keep_addresses_and_notes():
    document = written(
        "| a | b |\n|--|--|\n| x[^1] | [un **site**](https://a.fr) |\n| y[^2] | z[^1] |\n"
        "| <https://b.fr> | [](mailto:c@d.fr) |\n\n[^1]: Une *note*.\n[^2]: Autre."
    )
    (table,) = document.body
    assert table["rows"] == [
        ["x (a)", "un site (https://a.fr)"], ["y (b)", "z (a)"], ["https://b.fr", "c@d.fr"],
    ]  # fmt: skip
    assert table["note"] == "(a) Une note.\n(b) Autre."
    assert "Une note." in render_html(document)


def test_addresses_of_html_are_printed():
    link = 'Voir <a class="x" href="https://a.fr/?p=1&amp;q=2">le site</a>.'
    assert said(page(f"<p>{link}</p>")) == "Voir le site (https://a.fr/?p=1&q=2)."
    assert said(written(link)) == "Voir le site (https://a.fr/?p=1&q=2)."
    assert 'href="https://a.fr/?p=1&amp;q=2"' in render_html(written(link))
    assert said(page('<a href="#ici">Ici</a> <a href="javascript:x">là</a>')) == "Ici là"
    assert said(page('<a href="https://a.fr">https://a.fr</a>')) == "https://a.fr"
    table = page('<table><tr><th>a</th></tr><tr><td><a href="https://a.fr">b</a></td></tr></table>')
    assert table.body[0]["rows"] == [["b (https://a.fr)"]]


def test_a_head_left_open_does_not_swallow_the_page():
    for start in ("<body>", "", "</title><body>"):
        html = f"<html><head><title>t</title><style>p{{}}</style>{start}<p>Le texte.</p></body>"
        assert said(page(html)) == "Le texte."


def test_what_is_cut_says_so():
    error = new_output("error", ename="ValueError", evalue="x" * 3000, traceback=[])
    document = of(new_code_cell("x", outputs=[error]))
    assert document.body[0]["message"].endswith("x\n[… suite coupée : voir le carnet]")
    assert document.faults[0].message.endswith("x […].")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("attention\nlieu inconnu\n", ["2 lignes d'avertissement non reprises"]),
        ("lieu inconnu", ["1 ligne d'avertissement non reprise"]),
        ("/a/b.py:3: FutureWarning: bientôt\n  x()\n", []),
        ("100%|█████| 3/3 [00:00<00:00, 9.1it/s]", []),
        (" \n", []),
    ],
)
def test_warnings_are_counted_unless_a_library_has_the_habit(text, note):
    document = of(new_code_cell("x", outputs=[new_output("stream", name="stderr", text=text)]))
    assert [block["title"] for block in document.body] == note and not document.faults
    assert "lieu inconnu" not in render_html(document)


def test_identifiers_of_a_page_never_meet():
    drawing = '<svg viewBox="0 0 99 99"><g id="t"><path id="d" d="M0 0h9"/></g></svg>'
    named = {"alt": ALT, "id": "x"}
    figure = new_output("display_data", {"image/svg+xml": drawing}, metadata=named)
    table = {"title": "T", "columns": ["a"], "rows": [["1"]]}
    tables = [blocks.table(id=name, **table) for name in ("x-t", "y", "y-t", "y-d")]
    document = of(
        new_markdown_cell("## Appel 1\n\n## Bas de page 1\n\n## X d\n\nUn[^1].\n\n[^1]: Note."),
        new_code_cell("x", outputs=[figure]),
        *map(sample.shown, tables),
        sample.shown(blocks.callout(id="z", title="T", text="Mots.")),
        sample.shown(blocks.callout(id="z-t", title="T", text="Mots.")),
    )
    assert not document.faults
    names = re.findall(r' id="([^"]+)"', render_html(document))
    assert len(names) == len(set(names)) and {"x", "x-t", "appel-1", "y-d"} <= set(names)


def test_a_link_without_a_name_shows_its_address():
    document = written("Voir [](http://e.f) et [](mailto:a@b.fr).")
    assert said(document) == "Voir http://e.f et a@b.fr."
    assert '<a href="http://e.f">http://e.f</a>' in render_html(document)
