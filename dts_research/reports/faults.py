"""What a published document may not have: each fault says its cell and what to do about it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dts_research.display.described import describes
from dts_research.display.drawings import words_of
from dts_research.errors import DtsError
from dts_research.reports.signs import undrawn

if TYPE_CHECKING:
    from dts_research.reports.document import Document

Block = dict[str, Any]
UNREADABLE = "Bloc illisible"
_ALT = "Écrire « alt » dans les métadonnées de la cellule : le type de figure, son message, "
_ALT += "les valeurs qui comptent."
_WIDE = "Écrire dans la cellule, avant : pandas.options.display.max_colwidth = None."
_TABLE = "Donner un tableau simple : un intitulé par colonne, une cellule par valeur."


@dataclass(frozen=True)
class Fault:
    """What a published version may not have: what is wrong, in which cell, what to do.

    `cell` counts the notebook's cells from 1, as JupyterLab shows them; 0 for the whole document.
    """

    message: str
    cell: int = 0
    fix: str = ""

    def __str__(self) -> str:
        where = f"Cellule {self.cell} : " if self.cell else ""
        return f"{where}{self.message} {self.fix}".rstrip()


def refuse(document: Document) -> None:
    """Refuse to publish a document that has faults.

    Raises
    ------
    DtsError
        Where it has one fault or more, each told on its line.
    """
    refuse_all(document.faults)


def refuse_all(faults: Sequence[Fault]) -> None:
    """Refuse a document for its faults, each told on its line.

    Raises
    ------
    DtsError
        Where there is one or more.
    """
    told = [f"- {fault}" for fault in faults]
    if told:
        lines = "\n".join(["Ce document ne peut pas être publié :", *told, ""])
        raise DtsError(lines, "Corriger le carnet, ou faire un brouillon sans l'option strict.")


def faults_in(found: Iterable[Block]) -> list[Fault]:
    """Faults of the blocks of a notebook, in the order of its cells."""
    found = list(found)
    faults: list[Fault] = []
    level = 1
    for block in found:
        cell = int(block.get("cell", 0))
        if block["kind"] == "heading":
            faults += _skipped(block, level)
            level = block["level"]
        faults += [Fault(message, cell, fix) for message, fix in _of_block(block)]
    return faults + list(_undrawn(found))


def _skipped(block: Block, level: int) -> Iterator[Fault]:
    wanted = "#" * (level + 1)
    if block["level"] > level + 1:
        said = f"Le titre « {block['text']} » saute un niveau : {block['level']} après {level}."
        yield Fault(said, int(block.get("cell", 0)), f"L'écrire avec « {wanted} ».")


def _of_block(block: Block) -> Iterator[tuple[str, str]]:
    """Each problem of one block, and what to do."""
    kind, alt = block["kind"], str(block.get("alt") or "").strip()
    if kind == "image" and not alt:
        yield "Une image n'a pas de texte de remplacement.", _ALT
    elif kind == "image" and not describes(alt):
        yield f"Le texte de remplacement « {alt} » ne décrit pas l'image.", _ALT
    elif kind == "error" and block["name"] == UNREADABLE:
        yield str(block["message"]), "Le refaire avec les fonctions de dts_research."
    elif kind == "error":
        said = f"{block['name']} : {_brief(block['message'])}".rstrip(" .")
        yield f"La cellule s'est arrêtée : {said}.", "La corriger et la relancer."
    elif kind == "interactive" and block.get("lost"):
        yield f"{block['title']} : rien ne s'en lit hors du carnet.", str(block["fix"])
    elif kind == "table":
        yield from _of_table(block)
    if block.get("moved"):
        said = f"Le dessin porte des mots qu'un document ne sait pas placer : « {block['moved']} »."
        yield said, "Enregistrer la figure en PNG, ou écrire ses mots en texte simple."


def _brief(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:200].rstrip()} […]"


def _of_table(block: Block) -> Iterator[tuple[str, str]]:
    name = f" « {block['title']} »" if block.get("title") else ""
    labels = [str(column.get("label", "")).strip() for column in block["columns"]]
    if not all(labels[1:]) or not any(labels):
        yield f"Le tableau{name} a des colonnes sans intitulé.", _TABLE
    if block.get("cut"):
        yield f"Le tableau{name} a des textes coupés à l'affichage, finis par « ... ».", _WIDE
    if block.get("flattened"):
        yield f"Le tableau{name} avait des cellules fusionnées ou emboîtées, mises à plat.", _TABLE


def _undrawn(found: Iterable[Block]) -> Iterator[Fault]:
    """Signs that no typeface draws, cell by cell."""
    texts: dict[int, set[str]] = {}
    for block in found:
        texts.setdefault(int(block.get("cell", 0)), set()).update(*_texts(block))
    for cell, signs in texts.items():
        missing = sorted(undrawn("".join(sorted(signs))))
        if missing:
            named = ", ".join(map(_named, missing[:6]))
            rest = len(missing) - 6
            more = f" et {rest} autre{'s' if rest > 1 else ''}" if rest > 0 else ""
            said = f"Aucune police ne dessine {named}{more} : le papier montre □."
            yield Fault(said, cell, "Écrire un mot à la place.")


def _named(sign: str) -> str:
    return f"U+{ord(sign):04X} ({unicodedata.name(sign, 'sans nom')})"


def _texts(block: Block) -> Iterator[str]:
    """Texts of a block that hold more than plain letters; of a drawing, its words."""
    left: list[Any] = [block]
    while left:
        value = left.pop()
        if isinstance(value, str):
            if value.isascii() and "&#" not in value:
                continue
            if "<svg" in value[:2000]:
                value = words_of(value) if "&#" in value or undrawn("".join({*value})) else ""
            yield unicodedata.normalize("NFC", value)
        elif isinstance(value, dict):
            left += value.values()
        elif isinstance(value, (list, tuple)):
            left += value
