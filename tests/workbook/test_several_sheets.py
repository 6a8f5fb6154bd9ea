"""Two sheets of one file may feed the same table: each row keeps its own sheet and text."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from dts_research.starter import make_workbook
from dts_research.workbook import open_workbook
from dts_research.workbook.arrival import receive_files

HEAD = ["Identifiant de l'acteur", "Type d'acteur", "Nom diffusable"]


def test_rows_of_the_same_number_keep_their_sheet_and_their_text(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for sheet, name in (("Nord", "Lille"), ("Sud", "Nice")):
        page = made.create_sheet(sheet)
        page.append(HEAD)
        page.append([f"A-{sheet}", "Communes", f"Ville de {name}"])
        page.append([f"A-{sheet}-2", "epci", f"Métropole de {name}"])
    made.save(tmp_path / "acteurs.xlsx")
    book = open_workbook(make_workbook(tmp_path / "w").data)
    (arrival,), refused = receive_files(book, [tmp_path / "acteurs.xlsx"])
    assert not refused and arrival.reception.counts.accepted == 4
    with book.store() as store:
        origins = store.provenance("actors").set_index("id")
        assert origins[["sheet", "row"]].to_dict("index") == {
            "A-Nord": {"sheet": "Nord", "row": 2}, "A-Nord-2": {"sheet": "Nord", "row": 3},
            "A-Sud": {"sheet": "Sud", "row": 2}, "A-Sud-2": {"sheet": "Sud", "row": 3},
        }  # fmt: skip
    (again,), _ = receive_files(book, [tmp_path / "acteurs.xlsx"])
    assert again.reception.counts.duplicates == again.reception.counts.read == 4
