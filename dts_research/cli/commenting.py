"""``dts comment``: what people say of a figure, kept as files that anybody may edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from dts_research.cli import book_of, json_option, print_json
from dts_research.errors import MaterialError, RequestError

if TYPE_CHECKING:
    from dts_research.reflection.commentary import Written
    from dts_research.reports.manifest import Entry
    from dts_research.workbook import Workbook

Figures = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Place:
    """Where comments of a territory go, and the report they speak of.

    Parameters
    ----------
    folder
        Folder of the territory.
    entry
        The report as it was last made; None when it never was.
    """

    folder: str
    report: str
    label: str
    entry: Entry | None

    @property
    def figures(self) -> Figures:
        """What can be spoken of in the report as it stands."""
        return self.entry.figures if self.entry else {}

    def read(self) -> Entry:
        """Give the report, which somebody must have read.

        Raises
        ------
        MaterialError
            When it was never made: nobody knows then which data are spoken of.
        """
        if self.entry is None or not self.entry.figures:
            raise MaterialError(
                f"Le rapport « {self.report} » n'a pas encore été fait : un commentaire parle de "
                "ce qu'on y a lu.",
                f"Le faire d'abord : dts report {self.folder if self.label else self.report}",
            )
        return self.entry


@click.command()
@click.argument("territory", metavar="[TERRITOIRE]", required=False)
@click.argument("figure", metavar="[FIGURE]", required=False)
@click.option("--text", metavar="TEXTE", help="Le commentaire, en Markdown ; sans lui, un fichier "
              "vide est préparé.")  # fmt: skip
@click.option("--role", metavar="RÔLE", default="", help="Fonction de qui parle, jamais son nom.")
@click.option("--cycle", metavar="CYCLE", default="", help="Cycle dont il parle ; sinon tous.")
@click.option("--reply", is_flag=True, help="C'est le territoire qui répond (droit de réponse).")
@click.option("--diffusion", metavar="NIVEAU", default="",
              help="Jusqu'où il circule : territoire (sans rien), réseau, public.")  # fmt: skip
@click.option("--report", "report_id", metavar="RAPPORT", default="",
              help="Rapport dont il parle, sinon celui du plan : comparaison-71.")  # fmt: skip
@click.option("--rebind", is_flag=True, help="Dire d'un commentaire : relu, il vaut toujours.")
@click.option("--list", "listed", is_flag=True, help="Lister les commentaires, et ceux à relire.")
@json_option
@click.pass_context
def comment(ctx: click.Context, territory: str | None, figure: str | None, as_json: bool,
            **options: Any) -> int:  # fmt: skip
    """Commenter une FIGURE d'un TERRITOIRE ; sans FIGURE, dire lesquelles on peut commenter.

    FIGURE est son identifiant, ou son numéro dans le rapport : 3, « tableau 2 ». TERRITOIRE est
    « reseau » pour le rapport du réseau.

    Exemple : dts comment 71 3 --role Animatrice --text "Le creux vient d'un changement de saisie."
    """
    book = book_of(ctx)
    value: Any
    if figure is None or options["listed"]:
        from dts_research.cli.commented import told

        place = place_of(book, territory, report_id=options["report_id"]) if territory else None
        value, lines = told(book, place, figures=not options["listed"])
    elif options["rebind"]:
        value = rebind(book, str(territory), figure, options)
        lines = [f"Relu et confirmé : {value['file']}"]
    else:
        value = write(book, str(territory), figure, options)
        lines = value.pop("lines")
    if as_json:
        print_json(value)
    for line in () if as_json else lines:
        click.echo(line)
    return 0


def place_of(book: Workbook, territory: str, *, report_id: str = "", cycle: str = "") -> Place:
    """Find the report of a territory that is spoken of, as it was last made."""
    from dts_research.cli.making import planned
    from dts_research.reports.comments import NETWORK
    from dts_research.reports.manifest import Manifest
    from dts_research.reports.names import plain, slug

    network = plain(territory) in (NETWORK, "network")
    found = None if network else book.resolve(territory)
    folder = NETWORK if found is None else slug(found.id)
    reports = planned(book, [] if found is None else [found.id])
    own = [one for one in reports if one.territory == (found.id if found else "")]
    entries = Manifest(book.workspace.reports).read()
    base = report_id or (own[0].id if own else folder)
    with_cycle = next((e for e in entries.values() if e.id.startswith(f"{base}-") and
                       e.parameters.get("cycle") == cycle), None) if cycle else None  # fmt: skip
    entry = with_cycle or entries.get(base)
    if report_id and entry is None:
        known = [e.id for e in entries.values() if e.territory == (found.id if found else "")]
        raise RequestError(
            f"Le rapport « {report_id} » n'a pas été fait, ou ne parle pas de ce territoire.",
            f"Rapports faits : {', '.join(known) or 'aucun'}.",
        )
    return Place(folder, entry.id if entry else base, found.label if found else "", entry)


def figure_of(place: Place, name: str) -> str:
    """Find a figure by its identifier, its number or its title.

    Raises
    ------
    RequestError
        When the report has none of this name, with the nearest one.
    """
    from dts_research.reports.names import nearest, plain

    figures = place.read().figures
    wanted = f"figure {name}" if name.strip().isdigit() else name
    for identifier, one in figures.items():
        if plain(wanted) in {plain(identifier), plain(one["called"]), plain(one["title"])} - {""}:
            return identifier
    close = nearest(name, figures)
    raise RequestError(
        f"« {name} » n'est pas dans le rapport « {place.report} ».",
        (f"Vouliez-vous dire « {close} » ? " if close else "")
        + f"Voir ce qu'on peut commenter : dts comment {place.folder}",
    )


def write(book: Workbook, territory: str, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Write a new comment, bound to the report as it was last made."""
    from dts_research.reflection.commentary import REPLY
    from dts_research.reflection.commentary_writing import add
    from dts_research.reflection.reviewing import DRAFT
    from dts_research.workbook.material import this_day

    cycle = _cycle(book, options["cycle"])
    place = place_of(book, territory, report_id=options["report_id"], cycle=cycle)
    figure = figure_of(place, name)
    one = place.figures[figure]
    fields = {"role": " ".join(options["role"].split()), "state": DRAFT, "report": place.report,
              "nature": REPLY if options["reply"] else "commentaire", "data": one["data"],
              "written": this_day().isoformat(),
              "diffusion": _diffusion(options["diffusion"])}  # fmt: skip
    text = options["text"] or ""
    made = add(book.workspace, territory=place.folder, cycle=cycle, figure=figure, text=text,
               fields=fields)  # fmt: skip
    return {"id": made.id, "file": str(made.path), "figure": figure, "report": place.report,
            "lines": list(_written_lines(book, made, one, place))}  # fmt: skip


def _written_lines(
    book: Workbook, made: Written, figure: Mapping[str, str], place: Place
) -> Iterator[str]:
    from dts_research.reflection.spoken import guarded

    about = ", ".join(filter(None, (figure["called"], f"« {figure['title']} »")))
    yield f"Commentaire écrit (brouillon) : {made.path}"
    yield f"Il parle de : {about}, dans « {place.report} »."
    if not made.text:
        yield "Écrire le texte sous l'en-tête, avec n'importe quel éditeur, et enregistrer."
    if guarded(book, [made.text]) != [made.text]:
        yield "Un nom ou des coordonnées y seront masqués à l'affichage : préférer une fonction."
    if not made.fields.get("role"):
        yield "Dire qui parle, par sa fonction, sur la ligne « rôle de l'auteur » (ou --role)."
    asked = place.folder if place.label else place.report
    yield f"Il se lira au prochain : dts report {asked}"


def _cycle(book: Workbook, name: str) -> str:
    from dts_research.reports.names import nearest, plain

    if not name:
        return ""
    (cycles,) = book.frames("cycles")
    for row in cycles.itertuples():
        if plain(name) in (plain(str(row.cycle_id)), plain(str(row.label))):
            return str(row.cycle_id)
    known = [str(code) for code in cycles["cycle_id"]]
    close = nearest(name, known)
    meant = f"Vouliez-vous dire « {close} » ? " if close else ""
    raise RequestError(
        f"Cycle « {name} » inconnu.", f"{meant}Cycles connus : {', '.join(known) or 'aucun'}."
    )


def _diffusion(name: str) -> str:
    from dts_research.schema import catalogue

    known = catalogue().codelists["diffusion"]
    code = known.code_of(name) or known.alike(name) if name else ""
    if code is None:
        labels = ", ".join(label.lower() for label in known.labels.values())
        raise RequestError(f"Diffusion « {name} » inconnue.", f"Choisir parmi : {labels}.")
    return code


def rebind(book: Workbook, territory: str, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Say of a comment that it was read again and still holds, on the data of today's report."""
    from dts_research.reflection.commentary_writing import amend
    from dts_research.workbook.material import this_day

    one = _one_comment(book, territory, name, options)
    place = place_of(book, one.territory, report_id=one.fields.get("report", ""), cycle=one.cycle)
    figures = place.read().figures
    if one.figure not in figures:
        raise RequestError(
            f"La figure de « {one.id} » n'est plus dans le rapport « {place.report} ».",
            "La reprendre sur une autre figure, ou laisser le commentaire à la fin du rapport.",
        )
    day = this_day().isoformat()
    amend(one, {"confirmed": day, "report": place.report, "data": figures[one.figure]["data"]})
    return {"id": one.id, "file": str(one.path), "confirmed": day}


def _one_comment(book: Workbook, territory: str, name: str, options: Mapping[str, Any]) -> Written:
    """Find a comment by its own identifier, or by its figure when it is alone on it."""
    from dts_research.reflection.commentary import read_all

    place = place_of(book, territory)
    everything = read_all(book.workspace, place.folder)
    wanted = name.removesuffix(".md").casefold()
    found = [one for one in everything if one.id.casefold() == wanted]
    if not found:
        figure = figure_of(place, name) if place.figures else name
        found = [one for one in everything if one.figure == figure]
    if options["cycle"]:
        found = [one for one in found if one.cycle == _cycle(book, options["cycle"])]
    found = [one for one in found if one.reply] if options["reply"] else found
    if len(found) == 1:
        return found[0]
    if not found:
        raise RequestError(
            f"Aucun commentaire sur « {name} » pour ce territoire.",
            f"Les lister : dts comment {place.folder} --list",
        )
    names = ", ".join(one.id for one in found)
    raise RequestError(
        f"{len(found)} commentaires parlent de « {name} ».", f"Nommer l'un d'eux : {names}."
    )
