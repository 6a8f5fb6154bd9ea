"""What is said of a sheet of context data: codes repaired, unknown, contradicted by their name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from dts_research.intake.context import LEVELS, PLACE, Country, Description
from dts_research.intake.context_places import code_of, folded, names_of, shaped
from dts_research.intake.context_roles import stripped
from dts_research.intake.context_titles import listed
from dts_research.intake.sheets import Sheet
from dts_research.intake.taking import ISSUE_COLUMNS, REPAIR_COLUMNS
from dts_research.schema.sentences import repaired

Remark = dict[str, object]
MOST_NAMED = 8
_GROUPS = re.compile(r"Au-dessus de l'en-tête .* : «[^»]*», «")


def remarks_on(
    sheet: Sheet, description: Description, country: Country
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Issues of the sheet as a whole and of its codes, and the repairs made to them."""
    texts = stripped(sheet)
    place = description.column(PLACE)
    codes = texts[place].map(lambda t: code_of(t, description.level))
    said = [_above(note) if _GROUPS.match(note) else _note(0, "reading", note)
            for note in sheet.notes]  # fmt: skip
    said += _diffusion(description)
    said += _doubts(description)
    said += _aside(sheet, description)
    said += _outside(codes, description, country)
    for label in description.mapping.compared:
        if label in texts:
            said += _contradicted(codes, texts[label], description, country)
    changed = codes[(codes != texts[place]) & (texts[place] != "")]
    pairs = [(row, texts.at[row, place], code) for row, code in changed.items()]
    said += [_repair(row, before, after, place) for row, before, after in pairs]
    issues = pd.DataFrame(said, columns=list(ISSUE_COLUMNS)).assign(sheet=sheet.name)
    repairs = [
        (sheet.name, row, place, "observations", "territory_id", before, after)
        for row, before, after in pairs
    ]
    return issues, pd.DataFrame(repairs, columns=list(REPAIR_COLUMNS))


def _note(row: int, rule: str, message: str, **more: str) -> Remark:
    texts = dict.fromkeys(ISSUE_COLUMNS, "") | {"severity": "note", "table": "observations"}
    return {**texts, "row": row, "rule": rule, "message": message, **more}


def _above(note: str) -> Remark:
    """Words above several columns may be the first row of their titles."""
    fix = "si ce sont des titres de groupes, les recopier dans les titres, et recevoir à nouveau"
    return _note(0, "reading", note, severity="to_confirm", fix=fix)


def _diffusion(description: Description) -> Iterator[Remark]:
    """Series whose diffusion nobody said: they stay in their territory."""
    labels = dict.fromkeys(s.label for s in description.series.values() if not s.diffusion)
    if labels:
        yield _note(
            0, "diffusion",
            f"Diffusion non dite pour {listed(list(labels))} : ces valeurs ne sortent pas de "
            "leur territoire",
            severity="note" if description.mapping.told else "to_confirm",
            fix='pour des statistiques publiques, écrire diffusion = "public" dans la '
            "correspondance",
        )  # fmt: skip


def _doubts(description: Description) -> Iterator[Remark]:
    for doubt in description.doubts:
        yield _note(0, "context", doubt, severity="to_confirm", fix="relire la correspondance")


def _aside(sheet: Sheet, description: Description) -> Iterator[Remark]:
    """Columns that are not taken: told once, when the description is proposed."""
    mapping = description.mapping
    untold = mapping.unspoken(sheet)
    for column in [*untold, *(() if mapping.told else mapping.kept_aside)]:
        why = mapping.why.get(column, "laissée de côté : elle n'est pas dans la correspondance")
        text = f"La colonne « {column} » est {why}"
        yield _note(sheet.header_row, "column", text, column=column)


def _outside(codes: pd.Series, description: Description, country: Country) -> Iterator[Remark]:
    """Codes that are not those of today: kept as they are."""
    level = description.level
    here = country.places[level]
    gone = [(row, code) for row, code in codes.drop_duplicates().items()
            if code not in here and (shaped(code, level) or code in country.former)]  # fmt: skip
    if not gone:
        return
    named = ", ".join(f"{code} (ligne {row})" for row, code in gone[:MOST_NAMED])
    more = f" et {len(gone) - MOST_NAMED} autres" if len(gone) > MOST_NAMED else ""
    kept = "gardés tels quels" if len(gone) > 1 else "gardé tel quel"
    yield _note(
        0, "territory",
        f"Hors de la liste des {LEVELS[level]} de {country.vintage}, {kept} : {named}{more}",
        column=description.column(PLACE),
        fix="vérifier le millésime du découpage de la source",
    )  # fmt: skip


def _contradicted(
    codes: pd.Series, labels: pd.Series, description: Description, country: Country
) -> Iterator[Remark]:
    """Rows whose name is that of another territory than their code."""
    names = names_of(description.level, country)
    mine = country.places[description.level]
    for row, label in labels[labels != ""].items():
        other = names.get(folded(label))
        if (
            other is None
            or other == codes[row]
            or folded(mine.get(codes[row], "")) == folded(label)
        ):
            continue
        yield _note(
            int(str(row)), "contradiction",
            f"« {label} » ({labels.name}) contredit « {codes[row]} » "
            f"({description.column(PLACE)}), qui est gardé",
            column=str(labels.name), severity="to_confirm", fix="vérifier lequel est juste",
            value=label, field="territory_id",
        )  # fmt: skip


def _repair(row: int, before: str, after: str, place: str) -> Remark:
    said = repaired(before, after)[0]
    return _note(row, "repair", said, column=place, value=before, field="territory_id")
