"""Figures of a comparison on a screen: shown, legible from the back, nothing over anything."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from dts_research.display import comparisons, style
from dts_research.reports.document import Document
from dts_research.reports.pictures import svg_size
from dts_research.reports.slides import slide_pages
from dts_research.workbook.comparing import Comparison

drawn = SimpleNamespace(**run_path(str(Path(__file__).with_name("drawn.py"))))
CODES = ["01", "04", "21", "25", "39", "42", "43", "58", "63", "69", "70", "71", "89", "90"]
NAMES = {
    "part_a": ("Part de l'économie sociale et solidaire dans l'emploi salarié", "%"),
    "part_b": ("Part des jeunes diplômés du supérieur", "%"),
    "part_c": ("Population à plus de 7 minutes des services de santé", "%"),
    "part_d": ("Part des chômeurs au sens du recensement", "% des actifs de 15 à 64 ans"),
    "part_e": ("Niveau de vie médian", "euros par an"),
    "part_f": ("Taux de pauvreté des ménages dont le référent a moins de 30 ans", "%"),
    "part_g": ("Part des prestations sociales dans le revenu", "% du revenu disponible"),
}


def rows(period: str) -> list[dict[str, Any]]:
    return [
        {"observation_id": f"{name}:{code}:{period}", "indicator_id": name, "period": period,
         "territory_id": code, "diffusion": "public", "state": "published",
         "value": 10 + (rank * (3 + 2 * place)) % (7 + place) + int(period[-1]) / 10}
        for place, name in enumerate(NAMES) for rank, code in enumerate(CODES)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def together(new_book: Any) -> Comparison:
    indicators = pd.DataFrame(
        [{"indicator_id": code, "label": label, "unit": unit}
         for code, (label, unit) in NAMES.items()]
    )  # fmt: skip
    observations = pd.DataFrame([*rows("2013"), *rows("2014")])
    return new_book("ecran", observations=observations, indicators=indicators).comparison("71")


@pytest.mark.parametrize("name", ["trajectory", "profile", "factor_map", "dendrogram"])
def test_a_figure_is_shown_on_a_screen_and_not_only_named(together: Comparison, name: str) -> None:
    block = getattr(comparisons, name)(together)
    wide = block.data["wide"]
    assert drawn.outside(wide) == []
    assert svg_size(wide)[1] <= style.TALLEST + 1
    told = {**block.as_json(), "level": 3, "number": 1}
    page = slide_pages(Document("Titre", blocks=(told,)))[0]["slides"][1]
    assert (page["kind"], bool(page["file"])) == ("chart", True)
    if name != "factor_map":  # there, points are among the words
        assert drawn.overlapping(wide) == []


def test_a_profile_of_many_lines_is_told_in_the_document(together: Comparison) -> None:
    from dts_research.display.beside import for_screen
    from dts_research.display.charts_profile import lines_of

    lines = lines_of(together)
    assert for_screen(lines * 3)
    assert drawn.outside(for_screen(lines * 2)) == []
    assert drawn.outside(for_screen(lines * 3)) == []
    assert for_screen(lines * 4) == ""
