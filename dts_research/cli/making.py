"""What ``dts list`` and ``dts report`` do: the plan, the workbook and the press put together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dts_research.cli.choosing import code_of, with_texts
from dts_research.cli.outcome import plural
from dts_research.errors import MaterialError, RequestError
from dts_research.reflection.spoken import spoken
from dts_research.reports.failure_page import failure_page
from dts_research.reports.freshness import variants
from dts_research.reports.index import INDEX
from dts_research.reports.names import plain
from dts_research.reports.plan import Report, expand, load_plan, select
from dts_research.reports.pool import Outcome, make_reports
from dts_research.reports.press import (
    EXTRAS,
    FORMATS,
    HTML,
    PDF,
    POSTERS,
    SLIDES,
    USUAL,
    WARM,
    Press,
)  # fmt: skip
from dts_research.reports.storage import Objects, is_url
from dts_research.store.present import Present
from dts_research.workbook import READERS, Workbook

# What people call a format, its own name first.
WORDS = {
    HTML: ("html", "web"), PDF: ("pdf", "a4"), SLIDES: ("diapos", "diaporama", "slides"),
    POSTERS: ("affiches", "posters"), EXTRAS: ("reprise", "extras"),
}  # fmt: skip
ELU = "élu"
CIRCLES = {"territory": "le collectif du territoire", "network": "le réseau"}
LINE, MARGIN = 100, "    "


@dataclass(frozen=True)
class Made:
    """What a batch did, with where to look.

    Parameters
    ----------
    circles
        For each page that stands for an official, who may read it, in French; none for everybody.
    variants
        Reports made before for other readers or periods, which are out of date.
    """

    outcome: Outcome
    folder: Path | Objects
    circles: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when all went well, 1 when a report failed."""
        return self.outcome.exit_code

    def as_json(self) -> dict[str, Any]:
        """Give the value that ``dts report --json`` prints, with whole paths."""
        outputs = {
            name: [str(self.folder / file) for file in files]
            for name, files in self.outcome.outputs.items()
        }
        return self.outcome.as_json() | {"outputs": outputs, "folder": str(self.folder)}

    def lines(self) -> Iterator[str]:
        """Say what was made, what failed and where to look."""
        made, skipped = self.outcome.made, self.outcome.skipped
        failed = self.outcome.failed.keys() - {INDEX}
        yield (
            f"{plural(len(made), 'rapport fait', 'rapports faits')}, "
            f"{len(skipped)} déjà à jour, {len(failed)} en échec, "
            f"en {_lasted(self.outcome.seconds)}."
        )
        yield from self._failed()
        yield from self._overtaken()
        if self.variants:
            told = plural(len(self.variants), "rapport", "rapports")
            more = "…" if len(self.variants) > 3 else ""
            yield f"Restent à refaire, pour d'autres lecteurs ou périodes : {told}. Écrire :"
            yield f"    dts report {' '.join(self.variants[:3])}{more}"
        if 0 < len(made) <= 3:
            for name in made:
                yield f"À ouvrir : {self.folder / self.outcome.outputs[name][0]}"
        if self.circles:
            page, it = ("Cette page contient", "la")
            if len(self.circles) > 1:
                page, it = ("Ces pages contiennent", "les")
            yield f"{page} ce que {self.circles[0]} peut lire ;"
            yield f"pour {it} remettre en dehors : --audience public"
        if INDEX not in self.outcome.failed:
            yield f"Tous les rapports : {self.folder / INDEX}"

    def _failed(self) -> Iterator[str]:
        """Say what failed, once for the reports that failed alike."""
        alike: dict[str, list[str]] = {}
        for name, why in self.outcome.failed.items():
            alike.setdefault(why.replace(name, "…"), []).append(name)
        for why, names in alike.items():
            shown = f"{', '.join(names[:3])}{'…' if len(names) > 3 else ''}"
            several = f"{len(names)} rapports pour la même raison ({shown})"
            yield f"En échec : {names[0] if len(names) == 1 else several} : {why}"
            if told := failure_page(self.folder, names[0]):
                yield f"→ pourquoi, et que faire : {told}"

    def _overtaken(self) -> Iterator[str]:
        """Say what was made while something changed: it may not pass for up to date."""
        gone = self.outcome.overtaken
        if gone:
            yield (
                f"{plural(len(gone), 'rapport fait', 'rapports faits')} pendant que quelque chose "
                f"changeait ({next(iter(gone.values()))}) : à refaire, par la même commande."
            )


def _lasted(seconds: float) -> str:
    return plural(round(seconds), "seconde", "secondes") if seconds >= 1 else "moins d'une seconde"


def press_of(book: Workbook) -> Press:
    """The press of a workbook: its notebooks, its material, its output folder."""
    present = Present(book.workspace.store, book.workspace.data)
    return Press(
        notebooks=book.workspace.notebooks, data=book.workspace.data, out=book.workspace.reports,
        digest=present.stamp(), present=present, name=book.workspace.name,
        fictional=book.workspace.fictional,
        engine=WARM,
        comments=spoken(book), snapshots=book.workspace.snapshots,
    )  # fmt: skip


def planned(book: Workbook, names: Sequence[str] = ()) -> tuple[Report, ...]:
    """Every report of the plan; territories asked by name are added when the plan lacks them."""
    blocks = load_plan(book.workspace.notebooks / "plan.toml")
    territories = {t.id: t.label for t in book.territories()}
    reports = expand(blocks, list(territories.items()))
    for name in names:
        try:
            select(reports, [name])
        except RequestError as unknown:
            territory = _resolve(book, name, unknown)
            territories[territory.id] = territory.label
            reports = expand(blocks, list(territories.items()))
    return reports


def _resolve(book: Workbook, name: str, unknown: RequestError) -> Any:
    try:
        return book.resolve(name)
    except RequestError as error:
        raise (unknown if "-" in name and name.islower() else error) from error


def _place(text: str) -> Path | Objects:
    """Where outputs go, as typed: a folder of this machine, or an address."""
    return Objects(text) if is_url(text) else Path(text).expanduser().resolve()


@dataclass(frozen=True)
class Order:
    """What is asked of ``dts report``, as typed.

    Parameters
    ----------
    formats
        French names of the formats, separated by commas; "" for the usual ones.
    scheduler
        Address of the Dask scheduler whose machines make the reports.
    out
        Folder or address of the outputs, in place of that of the workbook.
    """

    only: str | None = None
    parameters: Sequence[str] = ()
    reader: str | None = None
    audience: str | None = None
    force: bool = False
    workers: int | None = None
    formats: str | None = None
    posters: bool = False
    extras: bool = False
    strict: bool = False
    engine: str = WARM
    scheduler: str | None = None
    out: str | None = None

    def values(self) -> list[str]:
        """Values of parameters, as ``name=value``; the reader in any spelling."""
        named = [("audience", self.audience), ("reader", self.reader)]
        given = [f"{name}={value}" for name, value in named if value]
        return [_spelled(text) for text in (*given, *self.parameters)]

    def kinds(self) -> tuple[str, ...]:
        """Formats to make.

        Raises
        ------
        RequestError
            When a name is not that of a format.
        """
        named = [name.strip() for name in (self.formats or "").split(",") if name.strip()]
        asked = {_format(name) for name in named} or {*USUAL}
        asked |= {POSTERS} if self.posters else set()
        asked |= {EXTRAS} if self.extras else set()
        return tuple(kind for kind in FORMATS if kind in asked)


def _spelled(text: str) -> str:
    """Write the reader as the notebooks do: « Elu » is « élu »."""
    name, _, value = text.partition("=")
    known = {plain(reader): reader for reader in READERS}
    reader = known.get(plain(value)) if name.strip() == "reader" else None
    return f"reader={reader}" if reader else text


def _format(name: str) -> str:
    known = {plain(word): kind for kind, words in WORDS.items() for word in words}
    if plain(name) not in known:
        first = ", ".join(words[0] for words in WORDS.values())
        raise RequestError(f"Format « {name} » inconnu.", f"Choisir parmi : {first}.")
    return known[plain(name)]


def make(
    book: Workbook, names: Sequence[str], order: Order | None = None, *, progress: bool = False
) -> Made:
    """Make the reports asked for that are missing or stale."""
    order = order or Order()
    press, plan, asked = asked_of(book, names, order)
    return produce(asked, plan, press, order, progress=progress, again=lambda: press_of(book))


def asked_of(
    book: Workbook, names: Sequence[str], order: Order
) -> tuple[Press, tuple[Report, ...], list[Report]]:
    """Give the press, the whole plan, and the reports of it that are asked for.

    Raises
    ------
    DtsError
        When nothing was received yet, or what is asked is not known.
    """
    if not book.workspace.store.is_file():
        raise _nothing_received(book, names)
    press = replace(press_of(book), formats=order.kinds(), strict=order.strict, engine=order.engine)
    if order.out:
        press = replace(press, out=_place(order.out), logs=book.workspace.reports)
    beside = _beside(book, press) if names or order.only else {}
    others = [name for name in names if name not in beside]
    plan = planned(book, others)
    codes = [code_of(book, plan, name) for name in others]
    every = plan if names else (*plan, *beside.values())
    chosen = select(every, codes, only=order.only or "") if others or not names else ()
    chosen += tuple(beside[name] for name in names if name in beside)
    return press, plan, [with_texts(book, report, press, order.values()) for report in chosen]


def _beside(book: Workbook, press: Press) -> dict[str, Report]:
    """Reports made before for other readers or periods, by id; at a new place there is none."""
    return {one.id: one for one in variants(planned(book), press)}


def produce(
    asked: Sequence[Report], plan: Sequence[Report], press: Press, order: Order, *,
    progress: bool, again: Callable[[], Press] | None = None,
) -> Made:  # fmt: skip
    """Make reports, and an index of them beside those of the plan."""
    everything = {report.id: report for report in (*plan, *asked)}
    outcome = make_reports(
        asked, press, plan=tuple(everything.values()), progress=progress, force=order.force,
        workers=order.workers, again=again, scheduler=order.scheduler or "",
    )  # fmt: skip
    there = {*outcome.made, *outcome.skipped}
    pages = [one for one in asked if one.id in there and one.parameters.get("reader") == ELU]
    circles = (CIRCLES.get(page.audience, "") for page in pages)
    others = outcome.stale.keys() - {report.id for report in plan}
    mine = tuple(f"{report.id}-" for report in asked)
    beside = tuple(sorted(name for name in others if name.startswith(mine)))
    return Made(outcome, press.out, tuple(filter(None, circles)), beside)


def _nothing_received(book: Workbook, names: Sequence[str]) -> MaterialError:
    """Say how to begin and, where the demonstration stands beside, how to try it."""
    fix = f"Déposer des fichiers dans « {book.workspace.inbox} », puis écrire : dts receive"
    demo = book.workspace.data / "demo"
    if (demo / "workbook.toml").is_file():
        received = (demo / "store" / "workbook.sqlite").is_file()
        asked = (f'"{name}"' if " " in name else name for name in names)
        words = " ".join(["report", *asked]) if received else "receive"
        fix += f"\n→ ou essayer la démonstration : dts --workbook {os.path.relpath(demo)} {words}"
    return MaterialError("Aucun fichier n'a encore été reçu dans ce classeur.", fix)
