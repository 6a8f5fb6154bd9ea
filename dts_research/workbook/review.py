"""The whole store read again: rules that hold between tables, what is missing or contradictory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from dts_research.schema import Schema
from dts_research.store import Store, clock
from dts_research.workbook.agreed import withdrawn_records
from dts_research.workbook.keeping import damaged

COLUMNS = ("table", "record", "column", "value", "rule", "severity", "message", "fix")
IMPORTS = "imports"
# Doubts of a reception that the rules of this module say in their own words.
SAID_ABOVE = {("experiences", "order"), ("experience_places", "place")}
Issue = dict[str, str]


def review(store: Store, *, today: date | None = None, raw: Path | None = None) -> pd.DataFrame:
    """Check every table of the store against the others, and the kept files against their names.

    Parameters
    ----------
    store
        The open store.
    today
        Day against which what is due is measured.
    raw
        Folder where received files are kept as they came.

    Returns
    -------
    pandas.DataFrame
        One row per problem: table, record, column, value, rule, severity (``error``,
        ``to_confirm``, ``note``), message and fix in French.
    """
    day = today or clock.today()
    frames = {name: store.load(name) for name in store.catalogue.tables}
    issues = [
        *(i for name, schema in store.catalogue.tables.items() for i in _links(schema, frames)),
        *_dates_in_order(frames["experiences"]),
        *_without_place(frames["experiences"], frames["experience_places"]),
        *_contradictory_places(
            frames["experience_places"], frames["experiences"], store.confirmed()
        ),
        *_unsaid(frames["decisions"], day),
        *_unconfirmed(store),
        *(_damaged(store, raw) if raw is not None else ()),
    ]
    return pd.DataFrame(issues, columns=list(COLUMNS))


def _links(schema: Schema, frames: dict[str, pd.DataFrame]) -> Iterator[Issue]:
    frame = frames[schema.name]
    for column, target in schema.foreign_keys:
        key = frames[target].columns[0]
        known = set(frames[target][key])
        for record, value in zip(frame[schema.key], frame[column]):
            if pd.notna(value) and value not in known:
                yield _issue(
                    (schema.name, record, column, value), "reference", "error",
                    f"« {value} » n'est pas dans la table « {target} ».",
                    "Recevoir le fichier qui le décrit, ou corriger l'identifiant.",
                )  # fmt: skip


def _dates_in_order(experiences: pd.DataFrame) -> Iterator[Issue]:
    for row in experiences.itertuples():
        if _is_day(row.started_on) and _is_day(row.ended_on) and row.ended_on < row.started_on:
            yield _issue(
                ("experiences", row.experience_id, "ended_on", str(row.ended_on)), "dates",
                "error", f"La fin ({row.ended_on}) précède le début ({row.started_on}).",
                "Corriger l'une des deux dates dans le fichier d'origine.",
            )  # fmt: skip


def _without_place(experiences: pd.DataFrame, places: pd.DataFrame) -> Iterator[Issue]:
    placed = set(places["experience_id"])
    for record in experiences["experience_id"]:
        if record not in placed:
            yield _issue(
                ("experiences", record, "", ""), "place", "to_confirm",
                "Aucun lieu : la fiche n'apparaît dans aucun rapport de territoire.",
                "Ajouter une ligne dans « Lieux des expériences ».",
            )  # fmt: skip


def _contradictory_places(
    places: pd.DataFrame, experiences: pd.DataFrame, confirmed: Collection[tuple[str, str, str]]
) -> Iterator[Issue]:
    titles = dict(zip(experiences["experience_id"], experiences["title"]))
    for row in places[places["contradiction"].fillna(False)].itertuples():
        said = str(row.contradiction_note).rstrip(".")
        if ("experience_places", row.place_id, said) in confirmed:
            continue
        yield _issue(
            ("experience_places", row.place_id, "evidence", str(row.evidence)), "contradiction",
            "to_confirm", f"« {titles.get(row.experience_id, '?')} » : {row.contradiction_note}",
            "Vérifier le lieu auprès de la structure ; le lieu retenu et ce que dit le fichier "
            "sont gardés tous les deux.",
        )  # fmt: skip


def _unsaid(decisions: pd.DataFrame, day: date) -> Iterator[Issue]:
    for row in decisions.itertuples():
        late = _is_day(row.due_on) and row.due_on < day
        if late and row.status in ("to_do", "in_progress") and pd.isna(row.what_happened):
            yield _issue(
                ("decisions", row.decision_id, "what_happened", ""), "follow_up", "note",
                f"Échéance passée ({row.due_on}) et rien n'est dit de la suite.",
                "Demander au porteur ce qui s'est passé, et l'écrire.",
            )  # fmt: skip


def _unconfirmed(store: Store) -> Iterator[Issue]:
    """Doubts told at a reception that nobody answered since."""
    gone = withdrawn_records(store)
    for one in store.doubts():
        table, record, name = one["table"], one["record"], one["field"]
        if (table, one["rule"]) in SAID_ABOVE or record in gone.get(table, ()):
            continue
        title = f"« {store.catalogue.tables[table].field(name).title} »" if name else ""
        head = f"{title} : " if title and not one["said"].startswith(title) else ""
        sheet = f", feuille « {one['sheet']} »" if one["sheet"] else ""
        yield _issue(
            (table, record, name, ""), one["rule"], "to_confirm",
            f"{head}{one['said']} ({one['file']}{sheet}, ligne {one['row']}).",
            "Répondre dans la feuille « À confirmer » du classeur rendu à la réception "
            "(data/quarantine), puis recevoir ce classeur ; ou corriger le fichier et le renvoyer.",
        )  # fmt: skip


def _damaged(store: Store, raw: Path) -> Iterator[Issue]:
    for file, sha256, message in damaged(store, raw):
        yield _issue(
            (IMPORTS, file, "sha256", sha256), "raw_file", "error", message,
            "Remettre le fichier d'origine dans « data/inbox » et le recevoir : la copie sera "
            "refaite ; sinon, la reprendre d'une sauvegarde.",
        )  # fmt: skip


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not pd.isna(value)


def _issue(
    where: tuple[str, str, str, str], rule: str, severity: str, message: str, fix: str
) -> Issue:
    return dict(zip(COLUMNS, (*where, rule, severity, message, fix)))
