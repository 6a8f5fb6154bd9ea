"""Versions between which somebody has to choose: shown side by side, answered in a workbook."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from dts_research.display.style import french_date, listing
from dts_research.errors import MaterialError
from dts_research.intake.readers import read_table
from dts_research.reflection.bundles import TEXTS, written
from dts_research.reflection.bundles_here import (
    CHOICE_SUFFIX,
    CHOSEN,
    Choice,
    Joined,
    joined,
    moment,
    records_known,
)
from dts_research.reflection.bundles_lineage import KEEPING, Key, Version, standing
from dts_research.reflection.bundles_merging import Told, settle
from dts_research.reflection.bundles_texts import settle_texts, texts_known
from dts_research.schema import catalogue
from dts_research.schema.casts import to_boolean
from dts_research.schema.row_heights import row_height
from dts_research.store import Store
from dts_research.store.clock import day_of
from dts_research.workbook import Workbook
from dts_research.workbook.agreed import withdrawn_records
from dts_research.workbook.filing import file_all
from dts_research.workbook.keeping import keep_raw

NAME = "deux-versions.xlsx"
SHEET = "À choisir"
KEEP, MARK = "À garder (x)", "Version"
HEADS = (KEEP, "Quoi", "Écrit par", "Ce qui diffère", "De quoi il s'agit", "Table", "Identifiant",
         MARK)  # fmt: skip
WIDTHS = (12, 14, 30, 60, 40, 0, 0, 0)  # what only the program reads is hidden
VISIBLE, LONGEST, A4 = 5, 32_000, 9
PLAIN = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
LOOKS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bottom": 1},
    "first": {"top": 2},
    "next": {},
    "asked": {"top": 2, "bg_color": "#FFF4CC", "align": "center"},
    "asked_again": {"bg_color": "#FFF4CC", "align": "center"},
}
HOW = (
    "Pour chaque cadre, mettre un x devant la version à garder, enregistrer, puis : dts merge "
    "suivi du chemin de ce classeur. Sans x, rien ne change. Les autres versions restent dans "
    "l'historique. Ne pas toucher aux colonnes masquées."
)


@dataclass(frozen=True)
class Conflict:
    """One thing that stands in several versions.

    Parameters
    ----------
    shown
        Digest of the version that reports read meanwhile.
    versions
        Those between which to choose.
    where
        Digest -> bundles that say it; none for what was written here only.
    """

    key: Key
    shown: str
    versions: tuple[Version, ...]
    where: Mapping[str, tuple[str, ...]]

    @property
    def title(self) -> str:
        """Name of the kind of thing."""
        return "Commentaire" if self.key[0] == TEXTS else catalogue().tables[self.key[0]].title

    @property
    def about(self) -> str:
        """What the thing is about, in its own words."""
        says = self.versions[0].says or {}
        named = ("statement", "title", "label", "text")
        return next((str(says[n]) for n in named if says.get(n)), self.key[1])

    @property
    def fields(self) -> list[str]:
        """Cells that differ, by name."""
        told = [one.says or {} for one in self.versions]
        names = dict.fromkeys(name for says in told for name in says)
        return [n for n in names if n not in KEEPING and len({repr(t.get(n)) for t in told}) > 1]

    def difference(self, version: Version) -> str:
        """Say what a version says where they differ."""
        says = version.says or {}
        if self.key[0] == TEXTS:
            return str(says.get("text", "(effacé)"))
        schema = catalogue().tables[self.key[0]]
        told = [(schema.field(name), says.get(name)) for name in self.fields]
        return "\n".join(f"{field.title} : {_said(field.codelist, v)}" for field, v in told)

    def author(self, version: Version) -> str:
        """Say who wrote a version, where and when."""
        by = version.by
        day = day_of(version.at.split(" ")[0])
        file = f"« {by['file']} », " if by.get("file") else ""
        lots = self.where.get(version.digest, ())
        through = listing([f"« {name} »" for name in lots])
        place = f"lot {through}" if lots else "ce classeur"
        return f"{file}le {french_date(day)} ({place})"


def _said(codelist: str | None, value: Any) -> str:
    if value is None:
        return "(vide)"
    if isinstance(value, bool):
        return "oui" if value else "non"
    return catalogue().label(codelist, str(value)) if codelist else str(value)


def conflicts(book: Workbook) -> list[Conflict]:
    """Everything that stands in several versions in this workbook."""
    if not book.workspace.store.is_file():
        return []
    with book.store() as store:
        return _conflicts(book, store, joined(book.workspace, store))


def _conflicts(book: Workbook, store: Store, others: Joined) -> list[Conflict]:
    found = []
    keys = others.things()
    for table in sorted({table for table, _ in keys}):
        ids = {key for name, key in keys if name == table}
        if table == TEXTS:
            known = texts_known(book.workspace, others)
        else:
            ids -= withdrawn_records(store).get(table, frozenset())
            known = records_known(store, table, ids, others, book.workspace.name)
        for key, one in known.items():
            stands = standing(one.lineage, table, one.own)
            if stands.apart:
                versions = tuple(one.lineage.versions[d] for d in stands.apart)
                where = {d: _lots(others, (table, key), d) for d in stands.apart}
                found.append(Conflict((table, key), stands.shown, versions, where))
    return found


def _lots(others: Joined, key: Key, digest: str) -> tuple[str, ...]:
    told = [one.name for one in others.bundles.values()
            if key in one.things and digest in one.things[key].versions]  # fmt: skip
    return tuple(sorted(set(told)))


def write_conflicts(found: Sequence[Conflict], path: Path) -> None:
    """Write the workbook in which somebody chooses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), PLAIN)
    sheet = book.add_worksheet(SHEET)
    looks = {name: book.add_format({"text_wrap": True, "valign": "top", **look})
             for name, look in LOOKS.items()}  # fmt: skip
    for place, (name, width) in enumerate(zip(HEADS, WIDTHS)):
        sheet.write_string(0, place, name, looks["head"])
        sheet.set_column(place, place, width, None, {"hidden": not width})
    rows = [(one, version) for one in found for version in one.versions]
    for row, (one, version) in enumerate(rows, start=1):
        first = version is one.versions[0]
        cells = [text[:LONGEST] for text in _cells(one, version)]
        sheet.set_row(row, row_height(cells[: VISIBLE - 1], WIDTHS[1:VISIBLE]))
        sheet.write_blank(row, 0, None, looks["asked" if first else "asked_again"])
        for place, text in enumerate(cells, start=1):
            sheet.write_string(row, place, text, looks["first" if first else "next"])
    guide = book.add_worksheet("Mode d'emploi")
    guide.set_column(0, 0, 100)
    guide.write_string(0, 0, HOW, looks["next"])
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    book.close()


def free_name(book: Workbook, waiting: Sequence[Conflict]) -> Path:
    """Where to write that workbook: never over one in which somebody began to choose."""
    keys = {one.key for one in waiting}
    names = (NAME, *(NAME.replace(".", f"-{n}.") for n in range(2, 100)))
    paths = (book.workspace.quarantine / name for name in names)
    return next(path for path in paths if not path.exists() or not _begun(path, keys))


def _begun(path: Path, keys: set[Key]) -> bool:
    """Tell whether a workbook holds choices that were not taken; one that is unreadable may."""
    try:
        return bool(keys & set(_marked(path)))
    except MaterialError:
        return True


def _cells(one: Conflict, version: Version) -> tuple[str, ...]:
    shown = " — c'est elle qui se lit en attendant" if version.digest == one.shown else ""
    return (one.title, one.author(version) + shown, one.difference(version), one.about,
            *one.key, version.digest)  # fmt: skip


def is_answer(path: Path) -> bool:
    """Tell whether a file is a workbook of choices, by its name's end."""
    return path.suffix.lower() in (".xlsx", ".ods", ".csv")


def choose(book: Workbook, path: Path) -> list[Choice]:
    """Take the choices of a workbook given back; each makes a version follow the others.

    Raises
    ------
    MaterialError
        When it is not such a workbook, or two versions of one thing are kept.
    """
    marked = _marked(path)
    with book.store(readonly=False) as store:
        others = joined(book.workspace, store)
        open_ones = {one.key: one for one in _conflicts(book, store, others)}
        made = [_choice(path, open_ones[key], kept) for key, kept in marked.items()
                if key in open_ones]  # fmt: skip
        if made:
            _take(book, store, (others, made), path)
            file_all(store, book.geography)
    return made


def _marked(path: Path) -> dict[Key, list[str]]:
    found: dict[Key, list[str]] = {}
    sheets = [sheet for sheet in read_table(path) if {KEEP, MARK, "Table"} <= set(sheet.columns)]
    if not sheets:
        raise MaterialError(
            f"« {path.name} » n'est ni un lot de contributions, ni le classeur des versions à "
            "choisir.",
            "Un autre fichier se reçoit avec « dts receive ».",
        )
    for sheet in sheets:
        for row in sheet.cells.fillna("").to_dict("records"):
            said = str(row[KEEP]).strip()
            if said and (said.casefold() in ("x", "×", "✓", "✗") or to_boolean(said)):
                key = (str(row["Table"]).strip(), str(row["Identifiant"]).strip())
                found.setdefault(key, []).append(str(row[MARK]).strip())
    return found


def _choice(path: Path, conflict: Conflict, kept: list[str]) -> Choice:
    digests = [version.digest for version in conflict.versions]
    if len(kept) > 1 or kept[0] not in digests:
        what = "deux versions sont gardées" if len(kept) > 1 else "la version n'est plus là"
        raise MaterialError(
            f"« {path.name} » : {what} pour « {conflict.key[1]} » ; rien n'a changé.",
            "Mettre un seul x par cadre, dans le classeur écrit le plus récemment.",
        )
    return Choice(conflict.key, kept[0], tuple(sorted(digests)))


def _take(book: Workbook, store: Store, known: tuple[Joined, list[Choice]], path: Path) -> None:
    """Keep the choices as an import of their own, and settle what they speak of."""
    others, made = known
    with store.transaction():
        text = written(list(_kept(made, len(others.choices))), indent=1)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / f"choix{CHOICE_SUFFIX}"
            copy.write_bytes(text.encode())
            keep_raw(book.workspace.raw, copy, sha256)
        number = store.begin_import(file=path.name, sha256=sha256, mapping=CHOSEN)
        store.note_counts(number, {"read": len(made), "accepted": len(made)})
        row = next(one for one in store.import_rows() if one["import_id"] == number)
        dated = [Choice(one.key, one.kept, one.over, moment(row)) for one in made]
        whole = Joined(others.bundles, (*others.choices, *dated))
        settle(book, store, whole, Told(None, number, {one.key for one in made}))
        store.leave_unfiled(number)
    settle_texts(book.workspace, whole)


def _kept(made: Iterable[Choice], rank: int) -> Iterator[dict[str, Any]]:
    """Choices as they are kept; their rank makes the same choice made later another one."""
    for one in made:
        table, record = one.key
        yield {"table": table, "id": record, "kept": one.kept, "over": list(one.over),
               "rank": rank}  # fmt: skip
