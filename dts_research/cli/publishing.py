"""``dts publish``: a report for everybody, once all that it says was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dts_research.cli import book_of, json_option, print_json
from dts_research.errors import ProtectionError

if TYPE_CHECKING:
    from dts_research.reflection.commentary import Written
    from dts_research.reports.plan import Report
    from dts_research.workbook import Workbook

READ_BY = "lectures.md"
UNDECIDED = (
    "Réponse du territoire « {} » : on ne sait pas si elle peut être publiée. → Le demander au "
    "territoire, puis écrire dans son en-tête « diffusion : public », ou « diffusion : "
    "territoire » (le rapport dira alors qu'elle existe)."
)
ABSENT = (
    "La figure du commentaire « {} » n'est pas dans la version publique. → Le garder pour le "
    "territoire (« diffusion : territoire »), ou l'effacer."
)
OLD = (
    "Le commentaire « {} » a été écrit sur une version antérieure des données. → S'il vaut "
    "toujours : dts comment {} {} --rebind"
)
READ_WHERE = (
    "Ce que contient ce dossier a été relu avant d'être publié. Les réponses et les remarques des "
    "grilles de relecture restent dans le classeur."
)
PUBLIC, FOLDER = "public", "a-publier"


@click.command()
@click.argument("report", metavar="RAPPORT")
@click.option("--out", metavar="DOSSIER", type=click.Path(path_type=Path, file_okay=False),
              help="Où le mettre ; sinon dans reports/a-publier.")  # fmt: skip
@json_option
@click.pass_context
def publish(ctx: click.Context, report: str, out: Path | None, as_json: bool) -> int:
    """Préparer RAPPORT pour tout le monde, s'il a été relu, validé et dit diffusable.

    Ce qui manque est nommé, et rien n'est écrit tant qu'il manque quelque chose.

    Exemple : dts publish territoire-71 --out ~/a-envoyer
    """
    made = make_public(book_of(ctx), report, out)
    if as_json:
        print_json(made)
        return 0
    click.echo(f"Prêt à publier : {made['folder']}")
    for name in made["files"]:
        click.echo(f"    {name}")
    click.echo("Relire une dernière fois la page avant de l'envoyer.")
    return 0


def make_public(book: Workbook, name: str, out: Path | None) -> dict[str, Any]:
    """Make the files to publish, with who read what.

    Raises
    ------
    ProtectionError
        When something is not there yet, each thing told with what to do.
    """
    from dts_research.cli.making import Order, make
    from dts_research.cli.reviewing import public_report
    from dts_research.reports.disk import check_writable, write_whole
    from dts_research.reports.manifest import Manifest

    report, public = public_report(book, name)
    if _concerned(book, report):  # whether they are older than the data is told by this one
        make(book, [report.id], Order(formats="html"))
    made = make(book, [report.id], Order(audience=PUBLIC, strict=True))
    lacking = [*_lacking(book, report, public, made.outcome.failed.get(public.id, ""))]
    if lacking:
        lines = "\n".join(["", *(f"- {one}" for one in lacking), ""])
        raise ProtectionError(
            f"« {report.id} » ne peut pas encore être publié :{lines}",
            "Rien n'a été écrit. Faire ce qui est dit, puis recommencer.",
        )
    folder = (out or book.workspace.reports / FOLDER / report.id).expanduser()
    check_writable(folder)
    entry = Manifest(book.workspace.reports).read()[public.id]
    files = [one for one in entry.outputs if "/" not in one]
    for one in files:
        write_whole(folder / one, (book.workspace.reports / one).read_bytes())
    text = "\n".join(_who_read(book, report, entry.title)) + "\n"
    write_whole(folder / READ_BY, text.encode("utf-8"))
    return {"report": report.id, "folder": str(folder), "files": [*files, READ_BY]}


def _lacking(book: Workbook, report: Report, public: Report, failed: str) -> Iterator[str]:
    """What is not there yet, each with what to do about it."""
    from dts_research.cli.making import press_of
    from dts_research.cli.reviewing import standing_of
    from dts_research.reflection.reviewing import FIT
    from dts_research.reports.freshness import STALE, states
    from dts_research.reports.manifest import Manifest

    if failed:
        yield f"La version publique a des défauts : {failed.strip()}"
    (now,) = states([public], press_of(book))
    if now.state == STALE:  # a withdrawal, perhaps, that came while it was made
        yield f"La version publique n'est plus à jour ({now.why}). → Relancer cette commande."
    if Manifest(book.workspace.reports).read().get(public.id) is not None:
        one = standing_of(book, report.id)
        if one.state != FIT:
            why = f" ({one.why})" if one.why else ""
            yield (
                f"Le rapport est à l'état « {one.label.lower()} »{why}. "
                f"{_how(report.id, one.state)}"
            )
    for written in _concerned(book, report):
        yield from _comment_lacks(book, written, public)


def _how(name: str, state: str) -> str:
    from dts_research.reflection.reviewing import READ, VALIDATED

    if state in (READ, VALIDATED):
        following = "validé" if state == READ else "diffusable"
        return f"→ dts review {name} --state {following} --role « … »"
    return f"→ Le relire : dts review {name} --grid"


def _concerned(book: Workbook, report: Report) -> list[Written]:
    """Comments of a report, whoever may read them."""
    from dts_research.reflection.commentary import read_all
    from dts_research.reflection.spoken import family_of, plan_of
    from dts_research.reports.comments import NETWORK
    from dts_research.reports.names import slug

    blocks = plan_of(book)
    found = read_all(book.workspace, slug(report.territory or NETWORK))
    return [one for one in found if f"{report.id}-".startswith(f"{family_of(one, blocks)}-")]


def _comment_lacks(book: Workbook, one: Written, public: Report) -> Iterator[str]:
    from dts_research.cli.reviewing import standing_of
    from dts_research.reflection.reviewing import FIT
    from dts_research.reports.manifest import Manifest

    diffusion = one.fields.get("diffusion")
    if one.reply and diffusion is None:
        yield UNDECIDED.format(one.id)
    if diffusion != PUBLIC:
        return
    where = standing_of(book, one.id)
    if where.state != FIT:
        why = f" ({where.why})" if where.why else ""
        told = f"Le commentaire « {one.id} » est à l'état « {where.label.lower()} »{why}."
        yield f"{told} {_how(one.id, where.state)}"
    entry = Manifest(book.workspace.reports).read().get(public.id)
    if entry is not None and entry.figures and one.figure not in entry.figures:
        yield ABSENT.format(one.id)
    if _stale(book, one):
        yield OLD.format(one.id, one.territory, one.id)


def _stale(book: Workbook, one: Written) -> bool:
    from dts_research.cli.commented import CHANGED, data_of

    return data_of(book, one) == CHANGED


def _who_read(book: Workbook, report: Report, title: str) -> Sequence[str]:
    """What was read, by whom (their role) and when, as a page to keep with the report."""
    from dts_research.cli.reviewing import standing_of

    lines = [f"# {title}", "", READ_WHERE, ""]
    public = [one.id for one in _concerned(book, report) if one.fields.get("diffusion") == PUBLIC]
    for name in (report.id, *public):
        lines += _section(standing_of(book, name), "Le rapport" if name == report.id else name)
    return lines


def _section(one: Any, title: str) -> Iterator[str]:
    from dts_research.display.fragments import full_date
    from dts_research.protect.names import mask_persons
    from dts_research.schema import catalogue

    yield from (f"## {title}", "")
    for reading in one.readings:
        state = catalogue().label("review_status", reading.state).lower()
        yield f"- {full_date(reading.day)}, {mask_persons(reading.role)} : {state}"
    yield ""
