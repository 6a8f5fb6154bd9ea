"""``dts session record``: what was written in the room comes in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dts_research.cli import json_option, print_json, say
from dts_research.cli.session import session
from dts_research.workspace import Workspace

if TYPE_CHECKING:
    from pandas import DataFrame

MOST = 40


@session.command()
@click.argument(
    "paths", metavar="FICHIER...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--session",
    "origin",
    metavar="SÉANCE",
    default="",
    help="Séance d'où vient la fiche, quand la fiche ne le dit pas : SE-71-…",
)
@json_option
@click.pass_context
def record(ctx: click.Context, paths: tuple[Path, ...], origin: str, as_json: bool) -> int:
    """Recevoir la fiche de saisie d'une séance, même remplie en partie ou recopiée.

    Exemple : dts session record fiche-de-saisie.xlsx
    """
    from dts_research.cli import receiving

    facts = {"session_id": origin.strip()} if origin.strip() else {}
    outcome = receiving.receive(Workspace.find(ctx.obj), paths, session=facts)
    if as_json:
        print_json(outcome.as_json())
    for line in () if as_json else outcome.lines():
        click.echo(line)
    for arrival in () if as_json else outcome.arrivals:
        for line in left_out(arrival.reception.issues):
            click.echo(line)
    for line in outcome.refusals(debug=ctx.find_root().params["debug"]):
        say(line)
    return outcome.exit_code


def left_out(issues: DataFrame) -> Iterator[str]:
    """Say each cell that is not kept as it is written, with its sheet, its row and its column."""
    told = issues[issues["severity"].ne("note") | issues["rule"].eq("outside")]
    if len(told):
        yield "À relire :"
    columns = ["sheet", "row", "column", "message", "fix"]
    for sheet, row, column, message, fix in told[columns].head(MOST).values:
        named = f"« {column} »" if len(column) > 2 else ""
        place = ", ".join(filter(None, (sheet, f"ligne {row}" if row else "", named)))
        yield f"    {place} : {message}{f' ; {fix}' if fix else ''}."
    if len(told) > MOST:
        yield f"    … et {len(told) - MOST} de plus, dans le classeur donné à lire."
