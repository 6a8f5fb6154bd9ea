"""What was received and what is not known."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dts_research.analysis import places as study
from dts_research.analysis.portrait import by_mission
from dts_research.analysis.result import listed
from dts_research.display import blocks, door, style
from dts_research.display.blocks import Block
from dts_research.display.captions import no_sheet, nothing, received, silent
from dts_research.display.charts_authorities import threads_of
from dts_research.display.depth import FULL, full
from dts_research.display.grids import grid
from dts_research.display.several import Blocks
from dts_research.display.style import agree, french_date, listing, many
from dts_research.display.tables_findings import EVENTS, FEW
from dts_research.display.tables_places import file_name
from dts_research.schema.catalogue import catalogue, plain
from dts_research.store.clock import day_of
from dts_research.workbook import counts_of
from dts_research.workbook.material import Material

# Fields whose blanks a group can fill at its next session.
ASKED = ("structure_id", "started_on", "missions", "themes", "stage", "what_worked",
         "what_resisted", "surprises", "open_questions", "evidence_level", "people_count",
         "obstacles", "levers")  # fmt: skip


def sources(material: Material) -> Block:
    """Files received: what was read, accepted, set aside; the last version of each."""
    if material.sources.empty:
        text = "Aucun fichier n'a encore été reçu dans ce classeur."
        if material.received:
            text = "Aucun des fichiers reçus ne parle encore de ce territoire."
        return nothing("sources", "Aucune source", text)
    rows = counts_of(received(material))
    aside = int(_counts(rows, "quarantined").sum())
    names = {"read": "Lues", "accepted": "Acceptées", "quarantined": "En quarantaine",
             "duplicates": "Doublons"}  # fmt: skip
    columns: dict[str, list[Any]] = {
        "Fichier": [file_name(f) for f in rows["file"]],
        "Reçu le": [french_date(day_of(moment)) for moment in rows["received_at"]],
    }
    columns |= {head: [int(v) for v in _counts(rows, key)] for key, head in names.items()}
    columns["Contenu"] = [str(digest)[:10] for digest in rows["sha256"]]
    files = many(len(rows), "fichier reçu", "fichiers reçus")
    title = f"{files}, {many(aside, 'ligne') if aside else 'aucune ligne'} en quarantaine"
    return grid(
        material, "sources", title, columns,
        note="Une ligne en quarantaine attend une correction de qui l'a écrite ; elle ne compte "
        "nulle part. Contenu : début de l'empreinte SHA-256 ; deux fichiers de même empreinte "
        "sont le même fichier.",
        produced="registre des imports", annex=True,
    )  # fmt: skip


def _counts(rows: pd.DataFrame, key: str) -> pd.Series:
    if key not in rows.columns:
        return pd.Series(0, index=rows.index)
    return pd.to_numeric(rows[key], errors="coerce").fillna(0)


# Beyond this many fields that no sheet fills, a table of equal numbers says less than a sentence.
ALL_BLANK = 5
KEPT_EVENTS = (
    "Une partie de ce qui est noté sur les collectivités et leurs achats n'est pas diffusée à ce "
    "public : aucune absence ne peut s'en déduire."
)


def unknowns(material: Material) -> Blocks:
    """What we do not know: silences, blanks, what is kept back; shorter for a shorter report."""
    sheets = door.rows(material, "experiences")
    items = [*_silences(material), *_kept_back(material)]
    if not full(material):
        items += _few_blanks(sheets)
    shown = items[:2] if material.reader == "élu" else items
    left = len(items) - len(shown)
    if left:
        others = many(left, "autre point", "autres points")
        where = "à demander à qui remet cette page" if material.reader == "élu" else FULL
        shown = [*shown, f"{others} : {where}."]
    box = blocks.callout(
        id="silences",
        tone="inconnu",
        title="Un silence n'est ni un zéro ni un échec",
        text="Chaque point est une question à poser à qui peut y répondre.",
        items=shown or ["Rien de connu ne manque ; chercher alors ce que personne n'a demandé."],
    )
    if sheets.empty or not full(material):
        return Blocks((box,))
    return Blocks((box, _blanks(material, sheets)))


def _silences(material: Material) -> list[str]:
    """Sentences on who and what nothing is known of, the authorities first."""
    sheets = door.rows(material, "experiences")
    said = [no_sheet(material)] if sheets.empty else []
    said += [*_mute(material), *_untold(material, sheets)]
    return [*said, *_without_mission(material, sheets), *_doubts(material, sheets)]


def _mute(material: Material) -> list[str]:
    """Authorities of which nothing is known; none is named where a part is kept back."""
    if not door.whole(material, *EVENTS):
        return [KEPT_EVENTS]
    mute = [t.who for t in threads_of(material) if t.unknown]
    who = many(len(mute), "collectivité ou acheteur public", "collectivités et acheteurs publics")
    named = "" if material.audience == "public" else f" : {_some(mute)}"
    return [f"Rien n'est noté sur {who}{named}."] * bool(mute)


def _untold(material: Material, sheets: pd.DataFrame) -> list[str]:
    """Structures without a sheet; none is named where some sheets are not shown."""
    known = door.rows(material, "structures")
    quiet = known[~known["structure_id"].isin(set(sheets["structure_id"]))]
    if quiet.empty:
        return []
    have = many(len(quiet), "structure n'a", "structures n'ont")
    if not door.all_told(material):
        return [f"{have} pas de fiche montrée ici : d'autres fiches existent peut-être."]
    names = sorted((door.words(label) for label in quiet["label"]), key=plain)
    return [f"{have} pas encore de fiche : {_some(names)}."]


def _without_mission(material: Material, sheets: pd.DataFrame) -> list[str]:
    missions = by_mission(sheets)
    if missions.n and missions.missing == missions.n:
        return [silent(missions.n, "sa mission")]
    if missions.n < FEW:
        return []
    blank = missions.table["label"][missions.table["count"] == 0]
    shown = "" if door.all_told(material) else " montrée ici"
    return [f"La mission « {label} » n'a aucune fiche{shown}." for label in blank]


def _doubts(material: Material, sheets: pd.DataFrame) -> list[str]:
    """What the places rest upon, where it is doubtful."""
    found, said = study.evidence(door.rows(material, "experience_places"), sheets), []
    doubted, away = int(found.table["contradicted"].sum()), len(door.elsewhere(material))
    if doubted:
        said.append(f"La source contredit {many(doubted, 'lieu retenu', 'lieux retenus')}.")
    if away:
        place = f"{many(away, 'lieu', 'lieux')} que le fichier situe ici"
        verb = agree(away, "se trouve", "se trouvent")
        said.append(f"{place} {verb} ailleurs, d'après une preuve plus solide.")
    if found.missing:
        have = agree(found.missing, "n'a pas", "n'ont pas")
        said.append(f"{many(found.missing, 'fiche')} {have} de lieu assuré.")
    return said


def _some(names: list[str]) -> str:
    rest = len(names) - 6
    return listing([*names[:6], f"{rest} autres"]) if rest > 1 else listing(names)


def _kept_back(material: Material) -> list[str]:
    said = []
    kept = door.withheld(material, "experiences")
    if kept:
        verb = agree(kept, "n'est pas destinée", "ne sont pas destinées")
        said.append(f"{many(kept, 'fiche')} {verb} à ce public.")
    quotes = door.quotes_withheld(material)
    if quotes:
        verb = agree(quotes, "ne peut pas être citée", "ne peuvent pas être citées")
        said.append(f"{many(quotes, 'parole')} {verb} ici.")
    counts = door.rows(material, "experiences")["people_count"]
    hidden = sum(material.policy.hides_people(float(c)) for c in counts.dropna())
    if hidden:
        hide = agree(hidden, "est caché", "sont cachés")
        few = f"de moins de {material.policy.people} personnes"
        said.append(f"{many(hidden, 'effectif')} {few} {hide} : « {style.SECRET} ».")
    return said


def _missing(sheets: pd.DataFrame) -> dict[str, int]:
    """Fields that the group can fill, and how many sheets leave each blank."""
    counts = {name: sum(_is_blank(v) for v in sheets[name]) for name in ASKED}
    pairs = zip(sheets["organisation"], sheets["structure_id"])
    counts["structure_id"] = sum(_is_blank(a) and _is_blank(b) for a, b in pairs)
    return {name: count for name, count in counts.items() if count}


def _few_blanks(sheets: pd.DataFrame) -> list[str]:
    """One sentence on the fields that some sheets leave blank."""
    missing, titles = _missing(sheets), catalogue().tables["experiences"]
    if not missing:
        return []
    if set(missing.values()) == {len(sheets)}:
        blank = listing([_lower(titles.field(name).title) for name in missing])
        return [f"{_no_sheet_says(len(sheets))} : {blank}."]
    names = [f"{_lower(titles.field(name).title)} ({count})" for name, count in missing.items()]
    stay = agree(len(missing), "reste", "restent")
    lead = f"{many(len(missing), 'champ')} sur les {len(ASKED)} suivis ici {stay}"
    return [f"{lead} en blanc dans quelques fiches : {_some(names)}."]


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _no_sheet_says(total: int) -> str:
    return "La fiche ne dit rien de" if total == 1 else f"Aucune des {total} fiches ne dit rien de"


def _blanks(material: Material, sheets: pd.DataFrame) -> Block:
    schema, missing, total = catalogue().tables["experiences"], _missing(sheets), len(sheets)
    if not missing:
        text = "Toutes les fiches remplissent les champs suivis."
        return nothing("champs-manquants", "Aucun champ suivi ne manque", text, mark=style.ZERO)
    if set(missing.values()) == {total} and len(missing) > ALL_BLANK:
        heads = listing([_lower(schema.field(name).title) for name in missing])
        text = f"{_no_sheet_says(total)} : {heads}. Un blanc n'est pas « rien à signaler »."
        return nothing("champs-manquants", "Ce qu'aucune fiche ne dit", text)
    verb = agree(len(missing), "a des blancs", "ont des blancs")
    tracked = many(len(missing), "champ suivi", "champs suivis")
    return grid(
        material, "champs-manquants", f"{tracked} sur {len(ASKED)} {verb}",
        {
            "Champ": [schema.field(name).title for name in missing],
            "Manquants": list(missing.values()),
            "Sur": [total] * len(missing),
        },
        note="Dans l'ordre de la fiche. Un blanc n'est pas « rien à signaler ».",
    )  # fmt: skip


def _is_blank(value: Any) -> bool:
    return not listed(value) or (isinstance(value, str) and not value.strip())
