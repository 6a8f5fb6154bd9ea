"""What was received, what is not known, how the report was made, what words mean."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dts_research.analysis import places as study
from dts_research.analysis.portrait import by_mission, labels
from dts_research.analysis.result import listed
from dts_research.display import blocks, door, style
from dts_research.display.blocks import Block
from dts_research.display.captions import no_sheet, nothing, silent, when, where
from dts_research.display.charts_authorities import threads_of
from dts_research.display.fields import Labelled
from dts_research.display.grids import grid
from dts_research.display.several import Blocks
from dts_research.display.style import agree, french_date, listing, many
from dts_research.display.tables_places import file_name
from dts_research.schema.catalogue import catalogue
from dts_research.workbook import counts_of
from dts_research.workbook.material import Material

REAL = 6
# Fields whose blanks a group can fill at its next session.
ASKED = ("structure_id", "started_on", "missions", "themes", "stage", "what_worked",
         "what_resisted", "surprises", "open_questions", "evidence_level", "people_count",
         "obstacles", "levers")  # fmt: skip


def sources(material: Material) -> Block:
    """Files received: what was read, accepted, set aside."""
    if material.sources.empty:
        text = "Aucun fichier n'a encore été reçu dans ce classeur."
        return nothing("sources", "Aucune source", text)
    rows = counts_of(material.sources)
    aside = int(_counts(rows, "quarantined").sum())
    names = {"read": "Lues", "accepted": "Acceptées", "quarantined": "En quarantaine",
             "duplicates": "Doublons"}  # fmt: skip
    columns: dict[str, list[Any]] = {
        "Fichier": [file_name(f) for f in rows["file"]],
        "Reçu le": [french_date(d.date()) for d in pd.to_datetime(rows["received_at"])],
    }
    columns |= {head: [int(v) for v in _counts(rows, key)] for key, head in names.items()}
    columns["Empreinte"] = [str(digest)[:10] for digest in rows["sha256"]]
    received = many(len(rows), "fichier reçu", "fichiers reçus")
    title = f"{received}, {many(aside, 'ligne') if aside else 'aucune ligne'} en quarantaine"
    return grid(
        material, "sources", title, columns,
        note="Une ligne en quarantaine attend d'être corrigée par qui l'a écrite ; elle ne compte "
        "nulle part.",
        produced="registre des imports", annex=True,
    )  # fmt: skip


def _counts(rows: pd.DataFrame, key: str) -> pd.Series:
    if key not in rows.columns:
        return pd.Series(0, index=rows.index)
    return pd.to_numeric(rows[key], errors="coerce").fillna(0)


# Beyond this many fields that no sheet fills, a table of equal numbers says less than a sentence.
ALL_BLANK = 5


def unknowns(material: Material) -> Blocks:
    """What we do not know: silences, blanks, what is kept back."""
    experiences = door.rows(material, "experiences")
    items = [*_silences(material), *_kept_back(material)]
    box = blocks.callout(
        id="silences",
        tone="inconnu",
        title="Un silence n'est ni un zéro ni un échec",
        text="C'est une question à poser, à qui peut y répondre.",
        items=items or ["Rien de connu ne manque ; chercher alors ce que personne n'a demandé."],
    )
    if experiences.empty:
        return Blocks((box,))
    return Blocks((box, _blanks(material, experiences)))


def _silences(material: Material) -> list[str]:
    experiences = door.rows(material, "experiences")
    said = []
    if experiences.empty:
        said.append(no_sheet(material))
    missions = by_mission(experiences)
    if missions.n and missions.missing == missions.n:
        said.append(silent(missions.n, "sa mission"))
    else:
        labels_of = missions.table["label"][missions.table["count"] == 0]
        said += [f"La mission « {label} » n'a aucune fiche." for label in labels_of]
    known = door.rows(material, "structures")
    quiet = known[~known["structure_id"].isin(set(experiences["structure_id"]))]
    if len(quiet):
        names = sorted(door.words(label) for label in quiet["label"])
        said.append(f"{many(len(quiet), 'structure')} sans fiche : {_some(names)}.")
    mute = [t.who for t in threads_of(material) if t.unknown]
    if mute:
        said.append(f"{many(len(mute), 'collectivité')} sans événement connu : {_some(mute)}.")
    where_from = study.evidence(door.rows(material, "experience_places"), experiences)
    away = len(door.elsewhere(material))
    if away:
        verb = agree(away, "est situé", "sont situés")
        place = f"{many(away, 'lieu', 'lieux')} que le fichier situe ici"
        said.append(f"{place} {verb} ailleurs par une preuve plus solide : voir l'annexe.")
    if where_from.missing:
        have = agree(where_from.missing, "n'a pas", "n'ont pas")
        said.append(f"{many(where_from.missing, 'fiche')} {have} de lieu assuré.")
    return said


def _some(names: list[str]) -> str:
    rest = len(names) - 6
    return f"{', '.join(names[:6])} et {rest} autres" if rest > 1 else listing(names)


def _kept_back(material: Material) -> list[str]:
    said = []
    kept = door.withheld(material, "experiences")
    if kept:
        verb = agree(kept, "n'est pas destinée", "ne sont pas destinées")
        said.append(f"{many(kept, 'fiche')} {verb} à ce public.")
    quotes = door.quotes_withheld(material)
    if quotes:
        verb = agree(quotes, "sert l'analyse sans être citée", "servent l'analyse sans être citées")
        said.append(f"{many(quotes, 'parole')} {verb}.")
    counts = door.rows(material, "experiences")["people_count"]
    hidden = sum(material.policy.hides_people(float(c)) for c in counts.dropna())
    if hidden:
        said.append(f"{many(hidden, 'effectif')} sous le seuil de {material.policy.people} "
                    f"personnes : « {style.SECRET} ».")  # fmt: skip
    return said


def _blanks(material: Material, experiences: pd.DataFrame) -> Block:
    schema = catalogue().tables["experiences"]
    counts = {name: sum(_is_blank(v) for v in experiences[name]) for name in ASKED}
    named = [_is_blank(v) for v in experiences["organisation"]]
    unnamed = [_is_blank(v) for v in experiences["structure_id"]]
    counts["structure_id"] = sum(a and b for a, b in zip(named, unnamed))
    missing = {name: count for name, count in counts.items() if count}
    total = len(experiences)
    if not missing:
        text = "Toutes les fiches remplissent les champs suivis."
        return nothing("champs-manquants", "Aucun champ suivi ne manque", text, mark=style.ZERO)
    if set(counts.values()) <= {0, total} and len(missing) > ALL_BLANK:
        return _all_blank(list(missing), total)
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


def _all_blank(missing: list[str], total: int) -> Block:
    """One sentence where a table would repeat the same number on every row."""
    schema = catalogue().tables["experiences"]
    heads = listing([schema.field(name).title.lower() for name in missing])
    which = "La seule fiche ne dit" if total == 1 else f"Aucune des {total} fiches ne dit"
    text = f"{which} rien de : {heads}. Un blanc n'est pas « rien à signaler »."
    return nothing("champs-manquants", "Ce qu'aucune fiche ne dit", text)


def _is_blank(value: Any) -> bool:
    return not listed(value) or (isinstance(value, str) and not value.strip())


def method(material: Material) -> Block:
    """How the report was made, and how to read it."""
    readers = {
        "territory": "le collectif du territoire",
        "network": "le réseau",
        "public": "tout public",
    }[material.audience]
    n = len(door.rows(material, "experiences"))
    field = f"{many(n, 'expérience')}, {where(material)}, {when(material)} ; lecteurs : {readers}."
    known = {"people": material.policy.people, "vintage": material.geography.vintage}
    items = [("Champ", field), *((label, text.format(**known)) for label, text in METHOD.items())]
    if material.fictional:
        items.insert(0, ("Fiction", _fiction(material)))
    found = [Labelled(label=label, text=text) for label, text in items]
    return blocks.method(id="methode", title="Comment ce rapport est fait", items=found)


def _fiction(material: Material) -> str:
    """Say what is invented, and the sheets that are not."""
    text = "Toutes ces données sont inventées pour la démonstration, sauf les codes officiels et "
    text += "les populations des communes"
    real = real_sheets(door.rows(material, "experiences"))
    if real.empty:
        return f"{text}."
    told = [f"« {door.words(r.title)} » (source : {door.words(r.source)})"
            for r in real.head(REAL).itertuples()]  # fmt: skip
    rest = len(real) - len(told)
    told += [f"{many(rest, 'autre')}"] if rest else []
    which = agree(len(real), "la fiche tirée d'un document réel",
                  "les fiches tirées de documents réels")  # fmt: skip
    return f"{text}, et {which} : {listing(told)}."


def real_sheets(experiences: pd.DataFrame) -> pd.DataFrame:
    """Sheets whose source is told and is not said to be fiction."""
    sources = experiences["source"].fillna("").astype(str)
    invented = sources.str.contains("ficti(?:f|ve)", case=False, regex=True)
    return experiences[~invented & (sources.str.strip() != "")]


METHOD = {
    "Ce qui est compté": "Des fiches d'expérience, écrites par celles et ceux qui agissent. Une "
    "expérience rattachée à deux missions compte dans chacune. Un nombre de fiches dit ce qui a "
    "été écrit, pas ce qui se fait.",
    "Ordre": "Alphabétique, géographique, chronologique ou celui du livret de codes ; jamais par "
    "valeur. Ni les territoires, ni les structures, ni les collectivités ne reçoivent de rang.",
    "Ce qui est caché": "Les effectifs de moins de {people} personnes sont « Secret » ; un total "
    "sur des structures s'affiche quand trois y contribuent et qu'aucune ne dépasse 85 %. Quand "
    "une soustraction rendrait un nombre caché, un second l'est aussi.",
    "Absences": f"« {style.SECRET} », « {style.NOT_PUBLISHED} », « {style.NOT_GIVEN} », "
    f"« {style.ZERO} » et « {style.NOT_APPLICABLE} » ne se remplacent pas l'une l'autre.",
    "Paroles": "Ne sont citées que les personnes qui l'ont accepté, par leur rôle. Les noms de "
    "personnes sont masqués.",
    "Prise en compte": "Des événements datés, avec leur pièce quand elle existe. Ils décrivent "
    "une suite de faits ; ils ne prouvent pas une cause.",
    "Lieux": "Code officiel géographique {vintage} ; chaque lieu porte la preuve sur laquelle il "
    "repose, et ce qui la contredit.",
}

WORDS = {
    "IAE": "Insertion par l'activité économique.",
    "SIAE": "Structure de l'insertion par l'activité économique : AI, ACI, EI, ETTI, EITI.",
    "DTS": "Développeurs de territoires solidaires.",
    "Fil de prise en compte": "Suite datée de ce qu'une collectivité a fait, et de ce qui n'est "
    "pas su.",
    "Sourcing": "Échange d'un acheteur avec les fournisseurs possibles, avant d'acheter.",
    "Clause sociale": "Condition d'un marché public en faveur de l'insertion ; une intention, "
    "pas des heures faites.",
    "Lot réservé": "Part d'un marché ouverte aux seules structures d'insertion ou de handicap.",
    "SPASER": "Schéma de promotion des achats publics socialement et écologiquement responsables.",
    "Tournant": "Étape après laquelle l'expérience n'était plus la même.",
    "Repère": "Ce que le groupe tient pour acquis, avec ses nuances.",
}


def glossary(material: Material) -> Block:
    """Acronyms and words of the report; kinds of structures that are present."""
    kinds = labels("structure_kinds")
    present = set(door.rows(material, "structures")["kind"])
    acronyms = [(code, f"{label}.") for code, label in kinds.items() if code in present]
    missions = catalogue().codelists["missions"]
    aims = [(label, f"{missions.definitions[code]}.") for code, label in missions.labels.items()]
    entries = sorted([*acronyms, *WORDS.items()], key=lambda pair: pair[0].casefold())
    items = [Labelled(label=label, text=text) for label, text in [*entries, *aims]]
    return blocks.method(id="sigles-et-mots", title="Sigles et mots", items=items)
