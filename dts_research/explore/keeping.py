"""« Garder pour la séance »: the words that go with a view, and the list of what is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from dts_research.display.markup import tag, words
from dts_research.errors import DtsError
from dts_research.explore.controls import box, note, say, title
from dts_research.reflection.selection import (
    Kept,
    View,
    faults,
    keep,
    kept,
    retire,
    selection_path,
)
from dts_research.workspace import Workspace

NOTHING = "Rien pour l'instant. Ce que vous gardez reste ici d'un jour à l'autre."
KINDS = {"figure": "Figure", "sheet": "Fiche"}


class Keeping:
    """The box under the view, and the list of the views already kept.

    Parameters
    ----------
    workspace
        Where the selection is written.
    current
        Gives what is on screen, the words of the person left out; None when nothing is.
    reopen
        Shows a kept view again.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        current: Callable[[str, str], View | None],
        reopen: Callable[[Kept], None],
    ) -> None:
        self.workspace = workspace
        self._current, self._reopen = current, reopen
        self._done = False
        self.caption = _written(w.Text, "Légende", "Ce qu'il y a à voir, en une phrase")
        self.question = _written(w.Textarea, "Votre question", "Ce que vous demanderez au groupe")
        self.button = w.Button(description="Garder pour la séance", icon="bookmark")
        self.button.add_class("dts-keep")
        self.button.on_click(lambda _: self.keep())
        self.message = note(kind="message")
        self.rows = box([], "kept-rows")
        words_of = box([self.caption, self.question], "words")
        doing = box([self.button, self.message], "doing", across=True)
        self.widget = box([title("Garder pour la séance"), words_of, doing], "keeping")
        self.list = box([title("Déjà gardé"), self.rows], "kept")
        self.refresh()

    def keep(self) -> None:
        """Keep what is on screen, and say where."""
        view = self._current(self.caption.value.strip(), self.question.value.strip())
        if view is None:
            return say(self.message, "Il n'y a rien à garder : choisir une figure ou une fiche.")
        try:
            view_id = keep(self.workspace, view)
        except DtsError as error:
            return say(self.message, str(error))
        self.refresh()
        self._done = True
        say(self.message, f"Gardé dans {self._where()}, sous le nom {view_id}.")
        return None

    def turn_page(self) -> None:
        """Another view is on screen: words already kept with the former one are cleared."""
        say(self.message, "")
        if self._done:
            self.caption.value = self.question.value = ""
        self._done = False

    def _where(self) -> str:
        path = selection_path(self.workspace)
        base = self.workspace.data.parent
        return path.relative_to(base).as_posix() if path.is_relative_to(base) else str(path)

    def refresh(self) -> None:
        """Read the selection again."""
        views = kept(self.workspace)
        problems = [note(text, kind="message") for text in faults(self.workspace)]
        empty = [] if views else [note(NOTHING)]
        self.rows.children = [*problems, *empty, *(self._row(view) for view in reversed(views))]

    def _row(self, found: Kept) -> w.Box:
        view = found.view
        shown = view.caption or str(view.block.get("title", view.subject))
        head = tag("span", words(KINDS.get(view.kind, view.kind)), class_="dts-kind")
        text = tag("strong", words(shown)) + tag("em", words(view.question))
        place = tag("small", words(f"{view.scope} {found.id}"))
        again = w.Button(description="Revoir", tooltip="Montrer cette vue telle que gardée")
        away = w.Button(description="Retirer", tooltip="L'ôter de la liste ; le fichier la retient")
        again.on_click(lambda _: self._again(found))
        away.on_click(lambda _: self._retire(found))
        return box([w.HTML(value=head + text + place), again, away], "kept-row", across=True)

    def _again(self, found: Kept) -> None:
        self._reopen(found)
        self.caption.value, self.question.value = found.view.caption, found.view.question
        self._done = True

    def _retire(self, found: Kept) -> None:
        try:
            retire(self.workspace, found.id)
        except DtsError as error:
            return say(self.message, str(error))
        self.refresh()
        say(self.message, f"Retiré : {found.id}.")
        return None


def _written(kind: type[w.Text] | type[w.Textarea], label: str, hint: str) -> Any:
    field = kind(description=label, placeholder=hint, layout=w.Layout(width="auto"))
    field.style.description_width = "initial"
    field.add_class("dts-field")
    return field
