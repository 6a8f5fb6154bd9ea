"""One French sentence for each change since a session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dts_research.analysis.changes import Change
from dts_research.analysis.changes_rules import STATES
from dts_research.display import door
from dts_research.display.changes_values import observed
from dts_research.display.grids import named
from dts_research.display.style import french_date, listing, many
from dts_research.schema import catalogue
from dts_research.schema.catalogue import Field
from dts_research.workbook.material import Material

LENGTH, BRIEF, FEW = 160, 60, 6
Row = Mapping[str, Any]
PARTS = {
    "experience_places": ("lieu", "lieux"),
    "experience_steps": ("étape", "étapes"),
    "experience_actors": ("acteur", "acteurs"),
    "quotes": ("parole", "paroles"),
    "codings": ("passage codé", "passages codés"),
    "structure_kinds": ("type daté", "types datés"),
    "session_participants": ("ligne de présence", "lignes de présence"),
}
# What is not here any more is named by its kind only: it may not be for these readers.
THINGS = {
    "experiences": "une fiche d'expérience", "structures": "une structure", "actors": "un acteur",
    "memberships": "une adhésion", "sessions": "une séance", "decisions": "une décision",
    "contributions": "un énoncé de séance", "hypotheses": "une hypothèse", "cycles": "un cycle",
    "common_references": "un repère", "authority_events": "un fait sur une collectivité",
    "direct_purchases": "un achat direct", "change_stories": "un récit de changement",
    "change_selections": "un choix de récits", "indicators": "des valeurs d'un indicateur",
    "codes": "un code du livret", "territories": "un périmètre",
}  # fmt: skip
PATTERNS = {
    "new": "Nouveau : {subject}",
    "late": "D'avant la séance, mais arrivé après : {subject}",
    "undated": "Arrivé après la séance, sans date : {subject}",
    "entered": "Compté ici depuis la séance : {subject}",
    "left": "N'est plus compté ici : {thing}",
    "gone": "N'est plus dans le classeur : {thing}",
}


@dataclass(frozen=True)
class Said:
    """The material as this audience reads it, with the names of what it holds."""

    material: Material
    names: Mapping[str, str]
    titles: Mapping[str, str]
    days: Mapping[str, date]

    def name(self, key: Any, missing: str) -> str:
        """Name of a structure or of an actor."""
        return self.names.get(str(key), missing)


def said_of(material: Material) -> Said:
    """Gather the names that this audience may read."""
    held = door.rows(material, "sessions")
    days = dict(zip(held["session_id"], held["date"]))
    return Said(material, door.names(material), door.titles(material), days)


def sentence(change: Change, said: Said) -> str:
    """Say one change."""
    own = _OWN.get((change.table, change.what))
    told = own(change, said) if own else _plain(change, said)
    told = told[:1].upper() + told[1:].rstrip()
    return told if told.endswith((".", "?", "!", "…")) else f"{told}."


def _plain(change: Change, said: Said) -> str:
    """Say a change as those of any table are."""
    thing = THINGS.get(change.table, f"une ligne de « {_table(change.table)} »")
    if change.table == "experiences" and change.record in said.titles:
        thing = subject_of(change.table, change.record, {}, said)
    if change.what in ("left", "gone"):
        return PATTERNS[change.what].format(thing=thing)
    subject = subject_of(change.table, change.record, change.after or change.before, said)
    itself = (change.table, change.record) in change.records
    if change.what in PATTERNS and itself:
        parts = _parts(change)
        return PATTERNS[change.what].format(subject=subject) + (f", avec {parts}" if parts else "")
    if change.what == "moved":
        return _moved(change, subject)
    told = [_differences(change), _news(change), _parts(change, told=_told(change))]
    what = " ; ".join(filter(None, told))
    return (
        f"Revu depuis : {subject} ({what})" if change.what == "corrected" else f"{subject} : {what}"
    )


def _quoted(text: Any) -> str:
    """A text between quotation marks, without the full stop that the sentence brings."""
    return f"« {door.words(text, length=LENGTH).rstrip(' .')} »"


def subject_of(table: str, key: str, row: Row, said: Said) -> str:
    """Name a record in a sentence: « la décision du 4 juin 2026, « Écrire… » »."""
    day = french_date(row.get("date") or row.get("decided_on"))
    text = _quoted(row.get("statement") or row.get("text") or row.get("label"))
    kind = {"hypotheses": "l'hypothèse", "common_references": "le repère", "cycles": "le cycle",
            "indicators": "l'indicateur", "codes": "le code"}.get(table)  # fmt: skip
    if kind:
        return f"{kind} {text}"
    if table == "experiences":
        return f"la fiche « {said.titles.get(key, 'sans titre')} »"
    if table == "authority_events":
        who = said.name(row.get("actor_id"), "une collectivité")
        return f"{who}, le {day}, {_quoted(row.get('description'))}"
    if table == "contributions":
        day = french_date(said.days.get(str(row.get("session_id"))))
        return f"ce qui s'est dit en séance le {day}, {text}"
    if table in ("decisions", "sessions"):
        return f"la {'décision' if table == 'decisions' else 'séance'} du {day}, {text}"
    if table in ("structures", "actors"):
        return said.name(key, THINGS[table])
    if table == "memberships":
        return f"l'adhésion de {said.name(row.get('structure_id'), 'une structure')}"
    if table == "direct_purchases":
        return f"achats de {row.get('year')}, {said.name(row.get('actor_id'), 'une collectivité')}"
    if table == "change_stories":
        return f"le récit {_quoted(row.get('title'))}"
    return THINGS.get(table, f"une ligne de « {_table(table)} »")


def _table(table: str) -> str:
    return catalogue().tables[table].title


def _moved(change: Change, subject: str) -> str:
    """From which state to which, with the reason where there is one."""
    field = catalogue().tables[change.table].field(STATES[change.table])
    old, new = (_shown(field, side.get(field.name)) for side in (change.before, change.after))
    reason = door.words(change.after.get("reason"), length=LENGTH, missing="")
    why = f". Motif : {reason}" if reason and reason != change.before.get("reason") else ""
    return f"{subject}, passe de « {old} » à « {new} »{why}"


def _differences(change: Change) -> str:
    """Columns that changed: what a code or a date was and is, only the title of the others."""
    schema = catalogue().tables[change.table]
    told, others = [], []
    for field in (schema.field(name) for name in change.fields):
        old, new = (_shown(field, side.get(field.name)) for side in (change.before, change.after))
        title = field.title[:1].lower() + field.title[1:]
        if field.codelist or field.type == "date":
            told.append(f"{title}, {new} au lieu de {old}")
        else:
            others.append(f"« {field.title} »")
    return " ; ".join([*told, listing(others)] if others else told)


def _shown(field: Field, value: Any) -> str:
    if field.codelist:
        return named(field.codelist, value)
    return french_date(value) if isinstance(value, date) else door.words(value, length=BRIEF)


def _told(change: Change) -> int:
    """How many steps are told in full."""
    new = change.what == "new" and (change.table, change.record) not in change.records
    return min(2, len(change.among("experience_steps"))) if new else 0


def _news(change: Change) -> str:
    """The first steps that an experience already known went through."""
    steps = [after for _, after in change.among("experience_steps")][: _told(change)]
    return " ; ".join(
        f"le {french_date(row.get('date'))}, {door.words(row.get('event'), length=LENGTH)}"
        for row in steps
    )


def _parts(change: Change, *, told: int = 0) -> str:
    """How many parts of each kind changed with it: « 2 étapes et 1 parole »."""
    count = Counter(table for table, _ in change.records if table in PARTS)
    count["experience_steps"] -= told
    return listing([many(n, *PARTS[table]) for table, n in count.items() if n > 0])


def _begun(change: Change, said: Said) -> str:
    """An experience that began since; its parts go without saying."""
    if (change.table, change.record) not in change.records:
        return _plain(change, said)
    day = french_date(change.after.get("started_on") or change.after.get("ended_on"), short=True)
    return f"une expérience commencée en {day}, « {said.titles.get(change.record, '')} »"


def _fact(change: Change, said: Said) -> str:
    row = change.after
    who = said.name(row.get("actor_id"), "une collectivité")
    text = door.words(row.get("description"), length=LENGTH)
    return f"{who}, le {french_date(row.get('date'))} : {text}"


def _joined(change: Change, said: Said) -> str:
    row = change.after
    who, group = said.name(row.get("structure_id"), "une structure"), door.words(row["collective"])
    if row.get("left_on"):
        return f"{who} a quitté le collectif « {group} » le {french_date(row['left_on'])}"
    return f"{who} a rejoint le collectif « {group} » le {french_date(row.get('joined_on'))}"


def _bounds(change: Change, said: Said) -> str:
    """Communes that entered a perimeter, and those that left it."""
    names = said.material.geography.commune_names
    told = []
    for side, verb in ((1, "s'ajoute"), (0, "n'en fait plus partie")):
        alone = [rows[side]["commune_code"] for rows in change.among("territory_communes")
                 if rows[side] and not rows[1 - side]]  # fmt: skip
        if alone:
            shown = sorted(names.get(code, code) for code in alone)
            plural = {"s'ajoute": "s'ajoutent", "n'en fait plus partie": "n'en font plus partie"}
            rest = [many(len(shown) - FEW, "autre")] if len(shown) > FEW else []
            told.append(f"{listing(shown[:FEW] + rest)} {verb if len(alone) < 2 else plural[verb]}")
    label = door.words((change.after or change.before).get("label"), missing="le territoire")
    return f"périmètre « {label} » : {' ; '.join(told) or _differences(change)}"


def _defined(change: Change, said: Said) -> str:
    """An indicator or a code that is new, gone, or does not mean what it meant."""
    kind = "indicateur" if change.table == "indicators" else "code du livret"
    text = _quoted((change.after or change.before).get("label"))
    own = (change.table, change.record) in change.records
    if own and not change.before:
        return f"{kind} ajouté : {text}"
    if not change.after:
        return f"{kind} retiré : {text}"
    return f"{kind} {text} : {_worded(change)}"


def _worded(change: Change) -> str:
    """What the words of a definition were and are, where they are short."""
    schema, told = catalogue().tables[change.table], []
    for name in change.fields:
        old, new = (door.words(side.get(name)) for side in (change.before, change.after))
        title = schema.field(name).title.lower()
        both = f"« {new} » au lieu de « {old} »"
        told.append(f"{title}, {both if len(both) < 2 * BRIEF else 'réécrit'}")
    values = len(change.among("observations"))
    rest = [f"{many(values, 'valeur', 'valeurs')} à relire avec ce sens"] if values else []
    return " ; ".join([*told, *rest])


def _values(change: Change, said: Said) -> str:
    return observed(change, door.words(change.after.get("label"), missing=change.record))


_OWN: dict[tuple[str, str], Callable[[Change, Said], str]] = {
    ("experiences", "new"): _begun,
    ("authority_events", "new"): _fact,
    ("memberships", "new"): _joined,
    ("memberships", "went_on"): _joined,
    ("territories", "bounds"): _bounds,
    ("territories", "defined"): _bounds,
    **{(table, "defined"): _defined for table in ("indicators", "codes")},
    **{("indicators", what): _values for what in ("new", "late", "undated", "corrected", "restated",
                                                  "entered", "left", "gone")},
}  # fmt: skip
