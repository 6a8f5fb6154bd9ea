"""What ``dts list`` and ``dts report`` do: the plan, the workbook and the press put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dts_research.cli.receiving import plural
from dts_research.errors import MaterialError, RequestError
from dts_research.protect.disclosure import PEOPLE_FLOOR, Policy
from dts_research.reports.freshness import STATES
from dts_research.reports.freshness import states as report_states
from dts_research.reports.parameters import declared_parameters, with_values
from dts_research.reports.plan import Report, expand, load_plan, select
from dts_research.reports.pool import Outcome, make_reports
from dts_research.reports.press import Press
from dts_research.schema import catalogue
from dts_research.workbook import READERS, Workbook
from dts_research.workbook.arrival import as_rows
from dts_research.workbook.material import check_reader, years_of


@dataclass(frozen=True)
class Made:
    """What a batch did, with where to look."""

    outcome: Outcome
    folder: Path

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
        made, skipped, failed = self.outcome.made, self.outcome.skipped, self.outcome.failed
        yield (
            f"{plural(len(made), 'rapport fait', 'rapports faits')}, "
            f"{len(skipped)} déjà à jour, {len(failed)} en échec, "
            f"en {self.outcome.seconds:.0f} secondes."
        )
        for name, why in failed.items():
            yield f"En échec : {name} : {why}"
        if 0 < len(made) <= 3:
            for name in made:
                yield f"À ouvrir : {self.folder / self.outcome.outputs[name][0]}"
        yield f"Tous les rapports : {self.folder / 'index.html'}"


def press_of(book: Workbook) -> Press:
    """The press of a workbook: its notebooks, its material, its output folder."""
    digest = ""
    if book.workspace.store.is_file():
        with book.store() as store:
            digest = store.digest()
    return Press(
        notebooks=book.workspace.notebooks, data=book.workspace.data, out=book.workspace.reports,
        digest=digest, name=book.workspace.name, fictional=book.workspace.fictional,
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


def make(
    book: Workbook, names: Sequence[str], *, progress: bool, only: str | None = None,
    parameters: Sequence[str] = (), audience: str | None = None, force: bool = False,
    workers: int | None = None,
) -> Made:  # fmt: skip
    """Make the reports asked for that are missing or stale."""
    if not book.workspace.store.is_file():
        raise MaterialError(
            "Aucun fichier n'a encore été reçu dans ce classeur.",
            f"Déposer des fichiers dans « {book.workspace.inbox} », puis écrire : dts receive",
        )
    press = press_of(book)
    plan = planned(book, names)
    names = [_code_of(book, plan, name) for name in names]
    asked = [
        _with(report, press, parameters, audience)
        for report in select(plan, names, only=only or "")
    ]
    everything = {report.id: report for report in (*plan, *asked)}
    outcome = make_reports(
        asked, press, plan=tuple(everything.values()), progress=progress, force=force,
        workers=workers,
    )  # fmt: skip
    return Made(outcome, press.out)


def _code_of(book: Workbook, plan: Sequence[Report], name: str) -> str:
    """Read « bouches du rhone » or 13 as the plan's own code."""
    try:
        select(plan, [name])
        return name
    except RequestError:
        return str(book.resolve(name).id)


def _with(report: Report, press: Press, parameters: Sequence[str], audience: str | None) -> Report:
    """Apply the values typed by a person; the report is then a variant with its own files."""
    texts = [*([f"audience={audience}"] if audience else []), *parameters]
    if not texts:
        return report
    changed = with_values(report, texts, declared_parameters(press.notebooks / report.notebook))
    _refuse_wrong_values(changed.parameters)
    return changed


def _refuse_wrong_values(values: Mapping[str, Any]) -> None:
    """Refuse a reader, a period or a threshold that no notebook would accept."""
    check_reader(values.get("reader", READERS[0]))
    years_of(str(values.get("period", "")))
    Policy(people=int(values.get("min_count", PEOPLE_FLOOR)))


def states(book: Workbook) -> list[dict[str, Any]]:
    """Where each report of the plan stands."""
    press = press_of(book)
    return [
        {
            "id": one.report.id, "notebook": one.report.notebook,
            "territory": one.report.territory, "label": one.report.label,
            "parameters": dict(one.report.parameters), "audience": one.report.audience,
            "state": one.state, "why": one.why,
            "made_at": one.entry.made_at if one.entry else None,
            "outputs": [str(press.out / name) for name in one.entry.outputs] if one.entry else [],
        }
        for one in report_states(planned(book), press)
    ]  # fmt: skip


def records(book: Workbook, table: str) -> list[dict[str, Any]]:
    """All rows of a table."""
    (frame,) = book.frames(table)
    return [{"id": row[catalogue().tables[table].key], **row} for row in as_rows(frame)]


def lines_of(rows: list[dict[str, Any]], table: str | None) -> Iterator[str]:
    """Say each report's state, or each row's id and name."""
    for row in rows:
        if table is None:
            why = f" ({row['why']})" if row["why"] else ""
            state = STATES.get(row["state"], row["state"])
            yield f"{row['id']:<28} {row['label'] or 'Réseau':<32} {state}{why}"
        else:
            name = row.get("title") or row.get("label") or row.get("statement") or ""
            yield f"{row['id']:<28} {name}"
    yield (
        plural(len(rows), "ligne", "lignes") if table else plural(len(rows), "rapport", "rapports")
    )
