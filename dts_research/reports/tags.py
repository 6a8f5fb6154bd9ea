"""Last pass over a PDF: its title and the heads of its rows are told as such, the file is packed.

What ties the last rows of a table together on paper, an empty column, is taken out of the tags.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from itertools import chain, pairwise
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name


def finish(pdf: bytes) -> bytes:
    """Turn the title into the first heading, the first cell of a row into its head; pack the file.

    Parameters
    ----------
    pdf
        Tagged PDF made by Typst, whose tables have column heads only.
    """
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root.get("/StructTreeRoot")
        if root is not None:
            found = list(_elements(root))
            _entitle(found)
            tables = [_rows(element) for element in found if element.S in TABLES]
            _forget(root, set(map(_untie, tables)) - {""})
            for row in chain.from_iterable(tables):
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


def unfit_files(contents: Mapping[str, bytes], single: str = "") -> list[str]:
    """Files that may not be published as they came out, each with the reason.

    Parameters
    ----------
    single
        Name of the one that holds on a single page.
    """
    pdfs = {name: body for name, body in contents.items() if name.endswith(".pdf")}
    told = {name: unfit(body, single=name == single) for name, body in pdfs.items()}
    return [f"{name} : {said}" for name, said in told.items() if said]


def _children(element: Any) -> list[Any]:
    kids = element.get("/K")
    kids = list(kids) if isinstance(kids, Array) else [kids]
    return [kid for kid in kids if isinstance(kid, Dictionary) and "/S" in kid]


# How many rows the template ties together at the foot of a table.
TIED = 3
TABLES = frozenset([Name.Table])
HEADINGS = [Name.Title, *(Name(f"/H{level}") for level in range(1, 7))]
DEEPER = dict(pairwise(HEADINGS))
# What holds words only; tables hold no table either, since tables in tables are laid flat.
WORDS = frozenset(
    Name(f"/{kind}") for kind in ("P", "Span", "Strong", "Em", "Link", "Lbl", "TOC", "Caption")
).union(TABLES, HEADINGS)


def _elements(root: Any) -> Iterator[Any]:
    """Elements of a document, without what those that hold words only are made of."""
    waiting = [root]
    while waiting:
        for kid in _children(waiting.pop()):
            yield kid
            if kid.S not in WORDS:
                waiting.append(kid)


def _entitle(found: list[Any]) -> None:
    """Make the title of a document the heading of its parts; it would be told as a paragraph."""
    if HEADINGS[0] in [element.S for element in found]:
        for element in found:
            if deeper := DEEPER.get(element.S):
                element.S = deeper


def _rows(table: Any) -> list[Any]:
    """Rows of a table, its head first."""
    parts = [part for part in _children(table) if part.S in (Name.THead, Name.TBody)]
    return [row for part in parts for row in _children(part) if row.S == Name.TR]


def _untie(rows: list[Any]) -> str:
    """Take away the empty column whose last cell ties the last rows; give the name of its head."""
    if len(rows) <= TIED or len(rows[-TIED].K) <= len(rows[-1].K):
        return ""
    gone = str(rows[0].K[-1].ID)
    for row in rows[: 1 - TIED]:
        del row.K[-1]
    return gone


def _forget(root: Any, gone: set[str]) -> None:
    """Take names out of the list of those that cells may be headed by."""
    if gone:
        names = list(root.IDTree.Names)
        pairs = zip(names[::2], names[1::2], strict=True)
        kept = [pair for pair in pairs if str(pair[0]) not in gone]
        root.IDTree.Names = Array([*chain.from_iterable(kept)])


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
