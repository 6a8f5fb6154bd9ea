"""What « À confirmer » asks: whether a question still stands, and what was answered to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dts_research.intake.answers import DOUBT, FIELD, PLACE, RECORD, TO_CONFIRM, VALUE, YES
from dts_research.intake.reception import Noted
from dts_research.intake.references import not_known
from dts_research.schema import Schema, catalogue
from dts_research.schema.sentences import Said, shown
from dts_research.store import Store
from dts_research.workbook.tracing import shown_values

ORIGIN = "corriger la cellule fausse dans le fichier d'origine, et le recevoir à nouveau"
_CLOSED = (
    "effacer la réponse ; si la fiche est fausse, corriger le fichier d'origine et le recevoir à "
    "nouveau"
)
_AS_THEY_WERE = (
    f"ne remplir que « {VALUE} » ou « {YES} », sans trier ni toucher aux autres colonnes de "
    f"« {TO_CONFIRM} »"
)

# Table, record, field, sentence.
Question = tuple[str, str, str, str]


@dataclass(frozen=True)
class Answer:
    """One row of the sheet: the cell it speaks of, and what is said of it.

    Parameters
    ----------
    row
        Its row in the sheet.
    place
        Sheet and row of the file that the question was about.
    table, field, record
        The cell.
    doubt
        The question.
    value, yes
        What was answered.
    """

    row: int
    place: tuple[str, str]
    table: str
    field: str
    record: str
    doubt: str
    value: str
    yes: str

    @classmethod
    def read(cls, row: Any, cells: pd.Series) -> Answer:
        """Read a row of the sheet."""
        asked = (*PLACE, RECORD, FIELD, DOUBT, VALUE, YES)
        said = {name: str(cells.get(name, "")).strip() for name in asked}
        table, _, field = said[FIELD].partition(".")
        place = (said[PLACE[0]], said[PLACE[1]])
        return cls(int(row), place, table, field, *(said[n] for n in (RECORD, DOUBT, VALUE, YES)))

    @property
    def key(self) -> tuple[str, str]:
        """Table and record."""
        return self.table, self.record

    @property
    def schema(self) -> Schema:
        """The table."""
        return catalogue().tables[self.table]

    @property
    def known(self) -> bool:
        """True when its table and its field are ours."""
        ours = catalogue().tables
        return self.table in ours and self.field in ("", *ours[self.table].names)

    @property
    def question(self) -> Question:
        """What it answers."""
        return *self.key, self.field, self.doubt

    @property
    def cell(self) -> tuple[str, ...]:
        """What takes one answer: the cell, or one question about a list."""
        many = self.known and self.field and self.schema.field(self.field).is_list
        return (*self.key, self.field, self.doubt if many else "")

    def noted(self, sheet: str, row: int) -> Noted:
        """What the import remembers of it, on the row where its record stands."""
        where = (sheet, row, self.table, self.field)
        if self.yes:
            return *where, "confirmed", self.doubt
        return *where, "answered", f"{self.doubt} ; répondu : « {self.value} »"


class Questions:
    """The questions about some records, with what was answered before.

    Parameters
    ----------
    store
        Where the records stand.
    answers
        All the answers of a file.
    """

    def __init__(self, store: Store, answers: Iterable[Answer]) -> None:
        self._store, asked = store, list(answers)
        self._ids = store.ids_by_table() if asked else {}
        self._open: set[Question] = set()
        self._at: dict[tuple[str, ...], set[str]] = {}
        for one in store.doubts() if asked else ():
            self._open.add(_question(one))
            here = (one["table"], one["field"], one["said"], *_place(one))
            self._at.setdefault(here, set()).add(one["record"])
        self._asked: dict[Question, set[tuple[str, str]]] = {}
        self._told: set[tuple[str, Question]] = set()
        for one in store.noted({answer.record for answer in asked}):
            self._asked.setdefault(_question(one), set()).add(_place(one))
            self._told.add((one["rule"].partition("-")[0], _question(one)))
        self._said: dict[tuple[str, ...], dict[str, str]] = {}
        for answer in asked:
            text = answer.value or answer.yes
            self._said.setdefault(answer.cell, {}).setdefault(text.casefold(), text)

    def taken(self, answer: Answer) -> bool:
        """Tell whether this very answer was taken before, and its question is closed."""
        *_, rule, said = answer.noted("", 0)
        told = (rule, (*answer.key, answer.field, said))
        return told in self._told and answer.question not in self._open

    def wrong(self, answer: Answer, record: Mapping[str, Any]) -> Said | None:
        """Say why an answer is to no question that still stands, or is not the only one."""
        several = list(self._said[answer.cell].values())
        if len(several) > 1:
            listed = ", ".join(f"« {shown(text)} »" for text in several)
            return f"cette cellule a plusieurs réponses : {listed}", "n'en garder qu'une"
        link = self._link(answer, record)
        if not self._moved(answer):
            if link or answer.question in self._open:
                return None
            if link is False or answer.question in self._asked:
                return f"cette question n'est plus posée : {self._now(answer)}", _CLOSED
        cell = f"« {answer.record} » ({answer.table}.{answer.field})"
        return f"la question n'est pas celle qui a été posée sur {cell}", _AS_THEY_WERE

    def _moved(self, answer: Answer) -> bool:
        """Tell whether the row that the question names is that of another record."""
        here = (answer.table, answer.field, answer.doubt, *answer.place)
        others = self._at.get(here, set()) - {answer.record}
        return bool(others) and answer.place not in self._asked.get(answer.question, ())

    def _link(self, answer: Answer, record: Mapping[str, Any]) -> bool | None:
        """Tell whether a link is still unknown; None when the question is not about one."""
        target = dict(answer.schema.foreign_keys).get(answer.field)
        if target is None or not answer.doubt.endswith(not_known("", catalogue().tables[target])):
            return None
        link = record[answer.field]
        said = not_known(f"« {link} »", catalogue().tables[target])
        return said == answer.doubt and link not in self._ids.get(target, ())

    def _now(self, answer: Answer) -> str:
        """What the record says now, as far as it may be shown."""
        value = shown_values(self._store, *answer.key).get(answer.field)
        if value is None or value == ():
            return "la fiche a changé depuis"
        codes = catalogue().codelists.get(answer.schema.field(answer.field).codelist or "")
        parts = value if isinstance(value, tuple | list) else [value]
        texts = [codes.label(str(part)) if codes else str(part) for part in parts]
        return f"la fiche dit maintenant « {shown(', '.join(texts))} »"


def _question(doubt: Mapping[str, Any]) -> Question:
    return doubt["table"], doubt["record"], doubt["field"], doubt["said"]


def _place(doubt: Mapping[str, Any]) -> tuple[str, str]:
    return doubt["sheet"], str(doubt["row"])
