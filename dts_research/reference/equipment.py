"""Indicators of the offer of insertion: what it is set over, and who holds it (cards C01 to C04).

The same offer reads differently over the active population, the job-seekers or the recipients of
the minimum income: the three are given side by side, and none of them alone.
"""

from __future__ import annotations

import pandas as pd

from dts_research.reference.cards import indicator, rows, set_over

TRAVAIL = "France Travail, Dares (STMT)"
ASP = "ASP, extranet IAE 2.0"
THREE = "À lire avec les deux autres dénominateurs : la lecture peut s'inverser de l'un à l'autre"
PLACE = "Les salariés sont comptés au lieu de la structure, le dénominateur au lieu de résidence"
OFFER_THEMES = ("nouvelle_filiere", "essaimage", "financeurs")
OFFER = "À qui l'offre d'insertion d'ici est-elle ouverte, et à qui manque-t-elle ?"


@indicator(
    label="Actifs de 15 à 64 ans", unit="personnes", source="INSEE, recensement de la population",
    titles=(r"pop_15_64_active", r"actifs(_de)?_15_(a_)?64(_ans)?"),
    vintage="recensement (moyenne de cinq années)",
    numerator="Personnes de 15 à 64 ans en emploi ou au chômage au sens du recensement",
    guard="Deux recensements ne se comparent qu'à cinq ans d'écart au moins",
)  # fmt: skip
def actifs_15_64(observations: pd.DataFrame) -> pd.DataFrame:
    """Population active de 15 à 64 ans au lieu de résidence, au sens du recensement."""
    return rows(observations, "actifs_15_64")


@indicator(
    label="Demandeurs d'emploi (catégories A, B, C)", unit="personnes", source=TRAVAIL,
    titles=(r"defm_abc", r"demandeurs_d?_?emploi(_abc)?"),
    numerator="Personnes inscrites en catégories A, B ou C",
    guard="Rupture en 2025 : les allocataires du RSA sont inscrits d'office",
)  # fmt: skip
def demandeurs_emploi(observations: pd.DataFrame) -> pd.DataFrame:
    """Personnes inscrites à France Travail tenues de chercher un emploi, catégories A, B et C."""
    return rows(observations, "demandeurs_emploi")


@indicator(
    label="Allocataires du RSA", unit="foyers", source="CNAF, MSA",
    titles=(r"(foyers_)?allocataires_(du_)?rsa", r"rsa"),
    numerator="Foyers percevant le RSA au 31 décembre",
    guard="Des foyers, non des personnes",
)  # fmt: skip
def allocataires_rsa(observations: pd.DataFrame) -> pd.DataFrame:
    """Foyers ayant un droit payable au RSA en fin d'année, au lieu de résidence."""
    return rows(observations, "allocataires_rsa")


@indicator(
    label="Bénéficiaires de l'IAE en fin de mois", unit="personnes", source="Dares, ASP",
    titles=(r"barometre_iae_beneficiaires_mensuel", r"iae_beneficiaires"),
    numerator="Salariés en contrat dans une structure de l'IAE à la fin du mois",
    guard="La source écrit 0 tant qu'elle ne couvre pas un territoire",
)  # fmt: skip
def iae_beneficiaires_mensuel(observations: pd.DataFrame) -> pd.DataFrame:
    """Salariés de l'insertion par l'activité économique présents à la fin de chaque mois."""
    return rows(observations, "iae_beneficiaires_mensuel")


@indicator(
    label="Bénéficiaires de l'IAE, moyenne de l'année", unit="personnes", source="Dares, ASP",
    titles=(r"iae_beneficiaires_moyenne",),
    numerator="Moyenne des salariés présents à la fin de chacun des douze mois",
    guard="Une moyenne de l'année ne se met pas dans la même série qu'une fin de mois",
)  # fmt: skip
def iae_beneficiaires_moy(observations: pd.DataFrame) -> pd.DataFrame:
    """Salariés de l'insertion par l'activité économique, moyenne des fins de mois de l'année."""
    return rows(observations, "iae_beneficiaires_moy")


@indicator(
    label="ETP conventionnés dans l'IAE", unit="équivalents temps plein", source=ASP,
    numerator="Équivalents temps plein prévus par les conventions de l'année",
    guard="Des postes prévus, non des personnes",
)  # fmt: skip
def etp_conventionnes(observations: pd.DataFrame) -> pd.DataFrame:
    """Équivalents temps plein d'insertion prévus par les conventions, hors PA et FDI."""
    return rows(observations, "etp_conventionnes")


@indicator(
    label="ETP réalisés dans l'IAE", unit="équivalents temps plein", source=ASP,
    titles=(r"etp_insertion",),
    numerator="Équivalents temps plein réalisés dans l'année",
    guard="Un ETP n'a pas le même nombre d'heures d'un type de structure à l'autre",
)  # fmt: skip
def etp_realises(observations: pd.DataFrame) -> pd.DataFrame:
    """Équivalents temps plein d'insertion réalisés dans l'année."""
    return rows(observations, "etp_realises")


@indicator(
    label="Couverture du collectif (C01)", unit="structures membres sur structures éligibles",
    source="Table des adhésions et liste des structures du périmètre",
    numerator="Structures membres du collectif à la date",
    denominator="Structures éligibles du périmètre à la date",
    guard="Écrire les deux nombres et la source du dénominateur",
    themes=("mise_en_reseau", "gouvernance_collectif"),
    question="Qui n'est pas dans le collectif, et que nous dirait-il ?",
)  # fmt: skip
def couverture_collectif(observations: pd.DataFrame) -> pd.DataFrame:
    """Structures membres du collectif rapportées à celles du périmètre qui pourraient l'être."""
    return set_over(observations, "structures_membres", "structures_eligibles")


@indicator(
    label="Équipement en IAE, pour les actifs (C02)", unit="salariés pour 1 000 actifs",
    source="Dares, ASP ; INSEE", numerator="Bénéficiaires de l'IAE, moyenne de l'année",
    denominator="Actifs de 15 à 64 ans", guard=f"{THREE}. {PLACE}",
    themes=OFFER_THEMES,
    question=OFFER,
)  # fmt: skip
def equipement_actifs(observations: pd.DataFrame) -> pd.DataFrame:
    """Salariés de l'IAE rapportés à la population active."""
    return set_over(observations, "iae_beneficiaires_moy", "actifs_15_64")


@indicator(
    label="Équipement en IAE, pour les demandeurs d'emploi (C02)",
    unit="salariés pour 1 000 demandeurs d'emploi", source=f"Dares, ASP ; {TRAVAIL}",
    numerator="Bénéficiaires de l'IAE, moyenne de l'année",
    denominator="Demandeurs d'emploi (catégories A, B, C)", guard=f"{THREE}. {PLACE}",
    themes=OFFER_THEMES,
    question=OFFER,
)  # fmt: skip
def equipement_demandeurs_emploi(observations: pd.DataFrame) -> pd.DataFrame:
    """Salariés de l'IAE rapportés aux demandeurs d'emploi des catégories A, B et C."""
    return set_over(observations, "iae_beneficiaires_moy", "demandeurs_emploi")


@indicator(
    label="Équipement en IAE, pour les allocataires du RSA (C02)",
    unit="salariés pour 1 000 foyers allocataires", source="Dares, ASP ; CNAF, MSA",
    numerator="Bénéficiaires de l'IAE, moyenne de l'année",
    denominator="Foyers allocataires du RSA", guard=f"{THREE}. {PLACE}",
    themes=OFFER_THEMES,
    question=OFFER,
)  # fmt: skip
def equipement_rsa(observations: pd.DataFrame) -> pd.DataFrame:
    """Salariés de l'IAE rapportés aux foyers allocataires du RSA."""
    return set_over(observations, "iae_beneficiaires_moy", "allocataires_rsa")


@indicator(
    label="Profil de l'offre d'insertion (C03)", unit="% des ETP", source=ASP,
    numerator="ETP d'un type de structure (ACI, AI, EI, ETTI, EITI)",
    denominator="ETP de tous les types",
    guard="Des parts d'un même tout : l'une ne monte que si une autre descend",
)  # fmt: skip
def profil_offre(observations: pd.DataFrame) -> pd.DataFrame:
    """Répartition des équivalents temps plein d'insertion entre les types de structures."""
    kinds = ("aci", "ai", "ei", "etti", "eiti")
    parts = [set_over(observations, f"etp_{kind}", "etp_realises").assign(kind=kind)
             for kind in kinds]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


@indicator(
    label="Réalisation du conventionnement (C04)", unit="% des ETP conventionnés", source=ASP,
    numerator="ETP réalisés", denominator="ETP conventionnés",
    guard="Hors PA et FDI ; les heures d'un ETP dépendent du type de structure et de l'année",
    themes=("modele_economique", "financeurs"),
    question="Qu'est-ce qui fait qu'ici un poste prévu est occupé, ou ne l'est pas ?",
)  # fmt: skip
def realisation_conventionnement(observations: pd.DataFrame) -> pd.DataFrame:
    """Équivalents temps plein réalisés rapportés à ceux que les conventions prévoyaient."""
    return set_over(observations, "etp_realises", "etp_conventionnes")


EQUIPMENT = (
    actifs_15_64, demandeurs_emploi, allocataires_rsa, iae_beneficiaires_mensuel,
    iae_beneficiaires_moy, etp_conventionnes, etp_realises, couverture_collectif,
    equipement_actifs, equipement_demandeurs_emploi, equipement_rsa, profil_offre,
    realisation_conventionnement,
)  # fmt: skip
