"""What goes on the walls: the views kept for the session, else the figures of the report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from dts_research.display import blocks, charts
from dts_research.display.blocks import Block
from dts_research.display.several import Blocks
from dts_research.display.style import agree, many
from dts_research.display.tables_findings import findings
from dts_research.reflection.kit_session import Session
from dts_research.reflection.kit_table import table
from dts_research.reflection.selection import Kept
from dts_research.reports.posters import QUESTIONS

# The figures that the reports hang on a wall; a test holds these and the notebooks together.
WALLS = {
    "territory": ("authority_thread", "map_territory", "stages", "obstacles", "partners"),
    "network": ("map_network", "missions", "stages", "obstacles", "partners"),
}
IN_WORDS = 3


@lru_cache(maxsize=4)
def figures(session: Session) -> Blocks:
    """Blocks to hang on the wall, in the order of their numbers; nothing where none is drawn."""
    if session.views:
        return Blocks(tuple(_poster(view) for view in session.views))
    wall = WALLS["network" if session.material.whole_network else "territory"]
    made = (getattr(charts, name)(session.material) for name in wall)
    return Blocks(tuple(block for block in made if block.kind == "chart"))


def posters(session: Session) -> Blocks:
    """Posters; where nothing can be drawn, that is said."""
    return figures(session) if len(figures(session)) else Blocks((_no_figure("aucune-affiche"),))


def _no_figure(name: str) -> Block:
    return blocks.callout(
        id=name, title="Aucune figure à afficher",
        text="Rien n'est encore raconté ici. Une grande feuille blanche et la question du cycle "
        "suffisent : ce sera la première affiche.",
    )  # fmt: skip


def _poster(found: Kept) -> Block:
    """Block of a kept view under its own id, with the words of the person who kept it."""
    view = found.view
    fields: dict[str, Any] = {k: v for k, v in view.block.items() if k != "kind"}
    fields |= {"id": found.id, "questions": asked_of(view.question)}
    if view.caption:
        fields |= {"subtitle": view.caption}
    if view.kind == "sheet":
        return blocks.sheet(**fields)
    said = [str(view.block.get("subtitle", "")) if view.caption else "", view.scope]
    reading = [" ".join(f"{text.rstrip('.')}." for text in said if text), fields.get("reading", "")]
    return blocks.chart(**fields | {"reading": " ".join(part for part in reading if part)})


def asked_of(question: str) -> list[str]:
    """Three questions of a poster, that of the person first."""
    return [question, *QUESTIONS[1:]] if question else list(QUESTIONS)


def on_the_wall(session: Session) -> Block:
    """List what hangs on the wall with the numbers it bears on the capture sheet."""
    shown = figures(session)
    if not len(shown):
        return _no_figure("affiches")
    rows = [
        (str(number), str(block.data["title"]), _asked(block.data))
        for number, block in enumerate(shown, start=1)
    ]
    heads = ("N°", "Ce qu'elle montre", "La question qu'elle pose")
    return table(
        "affiches", f"{many(len(shown), 'affiche')} au mur", heads, rows, note=chosen(session)
    )


def _asked(data: Mapping[str, Any]) -> str:
    return str((data.get("questions") or QUESTIONS)[0])


def chosen(session: Session) -> str:
    """Say where the posters come from, and what was kept and is not among them."""
    return " ".join(filter(None, (_chosen(session), _gone(session.gone))))


def _gone(count: int) -> str:
    if not count:
        return ""
    views = many(count, "vue gardée n'est pas affichée", "vues gardées ne sont pas affichées")
    return (
        f"{views} : un accord, ou la diffusion d'une fiche, a changé depuis. Pour les reprendre, "
        "les retirer dans explore.ipynb et les y garder de nouveau."
    )


def _chosen(session: Session) -> str:
    if not len(figures(session)):
        return (
            "Aucune affiche : rien n'est encore raconté ici. Une feuille blanche en tiendra lieu."
        )
    if not session.views and session.gone:
        return "Ce sont les affiches du rapport."
    if not session.views:
        return (
            "Rien n'a été gardé pour cette séance dans explore.ipynb : ce sont les affiches du "
            "rapport. Pour choisir les vôtres, y garder des vues, puis refaire ce dossier."
        )
    kept = many(len(session.views), "vue gardée", "vues gardées")
    are = agree(len(session.views), "C'est la vue gardée", f"Ce sont les {kept}")
    more = many(session.aside, "autre vue", "autres vues")
    verb = agree(session.aside, "est gardée", "sont gardées")
    aside = f" {more} {verb} pour d'autres lieux." if session.aside else ""
    return f"{are} pour cette séance, avec la légende et la question écrites en les gardant.{aside}"


def in_words(session: Session) -> Block:
    """Three figures told in words: those kept with their captions, else what the report finds."""
    if session.views:
        items = [_line(number, view) for number, view in enumerate(session.views, 1)]
        left = len(items) - IN_WORDS
        more = [f"Et {many(left, 'autre affiche', 'autres affiches')} au mur."] if left > 0 else []
        items = [*items[:IN_WORDS], *more]
    else:
        items = [found["text"] for found in findings(session.material)]
    return blocks.callout(
        id="en-mots", title="Ce que les fiches montrent",
        items=items or ["Rien n'est encore écrit ici : tout reste à raconter."],
    )  # fmt: skip


def _line(number: int, found: Kept) -> str:
    """One line of the handout: the number on the wall, what is seen, the question."""
    said = found.view.caption or str(found.view.block["title"])
    end = "" if said.endswith((".", "?", "!", "…")) else "."
    return f"Affiche {number} : {said}{end} {asked_of(found.view.question)[0]}"


def asked_before(session: Session) -> Block:
    """Ask, before the posters, what the person who kept each view asked."""
    own = [f"Affiche {n} : {v.view.question}" for n, v in enumerate(session.views, 1)
           if v.view.question]  # fmt: skip
    return blocks.callout(
        id="devant-les-affiches", title="Écrire d'abord, parler ensuite",
        items=own or list(QUESTIONS),
    )  # fmt: skip
