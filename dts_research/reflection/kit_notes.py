"""What whoever facilitates says, does, notes and avoids, moment by moment."""

from __future__ import annotations

from dts_research.display import blocks
from dts_research.display.blocks import Block
from dts_research.display.fields import Labelled
from dts_research.reflection.kit_agenda import MOMENTS, NAMES, TAB, clock
from dts_research.reflection.kit_pieces import SHEET
from dts_research.reflection.kit_session import Session
from dts_research.reflection.kit_table import table

LABELS = ("Dire", "Faire", "Noter", "Le piège")
SPOKEN = {
    "suite": (
        "« Avant d'aller plus loin, relisons ce que nous avions dit que nous ferions. Personne "
        "n'a de comptes à rendre : une décision abandonnée nous apprend autant qu'une décision "
        "tenue. »",
        "Projeter les décisions. Lire chacune, attendre trois secondes, demander : où en "
        "est-elle, à quoi le voit-on ? Une minute par décision, pas davantage.",
        f"Feuille « {TAB['followed']} » : le statut d'aujourd'hui, ce qui s'est passé, ce qui le "
        "montre. Une décision abandonnée garde son motif.",
        "Le silence autour d'une décision que personne n'a portée. Demander « Qu'est-ce qui a "
        "manqué ? », jamais « Qui devait le faire ? ».",
    ),
    "recits": (
        "« Ces expériences ne sont pas des modèles. Elles ont été choisies parce qu'elles "
        "diffèrent. On écoute d'abord, sans conseil ; les avis viendront. »",
        "Faire raconter par qui l'a vécu, ou lire le récit à voix haute. Le minuteur est visible. "
        "Puis des questions pour comprendre : quand, comment, qu'avez-vous fait alors ?",
        "Les mots qui reviennent et ce qui étonne, sur la grande feuille, sans nom de personne.",
        "Le conseil. « Vous auriez dû… » ferme le récit : revenir à « Comment cela s'est-il "
        "passé ? ».",
    ),
    "affiches": (
        "« Ces affiches ne disent pas tout. Écrivez dessus : ce que vous voyez, ce qui vous "
        "surprend, ce qu'il faudrait vérifier. Un désaccord s'écrit aussi. »",
        "Former des groupes de trois ou quatre personnes qui ne travaillent pas ensemble. Chacune "
        "écrit. Qui préfère dicter dicte. Sonner toutes les dix minutes.",
        f"Feuille « {TAB['readings']} » : recopier ce qui est écrit sur chaque affiche, à la ligne "
        "de son numéro. Photographier les affiches, sans visage.",
        "Chercher qui se cache derrière un point, ou quel territoire fait plus. Répondre : un "
        "nombre plus grand dit seulement que davantage de fiches ont été écrites.",
    ),
    "croiser": (
        "« Nous ne cherchons pas à être d'accord. Cherchons ce qui nous rapproche, ce qui nous "
        "sépare, et ce que nous supposons sans le savoir. »",
        "Poser une question, laisser écrire deux minutes en silence, puis faire un tour. Relire "
        "chaque désaccord à voix haute : « Est-ce bien cela ? »",
        f"Feuilles « {TAB['agreements']} » et « {TAB['hypotheses']} » : l'énoncé, les positions en "
        "présence, combien s'y reconnaissent ; pour une hypothèse, ce qui l'appuie et ce qui la "
        "contredit.",
        "L'accord de fatigue. Un désaccord bien écrit vaut mieux : il reste ouvert jusqu'à la "
        "prochaine fois.",
    ),
    "decider": (
        "« Que faisons-nous de tout cela ? Peu de décisions, que nous saurons reconnaître quand "
        "elles seront faites. »",
        "Écrire chaque décision devant tous. Remplir les quatre cases à voix haute : quoi, qui "
        "porte, pour quand, à quoi le verra-t-on. Demander si elle reste ici ou si elle remonte.",
        f"Feuille « {TAB['decisions']} ». Qui porte est une structure ou un rôle, jamais un nom.",
        "« Il faudrait… » Tant que « à quoi le verra-t-on » reste vide, c'est une question : "
        "l'écrire comme telle.",
    ),
    "bilan": (
        "« Cinq minutes pour nous-mêmes : qu'est-ce que nous referions, qu'est-ce que nous "
        "changerions ? »",
        "Un tour court, sans réponse. Relire les décisions. Rappeler ce que deviennent les notes "
        "et dire quand elles seront partagées.",
        f"Feuille « {TAB['balance']} », et le compte des présents par catégorie. Pas de liste de "
        "noms.",
        "Laisser partir sans relire. Une phrase corrigée sur place vaut dix courriels.",
    ),
}
WIDER = {
    "decider": "Écrire chaque décision devant tous. Remplir les quatre cases à voix haute : quoi, "
    "qui porte, pour quand, à quoi le verra-t-on. Demander si elle vaut pour tous ou si elle "
    "descend vers des territoires, et lesquels l'essaieront.",
}
DAY_BEFORE = (
    "Imprimer ce que demande la page LISEZ-MOI, et relire les récits.",
    "Appeler les personnes qui racontent : le temps qu'elles auront, et leur droit de dire ce "
    "qui n'a pas marché.",
    "Réunir : pâte à fixer, gros feutres, feuillets autocollants, une grande feuille blanche, un "
    "minuteur, de l'eau et du café.",
)
HOUR_BEFORE = (
    "Accrocher les affiches à hauteur d'yeux, dans l'ordre de leur numéro, à deux mètres l'une de "
    "l'autre. Laisser passer un fauteuil.",
    "Écrire la question du cycle en haut de la grande feuille. Elle y reste.",
    "Mettre les chaises par tables de cinq ou six, sans estrade.",
    "Ouvrir les diapos, et la feuille de séance à l'ordinateur ou sur papier.",
)
VISIBLE = (
    "Une personne écrit pendant qu'une autre anime. Seul, écrire au mur et recopier ensuite.",
    "Ce qui s'écrit se voit : au mur ou projeté. Chacun peut dire « ce n'est pas cela ».",
    "Écrire les mots dits, pas leur résumé. Une phrase par ligne.",
    "Une case vide reste vide. Seul l'énoncé compte ; le reste peut attendre.",
    "Sur papier, les numéros sont ceux du classeur .xlsx : recopier le soir prend vingt minutes.",
)


def the_day_before(session: Session) -> Block:
    """Say what to make ready the day before."""
    return blocks.callout(id="la-veille", title="La veille", items=list(DAY_BEFORE))


def the_hour_before(session: Session) -> Block:
    """Say what to make ready in the room."""
    return blocks.callout(id="une-heure-avant", title="Une heure avant", items=list(HOUR_BEFORE))


def taking_notes(session: Session) -> Block:
    """Say how to take notes that everybody sees."""
    return blocks.callout(
        id="notes-visibles", tone="attention", title="Prendre des notes que tous voient",
        items=list(VISIBLE),
    )  # fmt: skip


def moment(session: Session, name: str) -> Block:
    """Give the notes of one moment: what is said, done and noted, and the trap."""
    rank = [one.name for one in MOMENTS].index(name)
    one = MOMENTS[rank]
    at = clock(session, sum(m.lasts(session.length) for m in MOMENTS[:rank]))
    told = list(SPOKEN[name])
    if session.level != "local" and name in WIDER:
        told[1] = WIDER[name]
    fields = [Labelled(label=label, text=text) for label, text in zip(LABELS, told)]
    lasts = f"{at}, pendant {one.lasts(session.length)} minutes. {one.does(session.length)}"
    return blocks.sheet(
        id=f"moment-{name}", title=f"{rank + 1}. {one.title}",
        fields=[Labelled(label=f"Déroulé de {NAMES[session.length]}", text=lasts), *fields],
    )  # fmt: skip


def afterwards(session: Session) -> Block:
    """Give the two commands that follow the session."""
    return table(
        "apres", "Après la séance : deux commandes", ("Commande", "Ce qu'elle fait"),
        commands(session),
        note="Dans la semaine : une trace qui tarde n'est pas lue. Une feuille remplie à moitié "
        "convient.",
    )  # fmt: skip


def commands(session: Session) -> tuple[tuple[str, str], ...]:
    """Commands that follow the session, and what each does."""
    place = session.material.territory.id
    return (
        (f"dts session record {SHEET}",
         "Enregistre la feuille remplie : décisions, accords, désaccords, hypothèses, présents "
         "par catégorie. L'écrire depuis ce dossier."),
        (f"dts report {place}",
         "Refait le rapport : il s'ouvre sur ce que la séance a décidé."),
    )  # fmt: skip
