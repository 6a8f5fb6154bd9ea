"""Where a value comes from: file, sheet, row, column, what was written and how it was read."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dts_research.errors import ProtectionError, RequestError
from dts_research.reference.places import SETTLED
from dts_research.schema import Field, Schema
from dts_research.schema.catalogue import plain
from dts_research.store import Store
from dts_research.store.rows import plain_columns
from dts_research.workbook.agreed import AgreedReader

PLACED = (*SETTLED, "evidence", "contradiction", "contradiction_note")
READ_AS = {
    "date": "lu comme une date", "number": "lu comme un nombre",
    "integer": "lu comme un nombre entier", "boolean": "lu comme oui ou non",
}  # fmt: skip
HIDDEN = "masqué : l'accord donné ne permet pas de le montrer"
MOST_COMPARED = 5_000


@dataclass(frozen=True)
class Origin:
    """Where one value comes from.

    Parameters
    ----------
    value, raw
        The value kept, and the text of the source; None when it is blank or hidden.
    rule, said
        How the text became the value: a code and a French sentence.
    """

    record: str
    table: str
    column: str
    title: str
    value: Any
    raw: str | None
    file: str
    sha256: str
    sheet: str
    row: int
    source_column: str
    rule: str
    said: str
    received_at: str
    version: int
    import_id: int

    def as_json(self) -> dict[str, Any]:
        """Give the origin as the command line's JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Telling:
    """One source row behind a record, with what is needed to say how it was read."""

    schema: Schema
    source: Mapping[str, Any]
    reading: Mapping[str, Any]
    remarks: Mapping[str, tuple[str, str]]

    def columns(self, name: str) -> list[str]:
        """Columns of the source that feed a field; none when reception made it."""
        if self.made(name):
            return []
        found: list[str] = self.reading.get("columns", {}).get(f"{self.schema.name}.{name}", [])
        return found

    @property
    def partial(self) -> bool:
        """Tell whether it is an answer about some cells, not a whole row."""
        return any(rule.startswith(("answered", "confirmed")) for rule, _ in self.remarks.values())

    def speaks_of(self, name: str) -> bool:
        """Tell whether it says a field."""
        return not self.partial or self.remarks.get(name, ("",))[0].startswith("answered")

    def made(self, name: str) -> bool:
        """Tell whether reception itself added the column that feeds a field."""
        return f"{self.schema.name}.{name}" in self.reading.get("made", ())

    def raw(self, field: Field, value: Any) -> str | None:
        """Text of the source: kept where it differs from the value, else the value itself."""
        told: Mapping[str, str | None] = self.source["raw"]
        if self.made(field.name):
            return None
        if field.name in told:
            return told[field.name]
        return str(value) if value is not None and self.columns(field.name) else None

    def rule(self, field: Field, value: Any, raw: str | None) -> tuple[str, str]:
        """How the text became the value."""
        target = f"{self.schema.name}.{field.name}"
        if self.made(field.name):
            return "made", "fait à la réception"
        if field.name in self.remarks:
            return self.remarks[field.name]
        if field.name in PLACED and self.schema.name == "experience_places":
            return "place", "lieu établi à la réception, sur la preuve la plus solide"
        if target in self.reading.get("constants", {}):
            return "constant", f"la même pour tout le fichier ({self.reading['source']})"
        if raw is None and not self.columns(field.name):
            return self._made(field)
        if raw is None:
            return "merged", "complété par une autre ligne du même enregistrement"
        if value is None:
            return "missing", "ce texte veut dire « non renseigné »"
        if raw == (value if isinstance(value, str) else str(value)):
            return "as_written", "tel qu'il est écrit"
        return "read", _read_as(field)

    def _made(self, field: Field) -> tuple[str, str]:
        if field.name == self.schema.key:
            main = self.reading.get("table") == self.schema.name
            key = ", ".join(f"« {name} »" for name in self.reading.get("key", ()) if main)
            return "identifier", f"identifiant fait d'après {key or 'le contenu de la ligne'}"
        return "derived", "établi à la réception à partir du reste de la ligne"


def _read_as(field: Field) -> str:
    if field.is_list:
        return "lu comme une liste"
    return (
        "lu comme un code de la liste"
        if field.codelist
        else READ_AS.get(field.type, "mis au propre")
    )


def find_record(store: Store, record_id: str, table: str | None = None) -> list[tuple[str, str]]:
    """Find the tables where an id stands, whatever its case.

    Raises
    ------
    RequestError
        When it stands nowhere; the nearest ids are named.
    """
    found = [(t, record_id) for t, *_ in store.standing(record_id) if table in (None, t)]
    if found:
        return found
    ids = store.ids()
    same = [one for one in ids if plain(one) == plain(record_id)]
    if len(same) == 1:
        return [(t, same[0]) for t, *_ in store.standing(same[0]) if table in (None, t)]
    start = plain(record_id)[:2]
    near = [one for one in ids if plain(one).startswith(start)][:MOST_COMPARED]
    close = difflib.get_close_matches(record_id, near or ids[:MOST_COMPARED], n=3, cutoff=0.5)
    fix = "Lister les identifiants d'une table : dts list experiences"
    if close:
        fix = f"Le plus proche : {' ; '.join(close)}. {fix}"
    raise RequestError(f"« {record_id} » n'est l'identifiant d'aucun enregistrement gardé.", fix)


def shown_values(store: Store, table: str, record_id: str) -> dict[str, Any]:
    """Give the values of a record as its subject agreed that they be shown.

    Raises
    ------
    ProtectionError
        When the record was taken back.
    """
    frame = AgreedReader(store).load(table, ids={record_id})
    if frame.empty:
        raise ProtectionError(
            f"« {record_id} » a été retiré à la demande de la personne concernée : il n'est plus "
            "montré.",
            "Les retraits sont dans la table « consents ».",
        )
    columns = plain_columns(frame, store.catalogue.tables[table])
    return {name: values[0] for name, values in columns.items()}


def trace(store: Store, record_id: str, column: str | None = None) -> list[Origin]:
    """Say where each value of a record comes from.

    Parameters
    ----------
    store
        The open store.
    record_id
        Id of a record, whatever its table.
    column
        Only this field, by its name or its French title.

    Raises
    ------
    RequestError
        When the record or the column is unknown.
    ProtectionError
        When the record was taken back.
    """
    origins: list[Origin] = []
    for table, key in find_record(store, record_id):
        schema = store.catalogue.tables[table]
        fields = _fields(schema, column)
        origins += _origins(store, schema, key, fields)
    if column is not None and not origins:
        raise RequestError(
            f"La colonne « {column} » est vide pour « {record_id} » : rien n'en a été reçu.",
            f"Voir ce qui est rempli : dts trace {record_id}",
        )
    return origins


def _fields(schema: Schema, column: str | None) -> Sequence[Field]:
    if column is None:
        return schema.fields
    names = {plain(word): f for f in schema.fields for word in (f.title, f.name)}
    if plain(column) in names:
        return [names[plain(column)]]
    close = difflib.get_close_matches(plain(column), names, n=1, cutoff=0.5)
    near = f"Le plus proche : « {names[close[0]].title} ». " if close else ""
    raise RequestError(
        f"« {column} » n'est pas une colonne de « {schema.title} ».",
        f"{near}Colonnes : {', '.join(schema.titles)}.",
    )


def _origins(store: Store, schema: Schema, key: str, fields: Sequence[Field]) -> Iterator[Origin]:
    shown = shown_values(store, schema.name, key)
    kept = store.record(schema.name, key)
    version = next(v for t, v, _ in store.standing(key) if t == schema.name)
    tellings = list(_tellings(store, schema, key, version))
    for field in fields:
        telling = next((t for t in tellings if t.speaks_of(field.name)), tellings[-1])
        source = telling.source
        value, raw = kept.get(field.name), telling.raw(field, kept.get(field.name))
        if value is None and raw is None:
            continue
        rule, said = telling.rule(field, value, raw)
        if shown.get(field.name) != value:
            raw, rule, said = None, "withheld", HIDDEN
        yield Origin(
            record=key, table=schema.name, column=field.name, title=field.title,
            value=as_said(field, shown.get(field.name)), raw=raw, file=source["file"],
            sha256=source["sha256"], sheet=source["sheet"], row=source["row"],
            source_column=" + ".join(telling.columns(field.name)), rule=rule, said=said,
            received_at=source["received_at"], version=version, import_id=source["import_id"],
        )  # fmt: skip


def as_said(field: Field, value: Any) -> Any:
    """Give a value as it is said: SQLite keeps truth values as numbers."""
    return bool(value) if field.type == "boolean" and value is not None else value


def _tellings(store: Store, schema: Schema, key: str, version: int) -> Iterator[_Telling]:
    """Tell what makes up a record: answers about its cells, then the last row that is whole."""
    for number in range(version, 0, -1):
        for source in store.tellings(schema.name, key, number):
            telling = _telling(store, schema, source)
            yield telling
            if not telling.partial:
                return


def _telling(store: Store, schema: Schema, source: Mapping[str, Any]) -> _Telling:
    sheets = (source["sheet"], *source["sheet"].split(", "))
    readings = store.readings(source["import_id"])
    mine = [one for sheet, one in readings.items() if sheet in sheets]
    fed = [one for one in mine if any(t.startswith(f"{schema.name}.") for t in one["columns"])]
    said = store.remarks(source["import_id"], schema.name, source["row"])
    said = sorted(said, key=lambda one: one[2].startswith("answered"))  # its answer wins
    remarks = {name: (rule, text) for sheet, name, rule, text in said if sheet in sheets}
    return _Telling(schema, source, (fed or mine or [{}])[0], remarks)
