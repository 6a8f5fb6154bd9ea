"""``dts compare``: a territory beside others, to understand and never to rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from dts_research.cli import book_of, json_option, print_json, report_options
from dts_research.errors import MaterialError, RequestError
from dts_research.reports.manifest import Manifest
from dts_research.reports.names import plain

if TYPE_CHECKING:
    from dts_research.cli.making import Made, Order
    from dts_research.reports.plan import Report
    from dts_research.reports.press import Press
    from dts_research.workbook import Workbook
    from dts_research.workbook.comparing import Comparison

NOTEBOOK, FAMILY = "compare.ipynb", "comparaison"


@dataclass(frozen=True)
class Beside:
    """What a territory is set beside, as typed.

    Parameters
    ----------
    among, indicators
        Codes or names separated by commas; "" for all.
    """

    among: str = ""
    indicators: str = ""
    period: str = ""
    count: str = ""
    base: str = ""

    def values(self) -> list[str]:
        """Values of parameters of the notebook, as ``name=value``."""
        named = {"territories": self.among, "indicators": self.indicators, "period": self.period,
                 "count": self.count, "base": self.base}  # fmt: skip
        return [f"{name}={value}" for name, value in named.items() if value]


@click.command()
@click.argument("names", metavar="TERRITOIRE...", nargs=-1, required=True)
@click.option("--with", "among", metavar="LISTE", default="",
              help="À mettre en regard : 58,89 ou une région, R27 ; sans rien, tous.")  # fmt: skip
@click.option("--indicators", metavar="LISTE", default="", help="Indicateurs ; sans rien, tous.")
@click.option("--period", metavar="ANNÉE", default="", help="Année ; sans rien, la dernière.")
@click.option("--count", metavar="INDICATEUR", default="", help="Ce que l'entonnoir compte,")
@click.option("--base", metavar="INDICATEUR", default="", help="et à quoi il le rapporte.")
@report_options
@json_option
@click.pass_context
def compare(ctx: click.Context, names: tuple[str, ...], as_json: bool, **options: Any) -> int:
    """Mettre un territoire en regard d'autres, pour comprendre et jamais pour classer.

    Exemple : dts compare 71 ; dts compare 71 --with R27 --indicators taux_pauvrete
    """
    from dts_research.cli.making import Order

    beside = Beside(**{name: options.pop(name) for name in Beside.__dataclass_fields__})
    order = Order(**options)
    made = make(book_of(ctx), names, beside, order, progress=not as_json)
    if as_json:
        print_json(made.as_json())
    for line in () if as_json else made.lines():
        click.echo(line)
    return made.exit_code


def make(
    book: Workbook, names: Sequence[str], beside: Beside, order: Order, *, progress: bool = False
) -> Made:
    """Make the comparisons asked for: missing, stale, or older than the names of classes."""
    from dts_research.cli.choosing import with_texts
    from dts_research.cli.making import planned, press_of, produce
    from dts_research.reports.plan import Report

    press = replace(press_of(book), formats=order.kinds(), strict=order.strict)
    if plain(order.reader or "") == "elu":
        raise RequestError(
            "Une comparaison n'a pas de page d'élu.", "Choisir : animateur ou chercheur."
        )
    found = [book.resolve(name) for name in names]
    _check(book)
    reports = [
        Report(f"{FAMILY}-{one.id}", NOTEBOOK, one.id, label=one.label, family=FAMILY)
        for one in found
    ]
    asked = [
        with_texts(book, report, press, [*beside.values(), *order.values()]) for report in reports
    ]
    for report in asked:
        _offer_names(book, _opened(book, report))
    renamed = any(_renamed(book, press, report.id) for report in asked)
    order = replace(order, force=order.force or renamed)
    return produce(
        asked, planned(book), press, order, progress=progress, again=lambda: press_of(book)
    )


def _renamed(book: Workbook, press: Press, name: str) -> bool:
    """Whether the group wrote names of classes after the comparison was made."""
    from dts_research.workbook.class_names import names_path

    entry, path = Manifest(press.out).read().get(name), names_path(book.workspace)
    files = [book.workspace.reports / file for file in entry.outputs] if entry else []
    made = [file.stat().st_mtime_ns for file in files if file.is_file()]
    return bool(made) and path.is_file() and path.stat().st_mtime_ns > max(made)


def _opened(book: Workbook, report: Report) -> Comparison:
    """Open the comparison that a report is about, and refuse what it does not hold.

    Raises
    ------
    RequestError
        When an indicator is not in it, or nothing is about the year.
    """
    from dts_research.display.compared import together_of

    given = report.parameters
    one = book.comparison(
        report.territory, among=given.get("territories", ()),
        indicators=given.get("indicators", ()), period=str(given.get("period", "")),
        audience=report.audience,
    )  # fmt: skip
    known = list(one.indicators["indicator_id"])
    for asked in (given.get("count", ""), given.get("base", "")):
        if asked and asked not in known:
            fix = f"Indicateurs connus : {', '.join(known)}."
            raise RequestError(f"L'indicateur « {asked} » n'est pas dans la comparaison.", fix)
    if one.period and not any(together_of(one).periods.values()):
        raise RequestError(
            f"Aucun indicateur ne porte sur {one.period}.", "Laisser --period de côté pour voir."
        )
    return one


def _offer_names(book: Workbook, one: Comparison) -> None:
    """Write the classes that nobody named yet, for the group to name them."""
    from dts_research.display.charts_factor import class_told, found_in
    from dts_research.display.style import listing
    from dts_research.workbook.class_names import name_classes, names_path

    found = found_in(one)
    if isinstance(found, str):
        return
    members = found.made.classes.members
    told = {
        letter: f"{class_told(found, letter)} : {listing([one.names[str(row)] for row in rows])}"
        for letter, rows in members.items()
    }
    name_classes(names_path(book.workspace), one.study, members, told)


def _check(book: Workbook) -> None:
    """Refuse to compare where no context data has been received.

    Raises
    ------
    MaterialError
        When the workbook holds no observation.
    """
    if not book.workspace.store.is_file() or book.frames("observations")[0].empty:
        raise MaterialError(
            "Aucun tableau d'indicateurs par territoire n'a été reçu dans ce classeur.",
            "En recevoir un, un territoire par ligne : dts receive tableau.csv",
        )
