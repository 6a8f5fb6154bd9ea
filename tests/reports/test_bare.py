"""Parts that hold only absences are said once, at the place of what is not known."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path
from typing import Any

from nbformat.v4 import new_markdown_cell, new_notebook

from dts_research.display import blocks
from dts_research.reports.bare import PILE, gathered
from dts_research.reports.document import read_document
from dts_research.reports.html import render_html
from dts_research.reports.prose import plain

shown = run_path(str(Path(__file__).with_name("complete_notebook.py")))["shown"]

BOX = {"kind": "callout", "id": "silences", "title": "Un silence"}


def part(name: str, *blocks: dict[str, Any]) -> list[dict[str, Any]]:
    intro = {"kind": "paragraph", "inline": []}
    return [{"kind": "heading", "level": 2, "text": name}, intro, *blocks]


def absent(name: str) -> dict[str, Any]:
    return {"kind": "absence", "id": name, "title": name, "mark": "Non renseigné", "text": "Rien."}


def test_a_pile_of_bare_parts_follows_what_is_not_known() -> None:
    bare = [block for i in range(PILE) for block in part(f"Vide {i}", absent(f"a{i}"))]
    full = part("Plein", {"kind": "chart", "id": "c"}, absent("dedans"))
    found = gathered([*bare, *full, *part("Silences", BOX), *part("Méthode")])
    titles = [block["text"] for block in found if block["kind"] == "heading"]
    assert titles == ["Plein", "Silences", "Méthode"]
    after = found[found.index(BOX) + 1 :][:PILE]
    assert [block["id"] for block in after] == [f"a{i}" for i in range(PILE)]
    assert absent("dedans") in found


def test_one_or_two_stay_at_their_place_and_so_does_everything_without_the_box() -> None:
    two = [*part("Vide", absent("a")), *part("Vide aussi", absent("b")), *part("Silences", BOX)]
    assert gathered(two) == two
    many = [block for i in range(PILE) for block in part(f"Vide {i}", absent(f"a{i}"))]
    assert gathered(many) == many


def test_prose_of_the_author_keeps_its_part_in_place() -> None:
    bare = [block for i in range(PILE) for block in part(f"Vide {i}", absent(f"a{i}"))]
    more = part("Écrit", absent("dedans"), {"kind": "paragraph", "inline": [], "cell": 9})
    found = gathered([*bare, *more, *part("Silences", BOX)])
    assert found[: len(more)] == more


def test_a_link_to_a_gathered_part_leads_to_what_is_not_known() -> None:
    cells = [
        cell
        for i in range(PILE)
        for cell in (
            new_markdown_cell(f"## Vide {i}"),
            shown(blocks.absence(id=f"a{i}", title=f"Sujet {i}", mark="Secret", text="Rien.")),
        )
    ]
    box = shown(blocks.callout(id="silences", title="Un silence", text="Nous ne savons pas."))
    link = new_markdown_cell("## Plein\n\nVoir [](#vide-1), [](#Vide-2) et [là](#vide-0).")
    document = read_document(new_notebook(cells=[*cells, link, box]))
    assert not document.faults
    (said,) = (plain(b["inline"]) for b in document.blocks if b["kind"] == "paragraph")
    assert said == "Voir « Un silence », « Un silence » et là."
    assert render_html(document).count('href="#silences"') == 3
