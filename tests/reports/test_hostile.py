"""Notebooks that go wrong: one never stops the others, and nothing of theirs is lost unsaid."""

import base64
import io
import json
import re
import time
import zlib
from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from dts_research.reports.document import read_document
from dts_research.reports.failing import CellFailure
from dts_research.reports.foreign import clean
from dts_research.reports.html import render_html
from dts_research.reports.notebooks import WARNED, read_notebook
from dts_research.reports.plan import Report
from dts_research.reports.pool import make_reports
from dts_research.reports.posters import poster_pages
from dts_research.reports.run import execute, make_report


def report(name="essai", **changes):
    return replace(Report(name, f"{name}.ipynb", ""), **changes)


def read(*cells):
    return read_document(new_notebook(cells=[new_markdown_cell("# Question"), *cells]))


def shown(**bundle):
    data = {mime.replace("_", "/"): value for mime, value in bundle.items()}
    return new_code_cell("f()", outputs=[new_output("display_data", data=data)])


def text_of(document):
    html = re.sub(r"<style>.*?</style>", "", render_html(document), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", "", html).replace("\u202f", " ").replace("’", "'").split())


def huge_png(width=14000, height=14000):
    """A picture of a few kilobytes that unfolds into two hundred million dots."""

    def piece(kind, data):
        crc = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + crc

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    rows = zlib.compress((b"\0" + b"\0" * ((width + 7) // 8)) * height, 9)
    file = b"\x89PNG\r\n\x1a\n" + piece(b"IHDR", head) + piece(b"IDAT", rows) + piece(b"IEND", b"")
    return base64.b64encode(file).decode()


def test_a_picture_that_unfolds_without_end_is_a_boxed_note():
    document = read(shown(image_png=huge_png()))
    assert "Image illisible" in text_of(document)
    assert [fault.cell for fault in document.faults] == [2]


def test_an_unforeseen_error_is_the_failure_of_that_report_only(press, write_notebook, monkeypatch):
    write_notebook(press.notebooks / "essai.ipynb", "1")

    def explode(*_, **__):
        raise RuntimeError("jamais vu")

    monkeypatch.setattr("dts_research.reports.run.execute", explode)
    entry = make_report(report(), press)
    said = "Ce rapport n'a pas pu être fait : RuntimeError : jamais vu"
    assert (entry.state, entry.failure.message) == ("failed", said)


def test_old_and_broken_notebooks_leave_the_others_alone(press, write_notebook):
    write_notebook(press.notebooks / "bon.ipynb", "print('fait')")
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    old = {"cell_type": "code", "language": "python", "input": ["1"], "outputs": [],
           "metadata": {}, "collapsed": False, "prompt_number": 1}  # fmt: skip
    books = {
        "ancien": {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
                   "worksheets": [{"cells": [old], "metadata": {}}]},
        "marque": {"nbformat": 4, "nbformat_minor": 4, "metadata": {},
                   "cells": [{**code, "source": "1", "metadata": {"tags": None}}]},
        "demi": {"nbformat": 4, "nbformat_minor": 4, "metadata": {},
                 "cells": [{"cell_type": "markdown", "metadata": {}, "source": "# Demi \ud800"}]},
        "autre": {"nbformat": 4, "nbformat_minor": 4, "metadata": {
            "kernelspec": {"name": "ir", "display_name": "R", "language": "R"},
            "language_info": {"name": "R"}},
            "cells": [{**code, "source": "x <- 3", "metadata": {"tags": ["parameters"]}}]},
        "vide": {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [3]},
    }  # fmt: skip
    for name, book in books.items():
        (press.notebooks / f"{name}.ipynb").write_text(json.dumps(book), encoding="utf-8")
    usual = replace(press, formats=("html",))
    outcome = make_reports([report(name) for name in ("bon", *books)], usual, progress=False)
    assert {"bon", "marque", "demi", "ancien"} == set(outcome.made)
    assert {*outcome.failed} == {"vide", "autre"}
    assert "n'est pas un carnet lisible" in outcome.failed["vide"]
    assert "\ud800" not in read_notebook(press.notebooks / "demi.ipynb").cells[0].source


def test_a_notebook_that_leaves_before_its_end_fails(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "import sys; sys.exit()", "print('jamais')")
    with pytest.raises(CellFailure, match=r"avant sa fin .* à partir de la 3 n'ont pas été jouées"):
        execute(report(), press)


def test_every_line_of_an_error_is_told(press, write_notebook):
    write_notebook(press.notebooks / "essai.ipynb", "raise ValueError('première\\nseconde')")
    said = make_report(report(), press).failure.message
    assert said == "La cellule 2 du carnet a échoué : ValueError: première seconde"


def test_a_warning_of_the_author_leaves_a_note_without_its_words(press, write_notebook):
    code = "import sys\nprint('40 lignes perdues chez moi', file=sys.stderr)"
    write_notebook(press.notebooks / "essai.ipynb", code)
    executed = execute(report(), press)
    (output,) = executed.cells[1].outputs
    assert output.text == WARNED
    assert "1 ligne d'avertissement non reprise" in text_of(read_document(executed))


def test_a_long_line_is_cleaned_in_a_time_that_follows_its_length():
    def seconds(size):
        start = time.process_time()
        assert clean("x" * size) == "x" * size
        return time.process_time() - start

    short, long = seconds(200_000), seconds(2_000_000)
    assert long < 100 * max(short, 0.001)
    assert clean("10 %\r50 %\r100 %\nfini\r\n") == "100 %\nfini\n"


def test_what_is_struck_is_said_to_be():
    said = text_of(read(new_markdown_cell("~~fermer~~ garder, <del>vendre</del> louer")))
    assert "(barré : fermer) garder, (barré : vendre) louer" in said


def test_powers_indices_and_line_breaks_keep_their_meaning():
    document = read(new_markdown_cell("10<sup>3</sup> t de CO<sub>2</sub><br>la 1<sup>re</sup>"))
    assert "10³ t de CO₂" in text_of(document)
    assert {"type": "break"} in document.body[-1]["inline"]


def test_what_only_a_browser_shows_leaves_a_note_in_the_middle_of_a_sentence():
    document = read(new_markdown_cell('Voir <iframe src="https://x.test"></iframe> ici.'))
    assert "Contenu interactif (page d'un autre site)" in text_of(document)
    assert len(document.faults) == 1


def test_a_file_beside_the_notebook_keeps_its_name():
    said = text_of(read(new_markdown_cell("[la fiche](fiches/71.pdf), [non](javascript:x)")))
    assert "la fiche (fiches/71.pdf), non" in said
    assert "javascript" not in said


def test_raw_cells_are_shown():
    assert "texte brut important" in text_of(read(new_raw_cell("texte brut important")))


def table(*rows):
    cells = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows)
    heads = "".join(f"<th>c{x}</th>" for x in range(len(rows[0])))
    html = f"<table><thead><tr>{heads}</tr></thead><tbody>{cells}</tbody></table>"
    return next(b for b in read(shown(text_html=html)).body if b["kind"] == "table")


def test_codes_are_not_numbers():
    rows = table(["a", "01.10", "1.5"], ["b", "47.11", "2.25"])["rows"]
    assert rows == [["a", "01.10", "1,5"], ["b", "47.11", "2,25"]]
    assert table(["a", "192.168"], ["b", "voir plus loin"])["rows"][0][1] == "192.168"


def test_texts_that_pandas_cut_are_a_fault():
    cut = "x" * 47 + "..."
    document = read(shown(text_html=f"<table><tr><th>a</th></tr><tr><td>{cut}</td></tr></table>"))
    (fault,) = document.faults
    assert "textes coupés à l'affichage" in fault.message
    assert "max_colwidth = None" in fault.fix


def test_a_document_of_foreign_pictures_has_posters():
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (300, 200)).save(file, "PNG")
    picture = base64.b64encode(file.getvalue()).decode()
    posters = poster_pages(read(shown(image_png=picture)))[0]["posters"]
    assert [(poster["title"], poster["lying"]) for poster in posters] == [("Figure 1", True)]


def test_a_kernel_that_dies_is_told_in_french_only(press, write_notebook, capfd):
    write_notebook(press.notebooks / "essai.ipynb", "import os; os._exit(3)")
    said = make_report(report(), press).failure.message
    assert said == "Le calcul s'est arrêté net (mémoire insuffisante ?)"
    assert "Kernel died" not in capfd.readouterr().err
