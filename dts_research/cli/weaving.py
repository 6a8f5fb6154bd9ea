"""``dts export-territory`` and ``dts merge``: the same work done on separate machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dts_research.cli import book_of, json_option, print_json, say
from dts_research.cli.outcome import plural
from dts_research.errors import DtsError, RequestError
from dts_research.schema import catalogue

if TYPE_CHECKING:
    from dts_research.reflection.bundles_choosing import Conflict
    from dts_research.reflection.bundles_here import Choice
    from dts_research.reflection.bundles_making import Made
    from dts_research.reflection.bundles_merging import Merged
    from dts_research.workbook import Workbook

MOST, LONG = 8, 110
WORDS = {
    "texts": "Commentaires",
    "vues.jsonl": "Vues gardées",
    "seances.jsonl": "Séances préparées",
}
KEPT_IN_HAND = (
    "Ce lot porte aussi ce que le territoire garde pour lui : ne le donner qu'à qui y travaille."
)
BROUGHT = (
    ("nouvelle", "nouvelles"),
    ("modifiée", "modifiées"),
    ("remise comme avant, à choisir", "remises comme avant, à choisir"),
)
CHOSEN = "{} ; les autres versions restent dans l'historique."
HOW = "→ Mettre un x devant la version à garder dans « {} », puis : dts merge, suivi de son chemin."


@click.command("export-territory")
@click.argument("name", metavar="TERRITOIRE")
@click.option("--out", type=click.Path(path_type=Path), metavar="FICHIER",
              help="Où l'écrire ; sans rien, contributions-TERRITOIRE.zip ici.")  # fmt: skip
@click.option("--cycle", metavar="CYCLE", default="", help="Seulement ce cycle : C3.")
@click.option("--all", "everything", is_flag=True,
              help="Avec ce que le territoire garde pour lui.")  # fmt: skip
@json_option
@click.pass_context
def export_territory(
    ctx: click.Context, name: str, out: Path | None, cycle: str, everything: bool, as_json: bool,
) -> None:  # fmt: skip
    """Réunir les contributions d'un territoire en un fichier à transmettre, lisible par tous.

    « reseau » réunit ce qui s'est dit et décidé au national.

    Exemple : dts export-territory 71 ; dts export-territory 71 --all --out pour-claire.zip
    """
    from dts_research.reflection import bundles_making

    book = book_of(ctx)
    place = bundles_making.place_of(book, name)
    path = out or Path(f"contributions-{place.id}.zip")
    made = bundles_making.export_territory(book, name, path, cycle=cycle, everything=everything)
    if as_json:
        return print_json({
            "file": str(made.path), "territory": place.id, "counts": dict(made.counts),
            "everything": made.everything, "stayed": list(made.stayed.sentences()),
        })  # fmt: skip
    for line in _made_lines(made):
        click.echo(line)
    return None


def _made_lines(made: Made) -> Iterator[str]:
    yield f"Contributions réunies ({made.territory.label}) : {made.path}"
    tables = catalogue().tables
    told = [(WORDS.get(n) or tables[n].title, count) for n, count in made.counts.items() if count]
    yield f"    {' ; '.join(f'{title} : {count}' for title, count in told)}."
    stayed = list(made.stayed.sentences())
    if stayed:
        yield "Reste dans le classeur, ou n'en sort pas en entier :"
        yield from (f"    {said}." for said in stayed)
    if made.everything:
        yield KEPT_IN_HAND
    elif made.stayed.kept_home or made.stayed.texts or made.stayed.lines:
        yield "→ Entre personnes du même territoire, --all prend aussi ce qu'il garde pour lui."


@click.command()
@click.argument("paths", metavar="[FICHIER]...", nargs=-1, type=click.Path(path_type=Path))
@json_option
@click.pass_context
def merge(ctx: click.Context, paths: tuple[Path, ...], as_json: bool) -> int:
    """Joindre des lots faits par « dts export-territory », ou le classeur des versions choisies.

    Rien n'est écrasé : ce qui a été écrit différemment de deux côtés reste comme c'était, et un
    classeur demande laquelle garder. L'ordre des lots ne change rien. Sans FICHIER : dire ce qui
    attend un choix.

    Exemple : dts merge contributions-71.zip contributions-13.zip ; dts merge deux-versions.xlsx
    """
    from dts_research.reflection import bundles_choosing as choosing
    from dts_research.reflection.bundles_merging import merge as join

    book = book_of(ctx)
    answers = [path for path in paths if choosing.is_answer(path)]
    made, refused = _choices(book, answers)
    done, others = (
        join(book, [path for path in paths if path not in answers]) if paths else ([], [])
    )
    refused += others
    waiting = choosing.conflicts(book)
    target = choosing.free_name(book, waiting) if waiting else None
    if target:
        choosing.write_conflicts(waiting, target)
    if as_json:
        print_json(_as_json(done, made, refused, waiting))
    for line in () if as_json else (*_merged_lines(done, made), *_waiting_lines(waiting, target)):
        click.echo(line)
    for path, error in refused:
        say(f"{path.name} : {error.message}" + (f"\n→ {error.fix}" if error.fix else ""))
    if refused and not done and not made:
        return max(error.exit_code for _, error in refused)
    return int(bool(refused) or any(one.apart for one in done))


def _choices(
    book: Workbook, paths: Sequence[Path]
) -> tuple[list[Choice], list[tuple[Path, DtsError]]]:
    from dts_research.reflection.bundles_choosing import choose

    made: list[Choice] = []
    refused: list[tuple[Path, DtsError]] = []
    for path in paths:
        try:
            if not path.is_file():
                raise RequestError(f"Le fichier « {path} » n'existe pas.", "Vérifier son nom.")
            made += choose(book, path)
        except DtsError as error:
            refused.append((path, error))
    return made, refused


def _merged_lines(done: Sequence[Merged], made: Sequence[Choice]) -> Iterator[str]:
    for one in done:
        label = one.bundle.about.get("label", "")
        if not one.brings:
            yield f"{one.bundle.name} ({label}) : rien de nouveau."
        else:
            yield f"{one.bundle.name} ({label}) :"
        waiting = {key for _, key in one.apart}
        for table in dict.fromkeys((*one.new, *one.changed)):
            moved = one.changed.get(table, ())
            counts = (len(one.new.get(table, ())), len(set(moved) - waiting),
                      len(set(moved) & waiting))  # fmt: skip
            said = ", ".join(plural(n, *w) for n, w in zip(counts, BROUGHT) if n)
            yield f"    {catalogue().tables[table].title} : {said}"
        if one.texts:
            yield f"    {plural(one.texts, 'commentaire écrit', 'commentaires écrits')}"
        if one.lines:
            told = plural(one.lines, "ligne ajoutée", "lignes ajoutées")
            yield f"    Vues gardées et séances préparées : {told}"
        if one.withdrawn:
            told = plural(one.withdrawn, "ligne retirée ici ne revient",
                          "lignes retirées ici ne reviennent")  # fmt: skip
            yield f"    {told} pas."
    if made:
        yield CHOSEN.format(plural(len(made), "choix pris", "choix pris"))


def _waiting_lines(waiting: Sequence[Conflict], target: Path | None) -> Iterator[str]:
    """Show what was written differently on several sides, and how to choose."""
    if not waiting:
        yield "Rien n'attend de choix."
        return
    told = plural(len(waiting), "ligne a été écrite", "lignes ont été écrites")
    stays = (
        "elle reste comme elle était" if len(waiting) == 1 else "elles restent comme elles étaient"
    )
    yield f"À choisir : {told} différemment de deux côtés ; {stays}, aucune version n'est perdue."
    for one in waiting[:MOST]:
        yield f"    {one.title} · {one.key[1]} · {_short(one.about)}"
        for version in one.versions:
            told = _short(one.difference(version).replace("\n", " ; "))
            yield f"        {one.author(version)} : {told}"
    if len(waiting) > MOST:
        yield f"    … et {len(waiting) - MOST} de plus, toutes dans le classeur."
    yield HOW.format(target)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONG else f"{line[: LONG - 1]}…"


def _as_json(
    done: Sequence[Merged],
    made: Sequence[Choice],
    refused: Sequence[tuple[Path, DtsError]],
    waiting: Sequence[Conflict],
) -> dict[str, Any]:
    return {
        "merged": [
            {"file": one.bundle.name, "import": one.import_id, "new": one.new,
             "changed": one.changed, "withdrawn": one.withdrawn, "comments": one.texts,
             "lines": one.lines, "conflicts": [list(key) for key in one.apart]}
            for one in done
        ],
        "chosen": [{"table": c.key[0], "id": c.key[1], "kept": c.kept} for c in made],
        "refused": [{"file": p.name, "error": e.message, "fix": e.fix} for p, e in refused],
        "waiting": [
            {"table": one.key[0], "id": one.key[1], "shown": one.shown, "fields": one.fields,
             "versions": [{"version": v.digest, "by": one.author(v), "says": v.says}
                          for v in one.versions]}
            for one in waiting
        ],
    }  # fmt: skip
