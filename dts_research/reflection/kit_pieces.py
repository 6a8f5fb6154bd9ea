"""The documents of a kit: their files, what each is for, when, and how many."""

from __future__ import annotations

from dataclasses import dataclass

from dts_research.display import blocks
from dts_research.display.blocks import Block
from dts_research.reflection.kit_figures import chosen, figures
from dts_research.reflection.kit_session import Session
from dts_research.reflection.kit_table import table

README = "0-LISEZ-MOI.html"
SHEET = "7-feuille-de-seance.xlsx"
POSTERS = "affiches"


@dataclass(frozen=True)
class Piece:
    """One file of a kit.

    Parameters
    ----------
    name
        What marks its cells in the notebook, after ``piece-``; "" for what is not made there.
    form
        How it is written: ``page``, ``leaflet``, ``posters`` or ``slides``.
    """

    name: str
    form: str
    file: str
    what: str
    when: str
    copies: str


PIECES = (
    Piece("lisez-moi", "page", README, "Cette page.", "Maintenant", "—"),
    Piece("deroule", "leaflet", "1-deroule.pdf",
          "Les six moments et leurs heures ; ce qui ne saute jamais.",
          "La veille, puis sous les yeux", "1, A4"),
    Piece("notes", "leaflet", "2-notes-animation.pdf",
          "Quoi dire, quoi faire, quoi noter, les pièges ; les questions et leurs sources.",
          "La veille, puis en main", "1 par personne qui anime, A4"),
    Piece("participants", "leaflet", "3-document-participants.pdf",
          "La question, ce qui était décidé, trois chiffres en mots, les questions, les droits.",
          "Posé sur chaque chaise", "1 par personne, A4 recto verso"),
    Piece(POSTERS, "posters", "4-affiches.pdf",
          "Une figure par affiche, trois questions, de la place pour écrire.",
          "Au mur, une heure avant", "1 de chaque, A3"),
    Piece("brouillons", "posters", "4-brouillons.pdf",
          "Succès, échecs, potentialités, obstacles ; les fiches croisées : à barrer, à compléter.",
          "Au mur, pour le moment 4", "1 de chaque, A3"),
    Piece("recits", "leaflet", "5-recits.pdf",
          "Deux expériences à raconter, choisies parce qu'elles diffèrent.",
          "Remis à qui raconte", "1 par narrateur, A4"),
    Piece("diapos", "slides", "6-diapos.pdf",
          "Ce qui se projette, dans l'ordre de la séance.", "Pendant", "à projeter"),
    Piece("", "sheet", SHEET,
          "La feuille à remplir pendant ou après ; les numéros sont déjà écrits.",
          "Pendant, ou le soir même", "à l'ordinateur"),
    Piece("", "paper", "7-feuille-de-seance.pdf",
          "La même feuille, à remplir à la main ; mêmes parties, mêmes numéros.",
          "Pendant", "1 par table, A4"),
)  # fmt: skip


def readme(session: Session) -> Block:
    """List the files of the kit: what each is for, when, and how many to print."""
    empty = set() if len(figures(session)) else {POSTERS}
    empty |= set() if len(session.material.experiences) else {"brouillons"}
    there = [p for p in PIECES[1:] if p.name not in empty]
    return table(
        "fichiers", "Ce qu'il y a dans ce dossier",
        ("Fichier", "À quoi il sert", "Quand", "Combien"),
        [(p.file, p.what, p.when, p.copies) for p in there],
        note="Sans imprimante A3 : imprimer les affiches en A4, ou les projeter une par une et "
        "écrire sur une grande feuille.",
    )  # fmt: skip


def about_posters(session: Session) -> Block:
    """Say where the posters come from."""
    return blocks.callout(id="choix-des-affiches", title="D'où viennent les affiches",
                          text=chosen(session))  # fmt: skip
