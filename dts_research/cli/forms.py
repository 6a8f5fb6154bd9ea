"""What ``dts forms`` writes: the forms to send to members, each in one file."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import click

from dts_research.cli import json_option, print_json
from dts_research.errors import DtsError, RequestError, reason
from dts_research.workspace import Workspace

FOLDER = "forms"


def _excel(_: str) -> bytes:
    from dts_research.schema.forms_excel import excel_form

    return excel_form()


def _xlsform(_: str) -> bytes:
    from dts_research.schema.forms_xlsform import xlsform

    return xlsform()


def _paper(name: str) -> bytes:
    from dts_research.reports.paper import paper_form

    return paper_form(name=name)


FORMS: dict[str, tuple[str, str, Callable[[str], bytes]]] = {
    "excel": ("fiche-experience.xlsx", "À remplir dans Excel ou LibreOffice", _excel),
    "xlsform": ("fiche-experience-kobo.xlsx", "À charger dans KoboToolbox ou ODK", _xlsform),
    "paper": ("fiche-experience.pdf", "À imprimer", _paper),
}


@click.command()
@click.option("--excel", is_flag=True, help="Le classeur à remplir, avec ses listes.")
@click.option("--xlsform", is_flag=True, help="Le formulaire pour téléphone (KoboToolbox, ODK).")
@click.option("--paper", is_flag=True, help="La fiche vierge à imprimer.")
@click.option("--out", metavar="DOSSIER", type=click.Path(path_type=Path),
              help="Où les écrire ; sinon dans data/forms.")  # fmt: skip
@json_option
@click.pass_context
def forms(ctx: click.Context, out: Path | None, as_json: bool, **kinds: bool) -> None:
    """Écrire les formulaires à envoyer (les trois, ou ceux que l'on nomme).

    Exemple : dts forms --excel --out formulaires
    """
    made = write_forms([kind for kind in kinds if kinds[kind]], out=out, start=ctx.obj)
    if as_json:
        return print_json([str(path) for path in made.values()])
    for purpose, path in made.items():
        click.echo(f"{purpose} : {path}")
    return None


def write_forms(
    wanted: Collection[str], *, out: Path | None = None, start: Path | None = None
) -> dict[str, Path]:
    """Write the forms asked for, all of them by default.

    Parameters
    ----------
    wanted
        Names among `FORMS`; none means all.
    out
        Folder to write into; by default ``data/forms`` of the workbook.
    start
        A folder of the workbook, when it is not the current one.

    Returns
    -------
    dict
        What each file is for, in French, and its path.

    Raises
    ------
    DtsError
        When the folder cannot be written; RequestError when there is neither folder nor workbook.
    """
    folder, name = _destination(out, start)
    made = {}
    for key in (key for key in FORMS if not wanted or key in wanted):
        file, purpose, write = FORMS[key]
        made[purpose] = _written(folder / file, write(name))
    return made


def _destination(out: Path | None, start: Path | None) -> tuple[Path, str]:
    """Where to write, and the name of the workbook that the sheet bears, if there is one."""
    try:
        workspace = Workspace.find(start)
    except RequestError as error:
        if out is None:
            raise RequestError(
                error.message, "Nommer un dossier : dts forms --out DOSSIER."
            ) from error
        return out, ""
    return out or workspace.data / FOLDER, workspace.name


def _written(path: Path, content: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise DtsError(
            f"« {path} » ne peut pas être écrit : {reason(error)}.",
            "Le fermer s'il est ouvert, ou nommer un autre dossier (--out).",
        ) from error
    return path
