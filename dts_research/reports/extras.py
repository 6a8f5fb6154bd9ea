"""What one takes from a report to use it elsewhere: its tables and its figures, in one archive."""

from __future__ import annotations

import io
import zipfile
from datetime import date

from dts_research.reports.document import Document
from dts_research.reports.extras_figures import (
    bitmaps_of,
    figures_of,
    legends,
    pictures,
    standalone,
)
from dts_research.reports.extras_tables import make_workbook

TABLES, LEGENDS = "tableaux.xlsx", "legendes.txt"
UNDATED = date(2000, 1, 1)


def make_extras(document: Document) -> bytes:
    """Put the tables (.xlsx), the figures (.svg, .png) and their legends in an archive.

    The bytes depend on the document only: two makings are the same.
    """
    day = day_of(document)
    found = list(figures_of(document))
    contents = {TABLES: make_workbook(document, day), LEGENDS: legends(document).encode("utf-8")}
    contents |= {f"figures/{one.name}.svg": standalone(one) for one in found}
    drawn = zip(found, pictures(document, found), strict=True)
    contents |= {f"figures/{one.name}.png": picture for one, picture in drawn}
    contents |= {f"figures/{name}": body for name, body in bitmaps_of(document).items()}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            packed = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            entry.compress_type, entry.external_attr = packed, 0o644 << 16
            entry.create_system = 3
            file.writestr(entry, content)
    return archive.getvalue()


def day_of(document: Document) -> date:
    """Day on the cover of a document; a fixed one where it has none."""
    try:
        return date.fromisoformat(str(document.cover.get("date") or "")[:10])
    except ValueError:
        return UNDATED
