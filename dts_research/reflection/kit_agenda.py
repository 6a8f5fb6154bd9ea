"""How a session runs: six moments, in three lengths, and what is never cut."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from dts_research.display import blocks
from dts_research.display.blocks import Block
from dts_research.reflection.kit_session import LENGTHS, Session
from dts_research.reflection.kit_table import table
from dts_research.schema.capture import SHEET

TAB = {name: sheet.title for name, sheet in SHEET.items()}
NAMES = {"3h": "3 h", "2h": "2 h", "1h30": "1 h 30"}


@dataclass(frozen=True)
class Moment:
    """One moment of a session.

    Parameters
    ----------
    minutes, doing
        By length, in the order of `LENGTHS`.
    hand
        What is under the hand of whoever facilitates.
    """

    name: str
    title: str
    minutes: tuple[int, int, int]
    doing: tuple[str, str, str]
    hand: str

    def lasts(self, length: str) -> int:
        """Minutes it takes."""
        return self.minutes[list(LENGTHS).index(length)]

    def does(self, length: str) -> str:
        """What is done."""
        return self.doing[list(LENGTHS).index(length)]


MOMENTS = (
    Moment("suite", "Ce que nous avions décidé", (15, 10, 10), (
        "Lire chaque décision à voix haute. Où en est-elle ? À quoi le voit-on ?",
        "Lire les décisions encore ouvertes. Où en sont-elles ? À quoi le voit-on ?",
        "Lire seulement les décisions dont le jour est passé. Où en sont-elles ?",
    ), f"Diapos, feuille « {TAB['followed']} »"),
    Moment("recits", "Des expériences racontées", (30, 15, 10), (
        "Deux récits de dix minutes. Après chacun, cinq minutes de questions pour comprendre, "
        "sans avis ni conseil.",
        "Un seul récit, celui qui a résisté : dix minutes, puis cinq minutes de questions.",
        "Un seul récit, celui qui a résisté : sept minutes, puis trois minutes de questions.",
    ), "Récits imprimés, minuteur"),
    Moment("affiches", "Devant les affiches", (45, 30, 25), (
        "Par groupes mélangés de trois ou quatre, dix minutes par affiche, le feutre à la main. "
        "La pause se prend là, debout. Puis chaque groupe lit une phrase écrite par un autre.",
        "Chaque groupe s'arrête devant deux affiches, dix minutes chacune, puis lit les autres.",
        "Deux affiches pour toute la salle : on écrit d'abord seul, trois minutes, puis on parle.",
    ), f"Affiches, feutres, feuille « {TAB['readings']} »"),
    Moment("croiser", "Ce qui nous rapproche, ce qui nous sépare", (45, 30, 20), (
        "Trois questions du document. Écrire les accords, les désaccords avec les positions de "
        "chacun, les hypothèses. On ne vote pas, on ne tranche pas.",
        "Deux questions du document : un accord, un désaccord, une hypothèse.",
        "Une seule question du document, de préférence un désaccord. Les autres restent au mur.",
    ), f"Document des participants, feuilles « {TAB['agreements']} » et "
        f"« {TAB['hypotheses']} »"),
    Moment("decider", "Décider", (30, 25, 20), (
        "Trois décisions au plus : quoi, qui porte (une structure ou un rôle), pour quand, et à "
        "quoi l'on verra que c'est fait.",
        "Deux décisions au plus, les quatre cases remplies.",
        "Une décision, deux au plus, les quatre cases remplies.",
    ), f"Feuille « {TAB['decisions']} »"),
    Moment("bilan", "Regarder la séance elle-même", (15, 10, 5), (
        "Ce qui était prévu, ce qui s'est passé, ce que l'on change. Relire les décisions. "
        "Compter les présents par catégorie.",
        "Ce que l'on garde, ce que l'on change. Relire les décisions. Compter les présents.",
        "Un mot chacun. Relire les décisions. Compter les présents.",
    ), f"Feuilles « {TAB['balance']} » et « {TAB['participants']} »"),
)  # fmt: skip
NEVER = (
    "Dire d'abord ce que sont devenues les décisions : sans cela, la salle cesse d'en prendre.",
    "Un récit, celui qui a résisté : c'est celui qui apprend le plus.",
    "Le temps d'écrire, en silence, avant de parler : les plus timides écrivent.",
    "Le désaccord écrit avec les mots de chacun, sans vote.",
    "« À quoi verra-t-on que c'est fait ? » Sans réponse, ce n'est pas encore une décision.",
)
LATE = (
    "Enlever une affiche ; jamais le temps d'écrire dessus.",
    "Garder le second récit pour la prochaine fois, en le disant.",
    "Ne poser qu'une question au moment de croiser les regards.",
)
ONE_STORY = "Arrêter les questions sur le récit : elles reviendront devant les affiches."


def agenda(session: Session) -> Block:
    """Give the moments of the session with their times."""
    length = session.length
    starts = [0, *accumulate(moment.lasts(length) for moment in MOMENTS)]
    rows = [
        (f"{n}. {m.title}", clock(session, at), minutes(m.lasts(length)), m.does(length), m.hand)
        for n, (m, at) in enumerate(zip(MOMENTS, starts), start=1)
    ]
    end = f"Fin : {clock(session, starts[-1])}."
    heads = ("Moment", "Début", "Durée", "Ce que l'on fait", "Sous la main")
    note = "Début : depuis l'ouverture. Écrire l'heure de la salle à côté."
    return table(
        "deroule", f"{NAMES[length]}, en six moments", heads, rows,
        note=note if session.start is None else end,
    )  # fmt: skip


def minutes(count: int) -> str:
    """Write a length of time."""
    return f"{count} min"


def clock(session: Session, elapsed: int) -> str:
    """Write the time of a moment: of the room, or from the beginning."""
    hours, left = divmod((session.start or 0) + elapsed, 60)
    return f"{hours % 24} h {left:02d}"


def short_agenda(session: Session) -> Block:
    """Give the moments in a few words, to project."""
    rows = [(m.title, minutes(m.lasts(session.length))) for m in MOMENTS]
    return table("moments", "Notre séance", ("Moment", "Durée"), rows)


def never_cut(session: Session) -> Block:
    """Say what stays when time is short."""
    return blocks.callout(
        id="jamais-saute", tone="attention", title="Ce qui ne saute jamais", items=list(NEVER)
    )


def when_late(session: Session) -> Block:
    """Say what to let go of first, and until when one may still decide."""
    late = LATE if session.length == "3h" else (LATE[0], ONE_STORY, LATE[-1])
    left = sum(moment.lasts(session.length) for moment in MOMENTS[-2:])
    last = clock(session, LENGTHS[session.length] - left)
    deadline = f"Commencer à décider à {last} au plus tard, quoi qu'il reste à dire."
    return blocks.callout(
        id="en-retard", title="Si l'on prend du retard, dans cet ordre", items=[*late, deadline]
    )


def lengths(session: Session) -> Block:
    """Set the three lengths side by side."""
    rows = [(m.title, *map(minutes, m.minutes)) for m in MOMENTS]
    return table(
        "trois-durees", "Le même chemin, en trois durées", ("Moment", *NAMES.values()), rows,
        note="Une séance plus courte garde les six moments : elle a moins d'affiches, un seul "
        "récit et moins de questions. Elle ne décide pas plus vite.",
    )  # fmt: skip
