"""The capture sheet of a session: its sheets, their titles, what is printed and what is typed.

Declared once: the workbook that is filled in, the same on paper and what reads it back all come
from here. Ids are printed, never typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ID = "Identifiant"
NOW = "Statut aujourd'hui"
STATEMENT = "Énoncé"


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Parameters
    ----------
    field
        Field of the table that it feeds; empty for what is printed to be read only.
    title
        Its French title.
    width
        In signs.
    typed
        True when it is written in the room.
    codelist
        Closed list to choose from.
    type
        ``long``, ``date``, ``integer`` or ``string``.
    hint
        What to write, in one French sentence.
    """

    field: str
    title: str
    width: int
    typed: bool = False
    codelist: str = ""
    type: str = "string"
    hint: str = ""


@dataclass(frozen=True)
class CaptureSheet:
    """One sheet.

    Parameters
    ----------
    name
        Its name in the code.
    title
        French title, also that of its tab.
    table
        Table that it feeds.
    asks
        What is asked, in one French sentence under the title.
    columns
        Printed ones first, then those to fill in.
    spare
        Blank rows, with an id each where there is a column for it.
    """

    name: str
    title: str
    table: str
    asks: str
    columns: tuple[Column, ...]
    spare: int = 0

    @property
    def typed(self) -> tuple[Column, ...]:
        """Columns written in the room."""
        return tuple(column for column in self.columns if column.typed)

    def column(self, field: str) -> Column:
        """Return the column that feeds a field."""
        return next(column for column in self.columns if column.field == field)


def _shown(field: str, title: str, width: int) -> Column:
    return Column(field, title, width)


def _long(field: str, title: str, hint: str, width: int = 34) -> Column:
    return Column(field, title, width, typed=True, type="long", hint=hint)


def _status(codelist: str, hint: str) -> Column:
    return Column("status", NOW, 15, typed=True, codelist=codelist, hint=hint)


_FOLLOWED = CaptureSheet(
    "followed", "Suite donnée", "decisions",
    "Où en est ce que nous avions décidé ? Une cellule laissée vide ne change rien.",
    (
        _shown("decision_id", ID, 12),
        _shown("statement", STATEMENT, 34),
        _shown("carrier", "Porteur", 16),
        _shown("due_on", "Échéance", 12),
        _shown("", "Statut précédent", 12),
        _status("decision_status", "Où en est la décision aujourd'hui"),
        _long("what_happened", "Ce qui s'est passé", "En une ou deux phrases", 32),
        _long("evidence", "Preuve", "Document ou fait qui le montre", 20),
        _long("reason", "Motif, ou ce qu'elle devient",
              "Abandonnée : pourquoi. Transformée : la décision qu'elle devient", 25),
    ),
)  # fmt: skip
_READINGS = CaptureSheet(
    "readings", "Lectures", "contributions",
    "Devant chaque figure : qu'est-ce que ça nous dit, qu'est-ce que ça ne dit pas, qu'est-ce "
    "qui surprend ? Une ligne par groupe.",
    (
        _shown("contribution_id", ID, 13),
        _shown("target", "Figure", 12),
        _shown("", "Titre", 28),
        _long("finding", "Constat", "Ce que la figure nous dit", 30),
        _long("question", "Ce que ça ne dit pas", "Ce que la figure laisse dans l'ombre", 30),
        _long("surprise", "Surprise", "Ce qui étonne le groupe", 26),
        _long("data_alert", "À vérifier", "Un chiffre ou une définition à contrôler", 24),
        Column("group", "Groupe", 12, typed=True, hint="Groupe ou table, jamais un nom"),
    ),
    spare=4,
)  # fmt: skip
_AGREEMENTS = CaptureSheet(
    "agreements", "Accords et désaccords", "contributions",
    "Ce sur quoi nous sommes d'accord, ce sur quoi nous ne le sommes pas. Un désaccord se garde "
    "avec ses positions, sans trancher.",
    (
        _shown("contribution_id", ID, 15),
        _long("text", STATEMENT, "En une ou deux phrases", 44),
        Column("type", "Accord ou désaccord", 17, typed=True, codelist="contribution_types",
               hint="Convergence ou divergence"),
        _long("positions", "Positions en présence", "Les uns…, les autres…", 50),
        Column("supports", "Appuis", 9, typed=True, type="integer",
               hint="Nombre de personnes ou de tables qui l'appuient"),
    ),
    spare=10,
)  # fmt: skip
_HYPOTHESES = CaptureSheet(
    "hypotheses", "Hypothèses", "hypotheses",
    "Une hypothèse ne bouge que si quelque chose l'a fait bouger : écrire les pièces. Les lignes "
    "blanches sont pour de nouvelles hypothèses.",
    (
        _shown("hypothesis_id", ID, 13),
        _shown("statement", STATEMENT, 42),
        _shown("", "Statut précédent", 13),
        _status("hypothesis_status", "Où en est l'examen après cette séance"),
        _long("evidence_for", "Pièces pour", "Ce qui va dans son sens", 40),
        _long("evidence_against", "Pièces contre", "Ce qui la contredit", 40),
    ),
    spare=4,
)  # fmt: skip
_REFERENCES = CaptureSheet(
    "references", "Repères", "common_references",
    "Des repères communs, jamais une norme : chacun peut être nuancé ou contesté. Les lignes "
    "blanches sont pour de nouveaux repères.",
    (
        _shown("reference_id", ID, 13),
        _shown("statement", STATEMENT, 42),
        _shown("", "Statut précédent", 13),
        _status("reference_status", "Adopté, nuancé ou contesté dans cette séance"),
        _long("nuance", "Nuance ou contestation", "Ce qui a été dit à son sujet", 42),
        Column("experience_ids", "Fiches d'appui", 26, typed=True,
               hint="Les expériences sur lesquelles il repose, séparées par « | »"),
    ),
    spare=4,
)  # fmt: skip
_DECISIONS = CaptureSheet(
    "decisions", "Décisions", "decisions",
    "Ce que nous décidons aujourd'hui : quoi, qui (une structure ou un rôle, jamais une "
    "personne), quand, et à quoi nous verrons que c'est fait.",
    (
        _shown("decision_id", ID, 15),
        _long("statement", STATEMENT, "Ce qui est décidé, en une phrase", 46),
        Column("carrier_role", "Porteur (structure ou rôle)", 25, typed=True,
               hint="Une structure ou un rôle, jamais une personne"),
        Column("due_on", "Échéance", 13, typed=True, type="date", hint="jj/mm/aaaa"),
        _long("expected_evidence", "À quoi verra-t-on que c'est fait",
              "Ce qui le prouvera", 38),
        Column("scope", "Portée", 19, typed=True, codelist="decision_scopes",
               hint="Locale, ou remontée au national"),
    ),
    spare=8,
)  # fmt: skip
_BALANCE = CaptureSheet(
    "balance", "Bilan de la séance", "contributions",
    "Retour sur la séance elle-même, en six lignes.",
    (
        _shown("line", "Question", 50),
        _long("text", "Réponse", "En une ou deux phrases", 90),
    ),
)  # fmt: skip
_PARTICIPANTS = CaptureSheet(
    "participants", "Participants", "session_participants",
    "Combien de personnes de chaque catégorie. Des nombres, jamais des noms.",
    (
        _shown("category", "Catégorie", 44),
        Column("count", "Nombre", 14, typed=True, type="integer",
               hint="Un nombre, jamais un nom"),
    ),
)  # fmt: skip
SHEETS: tuple[CaptureSheet, ...] = (
    _FOLLOWED, _READINGS, _AGREEMENTS, _HYPOTHESES, _REFERENCES, _DECISIONS, _BALANCE,
    _PARTICIPANTS,
)  # fmt: skip
SHEET: Mapping[str, CaptureSheet] = MappingProxyType({sheet.name: sheet for sheet in SHEETS})

# What the lines of a session's balance ask (an After Action Review), and the kind of contribution
# that an answer is: what was seen is a finding, what is to be changed stays an open question.
BALANCE: Mapping[str, tuple[str, str]] = MappingProxyType({
    "planned": ("Ce qui était prévu", "finding"),
    "done": ("Ce qui s'est fait", "finding"),
    "gaps": ("D'où viennent les écarts", "finding"),
    "worked": ("Ce qui a bien marché", "finding"),
    "improve": ("Ce qui est à améliorer", "question"),
    "next": ("Ce que nous ferons autrement la prochaine fois", "question"),
})  # fmt: skip
# The kinds of contribution that are agreements or disagreements.
AGREEMENT_TYPES = ("convergence", "divergence")
# What a new decision may be: one that comes from the national level is not written in a room.
SCOPES = ("local", "remontee")

# The first sheet: how to fill in, then the session, a label and a value per line.
OPENING = "Séance"
HEADING = "Fiche de saisie"
GUIDE: tuple[str, ...] = (
    "Écrire seulement dans les cellules blanches encadrées ; les cellules grises relient la "
    "feuille au classeur, ne pas y toucher.",
    "Tout est facultatif, sauf l'énoncé d'une ligne nouvelle : une cellule vide ne change rien, "
    "une ligne vide n'est pas lue.",
    "Des structures et des rôles, jamais des noms de personnes. Un désaccord s'écrit comme un "
    "désaccord, avec ses positions.",
    "Enregistrer (.xlsx ou .ods), puis lancer « dts session record » suivi du nom du fichier : "
    "ce qui ne peut pas être gardé revient avec une phrase.",
)
SESSION_LINES: tuple[Column, ...] = (
    _shown("label", "Nom de la séance", 40),
    _shown("date", "Date", 40),
    _shown("territory", "Territoire", 40),
    Column("duration_min", "Durée (minutes)", 40, typed=True, type="integer",
           hint="Durée de la séance, en minutes"),
    Column("facilitator_role", "Fonction de la personne qui anime", 40, typed=True,
           hint="Une fonction, jamais un nom"),
    Column("formats", "Façons de travailler", 40, typed=True,
           hint="Récit, ligne du temps, parcours des affiches… séparées par « | »"),
    Column("diffusion", "Jusqu'où ce qui est noté peut circuler", 40, typed=True,
           codelist="diffusion",
           hint="Réseau : les autres territoires liront ; vide : ce qui est nouveau reste ici"),
    _shown("session_id", "Identifiant de la séance", 40),
    _shown("level", "Niveau", 40),
    _shown("territory_id", "Code du territoire", 40),
    _shown("cycle_id", "Cycle", 40),
    _shown("report_id", "Rapport montré", 40),
)  # fmt: skip
# Titles of its two parts.
TIES = ("La séance", "Ce qui relie cette feuille au classeur : ne pas y toucher")
_DATED = re.compile(r"SE-(.+?)-\d{4}-\d\d-\d\d-(\w+)")


def short_id(session_id: str) -> str:
    """What tells a session from others in the ids of its rows: ``71-k7q2``."""
    found = _DATED.fullmatch(session_id)
    return f"{found[1]}-{found[2]}" if found else session_id.removeprefix("SE-")


def row_id(prefix: str, session_id: str, number: int, *, mark: str = "") -> str:
    """Id printed on a blank row, the same each time that the session is prepared.

    Parameters
    ----------
    prefix
        Letters of the table.
    session_id
        The session.
    number
        Rank of the row, from 1.
    mark
        Tells apart the rows of two sheets that feed the same table.
    """
    return f"{prefix}-{short_id(session_id)}-{mark}{number:02d}"
