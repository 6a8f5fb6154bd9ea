"""Last pass over a PDF: heads of rows are told as such, the file is packed, its bytes settled."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name


def finish(pdf: bytes) -> bytes:
    """Turn the first cell of each row into a row header, and pack the file.

    Parameters
    ----------
    pdf
        Tagged PDF made by Typst, whose tables have column heads only.
    """
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root.get("/StructTreeRoot")
        if root is not None:
            for row in _rows(root):
                _head(row)
        document.save(
            out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True,
            compress_streams=True, linearize=False,
        )  # fmt: skip
    return out.getvalue()


def pages_of(pdf: bytes) -> int:
    """How many pages a file has."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def unfit(pdf: bytes, *, single: bool = False) -> str:
    """Say why a file cannot be published, "" where it can.

    Parameters
    ----------
    pdf
        File as it will be sent.
    single
        Refuse more than one page.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            pages = len(document.pages)
            with document.open_metadata() as told:
                part = (told.get("pdfuaid:part"), told.get("pdfaid:part"))
    except pikepdf.PdfError:
        return "Le PDF ne s'ouvre pas"
    if not all(part):
        return "Le PDF n'a pu être fait ni accessible (PDF/UA) ni durable (PDF/A)"
    return f"La page unique en prend {pages} : l'alléger dans le carnet" * (single and pages > 1)


def _children(element: Any) -> list[Any]:
    kids = element.get("/K")
    kids = list(kids) if isinstance(kids, Array) else [kids]
    return [kid for kid in kids if isinstance(kid, Dictionary) and "/S" in kid]


# What holds words only; rows hold no table either, since tables in tables are laid flat.
WORDS = frozenset(
    Name(f"/{kind}")
    for kind in ("P", "Span", "Strong", "Em", "Link", "Lbl", "Title", "TOC", "Caption", "THead")
)


def _rows(root: Any) -> Iterator[Any]:
    """Rows of the bodies of tables."""
    waiting = [root]
    while waiting:
        for kid in _children(waiting.pop()):
            if kid.get("/S") == Name.TBody:
                yield from (row for row in _children(kid) if row.S == Name.TR)
            elif kid.S not in WORDS:
                waiting.append(kid)


def _head(row: Any) -> None:
    first = next(iter(_children(row)), None)
    if first is None or first.S != Name.TD:
        return
    first.S = Name.TH
    scope = Dictionary(O=Name.Table, Scope=Name.Row)
    known = first.get("/A")
    attributes = list(known) if isinstance(known, Array) else [known] if known is not None else []
    kept = [a for a in attributes if not (isinstance(a, Dictionary) and a.get("/O") == Name.Table)]
    merged = next(
        (a for a in attributes if isinstance(a, Dictionary) and a.get("/O") == Name.Table), None
    )
    if merged is not None:
        merged["/Scope"] = Name.Row
        scope = merged
    first.A = Array([*kept, scope]) if kept else scope
