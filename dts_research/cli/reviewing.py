"""``dts review``: what waits to be read, the grid to fill in, and the grid that comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dts_research.cli import book_of, json_option, print_json
from dts_research.errors import MaterialError, RequestError

if TYPE_CHECKING:
    from dts_research.reflection.reviewing import Standing, Subject
    from dts_research.reports.plan import Report
    from dts_research.workbook import Workbook

PUBLIC = "audience=public"


@click.command()
@click.argument("subject", metavar="[RAPPORT|COMMENTAIRE|GRILLE]", required=False)
@click.option("--queue", is_flag=True, help="Lister ce qui attend d'être relu (sans argument).")
@click.option("--grid", is_flag=True, help="Écrire la grille à remplir, en .xlsx.")
@click.option("--out", metavar="FICHIER", type=click.Path(path_type=Path),
              help="Où écrire la grille.")  # fmt: skip
@click.option(
    "--state",
    metavar="ÉTAT",
    default="",
    help="Passer à cet état sans nouvelle grille : relu, validé, diffusable, brouillon.",
)
@click.option("--role", metavar="RÔLE", default="", help="Fonction de qui relit, jamais son nom.")
@json_option
@click.pass_context
def review(ctx: click.Context, subject: str | None, as_json: bool, **options: Any) -> int:
    """Relire avant de publier : brouillon, relu, validé, diffusable.

    RAPPORT et COMMENTAIRE sont des identifiants (territoire-71, 71/tous/carte-du-territoire).
    GRILLE est une grille remplie, qui est alors reprise.

    Exemple : dts review territoire-71 --grid ; dts review grille-territoire-71.xlsx
    """
    book = book_of(ctx)
    value: Any
    if subject is None or options["queue"]:
        value = queue(book)
        lines = list(queue_lines(book, value))
    elif options["grid"]:
        value = give_grid(book, subject, role=options["role"], out=options["out"])
        lines = value.pop("lines")
    elif subject.lower().endswith((".xlsx", ".ods", ".xlsm", ".xls")):
        value = take_grid(book, Path(subject), role=options["role"])
        lines = value.pop("lines")
    elif options["state"]:
        value = move(book, subject, state=options["state"], role=options["role"])
        lines = value.pop("lines")
    else:
        value = row_of(standing_of(book, subject))
        lines = [*_lines_of(value), *_readings(standing_of(book, subject))]
    if as_json:
        print_json(value)
    for line in () if as_json else lines:
        click.echo(line)
    return 0


def public_report(book: Workbook, name: str) -> tuple[Report, Report]:
    """Give a report of the plan, and the one that everybody may read."""
    from dts_research.cli.choosing import with_texts
    from dts_research.cli.making import planned, press_of
    from dts_research.reports.plan import select

    (*found,) = select(planned(book, [name] if "-" not in name else []), [name])
    if len(found) != 1:
        names = ", ".join(one.id for one in found)
        raise RequestError(f"« {name} » désigne plusieurs rapports.", f"Choisir : {names}.")
    return found[0], with_texts(book, found[0], press_of(book), [PUBLIC])


def subject_of(book: Workbook, name: str) -> Subject:
    """Find what is named: a comment, else a report, in the version that everybody may read.

    Raises
    ------
    MaterialError
        When the public version of a report was never made.
    """
    from dts_research.reflection.commentary import read_all
    from dts_research.reflection.reviewing import comment_subject, report_subject
    from dts_research.reports.manifest import Manifest
    from dts_research.workbook.criteria import read_criteria

    if "/" in name:
        wanted = name.removesuffix(".md").casefold()
        found = [one for one in read_all(book.workspace) if one.id.casefold() == wanted]
        if not found:
            fix = "Les identifiants sont ceux de : dts comment --list"
            raise RequestError(f"Aucun commentaire « {name} ».", fix)
        return comment_subject(found[0])
    report, public = public_report(book, name)
    entry = Manifest(book.workspace.reports).read().get(public.id)
    if entry is None or not entry.figures:
        raise MaterialError(
            f"La version publique de « {report.id} » n'a pas encore été faite : rien n'a pu en "
            "être lu.",
            f"L'écrire et sa grille avec : dts review {report.id} --grid",
        )
    title = f"{entry.title}, {entry.label}" if entry.label else entry.title
    words = (entry.digests.get("notebook", ""), title, book.workspace.name,
             *(str(one) for one in read_criteria(book.workspace.criteria)))  # fmt: skip
    return report_subject(report.id, title, words, entry.figures)


def standing_of(book: Workbook, name: str) -> Standing:
    """Say where a report or a comment stands."""
    from dts_research.reflection.reviewing import readings, standing

    return standing(subject_of(book, name), readings(book.workspace))


def row_of(one: Standing) -> dict[str, Any]:
    """A standing as the command prints it."""
    return {"id": one.subject.id, "kind": one.subject.kind, "title": one.subject.title,
            "state": one.state, "label": one.label, "why": one.why,
            "readings": len(one.readings)}  # fmt: skip


def queue(book: Workbook) -> list[dict[str, Any]]:
    """What waits to be read: comments first, then the reports that somebody began to read."""
    from dts_research.cli.making import planned
    from dts_research.reflection.commentary import read_all
    from dts_research.reflection.reviewing import (
        FIT,
        REPORT,
        comment_subject,
        readings,
        standing,
    )

    known = readings(book.workspace)
    found = [standing(comment_subject(one), known) for one in read_all(book.workspace)]
    begun = {one.subject for one in known if one.kind == REPORT}
    rows = [row_of(one) for one in found if one.state != FIT]
    for report in planned(book):
        if report.id in begun:
            row = _report_row(book, report.id)
            rows += [row] if row["state"] != FIT else []
    return rows


def _report_row(book: Workbook, name: str) -> dict[str, Any]:
    from dts_research.reflection.reviewing import DRAFT, REPORT

    try:
        return row_of(standing_of(book, name))
    except MaterialError as error:
        return {"id": name, "kind": REPORT, "title": name, "state": DRAFT, "label": "Brouillon",
                "why": error.message.rstrip("."), "readings": 0}  # fmt: skip


def queue_lines(book: Workbook, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Say what waits, and how to begin."""
    from dts_research.cli.outcome import plural
    from dts_research.reflection.reviewing import faults

    for row in rows:
        yield from _lines_of(row)
    for told in faults(book.workspace):
        yield f"→ {told}"
    yield f"{plural(len(rows), 'relecture attendue', 'relectures attendues')}."
    yield "Pour relire un rapport : dts review territoire-71 --grid"


def _lines_of(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['id']}  {row['label'].lower()}"
    if row["why"]:
        yield f"    {row['why']}"


def _readings(one: Standing) -> Iterator[str]:
    from dts_research.display.fragments import full_date
    from dts_research.schema import catalogue

    for reading in one.readings:
        state = catalogue().label("review_status", reading.state).lower()
        yield f"    {full_date(reading.day)}, {reading.role} : {state}"


def give_grid(book: Workbook, name: str, *, role: str, out: Path | None) -> dict[str, Any]:
    """Write the grid of a report or of a comment; the report to read is made if need be."""
    from dts_research.reflection.commentary import read_all
    from dts_research.reflection.review_grid import write_grid
    from dts_research.reports.names import slug

    to_read = "" if "/" in name else _made_public(book, name)
    one = standing_of(book, name)
    text = next((w.text for w in read_all(book.workspace) if w.id == one.subject.id), "")
    path = out or book.workspace.data / "reviews" / f"grille-{slug(one.subject.id)}.xlsx"
    if path.exists():
        raise RequestError(
            f"La grille « {path} » existe déjà : elle est peut-être en cours de relecture.",
            "La rendre, la supprimer, ou en écrire une autre avec --out FICHIER.",
        )
    write_grid(path, one, text=text, role=role)
    lines = [f"Grille à remplir : {path}"]
    lines += [f"À relire : {to_read}"] if to_read else []
    lines.append(f"Puis la rendre : dts review {path}")
    return {"id": one.subject.id, "grid": str(path), "read": to_read, "lines": lines}


def _made_public(book: Workbook, name: str) -> str:
    """Make the version that everybody may read, and give the path of its page."""
    from dts_research.cli.making import Order, make

    report, public = public_report(book, name)
    made = make(book, [report.id], Order(audience="public"))
    if public.id in made.outcome.failed:
        raise MaterialError(
            f"La version publique de « {report.id} » n'a pas pu être faite : "
            f"{made.outcome.failed[public.id]}",
            "La corriger, puis recommencer.",
        )
    return str(made.folder / f"{public.id}.html")


def take_grid(book: Workbook, path: Path, *, role: str) -> dict[str, Any]:
    """Take a grid back: its answers are kept, and the state moves when they allow it."""
    from dts_research.reflection.review_grid import read_grid
    from dts_research.reflection.reviewing import record
    from dts_research.workbook.material import this_day

    if not path.is_file():
        raise RequestError(f"La grille « {path} » est introuvable.", "Vérifier son chemin.")
    grid = read_grid(path, today=this_day())
    before = standing_of(book, grid.subject)
    lines = [f"→ {fault}" for fault in grid.faults]
    role = grid.role or role
    if grid.seen and grid.seen != before.subject.seen:
        raise RequestError(
            f"« {grid.subject} » a changé depuis que cette grille a été écrite : elle parle d'une "
            "autre version.",
            f"Relire, et remplir une nouvelle grille : dts review {grid.subject} --grid --out …",
        )
    state = grid.state or before.next
    record(book.workspace, before, state=state, role=role, day=grid.day, answers=grid.answers)
    _amended(book, grid.subject, state)
    after = standing_of(book, grid.subject)
    lines.append(f"Relecture enregistrée : {grid.subject}, {after.label.lower()} ({role}).")
    return row_of(after) | {"lines": lines, "faults": list(grid.faults)}


def move(book: Workbook, name: str, *, state: str, role: str) -> dict[str, Any]:
    """Move to another state on the answers already given to the same words and data."""
    from dts_research.reflection.reviewing import record
    from dts_research.schema import catalogue
    from dts_research.workbook.material import this_day

    known = catalogue().codelists["review_status"]
    before = standing_of(book, name)
    code = known.code_of(state) or known.alike(state) or state
    day = this_day().isoformat()
    made = record(book.workspace, before, state=code, role=role, day=day)
    _amended(book, made.subject, code)
    after = standing_of(book, name)
    return row_of(after) | {"lines": [f"{made.subject} : {after.label.lower()} ({role})."]}


def _amended(book: Workbook, name: str, state: str) -> None:
    """Say the new state in the header of a comment."""
    from dts_research.reflection.commentary import read_all
    from dts_research.reflection.commentary_writing import amend

    for one in read_all(book.workspace):
        if one.id == name:
            amend(one, {"state": state})
