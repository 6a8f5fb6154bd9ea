"""Questions for a collective moment, each with where it comes from in the material."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

import pandas as pd

from dts_research.analysis import decisions as study
from dts_research.analysis import silences
from dts_research.display import door
from dts_research.display import tables_questions as usual
from dts_research.display.grids import iso
from dts_research.display.style import agree, french_date, listing
from dts_research.schema.catalogue import catalogue
from dts_research.workbook.material import Material

LONG = 150
UNMOVED = ("stated", "examined")
FEW_NAMES = 4


@dataclass(frozen=True)
class Asked:
    """A question, where it comes from, and whether it may be printed for everybody.

    What could let one agent or one structure be recognised is for whoever facilitates, who reads
    it again before asking.
    """

    text: str
    origin: str
    shared: bool = True


def questions(material: Material) -> tuple[Asked, ...]:
    """Every question the material raises, one of each kind before a second of any."""
    found = [list(ask(material)) for ask in KINDS]
    turns = [one for turn in zip_longest(*found) for one in turn if one is not None]
    return tuple({one.text: one for one in reversed(turns)}.values())[::-1]


def _divergences(material: Material) -> Iterator[Asked]:
    """Disagreements, the last said first: none is closed by time alone."""
    said = _sessions_said(material)
    for row in _latest_first(material, "divergence").itertuples():
        text = door.words(row.text, length=LONG)
        asked = (
            f"Notre désaccord reste-t-il ouvert : {usual.inside(text)} ?"
            if usual.asks(text)
            else f"Où en est notre désaccord : {usual.quoted(text, LONG)} ?"
        )
        yield Asked(asked, f"Désaccord{said.get(row.session_id, '')}")


def _sessions_said(material: Material) -> dict[str, str]:
    """Words that name each session after something that was said there."""
    rows = door.rows(material, "sessions").drop_duplicates("session_id")
    wide = material.whole_network or material.territory.level == "region"
    places = material.geography.departement_names if wide else {}
    return {
        r.session_id: ", ".join(
            [f" noté le {french_date(r.date)}", *_place(places, r.territory_id)]
        )
        for r in rows.itertuples()
    }


def _place(places: Mapping[str, str], territory_id: object) -> list[str]:
    return (
        [places[territory_id]] if isinstance(territory_id, str) and territory_id in places else []
    )


def _latest_first(material: Material, kind: str) -> pd.DataFrame:
    """Contributions of a kind made here, those of the last session first."""
    rows = usual.own(material, kind)
    sessions = door.rows(material, "sessions").drop_duplicates("session_id")
    days = dict(zip(sessions["session_id"], map(iso, sessions["date"])))
    said = [days.get(session, "") for session in rows["session_id"]]
    return rows.iloc[sorted(range(len(rows)), key=lambda i: (said[i], i), reverse=True)]


def _hypotheses(material: Material) -> Iterator[Asked]:
    """Hypotheses that nothing has moved yet."""
    rows = door.rows(material, "hypotheses")
    for row in rows[rows["status"].isin(UNMOVED)].itertuples():
        status = catalogue().label("hypothesis_status", row.status).lower()
        origin = door.words(row.origin, missing="")
        stated = usual.quoted(row.statement, LONG)
        yield Asked(
            f"Qu'avons-nous vu qui appuie, ou qui contredit : {stated} ?",
            f"Hypothèse {status}" + (f", venue de : {origin}" if origin else ""),
        )


def _overdue(material: Material) -> Iterator[Asked]:
    """Decisions whose day has passed: what happened is asked, never who is at fault."""
    table = study.followed(door.rows(material, "decisions"), today=material.today)
    for row in table[table["overdue"]].itertuples():
        yield Asked(
            f"Qu'est devenue notre décision : {usual.quoted(row.statement, LONG)} ?",
            f"Décision du {french_date(row.decided_on)}, attendue le {french_date(row.due_on)}",
        )


def _unheard(material: Material) -> Iterator[Asked]:
    """Silences: whose chair was empty, which mission tells no stop, who is never quoted."""
    yield from _empty_chairs(material)
    yield from _without_stop(material)
    yield from (Asked(text, "Silence des registres") for text in usual.silent(material))
    yield from _never_quoted(material)
    yield from (Asked(text, "Silence des fiches") for text in usual.untold(material))


def _empty_chairs(material: Material) -> Iterator[Asked]:
    sessions = door.rows(material, "sessions")
    sessions = sessions[sessions["territory_id"] == material.territory.id]
    missing = silences.empty_chairs(sessions, door.rows(material, "session_participants"))
    if missing:
        who = listing([name[:1].lower() + name[1:] for name in missing])
        yield Asked(
            f"Que nous diraient celles et ceux qui n'étaient pas là : {who} ?",
            "Silence : personne de ces catégories à la dernière séance",
        )


def _without_stop(material: Material) -> Iterator[Asked]:
    sheets = door.rows(material, "experiences")
    if not door.all_told(material) or len(sheets) < usual.FEW:
        return
    for label in silences.missions_without_stop(sheets)[:1]:
        yield Asked(
            f"Aucune fiche de la mission « {label} » ne raconte d'arrêt : tout a-t-il tenu, "
            "ou ne l'a-t-on pas écrit ?",
            "Silence : mission sans récit d'arrêt",
        )


def _never_quoted(material: Material) -> Iterator[Asked]:
    """Structures whose people are not heard: counted for all, named to whoever facilitates."""
    sheets = door.rows(material, "experiences")
    found = silences.never_quoted(sheets, door.quotes(material))
    if not found or material.whole_network:
        return
    names = door.names(material)
    some = [names[one] for one in found if one in names]
    rest = len(some) - FEW_NAMES
    who = listing([*some[:FEW_NAMES], f"{rest} autres"] if rest > 1 else some)
    verb = agree(len(found), "a", "ont")
    yield Asked(
        f"De qui n'entend-on pas la voix ? {agree(len(found), 'Une structure', 'Des structures')} "
        f"{verb} écrit sans qu'aucune parole ne soit citée.",
        f"Silence : {who}" if who else "Silence des fiches",
    )


def _raised(material: Material) -> Iterator[Asked]:
    """Questions that sessions asked here, the last first."""
    said = _sessions_said(material)
    for row in _latest_first(material, "question").itertuples():
        if text := usual.first_question(row.text):
            yield Asked(text, f"Question{_in_the_feminine(said.get(row.session_id, ''))}")


def _in_the_feminine(said: str) -> str:
    return said.replace(" noté ", " notée ")


def _left_open(material: Material) -> Iterator[Asked]:
    for text in usual.left_open(material):
        yield Asked(text, "Question laissée ouverte par une fiche")
    for text in usual.doubted(material):
        yield Asked(text, "Lieux que leur source contredit")


def _surprises(material: Material) -> Iterator[Asked]:
    """Surprises: one agent may be recognised there, so they never go on a wall by themselves."""
    said = _sessions_said(material)
    rows = _latest_first(material, "surprise")
    for row in rows[rows["text"].notna()].itertuples():
        yield Asked(
            f"Cela nous surprend-il encore : {usual.quoted(row.text, 2 * LONG)} ?",
            f"Surprise{_in_the_feminine(said.get(row.session_id, ''))}",
            shared=False,
        )


KINDS: tuple[Callable[[Material], Iterator[Asked]], ...] = (
    _divergences, _unheard, _overdue, _hypotheses, _raised, _left_open, _surprises,
)  # fmt: skip
