"""Map of an indicator by département: shades for a ratio, circles for a total."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dts_research.analysis.indicators import ByPlace, by_place
from dts_research.display import door
from dts_research.display.blocks import Block
from dts_research.display.captions import Caption, frame, nothing
from dts_research.display.map_indicators import Plate, draw
from dts_research.display.pictures import Picture, chart
from dts_research.display.style import absence, agree, french_number, heard, many
from dts_research.reference.spelling import departement_code
from dts_research.schema.catalogue import plain
from dts_research.workbook.material import Material

NAME = "carte-d-un-indicateur"
SHARES = ("%", "pour 100")
TOLD = 12


@dataclass(frozen=True)
class _Asked:
    """Words about an indicator: what is measured, in what, and what limits the comparison."""

    label: str
    unit: str
    notes: str


def map_indicator(material: Material, *, indicator: str = "", over: str = "") -> Block:
    """An indicator by département; in shades when it is a ratio, in circles when it is a total.

    Parameters
    ----------
    indicator
        Identifier of the indicator; by default the first of the table.
    over
        Identifier of the indicator it is divided by: « for 100 ».
    """
    known = door.rows(material, "indicators")
    indicator = indicator or str(next(iter(known["indicator_id"]), ""))
    if not {indicator, over or indicator} <= set(known["indicator_id"]):
        text = "La table des indicateurs ne contient pas l'indicateur demandé."
        return nothing(NAME, "Aucun indicateur à cartographier", text)
    asked = _asked(known.set_index("indicator_id"), indicator, over)
    found = by_place(
        _by_departement(material), indicator=indicator, over=over,
        share=asked.unit in SHARES and not over, period=_year(material.period),
    )  # fmt: skip
    if found.values.empty:
        text = f"Aucune valeur de « {asked.label} » n'est publiée par département."
        return nothing(NAME, "Aucune valeur à cartographier", text)
    return _block(material, asked, found)


def _asked(known: pd.DataFrame, indicator: str, over: str) -> _Asked:
    row = known.loc[indicator]
    label, unit = door.words(row["label"]), door.words(row["unit"], missing="")
    notes = door.words(row["comparability"], missing="")
    if not over:
        return _Asked(label, unit, notes)
    per = door.words(known.loc[over, "label"])
    also = door.words(known.loc[over, "comparability"], missing="")
    return _Asked(
        f"{label} pour 100 {per[:1].lower()}{per[1:]}", "pour 100", f"{notes} {also}".strip()
    )


def _by_departement(material: Material) -> pd.DataFrame:
    """Observations of départements, as this audience may read them."""
    rows = door.country(material)
    codes = rows["territory_id"].map(lambda text: departement_code(str(text)))
    rows = rows.assign(territory_id=codes)
    return rows[codes.isin(set(material.geography.departement_names)).to_numpy(dtype=bool)]


def _year(period: str) -> str:
    """Last year of a period."""
    return period.replace("–", "-").rpartition("-")[2].strip()


def _block(material: Material, asked: _Asked, found: ByPlace) -> Block:
    names = material.geography.departement_names
    table = found.table.assign(name=found.table["place"].map(names))
    table = table.sort_values("name", key=lambda column: column.map(plain), ignore_index=True)
    shown = [_shown(r.value, str(r.state)) for r in table.itertuples()]
    data = frame({"Département": table["name"], _head(asked): shown,
                  "Millésime": [door.words(v) for v in table["vintage"]]})  # fmt: skip
    message = _message(material, asked, found)
    told = list(zip(table["name"], shown))
    more = " ; la suite est dans le tableau" if len(told) > TOLD else ""
    kind = "Carte en dégradé d'une teinte" if found.ratio else "Carte à cercles proportionnels"
    caption = Caption(
        message,
        asked.label,
        f"{kind}, par département. {message}. {heard(told[:TOLD])}{more}.",
        _reading(material, asked, found),
        "indicateurs du classeur",
        period=found.period,
        place="France",
    )
    plate = Plate(material, found, asked.unit)
    picture = Picture(draw(plate), wide=draw(plate, wide=True), card=True)
    return chart(material, NAME, caption, picture=picture, data=data)


def _head(asked: _Asked) -> str:
    return asked.unit[:1].upper() + asked.unit[1:] if asked.unit else "Valeur"


def _shown(value: float, state: str) -> str:
    """A value, or why there is none."""
    if not pd.isna(value):
        return french_number(value, decimals=1)
    return absence(state)


def _message(material: Material, asked: _Asked, found: ByPlace) -> str:
    """Value of the reader's territory and what the others make, never who comes first."""
    values, places = found.values, len(found.values)
    code = material.territory.code if material.territory.level == "departement" else ""
    name = f"{door.words(material.territory.label)} : " if code in values else ""
    own = f"{name}{french_number(values[code], decimals=1)} {asked.unit}" if name else ""
    where = f"{many(places, 'département renseigné', 'départements renseignés')}"
    if found.ratio:
        low, high = (french_number(v, decimals=1) for v in (values.min(), values.max()))
        span = f"de {low} à {high}{'' if own else f' {asked.unit}'} dans {where}"
        return f"{own} ; {span}" if own else span[:1].upper() + span[1:]
    whole = french_number(found.reference, decimals=1)
    return f"{own}, sur {whole} dans {where}" if own else f"{whole} {asked.unit} dans {where}"


def _reading(material: Material, asked: _Asked, found: ByPlace) -> str:
    geo = material.geography
    drawn = geo.departements["code"][geo.departements["zone"] != "com"]
    silent = len(set(drawn) - set(found.values.index))
    have = agree(silent, "département n'a pas", "départements n'ont pas")
    blank = f"{french_number(silent)} {have} de donnée publiée ici" if silent else ""
    if found.ratio:
        how = (
            "Plus la teinte est foncée, plus le rapport est grand ; les classes contiennent à peu "
            "près autant de départements"
        )
        blank = blank and f" ; hachures : {blank}"
    else:
        how, blank = "La surface du cercle suit le total", blank and f" ; {blank}"
    return " ".join(
        part
        for part in (
            f"{how}{blank}.",
            asked.notes,
            f"Contours {geo.vintage} ; départements d'outre-mer rapprochés.",
        )
        if part
    )
