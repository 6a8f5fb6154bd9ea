"""Where each place of an experience is, on what evidence, and what the row says against it.

A place comes from coordinates when there are some, else from a code, a label or a postal code.
What else the row states is kept beside it; a contradiction is flagged and can be counted. Places
abroad and places without evidence are categories of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import pandas as pd

from dts_research.reference import location, spelling
from dts_research.reference.claims import Claim, Reader
from dts_research.reference.geography import Geography

SETTLED = ("commune_code", "departement_code", "epci_code", "region_code")
FILLED_BY_HAND = {
    "stated_commune_code": "commune_code",
    "stated_departement": "departement_code",
    "stated_region": "region_code",
}
DESIGNATED_BY = {
    "commune_code": "le code commune désigne",
    "label": "le libellé désigne",
    "postal_code": "le code postal désigne",
    "departement_code": "le code du département désigne",
    "perimeter": "le périmètre désigne",
}
SAID_FIRST = ("stated_departement", "stated_commune_code", "stated_label", "stated_postal_code")
WRONG_POINTS = (location.SWAPPED_NOTE, location.IMPOSSIBLE_NOTE, location.ORIGIN_NOTE)

MOST_HOMONYMS = 8

Place = tuple[str, str, str]
NOWHERE: Place = ("", "", "")


def settle(places: pd.DataFrame, geography: Geography) -> pd.DataFrame:
    """Decide where each place is.

    Parameters
    ----------
    places
        Rows of `experience_places`; any of its columns may be absent. Codes already in
        `commune_code`, `departement_code` and `region_code` count as stated by the source as long
        as `evidence` is empty.
    geography
        The geography to settle in.

    Returns
    -------
    DataFrame
        The same rows, with commune_code, departement_code, epci_code, region_code, evidence,
        contradiction and contradiction_note filled in. A point refused, or that looks swapped, and
        a name that communes of several départements bear, are told in contradiction_note without
        being a contradiction.
    """
    claims = _claims(places, Reader(geography))
    found = _located(places, geography)
    rows = zip(claims, found[["commune_code", "departement_code", "region_code"]].to_numpy())
    settled, evidences, notes, flags = [], [], [], []
    for (said, given), evidence, note in zip(rows, found["evidence"], found["note"]):
        place: Place = tuple("" if pd.isna(code) else code for code in given)  # type: ignore[assignment]
        if evidence == "none":
            place, evidence = _from_claims(said, geography)
        against = _contradiction(said, place, evidence, geography)
        settled.append(place)
        evidences.append(evidence)
        flags.append(bool(against))
        doubt = note if note in WRONG_POINTS else ""
        doubt = doubt or (_homonyms(said, geography) if evidence == "none" else "")
        notes.append(f"{against or ''} {doubt}".strip() or None)
    filled = _frame(settled, places.index, geography)
    filled["evidence"] = pd.array(evidences, dtype="str")
    filled["contradiction"] = pd.array(flags, dtype="boolean")
    filled["contradiction_note"] = pd.array(notes, dtype="str")
    return places.assign(**{name: filled[name] for name in filled})


def tally(settled: pd.DataFrame) -> pd.DataFrame:
    """Count places and contradictions by evidence (columns places, contradictions)."""
    by_evidence = settled.groupby("evidence")["contradiction"]
    counts = by_evidence.agg(places="size", contradictions="sum")
    return counts.astype("Int64").sort_values("places", ascending=False)


def _frame(settled: list[Place], index: pd.Index, geography: Geography) -> pd.DataFrame:
    names = ["commune_code", "departement_code", "stated_region"]
    frame = pd.DataFrame(settled, columns=names, index=index).astype("str").replace("", None)
    filled = geography.complete(frame)
    filled["region_code"] = filled["region_code"].fillna(filled.pop("stated_region"))
    return filled[list(SETTLED)]


def _located(places: pd.DataFrame, geography: Geography) -> pd.DataFrame:
    empty = pd.Series(None, index=places.index, dtype="Float64")
    lat, lon = (places.get(name, empty) for name in ("latitude", "longitude"))
    return geography.locate(lat.reset_index(drop=True), lon.reset_index(drop=True))


def _claims(places: pd.DataFrame, reader: Reader) -> list[dict[str, Claim]]:
    """Read the stated cells of every row, each different text once."""
    columns: dict[str, list[Claim | None]] = {}
    for column in reader.readers():
        texts = _stated(places, column)
        known = {text: reader.read(column, text) for text in set(texts)}
        columns[column] = [known[text] for text in texts]
    territories = [spelling.stated(v) for v in places.get("territory_id", [""] * len(places))]
    columns["territory_id"] = [_perimeter(text, reader) for text in territories]
    names = list(columns)
    return [
        {name: claim for name, claim in zip(names, row) if claim is not None}
        for row in zip(*columns.values())
    ]


def _stated(places: pd.DataFrame, column: str) -> list[str]:
    nothing = pd.Series("", index=places.index)
    texts = places.get(column, nothing).map(spelling.stated).astype(object)
    by_hand = places.get(FILLED_BY_HAND.get(column, ""), nothing).map(spelling.stated)
    ours = places.get("evidence", nothing).map(spelling.stated) != ""
    return list(texts.where((texts != "") | ours, by_hand))


def _perimeter(text: str, reader: Reader) -> Claim | None:
    """Read a perimeter's identifier; a free one says nothing of communes here."""
    if not text:
        return None
    for claim in (reader.commune_code(text), reader.departement(text)):
        if claim and len(text) <= 5:
            return Claim(claim.said, "perimeter", claim.communes, claim.departements, claim.regions)
    return Claim(text, "perimeter", None, None, frozenset())


def _from_claims(said: dict[str, Claim], geography: Geography) -> tuple[Place, str]:
    """Settle a place without coordinates, on the finest claim that points to one place."""
    claims = sorted(said.values(), key=lambda claim: claim.communes is None)
    for claim in claims:
        communes = _narrowed(claim, claims, geography)
        departements = {geography.commune_departements[c] for c in communes} or (
            set(claim.departements or ())
        )
        if len(communes) > 1 and len(departements) > 1:
            continue
        if len(departements) == 1:
            commune = next(iter(communes)) if len(communes) == 1 else ""
            departement = departements.pop()
            region = geography.departement_regions[departement]
            return (commune, departement, region), claim.evidence
        if claim.regions:
            return ("", "", next(iter(claim.regions))), claim.evidence
    return NOWHERE, "perimeter" if "territory_id" in said else "none"


def _homonyms(said: dict[str, Claim], geography: Geography) -> str:
    """Say where the communes are whose name is all that is known of a place."""
    claims = list(said.values())
    named = said.get("stated_label")
    communes = _narrowed(named, claims, geography) if named and named.communes else frozenset()
    codes = sorted({geography.commune_departements[code] for code in communes})
    if named is None or len(codes) < 2:
        return ""
    listed = [f"{geography.departement_names[code]} ({code})" for code in codes]
    more = f" et {len(listed) - MOST_HOMONYMS} autres" if len(listed) > MOST_HOMONYMS else ""
    where = ", ".join(listed[:MOST_HOMONYMS]) + more
    return f"Des communes de plusieurs départements s'appellent « {named.said} » : {where}."


def _narrowed(claim: Claim, claims: Iterable[Claim], geography: Geography) -> frozenset[str]:
    """Keep, of the communes a claim allows, those that the other claims allow too, if any."""
    communes = claim.communes or frozenset()
    for other in claims:
        if len(communes) > 1 and other is not claim:
            kept = {c for c in communes if other.allows(_place_of(c, geography))}
            communes = frozenset(kept) or communes
    return communes


def _place_of(commune: str, geography: Geography) -> Place:
    departement = geography.commune_departements[commune]
    return commune, departement, geography.departement_regions[departement]


def _contradiction(
    said: dict[str, Claim], place: Place, evidence: str, geography: Geography
) -> str | None:
    """Write in one sentence what the row says against its place, or None."""
    stated = {name: claim for name, claim in said.items() if name != "territory_id"}
    ordered = [stated[n] for n in (*SAID_FIRST, "stated_region") if n in stated]
    if evidence == "none":
        return None
    against = [claim for claim in ordered if not claim.allows(place)]
    if against:
        told = [against[0]]
        told += [c for c in against[1:] if not any(c.meets(kept) for kept in told)]
        words = ", ".join(claim.said for claim in told)
        return f"Le fichier dit {words} ; {_designated(place, evidence, geography)}."
    for claim in ordered:
        if claim.clash:
            return f"Le fichier dit à la fois {claim.clash}."
    for first, second in combinations(ordered, 2):
        if not first.meets(second):
            return f"Le fichier dit à la fois {first.said} et {second.said}."
    return None


def _designated(place: Place, evidence: str, geography: Geography) -> str:
    commune, departement, region = place
    if evidence == "abroad":
        return "les coordonnées sont à l'étranger"
    if commune:
        name, inside = geography.commune_names[commune], f" ({departement})"
    elif departement:
        name, inside = geography.departement_names[departement], f" ({departement})"
    else:
        name, inside = geography.region_names[region], ""
    if not evidence.startswith("coordinates"):
        return f"{DESIGNATED_BY[evidence]} {name}{inside}"
    if commune:
        return f"les coordonnées sont {spelling.at(name)}{inside}"
    near = "à moins de 3 km du" if evidence == "coordinates_near" else "dans le"
    return f"les coordonnées sont {near} département {name}{inside}"
