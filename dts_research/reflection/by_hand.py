"""The registers by hand: one decision or one hypothesis, created or moved."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from dts_research.errors import RequestError
from dts_research.intake.capture_days import day_of
from dts_research.intake.capture_entries import PIECES
from dts_research.intake.capture_known import (
    Record,
    Register,
    code_of,
    session_label,
    with_piece,
)
from dts_research.protect.names import mask_persons
from dts_research.schema.casts import to_date
from dts_research.schema.catalogue import catalogue, nearest_name, plain

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_ID = re.compile(r"[A-Z]{1,3}-\S+")
Row = dict[str, str]


@dataclass(frozen=True)
class Told:
    """What somebody says of one record on the command line.

    Parameters
    ----------
    subject
        Id of a record, or the statement of a new one.
    values
        Field -> text, blank where nothing is said.
    territory
        Id of its territory; empty for the whole network, or when it is known already.
    becomes
        Of a decision transformed: the decision that it becomes, its id or its statement.
    """

    subject: str
    values: Mapping[str, str]
    territory: str = ""
    becomes: str = ""


def rows_by_hand(table: str, told: Told, known: Register, *, today: date) -> list[Row]:
    """Make the rows that tell a record: itself first, then what it becomes.

    Raises
    ------
    RequestError
        When the id is unknown, a day cannot be read, or a person is named.
    """
    schema = catalogue().tables[table]
    values = {k: v.strip() for k, v in told.values.items() if v.strip()}
    record = known.record(table, told.subject)
    if not record and _ID.fullmatch(told.subject):
        raise _unknown(told.subject, known.all(table), schema.title)
    _check_people(values)
    _read_days(values, today)
    for name in PIECES:
        if record.get(name) and values.get(name):
            values[name] = with_piece(record[name], _teller(values, known, today), values[name])
    row = {**values, "updated_on": today.isoformat()}
    key = told.subject if record else _new(schema.key, table, told.territory, known)
    row[schema.key] = key
    if not record:
        held = known.record("sessions", values.get("session_id", "")).get("date", "")
        day = held or today.isoformat()
        row |= {"statement": told.subject, **_first(table, told, values, day)}
    return [row, *_heir(key, told, known, record or row, today)]


def _teller(values: Mapping[str, str], known: Register, today: date) -> str:
    """Who says a piece of evidence: a session, an analysis, or somebody that day."""
    by = values.get("moved_by", "")
    held = known.record("sessions", by).get("date", "")
    if to_date(held) is not None:
        return session_label(known, by, held)
    return f"Analyse « {by} »" if by else f"Le {today:%d/%m/%Y}"


def _first(table: str, told: Told, values: Mapping[str, str], day: str) -> Row:
    """What a record says the first time."""
    place = {"territory_id": told.territory} if told.territory else {}
    decided = {"status": "to_do", "decided_on": day}
    own = decided if table == "decisions" else {"status": "stated"}
    return {**place, **{name: text for name, text in own.items() if name not in values}}


def _heir(key: str, told: Told, known: Register, parent: Record, today: date) -> list[Row]:
    """The decision that another one becomes."""
    if not told.becomes:
        return []
    if known.record("decisions", told.becomes):
        return [{"decision_id": told.becomes, "parent_id": key}]
    if _ID.fullmatch(told.becomes):
        raise _unknown(told.becomes, known.all("decisions"), "Décisions")
    place = parent.get("territory_id", told.territory)
    new = _new("decision_id", "decisions", place, known)
    return [{"decision_id": new, "statement": told.becomes, "status": "to_do", "parent_id": key,
             "decided_on": today.isoformat(), "updated_on": today.isoformat(),
             **({"territory_id": place} if place else {})}]  # fmt: skip


def _new(key: str, table: str, territory: str, known: Register) -> str:
    """Id that nothing bears, and that another machine will hardly ever give."""
    prefix = catalogue().tables[table].field(key).example.partition("-")[0]
    start = "-".join(filter(None, (prefix, territory)))
    while True:
        made = f"{start}-{''.join(secrets.choice(LETTERS) for _ in range(4))}"
        if not known.record(table, made):
            return made


def _unknown(key: str, keys: Collection[str], title: str) -> RequestError:
    near = nearest_name(key, keys, 0.6)
    hint = f"Le plus proche est « {near} »." if near else f"Registre « {title} » : dts list."
    return RequestError(f"Aucun enregistrement ne porte l'identifiant « {key} ».", hint)


def _check_people(values: Mapping[str, str]) -> None:
    role = values.get("carrier_role", "")
    if mask_persons(role) != role:
        raise RequestError(
            "Une décision est portée par une structure ou un rôle, jamais par une personne.",
            "Écrire une structure (« Le collectif des AI ») ou un rôle (« La coordination »).",
        )


def _read_days(values: Row, today: date) -> None:
    for name in ("due_on", "decided_on"):
        text = values.get(name, "")
        day = day_of(text, today) if text else None
        if text and day is None:
            raise RequestError(
                f"« {text} » n'est pas un jour.", "Écrire par exemple 31/03/2027 ou « fin mars »."
            )
        if day is not None:
            values[name] = day.isoformat()


def status_code(table: str, text: str) -> str:
    """Code of a status as somebody says it.

    Raises
    ------
    RequestError
        With the statuses there are.
    """
    codelist = catalogue().tables[table].field("status").codelist or ""
    codes = catalogue().codelists[codelist]
    code = code_of(codelist, text)
    if text and code not in codes.labels:
        near = codes.nearest(text)
        hint = f" ; le plus proche est « {codes.label(near)} »" if near else ""
        named = ", ".join(f"« {label.lower()} »" for label in codes.labels.values())
        raise RequestError(f"Statut « {text} » inconnu{hint}.", f"Choisir parmi : {named}.")
    return code


def carrier_of(text: str, known: Register) -> Row:
    """Who carries a decision: a structure or an actor of the workbook, else a role."""
    for table in ("structures", "actors"):
        for key, record in known.all(table).items():
            if plain(text) in (plain(key), plain(record.get("label", ""))):
                return {"carrier_id": key, "carrier_role": record.get("label", "")}
    return {"carrier_role": text}
