"""Small files written by other programs than ours, each with one defect."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

Rows = Sequence[Sequence[object]]


def _csv_text(rows: Rows, delimiter: str = ",") -> str:
    """Rows as delimited text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def _write_csv(path: Path, rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """Write a delimited file in some encoding."""
    path.write_bytes(_csv_text(rows, delimiter).encode(encoding))
    return path


def _write_xlsx(path: Path, **sheets: Rows) -> Path:
    """Write a workbook, one argument per sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="Feuille1">{rows}</table:table>
</office:spreadsheet></office:body></office:document-content>"""
_CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def _write_ods(path: Path, rows: Rows) -> Path:
    """Write the smallest OpenDocument spreadsheet."""
    lines = ("".join(_CELL.format(cell) for cell in row) for row in rows)
    body = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr("content.xml", _ODS.format(rows=body))
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


@pytest.fixture(scope="session")
def csv_text() -> Callable[..., str]:
    """See `_csv_text`."""
    return _csv_text


@pytest.fixture(scope="session")
def write_csv() -> Callable[..., Path]:
    """See `_write_csv`."""
    return _write_csv


@pytest.fixture(scope="session")
def write_xlsx() -> Callable[..., Path]:
    """See `_write_xlsx`."""
    return _write_xlsx


@pytest.fixture(scope="session")
def write_ods() -> Callable[..., Path]:
    """See `_write_ods`."""
    return _write_ods
