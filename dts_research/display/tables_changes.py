"""« Ce qui a changé depuis la dernière séance »: four kinds, never mixed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dts_research.analysis import changes as study
from dts_research.analysis.changes_named import Renamed, renamed
from dts_research.display import blocks, door
from dts_research.display.blocks import Block
from dts_research.display.captions import nothing
from dts_research.display.changes_said import Said, said_of, sentence
from dts_research.display.depth import more, most
from dts_research.display.grids import grid
from dts_research.display.several import Blocks
from dts_research.display.style import NOT_APPLICABLE, agree, french_date, listing, many
from dts_research.schema import catalogue
from dts_research.workbook.before import Before, Remapped, tables_of
from dts_research.workbook.material import Material
from dts_research.workbook.meetings import Meeting

FEW = 8
PROGRAM = "le classeur lui-même"


@dataclass(frozen=True)
class _Kind:
    """Words of one kind of change: its titles, and why it is told apart, in brief and in full."""

    id: str
    one: str
    several: str
    none: str
    brief: str
    why: str


KINDS = {
    study.REAL: _Kind(
        "changements-reels", "Un fait d'après la séance", "{n} faits d'après la séance",
        "Aucun fait d'après la séance",
        "quelque chose s'est passé",
        "Quelque chose s'est passé. C'est ici, et seulement ici, que l'on peut dire que la "
        "situation a bougé.",
    ),
    study.REVISED: _Kind(
        "donnees-revues", "Une donnée d'avant la séance, mieux connue depuis",
        "{n} données d'avant la séance, mieux connues depuis",
        "Aucune donnée corrigée ni complétée",
        "le terrain n'a pas bougé pour autant",
        "Le terrain n'a pas bougé : ce que nous en savions a été corrigé, ou complété après "
        "coup. Un chiffre qui change ici n'est pas une évolution.",
    ),
    study.PERIMETER: _Kind(
        "perimetre-change", "Un changement dans ce que nous comptons",
        "{n} changements dans ce que nous comptons", "Rien n'a changé dans ce que nous comptons",
        "un total qui bouge peut ne venir que de là",
        "Des lieux, des structures ou des membres sont entrés dans le compte, ou en sont sortis. "
        "Un total qui bouge peut ne venir que de là.",
    ),
    study.DEFINITION: _Kind(
        "definitions-changees", "Un changement de définition", "{n} changements de définition",
        "Aucun changement de définition",
        "les nombres d'avant et d'après ne se comparent pas tels quels",
        "Un même mot, un même nombre ne veulent plus dire tout à fait la même chose : comparer "
        "avec la séance passée n'a pas de sens sans le dire.",
    ),
}  # fmt: skip
Line = tuple[str, str, str]


def changes(material: Material) -> Blocks:
    """What changed since the last session: facts, data, perimeter and definitions apart.

    It needs what was known at that session: ``here = open_workbook().looking_back(here)``.
    """
    before = material.before
    if before is None or before.meeting is None:
        text = "Aucune séance n'est notée avant ce jour : le prochain rapport dira ce qui a bougé."
        title = "Pas encore de séance à laquelle se reporter"
        return Blocks((nothing("changements", title, text, mark=NOT_APPLICABLE),))
    said, known = said_of(material), _known(material, before, before.meeting)
    after = tables_of(material.frames, material.territory)
    found = study.changes(before.tables, after, known)
    parts = {kind: list(_lines(found, kind, before, said)) for kind in KINDS}
    shown = [_table(material, kind, lines) for kind, lines in parts.items() if lines]
    return Blocks((_opening(before, found, parts), *shown))


def _known(material: Material, before: Before, meeting: Meeting) -> study.Known:
    moves = material.moves
    since = [
        (row.table, row.record_id)
        for row in moves.drop_duplicates(["table", "record_id"], keep="last").itertuples()
        if row.told_on > meeting.day and row.session_id != meeting.session_id
    ]
    return study.Known(
        meeting.day, meeting.session_id, before.known, before.ids_before, before.ids_after,
        moved_since=frozenset(since),
    )  # fmt: skip


def _lines(found: study.Changes, kind: str, before: Before, said: Said) -> Iterator[Line]:
    """Sentence, day of reception and file of each change."""
    for item in found.of(kind):
        origins = [before.origins[place] for place in item.records if place in before.origins]
        file, day = origins[0] if origins else ("—", None)
        others = len({one for one, _ in origins}) - 1
        more_files = f" et {many(others, 'autre')}" if others > 0 else ""
        yield sentence(item, said), french_date(day) if day else "—", door.words(file) + more_files
    if kind == study.DEFINITION:
        yield from ((_remapped(one), "—", door.words(one.file)) for one in before.remapped)
        yield from ((text, "—", PROGRAM) for text in _schema(before))


def _remapped(one: Remapped) -> str:
    old, new = (listing([f"« {_column(name)} »" for name in side])
                for side in (one.before, one.after))  # fmt: skip
    return f"La colonne « {door.words(one.column)} » est lue comme {new}, et l'était comme {old}."


def _column(target: str) -> str:
    table, _, name = target.partition(".")
    schema = catalogue().tables.get(table)
    return schema.titles.get(name, name) if schema else target


def _schema(before: Before) -> Iterator[str]:
    """Columns and codes that the workbook has gained, lost or renamed since."""
    old, new = before.codebook, before.codebook_now
    if old is None or new is None:
        return
    for one in renamed(old.codes, new.codes):
        yield f"Liste « {_list_title(one.name)} » : {_renaming(one)}."
    for one in renamed(old.tables, new.tables):
        yield f"Table « {catalogue().tables[one.name].title} » : {_renaming(one)}."


def _list_title(name: str) -> str:
    """Title of the column that a closed list serves first."""
    fields = (field for table in catalogue().tables.values() for field in table.fields)
    return next((field.title for field in fields if field.codelist == name), name)


def _renaming(one: Renamed) -> str:
    told = [
        f"{agree(len(some), singular, plural)} {listing([f'« {label} »' for label in some])}"
        for some, singular, plural in ((one.added, "s'ajoute", "s'ajoutent"),
                                       (one.removed, "n'y est plus", "n'y sont plus"))
        if some
    ]  # fmt: skip
    return " ; ".join([*told, *(f"« {old} » se dit « {new} »" for old, new in one.renamed)])


def _opening(before: Before, found: study.Changes, lines: Mapping[str, Sequence[Line]]) -> Block:
    """From which session one looks, how much of each kind, and what nobody can tell."""
    seen = [k for k, some in lines.items() if some or before.known or k == study.REAL]
    told = [f"{_counted(kind, len(lines[kind]))}{_brief(kind, lines[kind])}." for kind in seen]
    items = told + list(_limits(before, found))
    meeting = before.meeting
    title = f"Depuis le {french_date(meeting.day)}" if meeting else ""
    if meeting and meeting.session_id:
        title = f"Depuis la séance du {french_date(meeting.day)}"
    return blocks.callout(id="changements", title=title, items=items, tone="note")


def _counted(kind: str, count: int) -> str:
    words = KINDS[kind]
    return agree(count, words.one, words.several.format(n=count)) if count else words.none


def _brief(kind: str, lines: Sequence[Line]) -> str:
    return f" : {KINDS[kind].brief}" if lines else ""


def _limits(before: Before, found: study.Changes) -> Iterator[str]:
    """What cannot be told, and what is not counted."""
    if not before.known:
        lines = many(len(found.untold), "ligne")
        yield (
            "Le classeur n'avait encore rien reçu à cette date : il montre ce qui est daté d'après "
            f"la séance. Des {lines} restantes, il ne peut dire si elles ont été corrigées depuis."
        )
    elif before.codebook is None:
        yield (
            "Les colonnes et les listes de ce jour-là n'ont pas été notées : ce qui a pu y "
            "changer ne peut pas être dit."
        )
    if found.own:
        wrote = many(len(found.own), "ligne")
        yield f"Ce que la séance a elle-même dit ou décidé ({wrote}) n'est pas compté ici."


def _table(material: Material, kind: str, lines: Sequence[Line]) -> Block:
    shown = lines[: most(material, FEW)]
    heads = ("Ce qui a changé", "Reçu le", "Fichier")
    left = more(material, len(lines) - len(shown), "changement")
    words = KINDS[kind]
    return grid(
        material, words.id, _counted(kind, len(lines)),
        dict(zip(heads, zip(*shown))),
        note=f"{words.why} {left}".strip(),
        produced="lignes reçues, comparées à ce qu'elles étaient",
    )  # fmt: skip
