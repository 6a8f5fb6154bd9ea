"""What ``dts trace``, ``dts history`` and ``dts undo`` do and say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from dts_research.cli.outcome import day, plural
from dts_research.errors import RequestError
from dts_research.schema import catalogue
from dts_research.store import Store
from dts_research.workspace import Workspace

if TYPE_CHECKING:
    from dts_research.reports.plan import Report
    from dts_research.store.undoing import Undone
    from dts_research.workbook import Workbook

WIDTH, BEFORE = 92, 25
BLANK = "(vide)"
WITHHELD = "(masqué)"


def imports(workspace: Workspace) -> list[dict[str, Any]]:
    """Imports, oldest first, with their counts; those that were undone say when."""
    with Store(workspace.store, readonly=True) as store:
        return store.import_rows()


def import_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say each import on a line."""
    width = len(str(max((row["import_id"] for row in rows), default=0)))
    for row in rows:
        read = plural(row.get("read", 0), "ligne lue", "lignes lues")
        kept = plural(row.get("accepted", 0), "acceptée", "acceptées")
        gone = f" ; annulé le {day(row['undone_at'])}" if row["undone_at"] else ""
        number = f"n° {row['import_id']:>{width}}"
        yield f"{number}  {day(row['received_at'])}  {row['file']} : {read}, {kept}{gone}"
    yield plural(len(rows), "import", "imports") + _left_to_undo(rows)


def _left_to_undo(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "."
    if all(row["undone_at"] for row in rows):
        return " ; il ne reste rien à annuler."
    return ", dts undo annule le dernier."


def versions(book: Workbook, record: str) -> list[dict[str, Any]]:
    """Give the versions of a record, oldest first."""
    from dts_research.workbook.versions import versions as of_record

    with book.store() as store:
        return of_record(store, record)


def version_lines(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say what each version of a record changed, field by field."""
    for one in found:
        title = catalogue().tables[one["table"]].title
        where = f"{place_of(one)}, reçu le {day(one['received_at'])}" if "file" in one else ""
        yield f"{one['record']} · {title} · version {one['version']} : {where}"
        for change in one["changes"]:
            yield f"    {change['title']} : {_difference(change)}"
        if one["version"] == 1:
            yield "    Première version reçue."


def _difference(change: Mapping[str, Any]) -> str:
    """Say before and after; of two long texts, from a little before where they part."""
    if change["withheld"]:
        return f"{WITHHELD} → {WITHHELD}"
    before, after = change["before"], change["after"]
    if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > WIDTH:
        pairs = enumerate(zip(before, after))
        parted = next((n for n, (a, b) in pairs if a != b), min(len(before), len(after)))
        start = max(0, parted - BEFORE)
        if start:
            before, after = f"…{before[start:]}", f"…{after[start:]}"
    return f"{_quoted(before)} → {_quoted(after)}"


def _quoted(value: Any) -> str:
    return BLANK if value is None else f"« {_short(value)} »"


def _short(value: Any) -> str:
    text = {True: "oui", False: "non"}[value] if isinstance(value, bool) else str(value)
    return shorten(text, WIDTH, placeholder="…") if len(text) > WIDTH else text


def place_of(one: Mapping[str, Any]) -> str:
    """Say a file, a sheet and a row: « fiches.xlsx », feuille « Fiches », ligne 12."""
    sheet = f", feuille « {one['sheet']} »" if one["sheet"] else ""
    return f"{one['file']}{sheet}, ligne {one['row']} (import n° {one['import_id']})"


def trace(book: Workbook, record: str, column: str | None) -> list[dict[str, Any]]:
    """Say where the values of a record come from, or which files stand behind a report."""
    from dts_research.workbook.tracing import trace as of_record

    with book.store() as store:
        try:
            return [origin.as_json() for origin in of_record(store, record, column)]
        except RequestError:
            if column is not None or store.standing(record):
                raise
            behind = _behind(book, store, record)
            if not behind:
                raise
            return behind


def _behind(book: Workbook, store: Store, name: str) -> list[dict[str, Any]]:
    """Imports behind the slices that a report reads; none when it is no report of the plan."""
    from dts_research.cli.making import planned

    report = next((one for one in planned(book) if one.id == name), None)
    if report is None:
        return []
    counts: Counter[int] = Counter()
    for behind in tables_behind(book, store, report).values():
        counts.update(behind)
    names = ("file", "sha256", "received_at")
    return [
        {"report": name, "import": row["import_id"], **{n: row[n] for n in names},
         "records": counts[row["import_id"]]}
        for row in store.import_rows() if row["import_id"] in counts
    ]  # fmt: skip


def tables_behind(book: Workbook, store: Store, report: Report) -> dict[str, dict[int, int]]:
    """By table that a report reads: import -> how many of its records it told."""
    wanted = {k: v for k, v in report.parameters.items() if k in ("period", "cycle")}
    audience = str(report.parameters.get("audience", report.audience))
    if report.territory:
        material = book.territory(report.territory, audience=audience, **wanted)
    else:
        material = book.network(audience=audience, **wanted)
    found = {}
    for table, schema in catalogue().tables.items():
        frame = material.frames.get(table)
        keys = [] if frame is None else list(frame[schema.key])
        found[table] = store.imports_behind(table, keys) if keys else {}
    return {table: behind for table, behind in found.items() if behind}


def trace_lines(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say each origin in full sentences."""
    if found and "report" in found[0]:
        yield f"{found[0]['report']} s'appuie sur :"
        for one in found:
            many = plural(one["records"], "enregistrement", "enregistrements")
            when = day(one["received_at"])
            yield f"    {one['file']} (import n° {one['import']}, {when}) : {many}"
        return
    head = ("record", "table", "version", "file", "sheet", "row")
    told: tuple[Any, ...] = ()
    for one in found:
        this = tuple(one[name] for name in head)
        if this != told:
            yield from _heading(one)
            told = this
        yield f"    {one['title']} : {BLANK if one['value'] is None else _short(one['value'])}"
        yield f"        {_how(one)}"


def _heading(one: Mapping[str, Any]) -> Iterator[str]:
    title = catalogue().tables[one["table"]].title
    yield f"{one['record']} · {title} · version {one['version']}"
    yield f"    {place_of(one)}, reçu le {day(one['received_at'])}, empreinte {one['sha256'][:12]}"
    if one["version"] > 1:
        yield f"    Les versions d'avant : dts history {one['record']}"


def _how(one: Mapping[str, Any]) -> str:
    column = f"colonne « {one['source_column']} »" if one["source_column"] else ""
    differs = one["raw"] is not None and one["rule"] != "as_written"
    written = f"écrit « {_short(one['raw'])} »" if differs else ""
    return " · ".join(part for part in (column, written, one["said"]) if part)


def last_import(workspace: Workspace, number: int | None) -> dict[str, Any] | None:
    """Find the import to undo: the one asked for, else the last one; None when there is none.

    Raises
    ------
    RequestError
        When the number is that of no import, or of one undone before.
    """
    rows = imports(workspace)
    standing = [row for row in rows if not row["undone_at"]]
    if number is None:
        return standing[-1] if standing else None
    found = next((row for row in rows if row["import_id"] == number), None)
    if found is None or found["undone_at"]:
        when = f" : annulé le {day(found['undone_at'])}" if found else ""
        raise RequestError(
            f"Il n'y a pas d'import n° {number} à annuler{when}.",
            "Voir les numéros avec : dts history",
        )
    return found


def undo_lines(undone: Undone) -> Iterator[str]:
    """Say what an undo did."""
    yield f"Import n° {undone.import_id} annulé ({undone.file})."
    removed, restored = len(undone.removed), len(undone.restored)
    parts = [plural(removed, "enregistrement enlevé", "enregistrements enlevés")]
    if restored:
        parts.append(plural(restored, "revenu à l'état d'avant", "revenus à l'état d'avant"))
    yield f"    {', '.join(parts)}."
    yield "    Le fichier d'origine est gardé ; le recevoir à nouveau refait l'import."


def undo_json(undone: Undone | None) -> dict[str, Any]:
    """Give what an undo did as JSON."""
    if undone is None:
        return {"import": None, "file": None, "removed": [], "restored": []}
    pairs = {"removed": undone.removed, "restored": undone.restored}
    listed = {name: [{"table": t, "record": k} for t, k in found] for name, found in pairs.items()}
    return {"import": undone.import_id, "file": undone.file, **listed}
