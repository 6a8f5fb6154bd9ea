"""Files read as text cells with their addresses, or refused in one sentence."""

from __future__ import annotations

import datetime
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from dts_research.errors import MaterialError, RequestError
from dts_research.intake import workbooks
from dts_research.intake.readers import read_table
from dts_research.intake.reception import receive

Writer = Callable[..., Any]
TITLES = ["Titre", "Résumé", "Commune"]
ROWS = [TITLES, ["Épicerie d’été", "Été, hiver ; œuvre", "Nîmes"], ["Vélo", "À côté", "Évry"]]


def only(path: Path) -> Any:
    sheets = read_table(path)
    assert len(sheets) == 1
    return sheets[0]


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        ("utf-8", ","), ("utf-8", ";"), ("utf-8", "\t"), ("utf-8", "|"), ("utf-8-sig", ";"),
        ("cp1252", ";"), ("mac_roman", ";"), ("utf-16", ";"), ("utf-16-le", "\t"),
    ],
)  # fmt: skip
def test_encodings_and_separators_are_found_out(
    tmp_path: Path, encoding: str, delimiter: str, csv_text: Writer
) -> None:
    body = [["Noël à la régie", "L’été, on répare des vélos ; l’hiver on déménage", "Besançon"]] * 3
    path = tmp_path / "récit.csv"
    text = csv_text([*ROWS, *body], delimiter)
    bom = b"\xff\xfe" if encoding == "utf-16-le" else b""
    path.write_bytes(bom + text.encode(encoding))
    sheet = only(path)
    assert sheet.columns == tuple(TITLES)
    assert sheet.cells.iloc[:2].values.tolist() == ROWS[1:]
    assert list(sheet.cells.index) == [2, 3, 4, 5, 6]


def test_line_breaks_and_quotes_stay_in_their_cell(tmp_path: Path, write_csv: Writer) -> None:
    rows = [TITLES, ['Le "bon" lieu', "une\nligne ; puis\r\nune autre", "A, B"]]
    sheet = only(write_csv(tmp_path / "a.csv", rows, ";"))
    assert sheet.cells.iloc[0].tolist() == rows[1]


def test_a_separator_line_decides(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nTitre;Commune\na,b,c;d,e,f\n", encoding="utf-8")
    sheet = only(path)
    assert sheet.columns == ("Titre", "Commune")
    assert list(sheet.cells.index) == [2]  # as Excel shows it, which keeps that line for itself
    assert sheet.notes == (
        "La ligne « sep= » qui ouvre le fichier n'est pas comptée : les titres sont à la ligne 1, "
        "comme Excel les montre.",
    )


def test_a_quote_that_never_closes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Titre;Commune\n"Jardin;Lyon\nVélo;Nice\n', encoding="utf-8")
    with pytest.raises(MaterialError, match="guillemet"):
        read_table(path)


def test_a_row_longer_than_the_header_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Titre,Résumé\nun,deux\nun,deux,trois\n", encoding="utf-8")
    sheet = only(path)
    assert set(sheet.set_aside) == {3}
    assert sheet.cells.loc[3].tolist() == ["un", "deux", "trois"]


def test_titles_above_the_header_are_skipped_and_said(tmp_path: Path, write_xlsx: Writer) -> None:
    above = [["Bilan 2024"], [], ["Export du", "12/03/2024"]]
    sheet = only(write_xlsx(tmp_path / "a.xlsx", Feuil1=[*above, *ROWS]))
    assert sheet.header_row == 4
    assert list(sheet.cells.index) == [5, 6]
    assert "« Bilan 2024 »" in sheet.notes[0]


def test_numbers_and_dates_of_spreadsheets(tmp_path: Path, write_xlsx: Writer) -> None:
    day = datetime.datetime(2024, 3, 12)
    row = ["x", 38185.0, 1.5, day, day.replace(hour=9), True]
    sheet = only(write_xlsx(tmp_path / "a.xlsx", S=[["Titre", "b", "c", "d", "e", "f"], row]))
    wanted = ["x", "38185", "1.5", "2024-03-12", "2024-03-12 09:00:00", "VRAI"]
    assert sheet.cells.iloc[0].tolist() == wanted


def test_repeated_and_blank_titles_are_named(tmp_path: Path, write_xlsx: Writer) -> None:
    rows = [["Titre", "Lien", "Lien ", None], ["x", "1", "2", "3"]]
    sheet = only(write_xlsx(tmp_path / "a.xlsx", S=rows))
    assert sheet.columns == ("Titre", "Lien", "Lien (2)", "Colonne 4")
    assert any("répété" in note for note in sheet.notes)


def test_a_number_given_to_a_repeated_title_is_free(tmp_path: Path, write_csv: Writer) -> None:
    rows = [["Titre", "Titre", "Titre (2)", "titre", "Titre (2)"], ["a", "b", "c", "d", "e"]]
    sheet = only(write_csv(tmp_path / "a.csv", rows))
    names = ("Titre", "Titre (3)", "Titre (2)", "titre (4)", "Titre (2) (2)")
    assert sheet.columns == names
    assert sheet.cells.loc[2].tolist() == ["a", "b", "c", "d", "e"]


def test_a_title_that_is_a_date_is_said(tmp_path: Path, write_xlsx: Writer) -> None:
    rows = [["Titre", datetime.date(2026, 2, 23)], ["x", datetime.date(2024, 1, 1)]]
    sheet = only(write_xlsx(tmp_path / "a.xlsx", S=rows))
    assert sheet.columns == ("Titre", "2026-02-23")
    assert any("est une date" in note for note in sheet.notes)


def test_rows_to_ignore_and_second_headers(tmp_path: Path, write_xlsx: Writer) -> None:
    rows = [
        ["__ignore__", "Titre", "Résumé", "Commune", "Ville"],
        [True, "le titre", "en 600 caractères", "nom", ""],
        [None, "title", "summary", "city", "ville"],
        [None, "Jardin", "On jardine", "Lyon", ""],
        ["__ignore__", "Titre", "Résumé", "Commune", "Ville"],
    ]
    sheet = only(write_xlsx(tmp_path / "a.xlsx", S=rows))
    assert set(sheet.set_aside) == {2, 3, 5}
    assert "__ignore__" in sheet.set_aside[2]
    assert "second en-tête" in sheet.set_aside[3]
    assert "répète" in sheet.set_aside[5]


def test_a_lost_character_is_said(tmp_path: Path, write_csv: Writer) -> None:
    sheet = only(write_csv(tmp_path / "a.csv", [["Titre", "Ville"], ["Caf\ufffd", "Metz"]]))
    assert any("caractère perdu" in note and "ligne(s) 2" in note for note in sheet.notes)


def test_opendocument(tmp_path: Path, write_ods: Writer) -> None:
    sheet = only(write_ods(tmp_path / "a.ods", ROWS))
    assert sheet.name == "Feuille1"
    assert sheet.cells.values.tolist() == ROWS[1:]


def test_pandas_workbooks_with_several_sheets(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        pd.DataFrame({"Titre": ["a"], "Commune": ["b"]}).to_excel(
            writer, sheet_name="Un", index=False
        )
        pd.DataFrame({"Titre": ["c"], "Commune": ["d"]}).to_excel(
            writer, sheet_name="Deux", index=False
        )
        pd.DataFrame().to_excel(writer, sheet_name="Vide", index=False)
    assert [sheet.name for sheet in read_table(path)] == ["Un", "Deux"]
    assert [sheet.name for sheet in read_table(path, sheet="Deux")] == ["Deux"]
    with pytest.raises(RequestError, match="Un, Deux"):
        read_table(path, sheet="Trois")


def test_json_lists_and_lines(tmp_path: Path) -> None:
    objects = [
        {"title": "Été", "missions": ["M1", "M2"]},
        {"title": "b", "people_count": 3, "x": None},
    ]
    (tmp_path / "a.json").write_text(json.dumps(objects), encoding="utf-8")
    lines = "\n".join(json.dumps(item) for item in objects)
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    for name, first in (("a.json", 2), ("a.jsonl", 1)):
        cells = only(tmp_path / name).cells
        assert cells.loc[first, "missions"] == "M1|M2"
        assert cells.loc[first + 1, "people_count"] == "3"


def test_one_object_per_line_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = ['{"Titre": "Jardin", "Personnes concernées": 3}', "", "  ",
             '{"Titre": "Vélo", "Personnes concernées": "douze"}']  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")
    issues = receive(path).issues
    assert issues.loc[issues["value"] == "douze", "row"].tolist() == [4]
    path.write_text("\n".join([*lines, "", '{"Titre": "Pain",']), encoding="utf-8")
    with pytest.raises(MaterialError, match=r"n'est pas du JSON lisible \(ligne 6\)"):
        read_table(path)


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
@pytest.mark.parametrize("title", ["Jardin", "Jar\\u0000din"])
def test_a_name_said_twice_in_an_object_loses_nothing(
    tmp_path: Path, name: str, title: str
) -> None:
    path = tmp_path / name
    path.write_text(
        f'{{"title": "{title}", "summary": "un", "summary": "deux", "summary": "trois"}}', "utf-8"
    )
    sheet = only(path)
    assert sheet.cells.iloc[0].tolist()[1:] == ["un", "deux", "trois"]
    assert sheet.columns == ("title", "summary", "summary (2)", "summary (3)")
    assert (
        "Le nom « summary » est dit plusieurs fois dans un même objet (2 fois en trop) : la "
        "première valeur est lue, les suivantes sous « summary (2) »."
    ) in sheet.notes
    told = receive(path).issues["message"].tolist()
    assert "La colonne « summary (2) » n'a pas de correspondance ; elle reste dans le fichier" in (
        told
    )


@pytest.mark.parametrize("text", ['[{"a": %s}]', '[{"a": %s, "b": "\\u0000"}]'])
def test_a_number_of_thousands_of_digits_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text % ("1" * 5000))
    with pytest.raises(MaterialError, match="n'est pas du JSON lisible"):
        read_table(tmp_path / "a.json")


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json"])
def test_empty_files_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(MaterialError, match="vide"):
        read_table(tmp_path / name)


def test_a_header_alone_is_empty(tmp_path: Path, write_csv: Writer) -> None:
    with pytest.raises(MaterialError, match="vide"):
        read_table(write_csv(tmp_path / "a.csv", [TITLES]))


CUT_ARCHIVE = b"x" * 50 + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 1, 1, 900, 0, 0)


@pytest.mark.parametrize("content", [b"Titre;Commune\na;b\n", CUT_ARCHIVE])
def test_what_is_not_a_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(MaterialError, match="n'est pas un classeur"):
        read_table(path)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.xlsx", b"%PDF-1.7 texte", "un PDF"),
        ("a.pdf", b"%PDF-1.7 texte", "un PDF"),
        ("a.csv", b"\xff\xd8\xff\xe0 JFIF", "une image"),
        ("a.ods", b"\x89PNG\r\n\x1a\n0000", "une image"),
        ("a.xlsx", b"\n<!DOCTYPE html><html></html>", "une page web"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 2000 + "WordDocument".encode("utf-16-le"),
         "un document de traitement de texte"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_named(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MaterialError, match=f"« {name} » est {kind}, pas un classeur"):
        read_table(tmp_path / name)


def test_a_workbook_with_a_wrong_name_is_read(tmp_path: Path, write_xlsx: Writer) -> None:
    write_xlsx(tmp_path / "a.xlsx", S=ROWS).rename(tmp_path / "a.csv")
    assert only(tmp_path / "a.csv").cells.values.tolist() == ROWS[1:]


@pytest.mark.parametrize("name", ["a.pdf", "a.docx.bin"])
def test_unknown_formats_are_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"texte")
    with pytest.raises(MaterialError, match="non reconnu"):
        read_table(tmp_path / name)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="n'existe pas"):
        read_table(tmp_path / "absent.csv")


def test_a_cut_workbook_is_refused(tmp_path: Path, write_xlsx: Writer) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", S=ROWS)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(MaterialError, match="abîmé"):
        read_table(path)


def test_a_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbooks.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(MaterialError, match="mot de passe"):
        read_table(path)


def test_a_cell_lost_very_far_does_not_take_us_down(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "Titre", "loin"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(MaterialError, match=r"mémoire|colonnes"):
        read_table(tmp_path / "a.xlsx")


def test_a_swollen_archive_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (30 << 20))
    with pytest.raises(MaterialError, match="se déploie"):
        read_table(path)


@pytest.mark.parametrize("member", ["../evil.xml", "/etc/evil.xml", "C:\\evil.xml"])
def test_an_archive_that_escapes_is_refused(tmp_path: Path, member: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, b"x")
    with pytest.raises(MaterialError, match="sortent du classeur"):
        read_table(path)


def test_csv_spectrum(real_data: Path) -> None:
    folder = real_data / "messy" / "csv_spectrum"
    for path in sorted((folder / "csvs").glob("*.csv")):
        wanted = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        cells = only(path).cells
        found = cells.astype(object).where(cells.notna(), "").to_dict("records")
        rows = wanted if isinstance(wanted, list) else [wanted]
        assert [_without_phone(r) for r in found] == [_without_phone(r) for r in rows], path.name


def _without_phone(row: dict[str, str]) -> dict[str, str]:
    """Leave out what differs between the two published files: a phone number, CRLF."""
    kept = {name: text for name, text in row.items() if name != "Contact Phone Number"}
    return {name: text.replace("\r\n", "\n") for name, text in kept.items()}
