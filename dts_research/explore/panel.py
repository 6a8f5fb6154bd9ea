"""The exploration as a whole: what each gesture changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import ipywidgets as w

from dts_research.display.blocks import Block
from dts_research.display.markup import block_output, tag, words
from dts_research.errors import DtsError
from dts_research.explore.controls import (
    ExperienceList,
    FilterControls,
    box,
    note,
    say,
    style,
)
from dts_research.explore.figures import draw, gallery
from dts_research.explore.filters import Filters, count_sentence, narrowed
from dts_research.explore.keeping import Keeping
from dts_research.explore.opening import holds_material
from dts_research.explore.sheets import lines, sheet
from dts_research.reflection.selection import Kept, View
from dts_research.workbook import Material, Workbook

EMPTY = (
    "Ce classeur ne contient encore aucune expérience. Déposer des fichiers dans « data/inbox » "
    "puis écrire « dts receive » dans un terminal, et relancer cette cellule. Pour voir un "
    "exemple : « dts init DOSSIER --demo »."
)


class Panel:
    """Filters above; experiences on the left; a figure or a sheet on the right; what is kept below.

    Parameters
    ----------
    book
        The workbook explored. Over the whole network one sees what circulates in the network;
        inside one territory, also what circulates in that territory only.
    """

    def __init__(self, book: Workbook) -> None:
        self.book = book
        if not holds_material(book):
            self.widget = box([style(), note(EMPTY, kind="message")], "explore")
            return
        self._opened: dict[str, Material] = {}
        self._quiet = False
        self._total = self._count_all()
        self.everyone = self._open("")
        self.filters = FilterControls(book, self.everyone)
        self.list = ExperienceList()
        self.count, self.withheld = note(kind="count"), note(kind="withheld")
        self.figure = _figure_choice()
        self.close = w.Button(description="Revenir à la figure", icon="arrow-left")
        self.view = w.HTML()
        self.view.add_class("dts-view")
        self.keeping = Keeping(book.workspace, current=self._current, reopen=self._reopen)
        self.experience_id = ""
        self.block: Block | None = None
        self.reopened: View | None = None
        self.widget = self._lay_out()
        self._listen()
        self.redraw()

    # -- material --------------------------------------------------------------------------

    def _count_all(self) -> int:
        with self.book.store() as store:
            return store.count("experiences")

    def _open(self, territory: str) -> Material:
        if territory not in self._opened:
            whole = not territory
            self._opened[territory] = (
                self.book.network() if whole else self.book.territory(territory)
            )
        return self._opened[territory]

    @property
    def asked(self) -> Filters:
        """The filters in force."""
        return self.filters.asked

    # -- gestures --------------------------------------------------------------------------

    def _listen(self) -> None:
        for field in self.filters.fields.values():
            field.observe(lambda _: self.redraw(), names="value")
        self.filters.clear.on_click(lambda _: self._clear())
        self.figure.observe(lambda _: self._show_figure(), names="value")
        self.close.on_click(lambda _: self._show_figure())
        self.list.back.on_click(lambda _: self._turn(-1))
        self.list.next.on_click(lambda _: self._turn(1))
        for number, button in enumerate(self.list.buttons):
            button.on_click(lambda _, n=number: self.open_sheet(self.list.shown[n]))

    def _clear(self) -> None:
        self._quiet = True
        self.filters.reset()
        self._quiet = False
        self.redraw()

    def _turn(self, pages: int) -> None:
        self.list.first += pages * len(self.list.buttons)
        self.list.fill(self.lines, opened=self.experience_id)

    def redraw(self) -> None:
        """Answer the filters: the count, the list, the figure."""
        if self._quiet:
            return
        try:
            opened = self._open(self.asked.territory)
            self.material = narrowed(opened, self.asked, everyone=self.everyone)
        except DtsError as error:
            return say(self.count, str(error))
        self.lines = lines(self.material)
        say(self.count, count_sentence(len(self.lines), self._total))
        say(self.withheld, _withheld(opened))
        self.list.first = 0
        self._offer(gallery(whole_network=self.material.whole_network))
        self._show_figure()
        return None

    def _offer(self, figures: list[tuple[str, str]]) -> None:
        """Offer the figures that suit what is explored, and stay on the same one if possible."""
        if list(self.figure.options) == figures:
            return
        wanted = self.figure.value
        self._quiet = True
        self.figure.options = figures
        if wanted in [name for _, name in figures]:
            self.figure.value = wanted
        self._quiet = False

    def _show_figure(self) -> None:
        if self._quiet:
            return
        self.experience_id = ""
        self._show(lambda: draw(self.figure.value, self.material))

    def open_sheet(self, experience_id: str) -> None:
        """Show one experience in full."""
        self.experience_id = experience_id
        self._show(lambda: sheet(self.material, experience_id))

    def _show(self, make: Callable[[], Block]) -> None:
        self.reopened = None
        self.keeping.turn_page()
        self.close.layout.display = "" if self.experience_id else "none"
        self.list.fill(self.lines, opened=self.experience_id)
        try:
            self.block = make()
        except DtsError as error:
            self.block = None
            self.view.value = tag("p", words(str(error)))
        else:
            self.view.value = block_output(self.block.as_json())

    # -- keeping ---------------------------------------------------------------------------

    def _current(self, caption: str, question: str) -> View | None:
        if self.reopened is not None:
            return replace(self.reopened, caption=caption, question=question)
        if self.block is None:
            return None
        block = self.block.as_json()
        return View(
            kind="sheet" if self.experience_id else "figure",
            subject=self.experience_id or str(block.get("id", self.figure.value)),
            block=block, filters=self.asked.as_dict(), scope=self._scope(),
            caption=caption, question=question,
            audience=self.material.audience, fictional=self.material.fictional,
        )  # fmt: skip

    def _scope(self) -> str:
        label = self.filters.labels.get(self.asked.territory, "")
        said = [f"{name} : {value}" for name, value in self.asked.in_words(label).items()]
        count = count_sentence(len(self.lines), self._total)
        return f"{' ; '.join(said) or 'Sans filtre'} ({count})."

    def _reopen(self, found: Kept) -> None:
        self.keeping.turn_page()
        self.reopened = found.view
        self.view.value = block_output(found.view.block)
        self.close.layout.display = ""

    # -- layout ----------------------------------------------------------------------------

    def _lay_out(self) -> w.VBox:
        right = box([box([self.figure, self.close], "choosing", across=True), self.view,
                     self.keeping.widget], "main")  # fmt: skip
        counting = box([self.count, self.withheld], "counting")
        middle = box([self.list.widget, right], "middle", across=True)
        head = w.HTML(value=_heading(self.everyone))
        children = [style(), head, self.filters.widget, counting, middle, self.keeping.list]
        return box(children, "explore")


def _figure_choice() -> w.Dropdown:
    choice = w.Dropdown(options=gallery(whole_network=True), description="Figure")
    choice.style.description_width = "initial"
    choice.add_class("dts-figure")
    return choice


def _heading(material: Material) -> str:
    fiction = tag("span", "Données fictives", class_="dts-fiction") if material.fictional else ""
    return tag("h2", words(material.workbook_name or "Classeur") + fiction)


def _withheld(material: Material) -> str:
    hidden = int(material.withheld.get("experiences", 0))
    if not hidden:
        return ""
    several = "s" if hidden > 1 else ""
    shown = "ne sont pas montrées" if hidden > 1 else "n'est pas montrée"
    said = f"{hidden} fiche{several} {shown} ici, gardée{several} par"
    if material.whole_network:
        return f"{said} le territoire (à choisir ci-dessus) ou par la structure."
    return f"{said} la structure."
