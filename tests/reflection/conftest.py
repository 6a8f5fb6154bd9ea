"""Kits of the demo, each made once: nothing kept, views kept, the whole network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dts_research.reflection.selection import View, keep

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-12-10"


@pytest.fixture(scope="session")
def kit_of() -> Callable[..., Any]:
    """Make a kit of a workbook, with the notebooks of the repository."""
    from dts_research.reflection.kit_making import Asked, make_kit
    from dts_research.reports.press import Press

    def make(book: Any, territory: str, date: str = DAY, **asked: Any) -> Any:
        place = book.workspace
        press = Press(ROOT / "notebooks", place.data, place.reports, version="tests")
        return make_kit(book, press, Asked(territory, date, **asked))

    return make


@pytest.fixture(scope="session")
def kit_book(new_book: Callable[..., Any], demo_inbox: list[Path]) -> Any:
    """The demo, in a workbook where sessions are prepared."""
    return new_book("seances", demo_inbox)


@pytest.fixture(scope="session")
def plain_kit(kit_of: Callable[..., Any], kit_book: Any) -> Any:
    """Kit of a territory for which nothing was kept."""
    return kit_of(kit_book, "71", start="14:00")


@pytest.fixture(scope="session")
def kept_views(kit_book: Any, plain_kit: Any) -> dict[str, str]:
    """Views kept once the first kit is made: two of the territory, one of the whole network."""
    from dts_research.display import charts, tables
    from dts_research.display.tables_experiences import alone_in

    here, network = kit_book.territory("71"), kit_book.network()
    (sheet,) = tables.sheets(alone_in(here, "F-71-2023-c6an"))
    own = {"filters": {"territory": "71"}, "audience": "territory", "fictional": True}
    views = {
        "figure": View("figure", "freins-et-leviers", charts.obstacles(here).as_json(),
                       scope="Territoire : Saône-et-Loire.", caption="Aucun levier en face",
                       question="Qui a trouvé de quoi tenir la troisième année ?", **own),
        "sheet": View("sheet", "F-71-2023-c6an", sheet.as_json(), caption="La chaleur",
                      question="Que faudrait-il écrire dans le marché ?", **own),
        "network": View("figure", "experiences-par-etape", charts.stages(network).as_json(),
                        caption="Une sur trois s'arrête", question="Qu'en garde-t-on ?"),
    }  # fmt: skip
    return {name: keep(kit_book.workspace, view) for name, view in views.items()}


@pytest.fixture(scope="session")
def kept_kit(kit_of: Callable[..., Any], kit_book: Any, kept_views: dict[str, str]) -> Any:
    """Kit of the same territory, another day, with the views kept for it."""
    return kit_of(kit_book, "71", "2026-12-17", format="1h30")


@pytest.fixture(scope="session")
def network_kit(kit_of: Callable[..., Any], kit_book: Any, kept_views: dict[str, str]) -> Any:
    """Kit of a national meeting."""
    return kit_of(kit_book, "reseau", "2027-03-18")
