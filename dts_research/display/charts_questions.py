"""Three questions asked of each figure on the wall, the last on what it leaves unsaid."""

from __future__ import annotations

from collections.abc import Mapping

QUESTIONS: Mapping[str, tuple[str, str, str]] = {
    "trajectoire": (
        "Que s'est-il passé ici au moment où une courbe change ?",
        "Qu'aurions-nous aimé voir bouger, et qu'aucune courbe ne montre ?",
        "Avec quelle source de notre main pourrait-on vérifier une de ces valeurs ?",
    ),
    "profil": (
        "Quelle valeur vous surprend, et que disent celles et ceux qui la vivent ?",
        "Qu'est-ce qui, dans l'histoire d'ici, explique que l'on soit hors d'une bande ?",
        "Quel indicateur manque pour parler de ce qui compte pour nous ?",
    ),
    "carte-des-profils": (
        "Nos voisins sur cette carte sont-ils ceux à qui nous pensions ressembler ?",
        "Que faudrait-il mettre comme indicateur pour que la carte parle de nous ?",
        "Qu'est-ce que deux territoires loin sur la carte ont pourtant en commun ?",
    ),
    "arbre-des-profils": (
        "Quel nom donner à chacune de ces classes, avec nos mots ?",
        "Avec lesquels de ces territoires aimerions-nous parler, et de quoi ?",
        "Qui se trouve mal rangé, et que dit-il que les indicateurs ne disent pas ?",
    ),
    "trois-denominateurs": (
        "Pour qui l'offre d'insertion est-elle faite ici, et à qui la rapporter ?",
        "Pourquoi la lecture change-t-elle d'un dénominateur à l'autre ?",
        "Qui manque dans les trois : sans inscription, sans droits, venus d'à côté ?",
    ),
    "entonnoir": (
        "Si le territoire s'écarte, est-ce le contexte, la définition, la collecte, la pratique ?",
        "Qui connaît un territoire de même taille, et qu'y fait-on autrement ?",
        "Que faudrait-il compter en plus pour que ce nombre veuille dire quelque chose ?",
    ),
    "frise": (
        "Que s'est-il passé entre deux marques, que personne n'a noté ?",
        "Quel tournant manque, et qui peut le dater ?",
        "Qu'est-ce que nos séances et nos décisions ont suivi, ou précédé ?",
    ),
    "carte-des-acteurs": (
        "Quels traits effacer, lesquels ajouter, et qui le sait ?",
        "Qui manque ici : est-ce sans objet, ou pas encore raconté ?",
        "Avec qui voudrions-nous agir, et qui pourrait nous le présenter ?",
    ),
    "fil-des-collectivites": (
        "Qu'est-ce qui relie, ou ne relie pas, deux événements d'une même ligne ?",
        "Que s'est-il passé pendant les silences, et qui peut le raconter ?",
        "Quelles collectivités, quels échanges ou quels accords de vive voix manquent ici ?",
    ),
    "decisions-par-statut": (
        "Qu'est-ce qui a permis aux décisions faites de l'être ?",
        "Que voulons-nous faire de celles dont l'échéance est passée ?",
        "Quelles décisions avons-nous prises sans les noter, et pourquoi ?",
    ),
    "preuves-de-lieu": (
        "De quels lieux sommes-nous sûrs, et de quelle mémoire le tenons-nous ?",
        "Qui peut confirmer ou corriger un lieu de cette liste ?",
        "Où se passe une expérience menée sur plusieurs communes, ou sur aucune ?",
    ),
    "carte-du-reseau": (
        "Qu'est-ce qui fait qu'une expérience est racontée ici et pas là ?",
        "Avec quel territoire aimerions-nous comparer nos récits, et sur quoi ?",
        "Que se passe-t-il là où la carte reste vide, et comment le savoir ?",
    ),
    "carte-du-territoire": (
        "Quelles expériences manquent sur cette carte, et pourquoi ?",
        "Qu'est-ce qui rapproche les lieux où il se passe quelque chose ?",
        "Que vivent les communes sans cercle, et qui peut en parler ?",
    ),
    "membres-du-collectif": (
        "Que s'est-il passé au moment où la courbe change ?",
        "Pourquoi rejoint-on le collectif, pourquoi reste-t-on à côté ?",
        "Que dit une adhésion, et que ne dit-elle pas, de la place prise par chacun ?",
    ),
    "experiences-par-mission": (
        "Reconnaissez-vous dans ces rangées ce à quoi vous passez votre temps ?",
        "Qu'est-ce qui distingue ce territoire du reste du réseau, et d'où cela vient-il ?",
        "Quelles expériences n'entrent dans aucune des trois missions ?",
    ),
    "experiences-par-etape": (
        "Qu'avons-nous appris de ce qui s'est arrêté ?",
        "Qu'est-ce qui fait passer une expérience d'une étape à la suivante ?",
        "Quelles idées et quels essais n'ont jamais eu de fiche ?",
    ),
    "etapes-par-mission": (
        "Voit-on les mêmes étapes dans les trois missions ? À quoi cela tient-il ?",
        "Quelle expérience raconteriez-vous pour expliquer une de ces rangées ?",
        "Que devient une expérience une fois terminée, et qui le note ?",
    ),
    "structures-par-type": (
        "Qu'est-ce qui aide une structure à raconter, qu'est-ce qui l'en empêche ?",
        "Qui pourrait aller recueillir le récit de celles qui n'ont pas de fiche ?",
        "Quelles structures ne figurent même pas dans la liste ?",
    ),
    "experiences-par-theme": (
        "Quel thème vous surprend, par sa présence ou par son absence ?",
        "Quel récit mettriez-vous derrière l'une de ces barres ?",
        "De quoi parlons-nous entre nous qu'aucun thème ne nomme ?",
    ),
    "freins-et-leviers": (
        "Comment un même sujet peut-il être à la fois un frein et un levier ?",
        "Quel levier trouvé ici pourrait servir ailleurs, et à quelles conditions ?",
        "Quels freins n'osons-nous pas écrire dans une fiche ?",
    ),
    "freins-part-des-fiches": (
        "Que recouvre chacun de ces freins dans votre expérience ?",
        "Quelles différences tiennent, une fois les intervalles regardés ?",
        "Quelles expériences sans fiche changeraient ce tableau ?",
    ),
    "partenaires-par-role": (
        "Quels rôles sont tenus par beaucoup d'acteurs, lesquels par personne ?",
        "Avec qui travaillons-nous sans l'avoir écrit ?",
        "Que pensent ces partenaires de l'expérience, et qui le leur a demandé ?",
    ),
    "achats-directs-par-annee": (
        "Qu'est-ce qui a fait varier ces heures d'une année à l'autre ?",
        "Qui achète, qui pourrait acheter, et qu'est-ce qui l'arrête ?",
        "Quels achats ne passent par aucune déclaration, et pourquoi ?",
    ),
    "experiences-dans-le-temps": (
        "Quels événements du territoire placeriez-vous sur cette frise ?",
        "Que se joue-t-il au moment d'un tournant, et qui le décide ?",
        "Quelles expériences ont commencé sans que personne ne note le jour ?",
    ),
    "carte-d-un-indicateur": (
        "Cette carte ressemble-t-elle à ce que vous voyez près de chez vous ?",
        "Qu'est-ce qui pourrait expliquer les écarts, et comment le vérifier ?",
        "Que laissent de côté la définition, l'année et les départements sans donnée ?",
    ),
}

# Questions of a figure of one thing only (« one »), without what it looks for (« none »), of
# threads of which this audience reads a part (« part »), or of the whole network (« network »).
CASES: Mapping[tuple[str, str], tuple[str, str, str]] = {
    ("fil-des-collectivites", "part"): (
        "Qu'est-ce qui relie, ou ne relie pas, deux événements d'une même ligne ?",
        "Qui, dans cette salle, peut compléter ce qui est montré ?",
        "Qu'accepterions-nous de rendre public, et avec l'accord de qui ?",
    ),
    ("carte-du-territoire", "one"): (
        "Pourquoi est-ce là, et pas ailleurs, que quelqu'un a raconté ?",
        "Qui pourrait raconter la prochaine expérience, et depuis quelle commune ?",
        "Que vivent les communes sans cercle, et qui peut en parler ?",
    ),
    ("experiences-par-mission", "one"): (
        "Reconnaissez-vous dans cette expérience ce à quoi vous passez votre temps ?",
        "Quelle autre expérience d'ici mériterait une fiche, et qui l'écrirait ?",
        "Que fait-on ici qui n'entre dans aucune des trois missions ?",
    ),
    ("experiences-par-mission", "network"): (
        "Reconnaissez-vous dans ces rangées ce à quoi vous passez votre temps ?",
        "Qu'est-ce qui fait qu'une expérience croise deux missions, et que devient-elle ?",
        "Quelles expériences n'entrent dans aucune des trois missions ?",
    ),
    ("experiences-par-etape", "none"): (
        "Qu'est-ce qui fait passer une expérience d'une étape à la suivante ?",
        "Quel essai abandonné mériterait d'être raconté, et par qui ?",
        "Quelles idées et quels essais n'ont jamais eu de fiche ?",
    ),
    ("etapes-par-mission", "one"): (
        "À quoi voit-on qu'une expérience a changé d'étape ?",
        "Quelle autre expérience placeriez-vous sur cette grille ?",
        "Que devient une expérience une fois terminée, et qui le note ?",
    ),
    ("structures-par-type", "part"): (
        "Qu'est-ce qui aide une structure à raconter, qu'est-ce qui l'en empêche ?",
        "Qu'est-ce qui fait qu'un récit peut circuler, et qui en décide ?",
        "Quelles structures ne figurent même pas dans la liste ?",
    ),
    ("structures-par-type", "none"): (
        "Qu'est-ce que raconter une expérience a changé pour ces structures ?",
        "Quelle deuxième expérience pourraient-elles raconter ?",
        "Quelles structures ne figurent même pas dans la liste ?",
    ),
    ("experiences-par-theme", "one"): (
        "Ces thèmes disent-ils l'essentiel de cette expérience ?",
        "De quel autre thème quelqu'un d'ici pourrait-il témoigner ?",
        "De quoi parlons-nous entre nous qu'aucun thème ne nomme ?",
    ),
    ("freins-et-leviers", "none"): (
        "Un frein nommé ici a-t-il déjà été levé ailleurs, et comment ?",
        "Quel levier trouvé ici pourrait servir ailleurs, et à quelles conditions ?",
        "Quels freins n'osons-nous pas écrire dans une fiche ?",
    ),
    ("freins-part-des-fiches", "none"): (
        "Que recouvre chacun de ces freins dans votre expérience ?",
        "Quel frein connaissez-vous que personne n'a encore noté ?",
        "Que diraient les expériences qui n'ont pas de fiche ?",
    ),
    ("partenaires-par-role", "one"): (
        "Qu'est-ce que cet acteur a rendu possible, et à quel moment ?",
        "Avec qui travaillons-nous sans l'avoir écrit ?",
        "Que pense-t-il de l'expérience, et qui le lui a demandé ?",
    ),
    ("experiences-dans-le-temps", "one"): (
        "Quels événements du territoire placeriez-vous sur cette frise ?",
        "Que s'est-il joué à chaque tournant, et qui en a décidé ?",
        "Qu'est-ce qui a précédé le début, sans que personne le note ?",
    ),
}


def questions(name: str, *cases: str) -> list[str]:
    """Three questions to ask of a figure.

    Parameters
    ----------
    name
        Identifier of the figure.
    cases
        What is particular to it, the most telling first; those without questions of their own
        are passed over.
    """
    own = (CASES[name, case] for case in cases if (name, case) in CASES)
    return list(next(own, QUESTIONS[name]))
