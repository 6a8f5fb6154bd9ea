"""What a capture sheet is read beside: the records it speaks of, and its session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dts_research.protect.names import mask_persons
from dts_research.schema.capture import short_id
from dts_research.schema.casts import to_date
from dts_research.schema.catalogue import catalogue, nearest_name, plain

NEAR_STATEMENT = 0.85
Record = Mapping[str, str]


@dataclass(frozen=True)
class Register:
    """Records received before, as plain texts.

    Parameters
    ----------
    records
        Gives the records of a table: id -> field -> text (codes, ISO dates, lists cut by ``|``).
    session
        Facts of the session that a sheet comes from, when whoever receives it knows: by field.
    former
        Gives what a record (table, id) said before, oldest first.
    """

    records: Callable[[str], Mapping[str, Record]] = lambda _: {}
    session: Mapping[str, str] = field(default_factory=dict)
    former: Callable[[str, str], tuple[Record, ...]] = lambda *_: ()

    def record(self, table: str, key: str) -> Record:
        """Return a record, empty when there is none of this id."""
        return self.all(table).get(key, {})

    def all(self, table: str) -> Mapping[str, Record]:
        """Return all the records of a table, by id."""
        if table not in self._loaded:
            self._loaded[table] = self.records(table)
        return self._loaded[table]

    def stated(self, table: str, statement: str, *, within: str = "") -> tuple[str, bool]:
        """Find the record that says a statement.

        Parameters
        ----------
        table
            The table.
        statement
            As somebody wrote it down, maybe with typing mistakes.
        within
            Territory whose records come first; empty for no preference.

        Returns
        -------
        tuple
            Its id, empty when there is none, and whether the words are quite the same.
        """
        said = {
            plain(words): key
            for key, record in sorted(
                self.all(table).items(), key=lambda one: one[1].get("territory_id") == within
            )
            for words in _statements(record)
        }
        same = said.get(plain(statement))
        near = None if same else nearest_name(plain(statement), said, NEAR_STATEMENT)
        return (same, True) if same else (said[near], False) if near else ("", False)

    @cached_property
    def _loaded(self) -> dict[str, Mapping[str, Record]]:
        return {}


def with_piece(former: str, label: str, text: str) -> str:
    """Add what was said one day to what was said before; said again that day, it takes its place.

    Parameters
    ----------
    former
        What stands, one piece a line.
    label
        Who said it, or when: « Séance du 10/12/2026 ».
    text
        What is said.
    """
    start, said = f"{label} : ", " ".join(text.split())
    others = [line for line in former.split("\n") if line and not line.startswith(start)]
    there = {said, f"{label.partition(' (')[0]} : {said}"} - {start + said}
    return former if there & {*others} else "\n".join((*others, start + said))


def session_label(known: Register, key: str, held: str) -> str:
    """Name a session by its day; by its id too when another one was held that day.

    Parameters
    ----------
    known
        What was received before.
    key
        Its id.
    held
        Its day, as written.
    """
    day = to_date(held)
    if day is None:
        return f"Séance {key}"
    others = (one.get("date", "") for other, one in known.all("sessions").items() if other != key)
    more = f" ({short_id(key)})" if any(to_date(one) == day for one in others) else ""
    return f"Séance du {day:%d/%m/%Y}{more}"


def same_words(statement: str, record: Record) -> bool:
    """Tell whether a statement is that of a record, as it is kept or as it is printed."""
    return plain(statement) in {plain(words) for words in _statements(record)}


def code_of(codelist: str, text: str) -> str:
    """Code that a text stands for, the text itself when it is none."""
    codes = catalogue().codelists[codelist]
    return codes.code_of(text) or codes.alike(text) or _MEANT.get(codelist, {}).get(
        plain(text).rstrip(" .!"), text
    )  # fmt: skip


def _statements(record: Record) -> tuple[str, ...]:
    said = record.get("statement") or record.get("text") or record.get("title") or ""
    return (said, mask_persons(said)) if said else ()


def _words(code: str, texts: str) -> dict[str, str]:
    return dict.fromkeys(texts.split("|"), code)


# What people write beside the labels of a list.
_MEANT = {
    "decision_status": {
        **_words("done", "realisee|realise|terminee|termine|finie|fini|c'est fait|ok|accomplie"),
        **_words("in_progress", "commencee|commence|engagee|demarree|en chantier|encours"),
        **_words("to_do", "pas commencee|pas commence|pas encore|reste a faire|pas encore faite"),
        **_words("abandoned", "abandon|annulee|annule|arretee|laissee tomber"),
        **_words("transformed", "remplacee|devenue autre chose|changee"),
    },
    "hypothesis_status": {
        **_words("examined", "a l'examen|examinee|en cours d'examen|en cours"),
        **_words("supported", "confirmee|appuyee|renforcee"),
        **_words("qualified", "a nuancer"),
        **_words("set_aside", "ecarte|rejetee|abandonnee"),
    },
    "reference_status": {
        **_words("adopted", "adopte par tous|retenu"),
        **_words("nuanced", "a nuancer"),
        **_words("contested", "conteste par certains|refuse"),
    },
    "contribution_types": {
        **_words("convergence", "accord|d'accord|c|convergent|on est d'accord"),
        **_words("divergence", "desaccord|pas d'accord|d|divergent"),
    },
    "diffusion": {
        **_words("network", "tout le reseau|national|le national|au national|autres territoires"),
        **_words("territory", "ici|reste ici|local|notre territoire|le collectif"),
    },
    "decision_scopes": {
        **_words("remontee", "a remonter|nationale|national|au national|remonter"),
        **_words("local", "ici|locale seulement"),
    },
}
