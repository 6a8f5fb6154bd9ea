"""The command line: ``dts ...``, each command a few lines over the rooms."""

from __future__ import annotations

import gettext
import json
import os
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

# click reads its messages when it is imported: the French catalogue is bound just before.
os.environ["LANGUAGE"] = "fr"
gettext.bindtextdomain("messages", str(files("dts_research") / "locale"))
gettext.textdomain("messages")

import click  # noqa: E402

from dts_research.errors import DtsError, reason  # noqa: E402
from dts_research.reports.interruption import Interrupted  # noqa: E402


class Whole(click.IntRange):
    """A whole number, named in French when it is not one."""

    name = "nombre entier"


class French(click.Group):
    """A group whose errors are one French sentence and a stable exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, and turn every error into a sentence (or a traceback with ``--debug``)."""
        kwargs["standalone_mode"] = False
        try:
            return sys.exit(super().main(*args, **kwargs) or 0)
        except click.exceptions.Exit as stop:
            sys.exit(stop.exit_code)
        except (click.Abort, KeyboardInterrupt) as abort:
            sys.exit(_interrupted(abort.__cause__))
        except click.ClickException as error:
            error.show()
            sys.exit(2)
        except DtsError as error:
            if "--debug" in sys.argv:
                raise
            _tell(error)
            sys.exit(error.exit_code)
        except OSError as error:
            if "--debug" in sys.argv:
                raise
            _tell(_of_system(error))
            sys.exit(1)
        except Exception as error:
            if "--debug" in sys.argv:
                raise
            say(f"Erreur inattendue : {type(error).__name__} : {error}.\n→ Recommencer avec "
                 "--debug et transmettre ce qui s'affiche.")  # fmt: skip
            sys.exit(1)


def _interrupted(cause: BaseException | None) -> int:
    """Say what a command that was stopped leaves; give its exit code."""
    stop = cause if isinstance(cause, Interrupted) else Interrupted()
    say(stop.message or "Interrompu ; la même commande reprendra le travail.")
    return stop.exit_code


def _of_system(error: OSError) -> DtsError:
    """Say what the system refused."""
    name = f"« {error.filename} » : " if error.filename else ""
    return DtsError(f"{name}{reason(error)}.", "Vérifier le chemin, les droits et la place.")


def say(text: str) -> None:
    """Say something on standard error, beside the result."""
    click.echo(text, err=True)


def _tell(error: DtsError) -> None:
    """Say an error; with ``--json``, standard output also holds it as its one value."""
    if "--json" in sys.argv:
        print_json({"error": error.message, "fix": error.fix})
    say(f"{error.message}\n→ {error.fix}" if error.fix else error.message)


def print_json(value: object) -> None:
    """Print the one JSON value of a command."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


json_option: Callable[..., Any] = click.option(
    "--json", "as_json", is_flag=True, help="Écrire le résultat en JSON."
)


@click.group(
    cls=French,
    subcommand_metavar="COMMANDE [ARGUMENTS]...",
    context_settings={"help_option_names": ["-h", "--help", "--aide"]},
)
@click.option("--workbook", type=click.Path(path_type=Path), help="Dossier du classeur.")
@click.option("--debug", is_flag=True, help="Montrer le détail technique d'une erreur.")
@click.version_option(package_name="dts-research", prog_name="dts")
@click.pass_context
def main(ctx: click.Context, workbook: Path | None, debug: bool) -> None:
    """Classeur de recherche-action « Développeurs de Territoires Solidaires ».

    Exemple : dts init mon-classeur, puis dts receive fiches.xlsx, puis dts report 13.
    """
    ctx.obj = workbook


def book_of(ctx: click.Context) -> Any:
    """Open the workbook that a command speaks of."""
    from dts_research.workbook import open_workbook

    return open_workbook(ctx.obj)


@main.command()
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path))
@click.option("--demo", is_flag=True, help="Le remplir avec le réseau de démonstration.")
@json_option
def init(folder: Path, demo: bool, as_json: bool) -> None:
    """Préparer un classeur neuf dans DOSSIER.

    Exemple : dts init mon-classeur
    """
    from dts_research.starter import make_workbook

    workspace = make_workbook(folder, demo=demo)
    if as_json:
        return print_json({"workbook": str(workspace.data.parent)})
    click.echo(f"Classeur prêt : {workspace.data.parent}")
    click.echo("Ensuite : y déposer des fichiers dans data/inbox, puis écrire « dts receive ».")
    return None


@main.command("list")
@click.argument("table", metavar="[TABLE]", required=False)
@json_option
@click.pass_context
def list_command(ctx: click.Context, table: str | None, as_json: bool) -> None:
    """Dire où en est chaque rapport du plan, ou lister les lignes d'une TABLE.

    Exemple : dts list ; dts list experiences
    """
    from dts_research.cli import listing

    book = book_of(ctx)
    rows = listing.records(book, table) if table else listing.states(book)
    if as_json:
        return print_json(rows)
    before, after = ((), ()) if table else (listing.running(book), listing.unformed(book))
    for line in (*before, *listing.lines_of(rows, table), *after):
        click.echo(line)
    return None


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of what makes reports."""
    options = [
        click.option("--only", metavar="MOTIF", help="Motif sur les identifiants : territoire-*"),
        click.option("-p", "parameters", metavar="NOM=VALEUR", multiple=True,
                     help="Paramètre du carnet : period=2021-2023, min_count=10."),
        click.option("--reader", metavar="LECTEUR",
                     help="À qui il s'adresse : élu (une page), animateur, chercheur (tout)."),
        click.option("--audience", type=click.Choice(["territory", "network", "public"]),
                     help="Qui lira : le territoire, le réseau, tout le monde."),
        click.option("--formats", metavar="LISTE",
                     help="Formats à faire : html,pdf,diapos,affiches,reprise."),
        click.option("--posters", is_flag=True, help="Faire aussi les affiches A3 à annoter."),
        click.option("--extras", is_flag=True,
                     help="Faire aussi l'archive à reprendre : tableaux .xlsx, figures."),
        click.option("--strict", is_flag=True,
                     help="Refuser tout rapport qui a un défaut : pour publier."),
        click.option("--force", is_flag=True, help="Refaire même ce qui est à jour."),
        click.option("--engine", type=click.Choice(["warm", "kernel"]), default="warm",
                     help="Comment jouer les carnets : à chaud, ou dans un noyau ordinaire."),
        click.option("--workers", metavar="NOMBRE", type=Whole(min=1),
                     help="Rapports faits en même temps."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@main.command()
@click.argument("names", metavar="[TERRITOIRE]...", nargs=-1)
@report_options
@click.option(
    "--scheduler",
    metavar="ADRESSE",
    help="Les faire sur les machines d'un répartiteur Dask : tcp://hôte:8786.",
)
@click.option("--out", metavar="DOSSIER", help="Où les écrire : un dossier, ou s3://dépôt/dossier.")
@json_option
@click.pass_context
def report(ctx: click.Context, names: tuple[str, ...], as_json: bool, **options: Any) -> int:
    """Faire les rapports manquants ou dépassés (HTML, PDF à imprimer, PDF à projeter).

    Exemple : dts report 13 2A ; dts report "Saône-et-Loire" --reader élu
    """
    from dts_research.cli import making

    outcome = making.make(book_of(ctx), names, making.Order(**options), progress=not as_json)
    if as_json:
        print_json(outcome.as_json())
    for line in () if as_json else outcome.lines():
        click.echo(line)
    return outcome.exit_code


@main.command()
@click.argument("out", metavar="FICHIER", type=click.Path(path_type=Path), default="codebook.html")
def codebook(out: Path) -> None:
    """Écrire le dictionnaire des données (tables, colonnes, listes) en une page.

    Exemple : dts codebook dictionnaire.html
    """
    from dts_research.schema.codebook import codebook_page

    out.write_text(codebook_page(), encoding="utf-8")
    click.echo(f"Dictionnaire écrit : {out}")


@main.command()
@click.option("--no-browser", is_flag=True, help="Ne pas ouvrir le navigateur.")
@click.pass_context
def lab(ctx: click.Context, no_browser: bool) -> int:
    """Ouvrir JupyterLab, en français, sur les carnets du classeur.

    Exemple : dts lab
    """
    from dts_research.lab import open_lab

    return open_lab(book_of(ctx).workspace, browser=not no_browser)


# Their commands join the others, or those of a group, as they are read.
from dts_research.cli import explaining, preparing, reception, recording, registering  # noqa: E402, F401
from dts_research.cli.commenting import comment  # noqa: E402
from dts_research.cli.comparing import compare  # noqa: E402
from dts_research.cli.forms import forms  # noqa: E402
from dts_research.cli.previewing import preview  # noqa: E402
from dts_research.cli.publishing import publish  # noqa: E402
from dts_research.cli.reviewing import review  # noqa: E402
from dts_research.cli.session import session  # noqa: E402
from dts_research.cli.weaving import export_territory, merge  # noqa: E402

_COMMANDS = (forms, compare, preview, session, comment, review, publish, export_territory, merge)
for _command in _COMMANDS:
    main.add_command(_command)
