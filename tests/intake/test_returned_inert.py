"""What looks like a formula stays text: exact after a trip through other programs and back."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from dts_research.intake import receive, write_issues
from dts_research.intake.readers import read_table
from dts_research.intake.sheets import RETURNED

FORMULA_LIKE = [
    "=1+1", "+33 6 12 34 56 78", "-5", "- puce", "@x", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1",
    "＋1", "'=1+1", '=HYPERLINK("http://a.fr";"x")', "=cmd|' /C calc'!A0", "0012", "1E5", "TRUE",
    "#N/A", "http://a.fr", "_x0041_", " =1 ",
]  # fmt: skip


@pytest.fixture
def given_back(tmp_path: Path) -> Path:
    """Refused rows, one formula-like text in each, as they go back to the person."""
    lines = [b'"' + text.replace('"', '""').encode() + b'";ETI\n' for text in FORMULA_LIKE]
    source = tmp_path / "envoi.csv"
    source.write_bytes(b"Raison sociale;Type de structure\n" + b"".join(lines))
    taken = receive(source)
    assert taken.counts.quarantined == len(FORMULA_LIKE)
    return write_issues(taken, tmp_path / "envoi.issues.xlsx")


def names_in(path: Path) -> list[str]:
    sheet = next(sheet for sheet in read_table(path) if set(RETURNED) <= set(sheet.columns))
    return sheet.cells["Raison sociale"].tolist()


def test_reception_reads_back_the_very_same_text(given_back: Path) -> None:
    assert names_in(given_back) == FORMULA_LIKE


def test_another_library_sees_texts_and_no_formula(given_back: Path) -> None:
    sheet = openpyxl.load_workbook(given_back)["Lignes refusées"]
    cells = [row[2] for row in sheet.iter_rows(min_row=2)]
    assert [c.value.replace("_x000D_", "\r").replace("_x005F_x", "_x") for c in cells] == (
        FORMULA_LIKE
    )
    with zipfile.ZipFile(given_back) as archive:
        parts = [archive.read(name) for name in archive.namelist() if "worksheets/" in name]
    assert parts and not any(b"<f>" in part or b"hyperlink" in part for part in parts)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_spreadsheet_that_saves_it_again_changes_nothing(
    given_back: Path, tmp_path: Path
) -> None:
    out = tmp_path / "saved"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out)]
    subprocess.run([*command, str(given_back)], check=True, capture_output=True, timeout=180)
    assert names_in(out / given_back.name) == FORMULA_LIKE
