"""The commands of a reception: receive, check, history, trace, undo."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dts_research.cli import book_of, json_option, main, print_json, say
from dts_research.errors import RequestError
from dts_research.workspace import Workspace

if TYPE_CHECKING:
    from dts_research.workbook import Workbook


@main.command()
@click.argument("paths", metavar="[FICHIER]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="Correspondance des colonnes.")
@click.option("--table", help="Table à remplir, quand elle ne se devine pas.")
@click.option("--quiet", is_flag=True, help="Ne dire que le total.")
@json_option
@click.pass_context
def receive(
    ctx: click.Context, paths: tuple[Path, ...], mapping: Path | None, table: str | None,
    quiet: bool, as_json: bool,
) -> int:  # fmt: skip
    """Recevoir des fichiers (sans FICHIER : tout le dossier data/inbox).

    Exemple : dts receive fiches.xlsx
    """
    from dts_research.cli import receiving

    outcome = receiving.receive(Workspace.find(ctx.obj), paths, mapping=mapping, table=table)
    if as_json:
        print_json(outcome.as_json())
    for line in () if as_json else outcome.lines(quiet=quiet):
        click.echo(line)
    for line in outcome.refusals(debug=ctx.find_root().params["debug"]):
        say(line)
    return outcome.exit_code


@main.command()
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> int:
    """Relire tout le magasin : ce qui manque, ce qui se contredit.

    Exemple : dts check
    """
    from dts_research.cli import receiving

    issues = receiving.check(book_of(ctx))
    if as_json:
        print_json(issues)
    for line in () if as_json else receiving.check_lines(issues):
        click.echo(line)
    return int(any(issue["severity"] == "error" for issue in issues))


@main.command()
@click.argument("record", metavar="[ENREGISTREMENT]", required=False)
@json_option
@click.pass_context
def history(ctx: click.Context, record: str | None, as_json: bool) -> None:
    """Lister les fichiers reçus, ou les versions d'un ENREGISTREMENT, avec ce qui a changé.

    Exemple : dts history ; dts history F-71-03
    """
    from dts_research.cli import origins

    if record:
        found = origins.versions(book_of(ctx), record)
        lines = origins.version_lines(found)
    else:
        found = origins.imports(Workspace.find(ctx.obj))
        lines = origins.import_lines(found)
    if as_json:
        return print_json(found)
    for line in lines:
        click.echo(line)
    return None


@main.command()
@click.argument("record", metavar="ENREGISTREMENT")
@click.argument("column", metavar="[COLONNE]", required=False)
@json_option
@click.pass_context
def trace(ctx: click.Context, record: str, column: str | None, as_json: bool) -> None:
    """Dire d'où vient chaque valeur : fichier, feuille, ligne, colonne, texte écrit.

    ENREGISTREMENT est un identifiant (« dts list experiences » les donne), ou celui d'un rapport
    du plan : les fichiers sur lesquels il s'appuie sont alors nommés.

    Exemple : dts trace F-71-03 ; dts trace F-71-03 "Titre"
    """
    from dts_research.cli import origins

    found = origins.trace(book_of(ctx), record, column)
    if as_json:
        return print_json(found)
    for line in origins.trace_lines(found):
        click.echo(line)
    return None


@main.command()
@click.argument("number", metavar="[IMPORT]", type=int, required=False)
@click.option("--yes", is_flag=True, help="Ne pas demander de confirmation.")
@json_option
@click.pass_context
def undo(ctx: click.Context, number: int | None, yes: bool, as_json: bool) -> None:
    """Annuler un import (sans IMPORT : le dernier) ; tout revient comme avant lui.

    Exemple : dts undo ; dts undo 12 --yes
    """
    from dts_research.cli import origins

    row = origins.last_import(Workspace.find(ctx.obj), number)
    if row is None:
        click.echo("Rien à annuler : aucun import.", err=as_json)
        return print_json(origins.undo_json(None)) if as_json else None
    if not yes and not _agreed(row["import_id"], row["file"]):
        click.echo("Rien n'a été annulé.", err=as_json)
        return print_json(origins.undo_json(None)) if as_json else None
    from dts_research.workbook.undoing import undo as take_back

    book = book_of(ctx)
    undone = take_back(book, row["import_id"])
    _settle_comments(book, row)
    if as_json:
        return print_json(origins.undo_json(undone))
    for line in origins.undo_lines(undone):
        click.echo(line)
    return None


def _settle_comments(book: Workbook, row: Mapping[str, Any]) -> None:
    """Take back the comments that a bundle had brought, with the rest of it."""
    from dts_research.reflection.bundles_here import BROUGHT, CHOSEN
    from dts_research.reflection.bundles_merging import settle_again

    if str(row["mapping"]).startswith((BROUGHT, CHOSEN)):
        settle_again(book)


def _agreed(number: int, file: str) -> bool:
    """Ask before undoing; nobody to answer is no agreement."""
    question = f"Annuler l'import n° {number} ({file}) ? Écrire oui ou non"
    try:
        answer = click.prompt(question, default="non", err=True, show_default=False)
    except click.Abort as nobody:
        say("")
        raise RequestError(
            "Annuler un import demande une confirmation.", "Répondre oui, ou ajouter --yes."
        ) from nobody
    return str(answer).strip().casefold() in ("oui", "o")
