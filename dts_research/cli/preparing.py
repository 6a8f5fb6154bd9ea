"""``dts session prepare``: one folder, ready to print and to project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dts_research.cli import book_of, json_option, print_json
from dts_research.cli.session import session


@session.command()
@click.argument("territory", metavar="TERRITOIRE")
@click.option("--date", default="", metavar="JOUR", help="Jour de la séance : 2026-12-10.")
@click.option(
    "--format", default="3h", metavar="DURÉE", help="Durée : 3h (par défaut), 2h ou 1h30."
)
@click.option(
    "--start",
    default="",
    metavar="HEURE",
    help="Heure de début, pour un déroulé à l'heure de la salle : 14:00.",
)
@click.option(
    "--story",
    "stories",
    multiple=True,
    metavar="FICHE",
    help="Fiche à raconter, à la place des récits proposés ; peut se répéter.",
)
@click.option(
    "--audience",
    type=click.Choice(["territory", "network", "public"]),
    help="Qui sera là : le territoire, le réseau, tout le monde.",
)
@click.option(
    "--out",
    metavar="DOSSIER",
    type=click.Path(path_type=Path),
    help="Où l'écrire ; sinon dans reports/seances.",
)
@json_option
@click.pass_context
def prepare(ctx: click.Context, territory: str, as_json: bool, **typed: Any) -> None:
    """Préparer une séance : un dossier à imprimer et à projeter.

    TERRITOIRE : un territoire, une région, ou « reseau » pour une rencontre nationale.

    Exemple : dts session prepare 71 --date 2026-12-10 --format 2h
    """
    from dts_research.cli.making import press_of
    from dts_research.reflection.kit_making import Asked, make_kit

    book = book_of(ctx)
    kit = make_kit(book, press_of(book), Asked(territory, **typed))
    if as_json:
        return print_json(_as_json(kit))
    for line in _lines(kit):
        click.echo(line)
    return None


def _as_json(kit: Any) -> dict[str, Any]:
    folder = kit.written.folder
    return {
        "session_id": kit.session_id, "folder": str(folder),
        "files": [str(folder / name) for name in kit.files],
        "replaced": kit.written.replaced,
        "spared": str(kit.written.spared) if kit.written.spared else None,
        "figures": [one["figure_id"] for one in kit.figures],
        "kept": len(kit.session.views), "stories": list(kit.stories),
    }  # fmt: skip


def _lines(kit: Any) -> Iterator[str]:
    """Say what was made, what was chosen, and what to do next."""
    from dts_research.reflection.kit_agenda import NAMES
    from dts_research.reflection.kit_figures import chosen
    from dts_research.reflection.kit_notes import commands
    from dts_research.reflection.kit_pieces import README, SHEET

    here, written = kit.session, kit.written
    yield f"Séance du {here.when}, {here.place}, {NAMES[here.length]}."
    if written.spared:
        yield (
            f"Le dossier « {written.spared.name} » a été modifié depuis : il reste tel quel, le "
            f"nouveau s'appelle « {written.folder.name} »."
        )
    elif written.replaced:
        yield "Le dossier précédent, que personne n'avait modifié, est remplacé."
    yield f"À ouvrir d'abord : {written.folder / README}"
    yield chosen(here)
    told = " et ".join(kit.stories)
    yield (
        f"Récits : {told}. Pour en choisir d'autres : --story FICHE"
        if told
        else "Aucun récit : aucune fiche ne peut être racontée ici pour l'instant."
    )
    record, report = (command for command, _ in commands(here))
    record = record.replace(SHEET, f'"{written.folder / SHEET}"')
    yield f"Après la séance : {record} ; puis : {report}"
