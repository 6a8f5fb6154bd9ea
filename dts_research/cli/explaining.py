"""What ``dts why`` says: what a report depends on, its state and why, what changed since."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from dts_research.cli import book_of, json_option, main, print_json
from dts_research.cli.explained import value_said, why_lines
from dts_research.errors import RequestError
from dts_research.reports.manifest import SHORT

if TYPE_CHECKING:
    from dts_research.reports.freshness import Status
    from dts_research.reports.manifest import Entry
    from dts_research.reports.plan import Report
    from dts_research.reports.press import Press
    from dts_research.workbook import Workbook

IMPRINT = re.compile(r"[0-9a-f]{6,64}")
# A name that means more reports than that is one of a block of the plan.
MOST = 12


@main.command()
@click.argument("report", metavar="RAPPORT")
@json_option
@click.pass_context
def why(ctx: click.Context, report: str, as_json: bool) -> None:
    """Dire de quoi dépend un RAPPORT, où il en est et pourquoi, ce qui a changé depuis.

    RAPPORT est un identifiant (« dts list » les donne), le nom ou le code d'un territoire, ou
    l'empreinte imprimée sur le rapport.

    Exemple : dts why territoire-71 ; dts why "Saône-et-Loire" ; dts why 81bc4d2e
    """
    found = explain(book_of(ctx), report)
    if as_json:
        return print_json(found)
    for line in why_lines(found):
        click.echo(line)
    return None


def explain(book: Workbook, name: str) -> list[dict[str, Any]]:
    """Say what each report of this name depends on.

    Raises
    ------
    RequestError
        When no report has this name, with the nearest; when too many have it.
    """
    from dts_research.cli.making import press_of
    from dts_research.reports.freshness import states

    press = press_of(book)
    return [_explained(book, press, one) for one in states(_named(book, press, name), press)]


def _named(book: Workbook, press: Press, name: str) -> Sequence[Report]:
    from dts_research.cli.choosing import code_of
    from dts_research.cli.making import planned
    from dts_research.reports.freshness import variants
    from dts_research.reports.manifest import Manifest
    from dts_research.reports.plan import select

    plan = planned(book)
    every = (*plan, *variants(plan, press))
    if exact := [one for one in every if one.id == name]:
        return exact
    entries = Manifest(press.out).read().values() if IMPRINT.fullmatch(name) else ()
    printed = {entry.id for entry in entries if entry.imprint.startswith(name)}
    if bearing := [one for one in every if one.id in printed]:
        return bearing
    try:
        plan = planned(book, [name])
        every = (*plan, *variants(plan, press))
        found = select(every, [code_of(book, every, name)])
    except RequestError as unknown:
        raise _unknown(name) if IMPRINT.fullmatch(name) else unknown from unknown
    if len(found) > MOST:
        raise RequestError(
            f"« {name} » nomme {len(found)} rapports à la fois.",
            f"En choisir un, par exemple : dts why {found[0].id}",
        )
    return found


def _unknown(imprint: str) -> RequestError:
    return RequestError(
        f"Aucun rapport de ce classeur ne porte l'empreinte « {imprint} ».",
        "Il a pu être refait depuis, ou l'être ailleurs. L'empreinte d'un rapport est la dernière "
        "de sa phrase, après celle du programme ; les rapports d'ici : dts list",
    )


def _explained(book: Workbook, press: Press, status: Status) -> dict[str, Any]:
    from dts_research.reports.freshness import digests

    report, entry = status.report, status.entry
    made = _manifest(press, report.id) if entry and entry.made_at else {}
    now = digests(report, press)
    return {
        "id": report.id, "label": report.label, "territory": report.territory,
        "audience": report.audience, "variant": report.variant,
        "state": status.state, "why": status.why,
        **_attempt(entry, made),
        "changes": _changes(report, made, now),
        **_material(book, report, entry.made_at if entry else ""),
        "notebook": made.get("notebook", {"file": report.notebook, "sha256": now["notebook"]}),
        "parameters": made.get("parameters", dict(report.parameters)),
        "program": made.get("program", _program(now)),
        "reference": _reference(made),
        "comments": _comments(press, report),
        "warnings": made.get("warnings", []),
        "outputs": [
            {"file": name, "path": str(press.out / name), "bytes": known.get("bytes", 0)}
            for name, known in (entry.outputs if entry else {}).items()
        ],
    }  # fmt: skip


def _attempt(entry: Entry | None, made: Mapping[str, Any]) -> dict[str, Any]:
    """When and how a report was made, and last tried."""
    if entry is None:
        names = ("made_at", "tried_at", "seconds", "engine")
        return {**dict.fromkeys(names), "imprint": ""}
    seconds = made.get("times", {}).get("seconds", entry.seconds)
    return {"made_at": entry.made_at or None, "tried_at": entry.tried_at or None,
            "seconds": seconds, "engine": made.get("engine"), "imprint": entry.imprint}  # fmt: skip


def _manifest(press: Press, name: str) -> dict[str, Any]:
    """Manifest of a report as it stands; empty where it is missing or not readable."""
    from dts_research.reports.provenance import manifest_name

    try:
        told = json.loads((press.out / manifest_name(name)).read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _program(now: Mapping[str, str]) -> dict[str, Any]:
    from dts_research.reports.provenance import program

    return {**program(), "sha256": now["version"], "rendering": now["rendering"]}


def _reference(made: Mapping[str, Any]) -> dict[str, Any]:
    from dts_research.reports.provenance import reference

    return dict(made.get("reference", reference()))


def _changes(report: Report, made: Mapping[str, Any], now: Mapping[str, str]) -> list[str]:
    """What is not as it was when the report was made, one sentence each."""
    if not made:
        return []
    then, program = made["program"], _program(now)
    before, after = then["dependencies"], program["dependencies"]
    found = [
        f"{name} : version {before[name]} alors, {after[name]} maintenant"
        for name in after if name in before and before[name] != after[name]
    ]  # fmt: skip
    named = {"python": "Python", "version": program["name"]}
    found += [f"{named[key]} : version {then[key]} alors, {program[key]} maintenant"
              for key in named if then[key] != program[key]]  # fmt: skip
    pairs = (("carnet", made["notebook"]["sha256"], now["notebook"]),
             ("programme", then["sha256"], now["version"]),
             ("mise en page", then["rendering"], now["rendering"]))  # fmt: skip
    found += [f"{what} : empreinte {old[:SHORT]} alors, {new[:SHORT] or 'introuvable'} maintenant"
              for what, old, new in pairs if old != new]  # fmt: skip
    values = made["parameters"]
    return found + [
        f"paramètre {name} : {value_said(values.get(name))} alors, {value_said(value)} maintenant"
        for name, value in report.parameters.items() if values.get(name) != value
    ]  # fmt: skip


def _material(book: Workbook, report: Report, made_at: str) -> dict[str, Any]:
    """What a report reads, table by table, and what came or was taken back since it was made."""
    from dts_research.cli.origins import tables_behind
    from dts_research.schema import catalogue

    if not book.workspace.store.is_file():
        return {"reads": [], "received_since": []}
    with book.store() as store:
        rows = {row["import_id"]: row for row in store.import_rows()}
        behind: Mapping[str, Mapping[int, int]] = {}
        with suppress(RequestError):  # a value that no material answers to: the state says so
            behind = tables_behind(book, store, report)
    named = ("file", "received_at")
    reads = [
        {"table": table, "title": catalogue().tables[table].title, "records": sum(told.values()),
         "files": [{"import": number, **{n: rows[number][n] for n in named}, "records": count}
                   for number, count in sorted(told.items())]}
        for table, told in behind.items()
    ]  # fmt: skip
    used = {number for told in behind.values() for number in told}
    since = [
        {"import": number, **{n: row[n] for n in (*named, "undone_at")},
         "read_here": number in used}
        for number, row in rows.items()
        if made_at and max(row["received_at"], row["undone_at"] or "") > made_at
    ]  # fmt: skip
    return {"reads": reads, "received_since": since}


def _comments(press: Press, report: Report) -> list[dict[str, str]]:
    from dts_research.reports.comments import comments_in

    return [
        {"id": one.id, "figure": one.figure, "written": one.written, "status": one.status}
        for one in comments_in(press.comments, report)
    ]
