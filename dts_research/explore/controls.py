"""The controls of the exploration, bare: what they show, not what they do.

Every text met in the field goes through `display.markup.words` before it becomes markup;
buttons and lists take plain text.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import ipywidgets as w

from dts_research.display.markup import tag, words
from dts_research.display.typography import french
from dts_research.explore.filters import CODED, LABELS, Filters, choices, years
from dts_research.schema import catalogue
from dts_research.workbook import Material, Workbook

ALL = {"territory": "Tout le réseau", "mission": "Toutes", "theme": "Tous", "stage": "Toutes"}


def note(text: str = "", *, kind: str = "note") -> w.HTML:
    """A line of plain text that may change."""
    line = w.HTML(value="")
    line.add_class(f"dts-{kind}")
    say(line, text)
    return line


def say(line: w.HTML, text: str) -> None:
    """Write a plain text in a line; screen readers announce it."""
    line.value = tag("span", words(text), role="status") if text else ""


def title(text: str) -> w.HTML:
    """A heading inside the exploration."""
    return w.HTML(value=tag("h3", words(text)), layout=w.Layout(margin="0"))


def box(children: Sequence[w.Widget], name: str, *, across: bool = False) -> w.Box:
    """A box with a class of our style sheet."""
    made = (w.HBox if across else w.VBox)(list(children))
    made.add_class(f"dts-{name}")
    return made


def style() -> w.HTML:
    """Style of the exploration, in the colours of JupyterLab."""
    css = files("dts_research.explore").joinpath("explore.css").read_text(encoding="utf-8")
    return w.HTML(value=f"<style>{_faces()}{css}</style>", layout=w.Layout(display="none"))


def _faces() -> str:
    """The font that the figures were measured with, so that no label is cut."""
    rules = ""
    for name, weight in (("Regular", 400), ("Semibold", 600)):
        font = files("dts_research.reports").joinpath(f"fonts/DTSSans-{name}.woff2").read_bytes()
        source = f"data:font/woff2;base64,{base64.b64encode(font).decode()}"
        rules += (
            f'@font-face{{font-family:"DTS Sans";font-weight:{weight};'
            f"src:url({source}) format('woff2')}}\n"
        )
    return rules


class FilterControls:
    """The filters, and the button that clears them.

    Parameters
    ----------
    book
        Workbook whose territories are offered.
    everyone
        Material of the whole network: the values met are offered, no others.
    """

    def __init__(self, book: Workbook, everyone: Material) -> None:
        territories = [(t.label, t.id) for t in book.territories()]
        self.labels = {key: label for label, key in territories}
        span = [(str(year), str(year)) for year in years(everyone.experiences)]
        self.fields: dict[str, Any] = {"territory": _dropdown("territory", territories)}
        for name in CODED:
            self.fields[name] = _dropdown(name, choices(everyone.experiences, name))
        self.fields["first"] = _choice("Période, de", [("Début", ""), *span])
        self.fields["last"] = _choice("à", [("Aujourd'hui", ""), *span])
        self.fields["resisted"] = _search()
        self.clear = w.Button(description="Tout effacer", icon="undo")
        self.clear.add_class("dts-clear")
        self.widget = box([*self._ordered(), self.clear], "filters")
        self._years = [year for _, year in span]

    def _ordered(self) -> list[w.Widget]:
        period = box([self.fields["first"], self.fields["last"]], "period")
        shown = (self.fields[name] for name in ("territory", "mission", "theme", "stage"))
        return [*shown, period, self.fields["resisted"]]

    @property
    def asked(self) -> Filters:
        """What the person asked for."""
        values = {n: str(f.value or "") for n, f in self.fields.items() if n in LABELS}
        return Filters(period=self._period(), **values)

    def _period(self) -> str:
        first, last = self.fields["first"].value, self.fields["last"].value
        if not (first or last):
            return ""
        return f"{first or self._years[0]}-{last or self._years[-1]}"

    def reset(self) -> None:
        """Ask for everything."""
        for field in self.fields.values():
            field.value = ""


def _dropdown(name: str, options: Sequence[tuple[str, str]]) -> w.Dropdown:
    return _choice(LABELS[name], [(ALL[name], ""), *options])


def _choice(label: str, options: Sequence[tuple[str, str]]) -> w.Dropdown:
    seen: dict[str, int] = {}
    named = []
    for text, value in options:
        seen[text] = seen.get(text, 0) + 1
        named.append((f"{text} ({value})" if seen[text] > 1 else text, value))
    return _field(w.Dropdown(options=named, value="", description=label))


def _search() -> w.Combobox:
    obstacles = list(catalogue().codelists["obstacle_types"].labels.values())
    search = w.Combobox(
        options=obstacles, description=LABELS["resisted"], ensure_option=False,
        placeholder="délai, paiement, juridique…", continuous_update=False,
    )  # fmt: skip
    search.add_class("dts-search")
    return _field(search)


def _field(control: Any) -> Any:
    control.style.description_width = "initial"
    control.layout = w.Layout(width="auto")
    control.add_class("dts-field")
    return control


class ExperienceList:
    """A page of experiences, one button each; the buttons are made once and filled again."""

    def __init__(self, size: int = 10) -> None:
        self.buttons = [w.Button(layout=w.Layout(width="auto")) for _ in range(size)]
        for button in self.buttons:
            button.add_class("dts-item")
        self.back = _turn("chevron-left", "Expériences précédentes")
        self.next = _turn("chevron-right", "Expériences suivantes")
        self.page_label = note(kind="page")
        turning = box([self.back, self.page_label, self.next], "turning", across=True)
        self.widget = box([title("Expériences"), *self.buttons, turning], "list")
        self.first = 0
        self.shown: list[str] = []

    def fill(self, lines: Sequence[Any], *, opened: str = "") -> None:
        """Show the page of `lines` that starts at `first`."""
        size = len(self.buttons)
        self.first = max(0, min(self.first, (len(lines) - 1) // size * size))
        page = list(lines[self.first : self.first + size])
        self.shown = [line.experience_id for line in page]
        for number, button in enumerate(self.buttons):
            button.layout.display = "" if number < len(page) else "none"
            if number < len(page):
                line = page[number]
                button.description = french(f"{line.where}\n{line.title}")
                button.tooltip = "Ouvrir la fiche entière"
                mark = button.add_class if line.experience_id == opened else button.remove_class
                mark("dts-opened")
        last = self.first + len(page)
        say(self.page_label, f"{self.first + 1} à {last} sur {len(lines)}" if lines else "")
        self.back.disabled, self.next.disabled = self.first == 0, last >= len(lines)


def _turn(icon: str, label: str) -> w.Button:
    button = w.Button(icon=icon, tooltip=label, layout=w.Layout(width="2.5em"))
    button.add_class("dts-turn")
    return button
