"""What ``dts comment`` lists: what can be commented, what was, and on which data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dts_research.cli.commenting import Place
    from dts_research.reflection.commentary import Written
    from dts_research.workbook import Workbook

CHANGED, KNOWN, UNKNOWN, GONE = (
    "sur une version antérieure des données", "sur les données du dernier rapport",
    "on ne sait pas sur quelles données", "sa figure n'est plus dans le dernier rapport",
)  # fmt: skip


def told(book: Workbook, place: Place | None, *, figures: bool) -> tuple[Any, list[str]]:
    """List the comments of a place or of the whole workbook, and the figures of a place.

    Returns
    -------
    tuple
        The value for ``--json``, and the lines to print.
    """
    rows = listed(book, place.folder if place else "")
    if place is None or not figures:
        return rows, [*list_lines(book, rows)]
    found = [{"id": name, **one} for name, one in place.read().figures.items()]
    value = {"comments": rows, "figures": found}
    return value, [*_figure_lines(found), *list_lines(book, rows)]


def _figure_lines(found: list[dict[str, Any]]) -> Iterator[str]:
    if found:
        yield "À commenter, par son numéro ou son identifiant :"
    numbered = [one for one in found if one["kind"] in ("chart", "table", "image")]
    others = [one for one in found if one not in numbered]
    width = max((len(one["id"]) for one in found), default=0)
    for one in (*numbered, *others):
        about = " · ".join(dict.fromkeys(filter(None, (one["called"], one["title"]))))
        yield f"  {one['id']:<{width}}  {about}"


def listed(book: Workbook, folder: str) -> list[dict[str, Any]]:
    """Comments of a workbook, or of the folder of a territory, and where each stands."""
    from dts_research.reflection.commentary import read_all
    from dts_research.reflection.reviewing import comment_subject, readings, standing

    known = readings(book.workspace)
    rows = []
    for one in read_all(book.workspace, folder):
        where = standing(comment_subject(one), known)
        rows.append({
            "id": one.id, "file": str(one.path), "figure": one.figure, "reply": one.reply,
            "role": one.fields.get("role", ""), "written": one.fields.get("written", ""),
            "diffusion": one.fields.get("diffusion", "territory"), "state": where.state,
            "why": where.why, "data": data_of(book, one), "empty": not one.text.strip(),
            "faults": list(one.faults),
        })  # fmt: skip
    return rows


def data_of(book: Workbook, one: Written) -> str:
    """Say on which data a comment was written, as the last report knows them."""
    from dts_research.reflection.spoken import family_of, plan_of
    from dts_research.reports.manifest import Manifest

    entries = Manifest(book.workspace.reports).read()
    name = one.fields.get("report", "") or family_of(one, plan_of(book))
    entry = entries.get(name)
    if entry is None or not entry.figures:
        return UNKNOWN if not one.fields.get("data") else "le rapport est à refaire pour le savoir"
    if one.figure not in entry.figures:
        return GONE
    now, then = entry.figures[one.figure]["data"], one.fields.get("data", "")
    return UNKNOWN if not (now and then) else KNOWN if now == then else CHANGED


def list_lines(book: Workbook, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Say each comment, on which data it was written, and what is to be corrected."""
    from dts_research.cli.outcome import plural
    from dts_research.display.fragments import full_date
    from dts_research.reflection.commentary import strays
    from dts_research.schema import catalogue

    for row in rows:
        state = catalogue().label("review_status", row["state"]).lower()
        who = "réponse du territoire" if row["reply"] else row["role"] or "auteur non renseigné"
        yield f"{row['id']}  {who}, {full_date(row['written']) or 'sans date'}, {state}"
        facts = [row["data"], row["why"]]
        if row["diffusion"] == "private":
            facts.append("privé : il n'est montré dans aucun rapport")
        yield "    " + " ; ".join(filter(None, facts))
        if row["empty"]:
            yield f"    → Rien n'y est encore écrit : {row['file']}"
        for fault in row["faults"]:
            yield f"    → {fault}"
    for told in strays(book.workspace):
        yield f"→ {told}"
    yield plural(len(rows), "commentaire", "commentaires")
