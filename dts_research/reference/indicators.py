"""Context indicators known: one function each, from the observations that were received.

Population alone needs no file: the geography shipped with the package holds it.
"""

from __future__ import annotations

import pandas as pd

from dts_research.reference.cards import READ, indicator, rows
from dts_research.reference.equipment import EQUIPMENT
from dts_research.reference.exits import EXIT_CARDS
from dts_research.reference.geography import geography

FILOSOFI = "INSEE-DGFiP-Cnaf-Cnav-CCMSA, Filosofi"
CENSUS = "INSEE, recensement de la population"
SINCE_2012 = "dispositif Filosofi, depuis 2012"
FIVE_YEARS = "recensement (moyenne de cinq années)"
APART = "Deux recensements ne se comparent qu'à cinq ans d'écart au moins"
NOT_BEFORE = "Les niveaux de vie d'avant 2012, d'une autre source, ne se mettent pas à la suite"
WORK = ("suite_parcours", "passerelle_siae", "multi_employeur", "nouvelle_filiere")
SHIPPED_PERIOD = "2023"


@indicator(
    label="Population municipale", unit="habitants", source=CENSUS,
    titles=(r"pop", r"population_municipale", r"pop_municipale", r"pmun"), vintage=FIVE_YEARS,
    numerator="Personnes ayant leur résidence habituelle sur le territoire", guard=APART,
)  # fmt: skip
def population(observations: pd.DataFrame) -> pd.DataFrame:
    """Personnes ayant leur résidence habituelle dans le territoire, au sens du recensement.

    Les territoires dont aucun fichier reçu ne parle prennent celle du découpage livré.
    """
    received, shipped = rows(observations, "population"), _shipped()
    rest = shipped[~shipped["territory_id"].isin(set(received["territory_id"]))]
    return pd.concat([received, rest], ignore_index=True) if len(received) else shipped


def _shipped() -> pd.DataFrame:
    """Population of today's communes, EPCI, départements and régions."""
    country = geography()
    levels = (
        (country.communes, "code", ""), (country.epcis, "siren", ""),
        (country.departements, "code", ""), (country.regions, "code", "R"),
    )  # fmt: skip
    parts = [
        pd.DataFrame({"territory_id": prefix + frame[code], "value": frame["population"]})
        for frame, code, prefix in levels
    ]
    whole = pd.concat(parts, ignore_index=True).dropna(subset=["value"])
    told = {
        "period": SHIPPED_PERIOD, "vintage": f"COG {country.vintage}", "source": f"{CENSUS}",
    }  # fmt: skip
    whole = whole.astype({"value": "Float64"}).assign(**told)
    whole["state"] = whole["value"].eq(0).map({True: "zero", False: "published"})
    mayotte = whole["territory_id"].str.startswith("976") | whole["territory_id"].eq("R06")
    whole.loc[mayotte.astype(bool), "period"] = "2017"
    return whole[list(READ)]


@indicator(
    label="Population (statistiques locales)", unit="habitants", source=CENSUS, guard=APART,
    numerator="Personnes ayant leur résidence habituelle sur le territoire", vintage=FIVE_YEARS,
)  # fmt: skip
def population_statloc(observations: pd.DataFrame) -> pd.DataFrame:
    """Population d'un tableau qui ne dit pas son année : jamais dans une série datée."""
    return rows(observations, "population_statloc")


@indicator(
    label="Rapport interdécile du niveau de vie", unit="rapport D9/D1", source=FILOSOFI,
    titles=(r"disparite_de_niveau_de_vie_rapport_interdecile",),
    vintage=SINCE_2012, numerator="Niveau de vie au-dessus duquel vivent les 10 % les plus aisés",
    denominator="Niveau de vie au-dessous duquel vivent les 10 % les plus modestes",
    guard=NOT_BEFORE,
    question=(
        "Où se croisent ici celles et ceux qui vivent largement et celles et ceux qui ont peu ?"
    ),
)  # fmt: skip
def rapport_interdecile(observations: pd.DataFrame) -> pd.DataFrame:
    """Écart entre les niveaux de vie des 10 % les plus aisés et des 10 % les plus modestes."""
    return rows(observations, "rapport_interdecile")


@indicator(
    label="Taux de pauvreté", unit="%", source=FILOSOFI, vintage=SINCE_2012,
    titles=(r"tp60(?P<year>\d\d)?", r"taux_de_pauvrete"),
    numerator="Personnes dont le niveau de vie est sous 60 % de la médiane",
    denominator="Personnes des ménages fiscaux ordinaires", guard=NOT_BEFORE,
    themes=("accueil_reperage", "accompagnement", "logement"),
    question=(
        "Qui sont ici les personnes qui vivent avec peu, et lesquelles ne rencontrons-nous pas ?"
    ),
)  # fmt: skip
def taux_pauvrete(observations: pd.DataFrame) -> pd.DataFrame:
    """Part des personnes vivant sous 60 % du niveau de vie médian de la France."""
    return rows(observations, "taux_pauvrete")


@indicator(
    label="Taux de pauvreté des ménages dont le référent a moins de 30 ans", unit="%",
    source=FILOSOFI, vintage=SINCE_2012,
    numerator="Personnes sous le seuil, dans ces ménages",
    denominator="Personnes des ménages dont le référent fiscal a moins de 30 ans",
    guard="Les étudiants rattachés au foyer de leurs parents n'y sont pas",
    themes=("accueil_reperage", "formation", "logement"),
    question="Que vivent ici les moins de 30 ans qui ont leur logement et peu de moyens ?",
)  # fmt: skip
def taux_pauvrete_moins30(observations: pd.DataFrame) -> pd.DataFrame:
    """Part des personnes sous 60 % de la médiane, quand le référent fiscal a moins de 30 ans."""
    return rows(observations, "taux_pauvrete_moins30")


@indicator(
    label="Niveau de vie médian", unit="euros par an", source=FILOSOFI,
    titles=(r"niveau_(de_)?vie_median(_statloc)?", r"mediane_du_niveau_de_vie",
            r"med(?P<year>\d\d)"),
    vintage=SINCE_2012, numerator="Revenu disponible par unité de consommation", guard=NOT_BEFORE,
    themes=("qualite_emploi", "modele_economique"),
    question="De quels emplois, de quelles pensions et de quels droits vit-on ici ?",
)  # fmt: skip
def niveau_vie_median_statloc(observations: pd.DataFrame) -> pd.DataFrame:
    """Niveau de vie au-dessous duquel vit la moitié des personnes, en euros courants."""
    return rows(observations, "niveau_vie_median_statloc")


@indicator(
    label="Part des prestations sociales dans le revenu", unit="% du revenu disponible",
    source=FILOSOFI, titles=(r"part_prestations_revenu", r"ppsoc(?P<year>\d\d)"),
    vintage=SINCE_2012, numerator="Prestations sociales", denominator="Revenu disponible",
    guard="Le non-recours ne s'y voit pas",
    themes=("accueil_reperage", "accompagnement"),
    question="Qui, ici, ne reçoit pas ce à quoi il a droit, et comment le savons-nous ?",
)  # fmt: skip
def part_prestations_revenu_statloc(observations: pd.DataFrame) -> pd.DataFrame:
    """Part de l'ensemble des prestations sociales dans le revenu disponible des ménages."""
    return rows(observations, "part_prestations_revenu_statloc")


@indicator(
    label="Part des jeunes non insérés", unit="%", source=CENSUS, vintage=FIVE_YEARS,
    titles=(r"part_des_jeunes_non_inseres",),
    numerator="Jeunes de 18 à 25 ans ni en emploi, ni élèves, étudiants ou stagiaires",
    denominator="Jeunes de 18 à 25 ans", guard=APART,
    themes=("accueil_reperage", "formation", "passerelle_siae"),
    question="Que font ici les jeunes sans emploi ni formation, et qui les rencontre ?",
)  # fmt: skip
def jeunes_non_inseres(observations: pd.DataFrame) -> pd.DataFrame:
    """Part des 18-25 ans qui n'ont pas d'emploi et n'étudient pas, au lieu de résidence."""
    return rows(observations, "jeunes_non_inseres")


@indicator(
    label="Part des jeunes diplômés du supérieur", unit="%", source=CENSUS, vintage=FIVE_YEARS,
    titles=(r"part_des_jeunes_diplomes",),
    numerator="Diplômés de l'enseignement supérieur de 25 à 34 ans",
    denominator="Personnes de 25 à 34 ans sorties d'études", guard=APART,
    themes=("formation",),
    question="Qui part d'ici pour étudier, qui revient, et qui n'a pas eu ce choix ?",
)  # fmt: skip
def jeunes_diplomes(observations: pd.DataFrame) -> pd.DataFrame:
    """Part des diplômés du supérieur parmi les 25-34 ans qui ne sont plus en études."""
    return rows(observations, "jeunes_diplomes")


@indicator(
    label="Population à plus de 7 minutes des services de santé", unit="%",
    source="INSEE, recensement et base permanente des équipements",
    vintage="distancier Metric, depuis 2014",
    numerator="Personnes à plus de 7 minutes de cinq services de santé de proximité",
    denominator="Population", guard="Un trajet à l'intérieur d'une commune compte pour zéro",
    themes=("sante", "mobilite"),
    question="Comment se soigne-t-on ici quand les soins sont loin, et qui y conduit ?",
)  # fmt: skip
def pop_loin_sante_7mn(observations: pd.DataFrame) -> pd.DataFrame:
    """Part des habitants à plus de 7 minutes en voiture des soins de proximité."""
    return rows(observations, "pop_loin_sante_7mn")


@indicator(
    label="Taux d'emploi des 15-64 ans", unit="%", source=CENSUS, vintage=FIVE_YEARS,
    titles=(r"taux_d_emploi", r"taux_d?_?emploi_15_64(_ans)?"),
    numerator="Personnes de 15 à 64 ans en emploi", denominator="Personnes de 15 à 64 ans",
    guard=APART,
    themes=WORK,
    question=(
        "Quels emplois d'ici sont ouverts aux personnes en parcours, et lesquels ne le sont pas ?"
    ),
)  # fmt: skip
def taux_emploi(observations: pd.DataFrame) -> pd.DataFrame:
    """Part des 15-64 ans qui ont un emploi, au sens du recensement."""
    return rows(observations, "taux_emploi")


@indicator(
    label="Part de l'économie sociale et solidaire dans l'emploi salarié", unit="%",
    source="INSEE, Clap", vintage="Clap (jusqu'en 2015)",
    numerator="Salariés de l'économie sociale et solidaire", denominator="Salariés",
    guard="Clap s'arrête en 2015 : la source suivante ne se met pas à la suite",
    themes=("cooperation_ess", "ges_ptce", "mutualisation"),
    question=(
        "Avec qui, dans l'économie sociale et solidaire d'ici, ne travaillons-nous pas encore ?"
    ),
)  # fmt: skip
def ess_part_emploi_salarie(observations: pd.DataFrame) -> pd.DataFrame:
    """Poids de l'économie sociale et solidaire dans les emplois salariés du territoire."""
    return rows(observations, "ess_part_emploi_salarie")


@indicator(
    label="Part des chômeurs au sens du recensement", unit="% des actifs de 15 à 64 ans",
    source=CENSUS, titles=(r"taux_de_chomage_au_sens_du_recensement",),
    vintage=FIVE_YEARS, numerator="Chômeurs de 15 à 64 ans, selon leur déclaration",
    denominator="Actifs de 15 à 64 ans",
    guard="Déclaratif, plus élevé que le chômage localisé : jamais dans la même série",
    themes=WORK,
    question="Qui, ici, se dit au chômage sans être inscrit, ou l'inverse ?",
)  # fmt: skip
def part_chomeurs_15_64_rp(observations: pd.DataFrame) -> pd.DataFrame:
    """Part des actifs de 15 à 64 ans qui se déclarent au chômage au recensement."""
    return rows(observations, "part_chomeurs_15_64_rp")


@indicator(
    label="Taux de chômage localisé", unit="% des actifs",
    source="INSEE, taux de chômage localisés",
    titles=(r"taux_(de_)?chomage_localise",), vintage="au sens du BIT, estimé",
    numerator="Chômeurs au sens du BIT, estimés", denominator="Actifs",
    guard="Estimé, plus bas que la part des chômeurs au recensement : jamais dans la même série",
    themes=WORK,
    question="Qui, ici, voudrait un emploi sans être compté parmi les chômeurs ?",
)  # fmt: skip
def taux_chomage_statloc(observations: pd.DataFrame) -> pd.DataFrame:
    """Chômage au sens du BIT, réparti entre les territoires d'après les demandeurs d'emploi."""
    return rows(observations, "taux_chomage_statloc")


@indicator(
    label="Part des 65 à 99 ans", unit="%", source=CENSUS, titles=(r"part_65_99_ans",),
    vintage=FIVE_YEARS, numerator="Personnes de 65 à 99 ans", denominator="Population",
    guard=APART,
    question=(
        "Qu'est-ce que l'âge des habitants d'ici change aux métiers, aux aides et aux trajets ?"
    ),
)  # fmt: skip
def part_65_99_ans_statloc(observations: pd.DataFrame) -> pd.DataFrame:
    """Part des personnes de 65 à 99 ans dans la population."""
    return rows(observations, "part_65_99_ans_statloc")


INDICATORS = (
    population, population_statloc, rapport_interdecile, taux_pauvrete, taux_pauvrete_moins30,
    niveau_vie_median_statloc, part_prestations_revenu_statloc, jeunes_non_inseres,
    jeunes_diplomes, pop_loin_sante_7mn, taux_emploi, ess_part_emploi_salarie,
    part_chomeurs_15_64_rp, taux_chomage_statloc, part_65_99_ans_statloc, *EQUIPMENT,
)  # fmt: skip
CARDS = (*(one.card for one in INDICATORS), *EXIT_CARDS)  # type: ignore[attr-defined]
BY_ID = {card.id: card for card in CARDS}
